"""Files of a source, from a folder or a zip archive. Hostile ones are refused in one line."""
