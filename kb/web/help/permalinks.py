"""Permanent links that name a language: `/a/<id>/<lang>`, beside `/a/<id>`, which asks the browser.

Who sends a link knows better than the browser which language its reader wants.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, redirect

from kb.addresses import article_path
from kb.web.services import services

permalinks = Blueprint("permalinks", __name__)


@permalinks.get("/a/<article_id>/<lang>")
def in_language(article_id: str, lang: str) -> Response:
    """The article in `lang`, or in another language where it has no such version.

    Browsers carry the section over to the address they are sent to.
    """
    catalog = services().loaded().catalog
    if lang not in services().config.languages:
        abort(404)
    page = catalog.page_for(article_id, lang)
    if page is None:
        abort(410 if article_id in catalog.retired else 404)
    response = make_response(redirect(article_path(page, lang), 302))
    response.headers["Cache-Control"] = "no-cache"
    return response
