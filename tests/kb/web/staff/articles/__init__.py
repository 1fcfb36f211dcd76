"""Pages on which articles are written."""
