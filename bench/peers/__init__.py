"""Engines that a user would pick instead, on the same queries: `python -m bench.peers FOLDER`.

One module an engine or family; each offers `peers(lang)`. Nothing here is part of the program.
"""
