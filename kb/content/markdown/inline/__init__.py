"""Rules within one text, as CommonMark 0.31 and GitHub read it: emphasis, links, code spans, tags.

`rules` puts them into Python-Markdown, in place of its own inline rules; `scanner` reads one text
from left to right and makes tokens of it, `tree` makes elements of tokens. The other modules hold
one kind of rule each. Every rule takes time in proportion to its text. Nothing here knows of
blocks; what defines a reference is read with `destinations` and `references`.
"""
