"""Imported pages on their way into the folder of articles: names, files, what was edited here."""
