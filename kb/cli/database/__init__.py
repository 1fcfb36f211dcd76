"""Commands for the database as a whole: `kb backup`, `kb restore`, `kb db …`, and the database as
other commands open it."""

from kb.cli.database.connection import opened_database

__all__ = ["opened_database"]
