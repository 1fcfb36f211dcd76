"""Pages and products → what search makes a generation of: documents, synonyms, files. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from kb.catalog import glossary
from kb.catalog import redirects as listed_redirects
from kb.catalog.catalog import ArticleVersion
from kb.catalog.finder import document_id
from kb.catalog.generation import GLOSSARY, INTERNAL, MEDIA, REDIRECTS, TOPICS
from kb.content.files.old_paths import Redirect
from kb.content.media import Media
from kb.content.model import Product
from kb.content.shared_text.term import GlossaryTerm
from kb.content.topics import Topics
from search.model import Document, Synonym


def document(page: ArticleVersion) -> Document:
    """The article as search sees it."""
    return Document(
        id=document_id(page),
        group=page.id,
        lang=page.lang,
        title=page.title,
        html=page.html,
        section=page.section,
        category=page.category,
        summary=page.summary,
        tags=page.tags,
        questions=page.questions,
    )


def anchors_of(pages: Sequence[ArticleVersion]) -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Article → language → anchors of its headings."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for page in pages:
        own = frozenset(heading.anchor for heading in page.headings)
        found.setdefault(page.id, {})[page.lang] = own
    return found


def product_synonyms(products: Sequence[Product]) -> tuple[Synonym, ...]:
    """Pairs that lead from an alias of a product to its name, in every language."""
    pairs = (
        Synonym(alias, title)
        for product in products
        for alias in product.aliases
        for title in product.titles.values()
        if alias.casefold() != title.casefold()
    )
    return tuple(dict.fromkeys(pairs))


def public_files(
    pictures: Media,
    topics: Topics,
    redirects: Sequence[Redirect],
    terms: Sequence[GlossaryTerm] = (),
) -> Mapping[str, bytes]:
    """Files that serve pages beside the catalog; a picture keeps the name of its address."""
    files = {
        f"{MEDIA}/{file.url.rpartition('/')[2]}": file.data for file in pictures.files.values()
    }
    listed = {REDIRECTS: listed_redirects.to_json(redirects)} if redirects else {}
    explained = {GLOSSARY: glossary.to_json(terms)} if terms else {}
    return {**files, TOPICS: topics.to_json(), **listed, **explained}


def staff_files(internal: Sequence[ArticleVersion]) -> Mapping[str, bytes]:
    """Files of the generation for staff; its pictures are served from the public one."""
    return {INTERNAL: json.dumps(sorted(map(document_id, internal))).encode()}
