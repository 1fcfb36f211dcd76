"""Faults that readers would see on an article's page: leftovers of other programs and of Markdown.

A module for each kind; `kb.content.remarks.leftovers` joins them. They look in the text of the
finished page wherever that is more certain than the source: what is code or was understood is not
there any more. Nothing here refuses an article.
"""
