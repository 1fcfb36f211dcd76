"""Addresses of pages by the patterns of a generator's settings: Jekyll's, Hugo's."""
