"""The row by which a wrong secret key is known."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sealed_canary",
        sa.Column("id", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.CheckConstraint("id = 1", name="ck_sealed_canary_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sealed_canary"),
    )


def downgrade() -> None:
    op.drop_table("sealed_canary")
