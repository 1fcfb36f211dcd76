"""Tables of everything that an import made up: summaries, categories, ids, and who may read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kb.imports.model import ImportResult, LandedArticle
from kb.imports.report.places import origin
from kb.texts import counted

TOLD = "told"


def guesses(result: ImportResult) -> list[str]:
    """Counts of what was guessed, each with its noun."""
    written = [it for it in result.articles if it.is_written]
    counts = (
        (sum(it.summary_origin != TOLD for it in written), "summary", "summaries"),
        (sum(bool(it.guesses) for it in result.made_categories), "category", "categories"),
    )
    return [counted(count, one, many) for count, one, many in counts if count]


def tables(result: ImportResult) -> Iterator[str]:
    """Lines of all tables in Markdown, empty ones left out."""
    written = [it for it in result.articles if it.is_written]
    made = sorted(
        (it for it in written if it.summary_origin != TOLD),
        key=lambda it: (it.summary_origin == "beginning", it.summary_origin, it.path),
    )
    yield from _table(
        "Summaries",
        "The source has none, so each was made of this part of the text. Those that are not its"
        " beginning come first: write them anew.",
        ("article", "made of", "summary"),
        [(it.path, it.summary_origin, it.summary) for it in made],
    )
    yield from _table(
        "Categories",
        "Folders and sections of the source, of which the inner one gives the name.",
        ("category", "was", "title", "description", "guessed"),
        [
            (it.name, it.old, _each(it.titles), _each(it.descriptions), "; ".join(it.guesses))
            for it in result.made_categories
        ],
    )
    hidden = [it for it in written if it.status != "published"]
    yield from _table(
        "Drafts and internal articles",
        "As the source says; their old addresses are kept once they are published.",
        ("article", "status", "title"),
        [(it.path, it.status, it.title) for it in hidden],
    )
    yield from _table(
        "Ids",
        "Made of the page's name in the source, so that another import gives the same.",
        ("id", "article", "was"),
        [(it.id, it.path, _was(it)) for it in written],
    )


def _was(article: LandedArticle) -> str:
    number = f" (number {article.old_id})" if article.old_id not in origin(article) else ""
    return f"{origin(article)}{number}"


def _each(texts: Mapping[str, str]) -> str:
    return "; ".join(f"{lang}: {text}" for lang, text in sorted(texts.items()))


def _table(
    title: str, about: str, head: Sequence[str], rows: Sequence[Sequence[str]]
) -> Iterator[str]:
    if rows:
        yield from (f"### {title}: {len(rows)}", "", about, "")
        yield from (_row(head), _row(["---"] * len(head)))
        yield from map(_row, rows)
        yield ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in cells)} |"
