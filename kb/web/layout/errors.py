"""Pages that say what went wrong."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, make_response, render_template

from kb.config import Config
from kb.web.layout.contexts import Frame
from kb.web.layout.frame import frame
from kb.web.layout.locale import gettext as _
from kb.web.layout.locale import request_language
from kb.web.services import services

STATUSES = (400, 403, 404, 410, 413, 429, 500, 503)
"""Errors with words of their own; others borrow those of 400 or 500."""


@dataclass(frozen=True)
class ErrorPage:
    frame: Frame
    status: int
    title: str
    happened: str
    advice: str
    has_search: bool
    """False where search cannot work either."""


def error_response(status: int, *, retry_after_s: int | None = None) -> Response:
    """The error page, in the language of the address or of the reader; works without an index."""
    config = services().config
    lang = request_language(config.languages)
    page = error_page(config, lang, status, retry_after_s=retry_after_s)
    response = make_response(render_template("error.html", page=page), status)
    response.headers["Cache-Control"] = "no-store"
    if retry_after_s is not None:
        response.headers["Retry-After"] = str(retry_after_s)
    return response


def error_page(
    config: Config, lang: str, status: int, *, retry_after_s: int | None = None
) -> ErrorPage:
    """Say what happened and what to do, in the reader's language; never the cause's details."""
    words = _words(retry_after_s)
    title, happened, advice = words.get(status) or words[400 if status < 500 else 500]
    return ErrorPage(
        frame=frame(config, lang, title=title, is_indexable=False),
        status=status,
        title=title,
        happened=happened,
        advice=advice,
        has_search=status in (404, 410),
    )


def _words(retry_after_s: int | None) -> dict[int, tuple[str, str, str]]:
    """Status → title, what happened, what to do."""
    return {
        400: (
            _("This request could not be read"),
            _("The address or the form was incomplete."),
            _("Go back and try once more, or start from the home page."),
        ),
        403: (
            _("This request was not accepted"),
            _("It did not come from a page of this site, so nothing was changed."),
            _("Open the article again and repeat your answer there."),
        ),
        404: (
            _("There is no page at this address"),
            _("It may have been moved, or the address may be incomplete."),
            _("Search for what you need, or start from the home page."),
        ),
        410: (
            _("This article has been removed"),
            _("It was out of date and is no longer published."),
            _("Search for what you need, or start from the home page."),
        ),
        413: (
            _("This was too long to send"),
            _("The form held more text than is accepted; nothing was saved."),
            _("Go back, shorten the text and send it again."),
        ),
        429: (
            _("Too many requests"),
            _("This connection has asked for more than its share in a short time."),
            wait_in_words(retry_after_s),
        ),
        500: (
            _("Something went wrong on our side"),
            _("The page could not be put together. The fault has been recorded."),
            _("Try again in a minute."),
        ),
        503: (
            _("The help centre is not available right now"),
            _("It is being updated, or it cannot reach its data. Nothing was changed."),
            wait_in_words(retry_after_s),
        ),
    }


def wait_in_words(retry_after_s: int | None) -> str:
    """The advice when to try again."""
    if retry_after_s is None or retry_after_s <= 60:
        return _("Try again in a minute.")
    return _("Try again in %(minutes)d minutes.", minutes=-(-retry_after_s // 60))
