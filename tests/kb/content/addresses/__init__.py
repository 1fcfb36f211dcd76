"""Addresses through time: tests of kb.content.addresses."""
