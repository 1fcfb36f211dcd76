"""Commands for the database as a whole: `kb backup`, `kb restore`, `kb db …`, and the database as
other commands open it."""

from kb.cli.database.connection import new_database_option, opened_database

__all__ = ["new_database_option", "opened_database"]
