"""HTML of other help centres, turned into our Markdown."""
