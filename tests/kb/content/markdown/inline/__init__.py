"""kb.content.markdown.inline: rules within a text."""
