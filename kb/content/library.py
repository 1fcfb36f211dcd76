"""Everything that authors keep in their folder of articles, read and checked.

`load` reports every problem at once and leaves out what is broken. Problems that need rendering or
links live in `kb.content.checks`. No HTML, no Flask.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from itertools import chain
from pathlib import Path

from kb.content import git_history
from kb.content.addresses.former import FormerCache, former_addresses
from kb.content.fault_kinds import FaultKind
from kb.content.files import categories, retired_ids, unknown_keys
from kb.content.files.article_file import ArticleReading, Place, place_of, read_article
from kb.content.files.categories import CATEGORIES_FILE
from kb.content.files.retired_ids import RETIRED_FILE
from kb.content.files.text import BadFile, read_bytes
from kb.content.files.tree import stray_file, twins, walk
from kb.content.files.written_id import written_id
from kb.content.model import Article, Category, Library, Problem, alias_address
from kb.content.shared_text import shared as shared_text
from kb.content.shared_text.dates import SharedDates
from kb.content.shared_text.filled_file import read_file, source_texts
from kb.content.shared_text.shared import SharedText, Used
from kb.content.shared_text.snippets import is_snippet

TAKEN_ID = FaultKind.TAKEN_ID
FRESH_ID_REMEDY = "Remove the line `id:`, then `kb id FILE` gives a fresh one"


@dataclass
class ArticleCache:
    """Articles and dates that a process remembers between two loads of the same folder."""

    files: dict[str, tuple[_Stamp, ArticleReading]] = field(default_factory=dict)
    dates: git_history.DateCache = field(default_factory=git_history.DateCache)
    former: FormerCache = field(default_factory=FormerCache)


_Stamp = tuple[int, int, int]
"""Size, modification time in ns, inode."""


@dataclass(frozen=True)
class _File:
    place: Place
    stamp: _Stamp

    @property
    def mtime(self) -> datetime:
        return datetime.fromtimestamp(self.stamp[1] // 10**9, tz=UTC)


def load(root: Path, *, languages: Sequence[str], cache: ArticleCache | None = None) -> Library:
    """Read every article, category and retired id under `root`. Never raises for content.

    A file with a problem that could mislead readers is left out; all problems are listed. With a
    `cache`, files whose size, time and inode have not changed are not read again.
    """
    cache = ArticleCache() if cache is None else cache
    problems: list[Problem] = []
    names = walk(root, "", problems)
    files = _article_files(names, languages, problems)
    known, of_categories = categories.read(root, languages, read_file)
    retired, of_retired = retired_ids.read(root)
    problems += (*of_categories, *of_retired)
    readings = {file.place.path: reading for file, reading in _read_all(root, files, cache)}
    problems += chain.from_iterable(reading.problems for reading in readings.values())
    shared = shared_text.read(root, [path for path, _ in names], languages)
    problems += shared.problems
    filled = {
        path: shared.fill(reading.article, problems)
        for path, reading in readings.items()
        if reading.article
    }
    used = {path: one for path, (_, one) in filled.items()}
    articles = [article for article, _ in filled.values()]
    articles = _keep(_with_category(articles, known), problems)
    articles = _keep(_not_retired(articles, retired), problems)
    articles = _keep(_unique_ids(articles), problems)
    articles = _without_bad_aliases(articles, problems)
    left_out = _left_out(root, readings, articles)
    idle = shared.unused(used.values(), (*left_out.values(), *source_texts(root, languages)))
    unknown = unknown_keys.remarks({path: it.unknown_keys for path, it in readings.items()})
    dated = _dated(root, articles, files, cache, shared, used)
    problems += _without_history(dated)
    return Library(
        unread={path: written_id(text.encode()) for path, text in left_out.items()},
        articles=dated,
        categories=tuple(known.values()),
        problems=tuple(sorted({it for it in problems if it.severity == "problem"})),
        retired=frozenset(retired),
        former=former_addresses(root, languages, cache=cache.former),
        remarks=tuple(
            sorted({*unknown, *idle, *(it for it in problems if it.severity == "remark")})
        ),
    )


# --- files ---------------------------------------------------------------------------------------


def _article_files(
    names: Sequence[tuple[str, os.stat_result]], languages: Sequence[str], problems: list[Problem]
) -> list[_File]:
    """Regular Markdown files in place, by path. Never opens or follows anything else."""
    found: list[_File] = []
    problems += twins(path for path, _ in names)
    for path, status in names:
        if is_snippet(path):
            continue
        if not path.lower().endswith(".md"):
            problems += stray_file(path, languages)
            continue
        place = place_of(path, languages)
        if isinstance(place, Place):
            found.append(_File(place, (status.st_size, status.st_mtime_ns, status.st_ino)))
        elif "/" in path:  # a README beside the folders is nobody's article
            problems.append(place)
    return found


def _read_all(
    root: Path, files: Sequence[_File], cache: ArticleCache
) -> Iterator[tuple[_File, ArticleReading]]:
    for file in files:
        path = file.place.path
        known = cache.files.get(path)
        if known is None or known[0] != file.stamp:
            known = cache.files[path] = file.stamp, read_article(root, file.place)
        yield file, known[1]
    for path in cache.files.keys() - {file.place.path for file in files}:
        del cache.files[path]


# --- the whole library ---------------------------------------------------------------------------


def _line(article: Article, key: str) -> int:
    return article.key_lines.get(key, 1)


_Judged = Iterator[tuple[Article, Problem | None]]


def _keep(judged: _Judged, problems: list[Problem]) -> list[Article]:
    """The articles without a problem; the problems of the others are noted."""
    kept = []
    for article, problem in judged:
        if problem is None:
            kept.append(article)
        else:
            problems.append(problem)
    return kept


def _with_category(
    articles: Sequence[Article], categories: Mapping[tuple[str, str], Category]
) -> _Judged:
    for article in articles:
        name = f"{article.section}/{article.category}"
        is_known = (article.section, article.category) in categories
        remedy = f"Add it to {CATEGORIES_FILE}, or move the file"
        message = f"the category {name} is unknown"
        problem = Problem(article.path, 1, message, remedy, FaultKind.UNKNOWN_CATEGORY)
        yield article, None if is_known else problem


def _not_retired(articles: Sequence[Article], retired: Mapping[str, int]) -> _Judged:
    for article in articles:
        line = retired.get(article.id)
        message = f"the id {article.id} was retired ({RETIRED_FILE}:{line})"
        problem = Problem(article.path, _line(article, "id"), message, FRESH_ID_REMEDY, TAKEN_ID)
        yield article, None if line is None else problem


def _unique_ids(articles: Sequence[Article]) -> _Judged:
    """Within a language a disputed id stays with the article that lies beside its translations.

    Else with the first by path.
    """
    places = Counter((article.id, article.address) for article in articles)
    owners: dict[tuple[str, str], str] = {}
    for article in sorted(articles, key=lambda it: (-places[it.id, it.address], it.path)):
        owners.setdefault((article.lang, article.id), article.path)
    for article in articles:
        owner = owners[article.lang, article.id]
        message = f"the id {article.id} belongs to {owner}"
        problem = Problem(article.path, _line(article, "id"), message, FRESH_ID_REMEDY, TAKEN_ID)
        yield article, None if owner == article.path else problem


def _without_bad_aliases(articles: Sequence[Article], problems: list[Problem]) -> list[Article]:
    """Drop, and note, aliases that another article's address or alias claims too."""
    taken = {(article.lang, article.address): article.path for article in articles}
    cleaned = []
    for article in articles:
        good = []
        for alias in article.aliases:
            address = alias_address(alias, article.section, article.category)
            owner = taken.setdefault((article.lang, address), f"{article.path} alias")
            if owner == f"{article.path} alias":
                good.append(alias)
            else:
                message = f"the alias `{alias}` is claimed by {owner.removesuffix(' alias')}"
                line = _line(article, "aliases")
                remedy, kind = "Remove the alias from one", FaultKind.TAKEN_ALIAS
                problems.append(Problem(article.path, line, message, remedy, kind))
        cleaned.append(article.with_head(aliases=tuple(good)) if article.aliases else article)
    return cleaned


def _dated(
    root: Path,
    articles: Sequence[Article],
    files: Sequence[_File],
    cache: ArticleCache,
    shared: SharedText,
    used: Mapping[str, Used],
) -> tuple[Article, ...]:
    committed = git_history.change_dates(root, cache=cache.dates)
    together = SharedDates(root, shared.variables, committed)
    dates = {
        it.path: together.joined(committed.get(it.path, ()), it.lang, used[it.path])
        for it in articles
    }
    mtimes = {file.place.path: file.mtime for file in files}

    def last(path: str) -> datetime | None:
        known = dates.get(path)
        return known[0] if known else None if path in cache.dates.undated else mtimes[path]

    edited = _edited_since(root, articles, dates, cache.dates.first)
    return tuple(
        article.with_head(
            updated_at=(None if article.path in edited else _written(article))
            or last(article.path),
            created_at=cache.dates.first.get(article.path),
            changes=dates.get(article.path, ()),
        )
        for article in articles
    )


def _edited_since(
    root: Path,
    articles: Sequence[Article],
    dates: Mapping[str, git_history.Dates],
    first: Mapping[str, datetime],
) -> frozenset[str]:
    """Paths of articles that a later commit changed than the one that wrote their `updated`."""
    newest = {
        it.path: dates[it.path][0]
        for it in articles
        if it.updated and dates.get(it.path) and it.path in first
    }
    late = [
        it.path
        for it in articles
        if (day := newest.get(it.path))
        and it.updated
        and it.updated < day.date()
        and day > first[it.path]
    ]
    written = git_history.key_dates(root, late, "updated")
    return frozenset(path for path in late if path in written and newest[path] > written[path])


def _left_out(
    root: Path, readings: Iterable[str], articles: Iterable[Article]
) -> Mapping[str, str]:
    """Texts of the files that became no article, as far as they are text, by path."""
    found = {}
    for path in sorted({*readings} - {article.path for article in articles}):
        try:
            found[path] = read_bytes(root, path).decode("utf-8", "replace")
        except BadFile:
            found[path] = ""
    return found


def _without_history(articles: Sequence[Article]) -> Iterator[Problem]:
    """One remark on all articles whose dates a shallow clone doesn't know."""
    undated = [article.path for article in articles if article.updated_at is None]
    if undated:
        message = f"the clone lacks its history, so {len(undated)} articles have no date"
        remedy = "Fetch all of it: `git fetch --unshallow`, in CI `fetch-depth: 0`"
        yield Problem(undated[0], 1, message, remedy, FaultKind.SHALLOW_HISTORY)


def _written(article: Article) -> datetime | None:
    """The time that the article's own `updated` means, if it has one."""
    day = article.updated
    return datetime.combine(day, time(), tzinfo=UTC) if day else None
