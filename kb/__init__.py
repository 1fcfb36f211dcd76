"""Otvet's domain and web layers: articles, votes, suggestions, pages and commands."""
