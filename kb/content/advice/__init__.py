"""Advice to authors: what is right as Markdown and still serves readers badly. Fails no check.

A module for each kind; `review` joins them. They read the finished page as blocks, as it is quoted.
"""
