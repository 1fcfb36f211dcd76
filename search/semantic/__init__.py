"""Ranking by meaning: encoders, vectors, neighbours."""
