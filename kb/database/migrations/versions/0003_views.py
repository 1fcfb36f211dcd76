"""Counts of readings, and the marks of a day that keep a visitor from being counted twice."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "article_views",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("article_id", sa.String(5), nullable=False),
        sa.Column("views", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("day", "article_id", name="pk_article_views"),
        sa.CheckConstraint("length(article_id) = 5", name="ck_article_views_article_id"),
        sa.CheckConstraint("views > 0", name="ck_article_views_views"),
    )
    op.create_table(
        "view_marks",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("article_id", sa.String(5), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("day", "article_id", "mark", name="pk_view_marks"),
        sa.CheckConstraint("length(article_id) = 5", name="ck_view_marks_article_id"),
        sa.CheckConstraint("length(mark) = 64", name="ck_view_marks_mark"),
    )


def downgrade() -> None:
    op.drop_table("view_marks")
    op.drop_table("article_views")
