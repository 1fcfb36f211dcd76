"""Shapes of the pages for writing, with their words: nothing is asked or changed here."""
