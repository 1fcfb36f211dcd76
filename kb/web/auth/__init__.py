"""Proofs of who asks: keys, sessions, signed tokens, same-origin checks."""
