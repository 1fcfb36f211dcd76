"""Parts of every view for staff: the language it speaks, and responses that nobody keeps."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Response, g, make_response, redirect, render_template, request
from flask_babel import force_locale  # type: ignore[import-untyped]  # ships no types

from kb.web.auth import sessions
from kb.web.layout import locale
from kb.web.services import services

PRIVATE = "private, no-store"
View = TypeVar("View", bound=Callable[..., Any])


def in_own_language(view: View) -> View:
    """The pages speak the language that `lang` names, which the session keeps, or the browser's."""

    @functools.wraps(view)
    def speaking(*args: Any, **kwargs: Any) -> Any:
        if is_page_chosen() and (asked := lang_asked()):
            sessions.keep_language(asked)
        g.own_language = page_language()  # of what is refused within the view, too
        with force_locale(page_language().replace("-", "_")):
            return view(*args, **kwargs)

    return cast(View, speaking)


def keep_private(response: Response) -> Response:
    """Mark a response that no cache may keep and no search engine may find."""
    response.headers["Cache-Control"] = PRIVATE
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def lang_asked() -> str:
    """The language that the address or form names, "" for none of the site's."""
    lang = request.values.get("lang", "")
    return lang if lang in services().config.languages else ""


def is_page_chosen() -> bool:
    """True when somebody goes to a page; its scripts name the language that it was written in."""
    return request.method == "GET" and "part" not in request.args


def page_language() -> str:
    """The language asked for, else that chosen in this session, else the browser's."""
    kept, languages = sessions.kept_language(), services().config.languages
    return lang_asked() or (kept if kept in languages else locale.preferred_language(languages))


def show(template: str, page: object, *, status: int = 200) -> Response:
    return make_response(render_template(template, page=page), status)


def go(address: str) -> Response:
    return make_response(redirect(address, 303))
