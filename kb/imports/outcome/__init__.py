"""The end of an import: files beside the articles, checked as they will be, and what is told."""
