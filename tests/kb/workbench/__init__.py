"""Texts tried before they are saved."""
