"""A visitor's own answer to "was this helpful?": read for a page, changed by its form.

The rules of votes are in `kb/feedback/votes.py`, the cookie in `kb/web/auth/voter_cookie.py`.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from flask import Response, request

from kb.errors import DatabaseUnavailable
from kb.feedback import vote_marks, votes
from kb.web.auth import voter_cookie
from kb.web.help.article.page import NO_VOTE, OwnVote
from kb.web.layout.locale import gettext as _
from kb.web.services import secret_key, services

log = logging.getLogger(__name__)

VALUES = {"yes": 1, "no": -1}
WITHDRAW = "withdraw"


def own_vote(article_id: str) -> OwnVote | None:
    """Answer of this visitor; None for a reader without the cookie, who is the same to us as all.

    The database's absence hides the answer and nothing else.
    """
    visitor = voter_cookie.recognise(request, secret_key=secret_key())
    if visitor is None:
        return None
    try:
        vote = votes.vote_of(services().database, article_id, visitor.voter)
    except DatabaseUnavailable as error:
        log.warning("own vote not shown: %s", error)
        return NO_VOTE
    if vote is None:
        return NO_VOTE
    return OwnVote("yes" if vote.value == 1 else "no", vote.reason or "", vote.comment)


def answer(article_id: str, lang: str) -> voter_cookie.Visitor | None:
    """Do what the form asks: record, change or withdraw the visitor's answer.

    Returns the visitor to remember, None when there is nobody to. Raises InvalidVote,
    DatabaseUnavailable.
    """
    value = request.form.get("value", "")
    database = services().database
    known = voter_cookie.recognise(request, secret_key=secret_key())
    if value == WITHDRAW:
        if known:
            votes.withdraw(database, article_id=article_id, voter=known.voter)
        return known
    visitor = known or voter_cookie.new_visitor(secret_key=secret_key())
    now = datetime.now(UTC)
    votes.record(
        database,
        article_id=article_id,
        voter=visitor.voter,
        value=VALUES.get(value, 0),
        reason=request.form.get("reason") or None,
        comment=request.form.get("comment", ""),
        lang=lang,
        now=now,
        origin=vote_marks.origin_of(
            request.remote_addr,
            article_id=article_id,
            is_known=known is not None,
            secret_key=secret_key(),
            day=now.date(),
        ),
    )
    return visitor


def refused(error: votes.InvalidVote) -> OwnVote:
    """The form once more, with what was typed and what is wrong with it."""
    words = {
        "too_long": _(
            "The comment was not saved: it is longer than %(num)d characters. Shorten it.",
            num=votes.MAX_COMMENT_CHARS,
        ),
        "invalid_text": _("The comment was not saved: it holds characters that are not text."),
    }
    comment = request.form.get("comment", "") if error.code == "too_long" else ""
    return OwnVote(
        "no" if request.form.get("value") == "no" else "",
        request.form.get("reason", ""),
        comment,
        words.get(error.code) or _("The answer was not saved. Choose one of those below."),
    )


def remember(response: Response, visitor: voter_cookie.Visitor | None) -> None:
    if visitor:
        voter_cookie.remember(response, visitor, is_https=request.is_secure)
