"""The authors' bar of `kb serve --dev`: what is wrong with the article on a page, and how search
finds it. Registered in no other case; reads articles and generation, changes nothing."""
