"""Clocks of the outbox, signs of life of those who deliver, and what they count."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Empty in rows of before, and of processes that have not been replaced yet.
    op.add_column("deliveries", sa.Column("touched_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("deliveries", sa.Column("requeued_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "delivery_workers",
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open_channels", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_delivery_workers"),
    )
    op.create_table(
        "delivery_counts",
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("measure", sa.String(32), nullable=False),
        sa.Column("amount", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("channel", "measure", name="pk_delivery_counts"),
    )


def downgrade() -> None:
    op.drop_table("delivery_counts")
    op.drop_table("delivery_workers")
    op.drop_column("deliveries", "requeued_at")
    op.drop_column("deliveries", "touched_at")
