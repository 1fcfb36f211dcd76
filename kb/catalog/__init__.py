"""What is served, and finding in it: the catalogue, the open generation, hits, quotations."""
