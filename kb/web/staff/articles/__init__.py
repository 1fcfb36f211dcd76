"""Pages of `/staff/articles`: articles listed, written, looked at, published, compared.

Shapes of pages and the routes that fill them; what happens to an article is in `kb.drafts`, what a
text would look like and do to search in `kb.workbench`.
"""
