"""Moves of articles to other places, with the links that lead from them and to them.

`relative_links` is the pure part; `article_move` plans and carries out what `kb mv` does.
"""
