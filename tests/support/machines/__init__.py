"""Machines to put the site up on: a fresh Debian in a folder, with a network of its own."""
