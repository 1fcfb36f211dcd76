"""The list of articles: searched by words of their titles, chosen by state and language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import url_for

from kb.drafts.built import BuildState
from kb.drafts.model import ArticleEntry, PushOutcome
from kb.web.layout.locale import date_in_words, language_name, translated
from kb.web.layout.locale import gettext as _
from kb.web.staff.articles.pages.states import LABELS, STATES, StateBadge, badge, state_of
from kb.web.staff.frame import StaffFrame
from search.text.words import fold

PER_PAGE = 50
MAX_QUERY_CHARS = 200
MAX_PAGE = 1000
_PAGE = re.compile(r"[0-9]{1,4}")
UNDER_WAY = "open"
"""State of every article that somebody is changing."""


@dataclass(frozen=True)
class ListParams:
    """Parts of the list's address."""

    text: str = ""
    state: str = ""
    """A ListedState, UNDER_WAY, or "" for all."""
    lang: str = ""
    page: int = 1


@dataclass(frozen=True)
class ListChoice:
    value: str
    label: str
    count: int
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class ArticleRow:
    title: str
    lang: str
    lang_name: str
    path: str
    url: str
    badge: StateBadge
    by: str
    """Who is changing it, and since when; "" for nobody."""
    note: str


@dataclass(frozen=True)
class ListPage:
    frame: StaffFrame
    asked: ListParams
    rows: tuple[ArticleRow, ...]
    total: int
    states: tuple[ListChoice, ...]
    languages: tuple[ListChoice, ...]
    previous_url: str
    next_url: str
    notices: tuple[str, ...]
    built: BuildState | None
    """Whether readers have what is published, None where nobody knows."""
    push: PushOutcome | None
    """The last one where it has not reached the remote; None where all is well."""
    can_push: bool
    sees_people: bool


def list_params(args: Mapping[str, str], languages: Sequence[str]) -> ListParams:
    """Unknown values count as none."""
    state, lang = args.get("state", ""), args.get("in", "")
    page = _PAGE.fullmatch(args.get("page", ""))
    return ListParams(
        text=" ".join(args.get("q", "")[:MAX_QUERY_CHARS].split()),
        state=state if state in (*STATES, UNDER_WAY) else "",
        lang=lang if lang in languages else "",
        page=min(int(page[0]), MAX_PAGE) if page else 1,
    )


def list_page(
    frame: StaffFrame,
    asked: ListParams,
    entries: Sequence[ArticleEntry],
    *,
    languages: Sequence[str],
    notices: Sequence[str],
    built: BuildState | None,
    push: PushOutcome,
    can_push: bool,
    sees_people: bool,
) -> ListPage:
    found = [one for one in entries if _holds(one, asked.text)]
    shown = [one for one in found if _is_chosen(one, asked)]
    shown.sort(key=lambda one: _newest_change_first(one, frame.lang))
    pages = max(1, -(-len(shown) // PER_PAGE))
    asked = replace(asked, page=max(1, min(asked.page, pages)))
    start = (asked.page - 1) * PER_PAGE
    return ListPage(
        frame=frame,
        asked=asked,
        rows=tuple(_row(one, frame.lang) for one in shown[start : start + PER_PAGE]),
        total=len(shown),
        states=tuple(_states(found, asked)),
        languages=tuple(_languages(found, asked, languages)),
        previous_url=address(replace(asked, page=asked.page - 1)) if asked.page > 1 else "",
        next_url=address(replace(asked, page=asked.page + 1)) if asked.page < pages else "",
        notices=tuple(notices),
        built=built,
        push=push if push.state in ("refused", "unreachable") and push.waiting else None,
        can_push=can_push,
        sees_people=sees_people,
    )


def address(asked: ListParams) -> str:
    values = {
        "q": asked.text,
        "state": asked.state,
        "in": asked.lang,
        "page": str(asked.page) if asked.page > 1 else "",
    }
    query = urlencode({name: value for name, value in values.items() if value})
    return url_for("articles.listed") + (f"?{query}" if query else "")


def _holds(entry: ArticleEntry, text: str) -> bool:
    """True when each word of `text` begins or stands in the title, the path or the id."""
    held = fold(f"{entry.title} {entry.path} {entry.id}")
    return all(word in held for word in fold(text).split())


def _is_chosen(entry: ArticleEntry, asked: ListParams) -> bool:
    state = state_of(entry.status, entry.change)
    is_state = asked.state in ("", state) or (asked.state == UNDER_WAY and entry.change is not None)
    return is_state and asked.lang in ("", entry.lang)


def _newest_change_first(entry: ArticleEntry, lang: str) -> tuple[float, bool, str]:
    """Order of the list: what is being changed, then articles in the page's own language."""
    since = -entry.change.saved_at.timestamp() if entry.change else 0.0
    return since, entry.lang != lang, entry.path


def _row(entry: ArticleEntry, lang: str) -> ArticleRow:
    change = entry.change
    when = date_in_words(change.saved_at, lang) if change else ""
    return ArticleRow(
        title=entry.title or entry.slug,
        lang=entry.lang,
        lang_name=language_name(entry.lang),
        path=entry.path,
        url=url_for("articles.edit", change_id=entry.change_id),
        badge=badge(entry.status, change),
        by=f"{change.author}, {when}" if change else "",
        note=change.note if change else "",
    )


def _states(found: Sequence[ArticleEntry], asked: ListParams) -> Iterator[ListChoice]:
    in_lang = [one for one in found if asked.lang in ("", one.lang)]
    counts = [state_of(one.status, one.change) for one in in_lang]
    changing = sum(one.change is not None for one in in_lang)
    yield _choice(asked, "", _("All"), len(in_lang))
    if changing:
        yield _choice(asked, UNDER_WAY, _("Under way"), changing)
    for state in STATES:
        if count := counts.count(state):
            yield _choice(asked, state, translated(LABELS[state]), count)


def _choice(asked: ListParams, state: str, label: str, count: int) -> ListChoice:
    url = address(replace(asked, state=state, page=1))
    return ListChoice(state, label, count, url, asked.state == state)


def _languages(
    found: Sequence[ArticleEntry], asked: ListParams, languages: Sequence[str]
) -> Iterator[ListChoice]:
    if len(languages) < 2:
        return
    for code in ("", *languages):
        count = sum(code in ("", one.lang) for one in found)
        label = language_name(code) if code else _("All languages")
        url = address(replace(asked, lang=code, page=1))
        yield ListChoice(code, label, count, url, asked.lang == code)
