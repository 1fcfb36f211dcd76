"""Problems that only the whole library shows: links, anchors, pictures, relations, translations.

Remarks beside them are for authors to know; they fail no check.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from kb.content import media, translations
from kb.content.addresses import redirects
from kb.content.addresses.reach import Reach
from kb.content.advice.page_readings import page_readings
from kb.content.advice.review import Review, of_article
from kb.content.anchors import places_in
from kb.content.fault_kinds import FaultKind
from kb.content.files.old_paths import Redirect
from kb.content.media import Media
from kb.content.model import Article, Library, Problem, Product
from kb.content.remarks import leftovers
from kb.content.remarks.likeness import nearest
from kb.content.render import (
    CannotRender,
    LinkResolver,
    RenderedArticle,
    place_of,
    render,
    written_in,
)

MAX_ANCHOR_CHARS = 50
"""Of all anchors that a remedy names, the first apart."""
PARTED = FaultKind.PARTED_TRANSLATION


@dataclass(frozen=True)
class LinkTargets:
    """All that is read beside the articles, as far as their links may lead there."""

    products: Sequence[Product] = ()
    redirects: Sequence[Redirect] = ()
    languages: Sequence[str] = ()
    """Of the site; without any, links that begin with / are not judged."""


def check(
    library: Library,
    root: Path,
    around: LinkTargets = LinkTargets(),
    *,
    review: Review | None = None,
) -> tuple[Problem, ...]:
    """Every problem of the articles under `root`, those of `library` included, by path and line.

    With a review also what it advises.
    """
    pictures = media.read(root)
    links = LinkResolver(library, pictures, _reach(library, pictures, around))
    read = page_readings(library.articles, links, is_reviewed=review is not None)
    rendered = {path: reading.page for path, reading in read.items() if reading.page}
    problems = [*library.problems, *pictures.problems]
    for reading in read.values():
        problems += reading.problems
    problems += _dead_links(library, rendered)
    problems += redirects.dead_anchors(root, around.redirects, _anchors(library, rendered))
    problems += _bad_relations(library)
    problems += _bad_sources(library)
    problems += _parted_translations(library)
    if review:
        html = {path: page.html for path, page in rendered.items()}
        problems += review.of_library(library, html)
    return tuple(sorted(set(problems)))


def check_one(
    library: Library, article: Article, pictures: Media, around: LinkTargets
) -> tuple[RenderedArticle | None, tuple[Problem, ...]]:
    """One article of a library, rendered, with what is wrong with it; the others are not checked.

    None for one that cannot be rendered.
    """
    links = LinkResolver(library, pictures, _reach(library, pictures, around))
    try:
        page = render(article, links)
    except CannotRender as error:
        return None, (error.problem,)
    named = {link.path for link in page.links} - {article.path}
    rendered = {article.path: page}
    for other in library.articles:
        if other.path in named:
            with suppress(CannotRender):
                rendered[other.path] = render(other, links)
    alone = replace(library, articles=(article,))
    problems = [*_dead_links(alone, rendered), *leftovers.of_article(article, page.html)]
    problems += of_article(article, page.html)
    problems += _bad_relations(library)
    problems += _bad_sources(library)
    problems += _parted_translations(library)
    return page, tuple(sorted({one for one in problems if one.path == article.path}))


def _anchors(
    library: Library, rendered: Mapping[str, RenderedArticle]
) -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Article → language → anchors of its headings."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for article in library.articles:
        if page := rendered.get(article.path):
            own = frozenset(heading.anchor for heading in page.headings)
            found.setdefault(article.id, {})[article.lang] = own
    return found


def _reach(library: Library, pictures: media.Media, around: LinkTargets) -> Reach | None:
    if not around.languages:
        return None
    return Reach(
        library,
        products=around.products,
        languages=around.languages,
        redirects=around.redirects,
        pictures=pictures,
    )


def remarks(library: Library, default_language: str) -> tuple[Problem, ...]:
    """Remarks for authors though nothing is wrong, by path and line."""
    found = [*library.remarks]
    for every_version in _translations(library).values():
        versions = [it for it in every_version if it.status != "draft"]
        for article in versions:
            source = translations.newer_original(article, versions, default_language)
            if source is None:
                continue
            message = (
                f"is older than its source: changed {article.changes[0]:%Y-%m-%d}, "
                f"the {source.lang} version {source.changes[0]:%Y-%m-%d}"
            )
            remedy, kind = "Bring the translation up to date", FaultKind.OLD_TRANSLATION
            found.append(Problem(article.path, 1, message, remedy, kind))
    return tuple(sorted(found))


def _dead_links(library: Library, rendered: Mapping[str, RenderedArticle]) -> Iterator[Problem]:
    anchors = {
        path: {heading.anchor for heading in page.headings} | places_in(page.html)
        for path, page in rendered.items()
    }
    for article in library.articles:
        page = rendered.get(article.path)
        if page is None:
            continue
        yield from page.problems
        for link in page.links:
            known = anchors.get(link.path)
            if known is not None and link.anchor not in known:
                place = "this page" if link.path == article.path else link.path
                where = place_of(article, link.href)
                href = written_in(where[0], article, link.href)
                message = f"links to {href}, which is no heading of {place}"
                remedy = _nearest_anchors(link.anchor, known)
                yield Problem(*where, message, remedy, FaultKind.BROKEN_ANCHOR)


def _nearest_anchors(anchor: str, known: Collection[str]) -> str:
    """A remedy with at most three, as many as leave room for the file and the link."""
    named, *others = nearest(anchor, known) or ["none"]
    for other in others:
        if len(named) + len(other) > MAX_ANCHOR_CHARS:
            break
        named += f", {other}"
    return f"Nearest: {named}"


def _bad_relations(library: Library) -> Iterator[Problem]:
    published = {it.id for it in library.articles if it.status == "published"}
    known = {it.id for it in library.articles}
    unread = {*library.unread.values()} - known
    for article in library.articles:
        for key, title, ids in (
            ("related", "related article", article.related),
            ("next", "next step", article.next),
        ):
            for named in ids:
                if named == article.id:
                    fault = "is this article itself"
                elif named in unread:
                    continue  # that article's own faults are told
                elif named not in known:
                    fault = "was retired" if named in library.retired else "does not exist"
                elif named not in published and article.status == "published":
                    fault = "is not published"
                else:
                    continue
                line = article.key_lines.get(key, 1)
                remedy = f"Remove it from `{key}`, or mend the id"
                message = f"the {title} {named} {fault}"
                yield Problem(article.path, line, message, remedy, FaultKind.BAD_RELATION)


def _bad_sources(library: Library) -> Iterator[Problem]:
    """The language an article is translated from must be one it exists in, the same for all."""
    for versions in _translations(library).values():
        sources = [it.source for it in versions if it.source]
        at = {it.path.partition("/")[2] for it in versions}
        langs = {it.lang for it in versions}
        langs |= {path.partition("/")[0] for path in library.unread if path.partition("/")[2] in at}
        for article in versions:
            if not article.source:
                continue
            if article.source not in langs:
                message = f"has the source `{article.source}`, but there is no such version of it"
                remedy = f"Name one of {', '.join(sorted(langs))}, or leave `source` out"
            elif article.source != sources[0]:
                message = f"has the source `{article.source}`, another version `{sources[0]}`"
                remedy = "Name the same language in all versions"
            else:
                continue
            line = article.key_lines.get("source", 1)
            yield Problem(article.path, line, message, remedy, FaultKind.BAD_SOURCE)


def _translations(library: Library) -> Mapping[str, list[Article]]:
    """Id → its language versions."""
    found: dict[str, list[Article]] = {}
    for article in library.articles:
        found.setdefault(article.id, []).append(article)
    return found


def _parted_translations(library: Library) -> Iterator[Problem]:
    """Translations share id, folder and slug, so that a page keeps its address in each language."""
    by_id: dict[str, Article] = {}
    by_address: dict[tuple[str, str, str], Article] = {}
    for article in library.articles:
        line = article.key_lines.get("id", 1)
        first = by_id.setdefault(article.id, article)
        if first.address != article.address:
            message = f"has the id of {first.path}, but another folder or slug"
            remedy = "`kb mv` moves one; or remove its `id:`, and `kb id` gives a fresh one"
            yield Problem(article.path, line, message, remedy, PARTED)
        first = by_address.setdefault(article.address, article)
        if first.id != article.id:
            message = f"has the address of {first.path}, but another id"
            remedy = f"Use the id {first.id} if it is a translation, else rename the file"
            yield Problem(article.path, line, message, remedy, PARTED)
