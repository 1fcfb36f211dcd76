"""search.text.characters: characters in one form."""
