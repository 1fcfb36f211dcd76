"""The report of an import: `brief` for the screen, `whole` for a file, both sorted by weight."""
