"""`kb check --fix`: mends what can be mended without asking, and changes no other byte of a file.

Each module takes lines and gives lines; `files` reads and writes. Repeating any of it changes
nothing.
"""
