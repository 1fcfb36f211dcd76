"""Ranking by words, repair of queries, completions."""
