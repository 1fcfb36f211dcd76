"""Old addresses that the site's file lists: answered by 301 where otherwise nothing would be found.

A redirect leads only to what the file names; nothing of the request goes into it.
"""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, make_response, redirect, request
from werkzeug.exceptions import Gone

from kb.addresses import ANCHOR_SAFE, article_path
from kb.catalog.generation import Loaded
from kb.content.files.old_paths import Redirect
from kb.web.layout.locale import preferred_language
from kb.web.services import services

CACHEABLE = "public, max-age=3600"


def listed_redirect() -> Response | None:
    """The answer to a request for an old address; None when it is not listed.

    Raises Gone for an article that was retired.
    """
    loaded = services().library.get()
    if loaded is None or request.method not in ("GET", "HEAD"):
        return None
    path = request.environ.get("PATH_INFO", "").encode("latin-1", "replace")
    found = loaded.redirects.find(path, request.query_string.decode("ascii", "replace"))
    target = _target(loaded, found) if found else ""
    if not target:
        return None
    response = make_response(redirect(target, 301))
    response.headers["Cache-Control"] = CACHEABLE
    response.vary.add("Accept-Language")
    return response


def _target(loaded: Loaded, found: Redirect) -> str:
    """The address of an entry; "" when its article is not there any more."""
    languages = services().config.languages
    lang = found.lang if found.lang in languages else preferred_language(languages)
    if found.article:
        page = loaded.catalog.page_for(found.article, lang)
        if page is None and found.article in loaded.catalog.retired:
            raise Gone
        return article_path(page, lang, quote(found.anchor, safe=ANCHOR_SAFE)) if page else ""
    return f"/{lang}/{found.place}/" if found.place else found.address
