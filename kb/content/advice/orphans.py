"""Published articles that no other leads to: who does not search for them sees only categories."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kb.addresses import article_path
from kb.content.fault_kinds import FaultKind
from kb.content.files.categories import CATEGORIES_FILE
from kb.content.model import Article, Library, Problem

HREF = re.compile(r'<a\b[^<>]*?\bhref="(/[^"#?<>]*)')
"""Of links to the site itself in the canonical HTML of a page."""
MOST_TOLD = 20
"""Where most articles are orphans and more than this, the library is told of, not each of them."""
MANY_REMEDY = "Begin with what a reader needs next: `related`, `next`, links"
REMEDY = "Link to it where its topic comes up, or name it in `related` or `next` there"


def orphans(library: Library, pages: Mapping[str, str]) -> Iterator[Problem]:
    """Each such article once, whatever its languages, if there are others to lead to it."""
    shown: dict[str, list[Article]] = {}
    for article in library.articles:
        if article.status == "published":
            shown.setdefault(article.id, []).append(article)
    if len(shown) < 2:
        return
    reached = set(_reached(shown, pages))
    if library.unread:  # what they lead to is not known
        return
    alone = [versions[0].path for id_, versions in shown.items() if id_ not in reached]
    if len(alone) > MOST_TOLD and len(alone) > len(shown) / 2:
        message = f"{len(alone)} of {len(shown)} articles are named and linked to by no other"
        yield Problem(CATEGORIES_FILE, 1, message, MANY_REMEDY, FaultKind.ORPHAN)
        return
    for path in alone:
        message = "no other article leads here"
        yield Problem(path, 1, message, REMEDY, FaultKind.ORPHAN)


def _reached(shown: Mapping[str, list[Article]], pages: Mapping[str, str]) -> Iterator[str]:
    """Ids that another article links to or names."""
    langs = {it.lang for versions in shown.values() for it in versions}
    ids = {
        article_path(it, lang): it.id
        for versions in shown.values()
        for it in versions
        for lang in langs
    }
    for versions in shown.values():
        for article in versions:
            linked = (ids.get(href, "") for href in HREF.findall(pages.get(article.path, "")))
            for id_ in (*article.related, *article.next, *linked):
                if id_ != article.id:
                    yield id_
