"""One article: its page, when it changed, the reader's vote, and counting that it was read."""
