"""Requests and responses of the API, field by field; one module for each group of routes."""
