"""Routes of the authors' bar, and the element that brings it onto every public page."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, abort, jsonify, make_response, render_template, request
from flask_babel import force_locale  # type: ignore[import-untyped]  # ships no types

from kb.catalog import check_report
from kb.catalog.check_report import CheckReport
from kb.catalog.near_duplicates import near_duplicates
from kb.suggestions.search_effect import asked_texts
from kb.web.dev.bar import bar_page, search_part
from kb.web.dev.viewed_page import ViewedPage, place_at, version_of
from kb.web.layout import locale
from kb.web.services import services

WITH_BAR = ("site", "contact", "permalinks", None)
"""Blueprints of public pages; those that no route answers have none."""
NEVER_KEPT = "no-store"
MAX_PATH_CHARS = 2000

dev = Blueprint("dev", __name__)


@dev.get("/dev/report")
def report() -> Response:
    """All that is known of the page `at`; with `part=bar` or `part=search` a piece of it."""
    place, lang = _place()
    part = request.args.get("part", "")
    with force_locale(lang.replace("-", "_")):
        if part == "search":
            return _show("_dev_search.html", search=_search(place, lang))
        address = "/dev/report?" + urlencode({"at": place.path})
        bar = bar_page(
            place, _report(), lang=lang, report_url=address, search_url=f"{address}&part=search"
        )
        if part == "bar":
            return _show("_dev_bar.html", bar=bar)
        search = _search(place, lang) if place.page else None
        return _show("dev_report.html", bar=bar, search=search)


@dev.get("/dev/state")
def state() -> Response:
    """Versions of the page `at`, of the generation and the check: a change asks for a new look."""
    place, _ = _place()
    loaded, known = services().library.get(), _report()
    response = jsonify(
        page=version_of(place, loaded),
        generation=loaded.name if loaded else "",
        check=known.version if known else "",
    )
    response.headers["Cache-Control"] = NEVER_KEPT
    return response


@dev.after_app_request
def add_bar(response: Response) -> Response:
    """Put the bar's element at the end of a public page; runs before responses are compressed."""
    if response.mimetype != "text/html" or request.blueprint not in WITH_BAR:
        return response
    if response.is_streamed or not response.data.lstrip()[:15].lower().startswith(
        b"<!doctype html"
    ):
        return response
    lang = locale.request_language(services().config.languages)
    place = place_at(request.path, services().config.languages, services().library.get())
    with force_locale(lang.replace("-", "_")):
        element = render_template(
            "_dev_element.html",
            at=request.path,
            lang=lang,
            version=version_of(place, services().library.get()),
            url="/dev/report?" + urlencode({"at": request.path}),
        )
    before, end, after = response.get_data(as_text=True).rpartition("</body>")
    response.set_data(f"{before}{element}{end}{after}" if end else f"{after}{element}")
    response.headers["Cache-Control"] = NEVER_KEPT
    response.headers.pop("ETag", None)
    return response


def _place() -> tuple[ViewedPage, str]:
    path = request.args.get("at", "/")[:MAX_PATH_CHARS]
    languages = services().config.languages
    place = place_at(path, languages, services().library.get())
    return place, place.lang or locale.preferred_language(languages)


def _search(place: ViewedPage, lang: str) -> object:
    loaded = services().loaded()
    page = place.page or abort(404)
    return search_part(
        place,
        asked_texts(loaded, page),
        near_duplicates(loaded, page),
        _report(),
        lang=lang,
        has_vectors=loaded.searcher.has_vectors,
    )


def _report() -> CheckReport | None:
    return check_report.read(services().config.data_dir / check_report.FOLDER)


def _show(template: str, **context: object) -> Response:
    response = make_response(render_template(template, **context))
    response.headers["Cache-Control"] = NEVER_KEPT
    return response
