"""Documents to a generation."""
