"""What happens to every request: limits, headers, compression, problems, log."""
