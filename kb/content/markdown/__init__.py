"""The Markdown that authors may write: Python-Markdown with our own, bounded rules.

A module for each kind of rule, those within a text in `inline`; `convert` joins them. Beside
Python-Markdown's own there are tables, footnotes, definition lists, fenced code at any depth,
callouts and collapsible details. The result is NOT safe HTML: only `kb.content.sanitize` calls
`convert`, and cleans it. No other package imports `markdown`.

Python-Markdown alone takes quadratic time or worse on hostile text. Its rules for links, code
spans, fences and raw HTML are therefore replaced by ones whose look-ahead is bounded, and what is
left is held by limits far above any real article; `tests/kb/content/markdown/test_bounds.py` holds
them.
"""
