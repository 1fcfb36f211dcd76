"""Blueprints: read parameters, call the domain, render or redirect. No files, SQL or scores."""
