"""Everything served, and finding in it: catalog, open generation, hits, quotations."""
