"""A help centre of another system, brought into the folder of articles.

`sources` opens folders and archives, `formats` finds the pages in them, `dialects` and `html` turn
their texts into our Markdown, `arrival` gives them ids and places and writes them whole or not at
all. `importer` is the way in.
"""
