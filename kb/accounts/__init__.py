"""Accounts of staff and keys of programs."""
