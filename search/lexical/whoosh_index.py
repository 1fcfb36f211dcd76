"""Keeps the Whoosh index of a corpus up to date and exports its postings as arrays.

The only file that imports Whoosh, and only building uses it: segments are immutable files that
generations share, an edit adds a small segment. Serving scores the exported arrays (`bm25`) and
never opens Whoosh, whose table of contents is a pickle. Text reaches Whoosh as terms, never
through its query parser.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from whoosh import fields, index
from whoosh.reading import IndexReader
from whoosh.writing import OPTIMIZE

from search.lexical.postings import FIELDS, POSTINGS, POSTINGS_SUFFIX, write_postings

MAX_DELETED_SHARE = 0.3
"""Share of dead passages from which the index is rewritten: they still cost space and time."""

_SEGMENTS = "segments"


@dataclass(frozen=True)
class LexicalPassage:
    """Terms of one passage by field, in the order of `postings.FIELDS`.

    `key` is unique in the corpus and changes with any of its terms; `document` joins the passages
    that are removed together.
    """

    key: str
    document: str
    terms: tuple[tuple[str, ...], ...]


def update(folder: Path, *, removed: Iterable[str], added: Iterable[LexicalPassage]) -> None:
    """Bring the index in `folder` up to date: drop documents, add passages, export new segments.

    `folder` may hold hard links to another generation's files: Whoosh writes new files and
    unlinks old ones, it never changes one in place. An empty folder becomes a new index.
    """
    segments, postings = folder / _SEGMENTS, folder / POSTINGS
    segments.mkdir(parents=True, exist_ok=True)
    postings.mkdir(exist_ok=True)
    whoosh_index = _open_or_create(segments)
    with whoosh_index.reader() as reader:
        dead = reader.doc_count_all() - reader.doc_count()
        is_worn = dead > MAX_DELETED_SHARE * max(1, reader.doc_count_all())
    writer = whoosh_index.writer()
    try:
        for document in removed:
            writer.delete_by_term("document", document)
        for passage in added:
            named = dict(zip(FIELDS, passage.terms, strict=True))
            writer.add_document(key=passage.key, document=passage.document, **named)
    except BaseException:
        writer.cancel()
        raise
    writer.commit(mergetype=OPTIMIZE if is_worn else None)
    (segments / "MAIN_WRITELOCK").unlink(missing_ok=True)
    _export(index.open_dir(str(segments)), postings)


def _open_or_create(segments: Path) -> index.Index:
    if index.exists_in(str(segments)):
        return index.open_dir(str(segments))
    # `create_in` ignores the writer lock and wipes what it finds: only ever for an empty folder.
    if any(segments.iterdir()):
        raise FileExistsError(f"{segments} holds files that are not an index; delete the folder")
    return index.create_in(str(segments), _schema())


def _schema() -> fields.Schema:
    terms = {name: fields.TEXT(phrase=False) for name in FIELDS}
    return fields.Schema(key=fields.ID(stored=True), document=fields.ID, **terms)


def _export(whoosh_index: index.Index, postings: Path) -> None:
    """Write the arrays of segments that have none yet and drop those of merged ones."""
    wanted = set()
    with whoosh_index.reader() as reader:
        for leaf, _ in reader.leaf_readers():
            segment = leaf.segment()
            if segment is None:  # an index without passages
                continue
            path = postings / f"{segment.segment_id()}{POSTINGS_SUFFIX}"
            wanted.add(path)
            if not path.exists():
                _export_segment(leaf, path)
    for path in postings.iterdir():
        if path not in wanted:
            path.unlink()


def _export_segment(reader: IndexReader, path: Path) -> None:
    keys = [str(reader.stored_fields(doc)["key"]) for doc in range(reader.doc_count_all())]
    found: dict[str, dict[int, list[int]]] = {}
    for column, field in enumerate(FIELDS):
        for term in reader.field_terms(field):
            by_passage = found.setdefault(term, {})
            matcher = reader.postings(field, term)
            while matcher.is_active():
                counts = by_passage.setdefault(matcher.id(), [0] * len(FIELDS))
                counts[column] = int(matcher.weight())
                matcher.next()
    write_postings(path, keys=keys, postings=found)
