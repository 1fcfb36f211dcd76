"""Rules within one text: emphasis, code spans, links, pictures, raw tags, escapes, line breaks.

A module for each kind of rule, over the inline processors of Python-Markdown. `targets` holds what
decides where links and pictures lead. Nothing here knows of blocks.
"""
