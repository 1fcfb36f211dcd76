"""The database that a site had before KB_DATABASE_URL was set, in case that it was forgotten."""

from __future__ import annotations

from kb.config import Config


def forgotten_database(config: Config) -> str:
    """A sentence where the database in use holds nothing and the one in the data folder does.

    "" otherwise. Makes and changes nothing. Raises BadConfig and DatabaseUnavailable.
    """
    from kb.database.inspection import is_there

    former = config.model_copy(update={"database_url": ""}).effective_database_url
    path = config.data_dir / "otvet.sqlite"
    is_same = config.effective_database_url == former
    if is_same or not is_there(former) or not _holds_rows(former):
        return ""
    if is_there(config.effective_database_url) and _holds_rows(config.effective_database_url):
        return ""
    return (
        f"the database of KB_DATABASE_URL is empty, and {path} holds data: run"
        " `KB_DATABASE_URL= kb db copy --to URL` before the site is used, or move that file away"
    )


def _holds_rows(url: str) -> bool:
    from kb.database.copies.contents import holds_rows
    from kb.database.engine import Database

    database = Database.from_url(url)
    try:
        return database.query(holds_rows)
    finally:
        database.close()
