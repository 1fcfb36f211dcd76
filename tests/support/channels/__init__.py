"""Servers that channels of hand-offs talk to in tests."""
