"""Texts that are being written, tried before anybody else sees them: look, problems, search.

`proofs` renders and checks a text in the process that asks; `search_trial` asks another process
what it does to search, for that takes a build. No Flask.
"""
