"""What is built for tests: sites, servers, packets, corpora."""
