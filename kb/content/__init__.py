"""Author files: read and checked (`library`, `products`, …), and turned into safe HTML (`render`).

`files` reads them, `markdown` holds the rules of their text, `model` the shapes that leave here.
Knows no web page and no index.
"""
