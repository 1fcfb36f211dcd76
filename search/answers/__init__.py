"""The words that answer: units read with the query, chosen, and how sure it is that they do."""
