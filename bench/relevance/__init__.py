"""Measurements of what is found."""
