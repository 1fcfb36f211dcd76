"""Alembic runs this file for every command; the caller's connection is in a transaction already."""

from __future__ import annotations

from alembic import context

from kb.database.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # true of both databases, as our SQLite begins for itself
)
context.run_migrations()
