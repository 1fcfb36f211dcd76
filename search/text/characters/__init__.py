"""Characters in one form: composed, without what stands unseen in words, without accents."""
