"""All leftovers of an article: what its page shows and its author did not mean."""

from __future__ import annotations

from collections.abc import Iterator

from kb.content.model import Article, Problem
from kb.content.remarks import (
    callouts,
    components,
    links,
    lists,
    lost_html,
    marks,
    pictures,
    tables,
    templates,
)
from kb.content.remarks.dialects import boxes, braces, notes, revisions, shortcodes, signs, wikis
from kb.content.remarks.leftover import Proof, problems
from kb.content.remarks.source import Source
from kb.content.remarks.visible_text import visible_blocks

KINDS = (
    *(callouts, components, templates, links, marks, tables, lists, pictures, lost_html),
    *(boxes, braces, notes, revisions, shortcodes, signs, wikis),
)


def of_article(article: Article, html: str) -> Iterator[Problem]:
    """Problems and remarks of one article, whose page is `html`."""
    return of_proof(Proof(Source(article), visible_blocks(html), html))


def of_proof(proof: Proof) -> Iterator[Problem]:
    """The same of an article that was read already."""
    for kind in KINDS:
        yield from problems(kind.leftovers(proof), proof.source)
