"""Marks of other programs and dialects that a page shows as text; a module for each family.

They look in the text of the finished page. What an author escaped is left alone, as everywhere:
`kb.content.remarks.leftover` sees to it.
"""
