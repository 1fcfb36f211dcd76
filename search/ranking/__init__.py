"""A query to a ranking, and how sure it is."""
