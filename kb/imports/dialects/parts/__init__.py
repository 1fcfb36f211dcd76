"""Parts of pages that lie in other files: found, given their parameters, put in their place."""
