"""Otvet's domain and web layers: articles, votes, suggestions, pages and commands."""

from typing import Final

VERSION: Final = "0.1.0"
"""As in pyproject.toml: a serving machine has the folder, not always the installed package."""
