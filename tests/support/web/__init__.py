"""Asking pages and the API in tests, and the sites asked."""
