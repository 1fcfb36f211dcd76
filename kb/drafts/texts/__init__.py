"""Texts that changes are told by: messages of commits, heads of files, slugs of titles."""
