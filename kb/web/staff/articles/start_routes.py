"""Routes that begin an article, put it elsewhere, or take it off the site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, request, url_for

from kb.content.files.article_file import MAX_TITLE_CHARS
from kb.content.model import SECTIONS
from kb.drafts import changes, placement, retirement
from kb.drafts.model import DraftError
from kb.web.layout.frame import section_title
from kb.web.layout.locale import gettext as _
from kb.web.layout.locale import language_name
from kb.web.services import services
from kb.web.staff.access import open_to
from kb.web.staff.articles.access import the_clone, writer
from kb.web.staff.articles.blueprint import articles, frame_of
from kb.web.staff.articles.faults import sentence_of, status_of
from kb.web.staff.articles.pages.editor import Notice
from kb.web.staff.frame import StaffFrame
from kb.web.staff.views import go, page_language, show


@dataclass(frozen=True)
class Shelf:
    """A category to choose, named by `section/category`."""

    value: str
    label: str
    section: str
    is_chosen: bool


@dataclass(frozen=True)
class StartPage:
    frame: StaffFrame
    title: str
    languages: tuple[tuple[str, str, bool], ...]
    shelves: tuple[Shelf, ...]
    notices: tuple[Notice, ...]
    max_title_chars: int
    list_url: str


@dataclass(frozen=True)
class PlacePage:
    """Another place for an article, or none any more."""

    frame: StaffFrame
    change_id: str
    title: str
    path: str
    slug: str
    shelves: tuple[Shelf, ...]
    revision: str
    missing: tuple[tuple[str, str], ...]
    """Languages that the article does not exist in, with their names."""
    can_retire: bool
    edit_url: str


@articles.get("/new")
@open_to("articles.write")
def new() -> Response:
    return _start_page(request.args)


@articles.post("/new")
@open_to("articles.write")
def start() -> Response:
    section, _mark, category = request.form.get("shelf", "").partition("/")
    try:
        begun = placement.start(
            the_clone(),
            lang=request.form.get("in", ""),
            section=section,
            category=category,
            title=" ".join(request.form.get("title", "").split()),
            author=writer(),
        )
    except DraftError as error:
        notice = Notice(sentence_of(error), "warn")
        return _start_page(request.form, (notice,), status=status_of(error))
    return go(url_for("articles.edit", change_id=begun.change_id, done="begun"))


@articles.get("/place/<path:change_id>")
@open_to("articles.write")
def place(change_id: str) -> Response:
    clone, author = the_clone(), writer()
    article = changes.opened(clone, change_id, author=author)
    lang, section, category, slug = article.path.removesuffix(".md").split("/")
    address = f"{section}/{category}/{slug}.md"
    entries = changes.listed(clone, author=author)
    held = {one.lang for one in entries if one.path.partition("/")[2] == address}
    title = next((one.title for one in entries if one.change_id == change_id), "")
    page = PlacePage(
        frame=frame_of(_("Address"), here=url_for("articles.place", change_id=change_id)),
        change_id=change_id,
        title=title or article.path,
        path=article.path,
        slug=slug,
        shelves=_shelves(f"{section}/{category}"),
        revision=article.revision,
        missing=tuple(
            (code, language_name(code)) for code in clone.languages if code not in held | {lang}
        ),
        can_retire=not (article.is_new or article.is_retired),
        edit_url=url_for("articles.edit", change_id=change_id),
    )
    return show("articles_place.html", page)


@articles.post("/place/<path:change_id>")
@open_to("articles.write")
def put(change_id: str) -> Response:
    """Move, translate or retire an article, in its change."""
    clone, author = the_clone(), writer()
    step, revision = request.form.get("do", ""), request.form.get("revision", "")
    if step == "translate":
        lang = request.form.get("in", "")
        begun = placement.translate(clone, change_id, lang=lang, author=author)
        return go(url_for("articles.edit", change_id=begun.change_id, done="begun"))
    if step == "retire":
        note = request.form.get("note", "")
        retirement.retire(clone, change_id, revision=revision, author=author, note=note)
        return go(url_for("articles.edit", change_id=change_id, done="retiring"))
    section, _mark, category = request.form.get("shelf", "").partition("/")
    slug = request.form.get("slug", "").strip()
    placement.move(
        clone,
        change_id,
        section=section,
        category=category,
        slug=slug,
        revision=revision,
        author=author,
    )
    return go(url_for("articles.edit", change_id=change_id, done="moved"))


def _start_page(
    given: Mapping[str, str], notices: tuple[Notice, ...] = (), *, status: int = 200
) -> Response:
    languages = services().config.languages
    chosen = given.get("in", "") or page_language()
    page = StartPage(
        frame=frame_of(_("New article"), here=url_for("articles.new")),
        title=given.get("title", ""),
        languages=tuple((code, language_name(code), code == chosen) for code in languages),
        shelves=_shelves(given.get("shelf", "")),
        notices=notices,
        max_title_chars=MAX_TITLE_CHARS,
        list_url=url_for("articles.listed"),
    )
    return show("articles_new.html", page, status=status)


def _shelves(chosen: str) -> tuple[Shelf, ...]:
    """Categories by section, in their order."""
    lang, known = page_language(), placement.known_categories(the_clone())
    return tuple(
        Shelf(
            f"{section}/{one.slug}",
            one.title(lang),
            section_title(section),
            f"{section}/{one.slug}" == chosen,
        )
        for section in SECTIONS
        for one in known
        if one.section == section
    )
