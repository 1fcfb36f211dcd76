"""Comments of votes are masked; digests of requests without a key, which guesses could try, go.

A hand-off without a digest is found by its key as before, and takes no request for a repetition.
"""

import sqlalchemy as sa
from alembic import op

from kb.redaction import mask

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None

MAX_COMMENT_CHARS = 1000

votes = sa.table(
    "votes",
    sa.column("article_id", sa.String),
    sa.column("voter", sa.String),
    sa.column("comment", sa.String),
)
handoffs = sa.table(
    "handoffs",
    sa.column("id", sa.String),
    sa.column("key_id", sa.String),
    sa.column("idempotency_key", sa.String),
    sa.column("request_digest", sa.String),
)
SITE = "site"
"""`key_id` of the contact page, whose keys hold a part of the digest."""


def upgrade() -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.select(votes).where(votes.c.comment != "")).all()
    for row in rows:
        masked = mask(row.comment)[:MAX_COMMENT_CHARS].rstrip()
        if masked != row.comment:
            connection.execute(
                sa.update(votes)
                .where(votes.c.article_id == row.article_id, votes.c.voter == row.voter)
                .values(comment=masked)
            )
    connection.execute(sa.update(handoffs).values(request_digest=""))
    connection.execute(
        sa.update(handoffs).where(handoffs.c.key_id == SITE).values(idempotency_key=handoffs.c.id)
    )


def downgrade() -> None:
    pass
