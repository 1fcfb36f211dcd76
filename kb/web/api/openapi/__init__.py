"""The contract of the API, for machines and for people."""
