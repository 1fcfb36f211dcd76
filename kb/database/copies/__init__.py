"""Whole copies of the database: backups, what restores them, and moves to another database.
`backup` and `move` may be imported from here; both read and write rows as `rows` does."""
