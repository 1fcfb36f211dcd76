"""Handling of every request: limits, headers, compression, problems, log."""
