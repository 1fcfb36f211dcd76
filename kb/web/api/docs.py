"""A page to browse the API's contract with, made of the same document as /openapi.json."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template

from kb.web.services import services

docs = Blueprint("docs", __name__)


@docs.get("/api/docs")
def api_docs() -> Response:
    """Every operation with its fields, limits and errors. Works without script."""
    # Imported late: few readers of a site ask for it, and every start would pay.
    from kb.web.api.openapi.document import document
    from kb.web.api.openapi.page import docs_page

    config = services().config
    page = docs_page(config, document(config.languages, config.public_url.rstrip("/")))
    response = make_response(render_template("api_docs.html", page=page))
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
