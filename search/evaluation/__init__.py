"""Judging rankings and fitting confidence. Serving imports nothing from here."""
