"""Comparing our Markdown with the specification's and with an independent parser's."""
