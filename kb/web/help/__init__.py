"""The public help site."""
