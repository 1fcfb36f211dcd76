"""Votes and readings, and the order of articles made of them."""
