"""Processes that serve: a supervisor and its workers."""
