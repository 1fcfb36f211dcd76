"""Making generations of the articles, and fitting confidence and encoder to a site."""
