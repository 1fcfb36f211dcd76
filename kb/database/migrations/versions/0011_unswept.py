"""What a process that deletes old data could not delete."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Processes that have not been replaced yet leave their signs without it.
    op.add_column("delivery_workers", sa.Column("unswept", sa.JSON, nullable=True))


def downgrade() -> None:
    op.drop_column("delivery_workers", "unswept")
