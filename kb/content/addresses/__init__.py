"""Addresses of articles through time: former ones, old ones of other sites, permanent ids.

`former` reads git, `redirects` judges the file of old addresses, `site_paths` knows which paths
lead somewhere and `reach` which links do, `article_ids` gives ids. Serves nothing: `kb.catalog`
keeps what comes out of this.
"""
