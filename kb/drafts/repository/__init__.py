"""The clone as git sees it: commands, references, trees, merged texts, the work tree.

Knows paths and commits, no articles and no reviews.
"""
