"""Pages of search results, whole and while somebody types."""
