"""Pages that lead to articles: home, sections, categories and products."""
