"""The lexical part of a generation: the Whoosh index with its postings, and the words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from search.build.indexed_document import IndexedDocument
from search.build.previous import Previous
from search.build.progress import Progress
from search.build.shared_files import share_folder
from search.generation.draft import Draft
from search.generation.files import LEXICAL, WORDS
from search.lexical import whoosh_index
from search.lexical.postings import FIELDS
from search.model import Document, Passage
from search.text.index_terms import index_terms
from search.text.words import Words


def write_postings_and_words(
    draft: Draft,
    indexed: Sequence[IndexedDocument],
    previous: Previous | None,
    progress: Progress,
) -> None:
    """Take over the previous index and its words, then remove and add what differs."""
    old: set[str] = set()
    words = Words({})
    if previous and share_folder(draft, previous, LEXICAL):
        old = set(previous.documents)
        words = previous.words()
    new = {one.fingerprint for one in indexed}
    added = [one for one in indexed if one.fingerprint not in old]
    whoosh_index.update(
        draft.folder / LEXICAL,
        removed=sorted(old - new),
        added=_lexical_passages(added, progress),
    )
    for lang in sorted({one.document.lang for one in added}):
        texts = (text for one in added if one.document.lang == lang for text in one.texts())
        words = words.joined(Words.of(texts, lang))
    words.save(draft.folder / WORDS)


def _lexical_passages(
    added: Sequence[IndexedDocument], progress: Progress
) -> Iterable[whoosh_index.LexicalPassage]:
    for number, one in enumerate(added, start=1):
        title, labels = _document_terms(one.document)
        for passage in one.passages:
            by_field = {"title": title, "labels": labels}
            by_field |= _passage_terms(passage, one.document.lang)
            terms = tuple(by_field[field] for field in FIELDS)
            yield whoosh_index.LexicalPassage(one.key(passage.ordinal), one.fingerprint, terms)
        progress("words", number, len(added))


def _document_terms(document: Document) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Terms of the title, and of the labels: tags and questions."""
    labels = "\n".join((*document.tags, *document.questions))
    title_terms = tuple(index_terms(document.title, document.lang))
    return title_terms, tuple(index_terms(labels, document.lang))


def _passage_terms(passage: Passage, lang: str) -> dict[str, tuple[str, ...]]:
    return {
        "headings": tuple(index_terms("\n".join(passage.headings), lang)),
        "body": tuple(index_terms(passage.text, lang)),
    }
