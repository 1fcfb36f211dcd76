"""Hand-offs as operators see them: a list of all, each with what became of it, and one to try."""
