"""Storage: engine, tables, migrations, and what deletes rows in time. Other packages write SQL
only for their own tables."""
