"""Builds generations of the articles, and fits confidence and encoder to a site."""
