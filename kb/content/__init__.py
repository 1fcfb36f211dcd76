"""What authors write: files read, checked and turned into safe HTML. Knows no web page and no
index."""
