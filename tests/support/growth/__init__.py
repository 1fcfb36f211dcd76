"""Growth of the time that work takes when hostile text is twice as long; has its own process."""
