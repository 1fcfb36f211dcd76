"""A finished index on disk: its files, the store that switches, its corpus."""
