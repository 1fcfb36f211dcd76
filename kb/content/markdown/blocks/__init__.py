"""Blocks of a text, as CommonMark 0.31 and GitHub read them, with our callouts, notes and terms.

`reader` takes a text line by line and knows which blocks are open, `starts` what a line may begin,
`parts` what a block is and when it goes on, `tree` makes the elements whose texts are then read
with `kb.content.markdown.inline`. The other modules hold one kind of block each. Everything takes
time in proportion to the text; how deep blocks may nest is bounded. `parser` puts all of it into
Python-Markdown.
"""
