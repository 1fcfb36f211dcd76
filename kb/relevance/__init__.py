"""Relevance tests of authors: what is asked, what the site does with it, and what was lost.

Asks a generation that is open, by the code that serves readers. Builds none: `kb.build.trial`.
"""
