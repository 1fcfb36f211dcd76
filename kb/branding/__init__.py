"""A site's own look and words: theme, translations, pictures for links."""
