"""Votes that are left out of counts, and the marks of a day that tell which."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "votes",
        sa.Column("is_counted", sa.Boolean, nullable=False, server_default=sa.true()),
    )
    op.create_table(
        "vote_marks",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("article_id", sa.String(5), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("votes", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("day", "article_id", "mark", name="pk_vote_marks"),
        sa.CheckConstraint("length(article_id) = 5", name="ck_vote_marks_article_id"),
        sa.CheckConstraint("length(mark) = 64", name="ck_vote_marks_mark"),
        sa.CheckConstraint("votes > 0", name="ck_vote_marks_votes"),
    )


def downgrade() -> None:
    op.drop_table("vote_marks")
    op.drop_column("votes", "is_counted")
