"""Decisions on what a message is answered with, and the log of them."""
