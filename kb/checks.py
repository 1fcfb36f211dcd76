"""Problems that only the whole library shows: links, anchors, pictures, relations, translations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from kb import media
from kb.articles import Article, Library, Problem
from kb.render import CannotRender, LinkResolver, RenderedArticle, line_of, render


def check(library: Library, root: Path) -> tuple[Problem, ...]:
    """Every problem of the articles under `root`, those of `library` included, by path and line."""
    pictures = media.read(root)
    links = LinkResolver(library, pictures)
    rendered: dict[str, RenderedArticle] = {}
    problems = [*library.problems, *pictures.problems]
    for article in library.articles:
        try:
            rendered[article.path] = render(article, links)
        except CannotRender as error:
            problems.append(error.problem)
    problems += _dead_links(library, rendered)
    problems += _bad_relations(library)
    problems += _parted_translations(library)
    return tuple(sorted(set(problems)))


def _dead_links(library: Library, rendered: Mapping[str, RenderedArticle]) -> Iterator[Problem]:
    anchors = {
        path: {heading.anchor for heading in page.headings} for path, page in rendered.items()
    }
    for article in library.articles:
        page = rendered.get(article.path)
        if page is None:
            continue
        yield from page.problems
        for link in page.links:
            known = anchors.get(link.path)
            if known is not None and link.anchor not in known:
                message = f"links to {link.href}, but {link.path} has no such heading"
                remedy = f"Use one of: {', '.join(sorted(known)) or 'none'}"
                yield Problem(article.path, line_of(article, link.href), message, remedy)


def _bad_relations(library: Library) -> Iterator[Problem]:
    published = {it.id for it in library.articles if it.status == "published"}
    known = {it.id for it in library.articles}
    for article in library.articles:
        for related in article.related:
            if related == article.id:
                fault = "is this article itself"
            elif related not in known:
                fault = "was retired" if related in library.retired else "does not exist"
            elif related not in published and article.status == "published":
                fault = "is not published"
            else:
                continue
            line = article.key_lines.get("related", 1)
            message = f"the related article {related} {fault}"
            yield Problem(article.path, line, message, "Remove it from `related`, or mend the id")


def _parted_translations(library: Library) -> Iterator[Problem]:
    """Translations share id, folder and slug, so that a page keeps its address in each language."""
    by_id: dict[str, Article] = {}
    by_address: dict[tuple[str, str, str], Article] = {}
    for article in library.articles:
        line = article.key_lines.get("id", 1)
        first = by_id.setdefault(article.id, article)
        if first.address != article.address:
            message = f"has the id of {first.path}, but another folder or slug"
            remedy = "Move one of them, or take a fresh id with `kb new`"
            yield Problem(article.path, line, message, remedy)
        first = by_address.setdefault(article.address, article)
        if first.id != article.id:
            message = f"has the address of {first.path}, but another id"
            remedy = f"Use the id {first.id} if it is a translation, else rename the file"
            yield Problem(article.path, line, message, remedy)
