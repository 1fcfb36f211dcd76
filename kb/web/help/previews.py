"""Preview pictures of the pages: drawn when first asked for, then kept on disk.

Only for what the serving generation shows; the number of pictures is that of its pages.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from kb.branding.preview_store import PreviewStore
from kb.branding.previews import Preview
from kb.catalog.catalog import Catalog
from kb.web.http import rate_limits
from kb.web.layout import assets, open_graph
from kb.web.layout.frame import section_title
from kb.web.services import services

FOLDER = "previews"
"""In the cache folder."""

previews = Blueprint("previews", __name__)


@previews.get("/<language:lang>/og/home.png")
def home(lang: str) -> Response:  # noqa: ARG001 - words are in the language of the address
    return _picture(open_graph.home_preview(services().config))


@previews.get("/<language:lang>/og/<section:section>.png")
def section(lang: str, section: str) -> Response:  # noqa: ARG001 - as above
    if not any(page.section == section for page in _catalog().all_pages):
        abort(404)
    return _picture(open_graph.section_preview(services().config, section_title(section)))


@previews.get("/<language:lang>/og/<section:section>/<category>.png")
def category(lang: str, section: str, category: str) -> Response:
    """Of a category that has something to read, as its page."""
    catalog = _catalog()
    entry = catalog.category(section, category)
    if entry is None or not catalog.in_category(lang, section, category):
        abort(404)
    place = section_title(section)
    return _picture(open_graph.category_preview(services().config, entry, lang, place))


@previews.get("/<language:lang>/og/article/<article_id>.png")
def article(lang: str, article_id: str) -> Response:
    """Of an article that is written in this language."""
    catalog = _catalog()
    page = catalog.page(article_id, lang) or abort(404)
    return _picture(open_graph.article_preview(services().config, catalog, page))


def _catalog() -> Catalog:
    return services().loaded().catalog


def _picture(preview: Preview) -> Response:
    """The picture, or 304 without drawing it. Drawing is limited for each client."""
    response = Response(mimetype="image/png")
    response.set_etag(preview.digest)
    is_this_version = request.args.get("v") == preview.digest
    response.headers["Cache-Control"] = assets.FOR_EVER if is_this_version else assets.BRIEFLY
    # It is made for pages of other sites.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if preview.digest not in request.if_none_match:
        store = PreviewStore(services().config.cache_dir / FOLDER)
        content = store.kept(preview)
        if content is None:
            rate_limits.count("preview")
            content = store.drawn(preview)
        response.set_data(content)
    response.make_conditional(request)
    return response
