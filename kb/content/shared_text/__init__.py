"""Text that authors write once and use in many articles: variables and snippets.

`variables` and `snippets` read the files, `expansion` puts their text in its places; `library` uses
it before anything else sees an article.
"""
