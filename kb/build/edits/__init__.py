"""Builds that follow edits: of authors at their machines, and of what the editor publishes."""
