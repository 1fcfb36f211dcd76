"""Comparing what articles mean here with what they mean to an independent reader of Markdown."""
