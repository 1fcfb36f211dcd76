"""Words: analysis, keyboards, passages, snippets. Pure."""
