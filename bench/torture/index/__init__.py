"""Fault campaigns against building and switching generations."""
