"""Who of the staff opened which hand-off."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handoff_openings",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("handoff_id", sa.String(24), nullable=False),
        sa.Column("reader_id", sa.String(64), nullable=False),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("way IN ('page', 'api', 'command')", name="ck_handoff_openings_way"),
        sa.PrimaryKeyConstraint("id", name="pk_handoff_openings"),
    )
    for column in ("handoff_id", "opened_at"):
        op.create_index(f"ix_handoff_openings_{column}", "handoff_openings", [column])


def downgrade() -> None:
    op.drop_table("handoff_openings")
