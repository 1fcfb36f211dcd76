"""Texts of pages that are no plain Markdown below front matter in YAML."""
