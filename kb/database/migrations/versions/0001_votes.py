"""The table of votes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "votes",
        sa.Column("article_id", sa.String(5), nullable=False),
        sa.Column("voter", sa.String(64), nullable=False),
        sa.Column("value", sa.SmallInteger, nullable=False),
        sa.Column("reason", sa.String(32), nullable=True),
        sa.Column("comment", sa.String(1000), nullable=False),
        sa.Column("lang", sa.String(16), nullable=False),
        sa.Column("voted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("article_id", "voter", name="pk_votes"),
        sa.CheckConstraint("value IN (1, -1)", name="ck_votes_value"),
        sa.CheckConstraint("length(article_id) = 5", name="ck_votes_article_id"),
        sa.CheckConstraint("length(voter) = 64", name="ck_votes_voter"),
        sa.CheckConstraint("length(comment) <= 1000", name="ck_votes_comment"),
    )


def downgrade() -> None:
    op.drop_table("votes")
