"""Fixtures and builders that several test modules share."""
