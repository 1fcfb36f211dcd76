"""A library that a hostile author wrote: every payload as title, summary, question, tag and text.

Writes article files; how they are built, served and visited is said elsewhere.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from brs_kb import get_all_payloads

from kb.content.files.article_file import MAX_TITLE_CHARS
from kb.content.files.fields import MAX_ITEM_CHARS, MAX_SUMMARY_CHARS
from kb.content.new_article import ALPHABET, ID_CHARS

SHELF = 100
"""Payloads in one category: as many as the API lists at once."""
BATCH = 60
"""Payloads in one long article."""
GROUP = 4
"""Payloads found by one marker: as many as the list of completions shows."""

_LABEL = re.compile(r"^ {0,3}\[([^\]]+)\]:", re.MULTILINE)
_SWALLOWS_THE_REST = re.compile(r"```|~~~")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@cache
def corpus() -> tuple[str, ...]:
    """All distinct payloads of the installed corpus, sorted."""
    return tuple(sorted({str(entry["payload"]) for entry in get_all_payloads().values()}))


def sample(count: int, seed: int) -> tuple[str, ...]:
    """So many payloads of the corpus, in random order; all of them when it has no more."""
    return tuple(random.Random(seed).sample(corpus(), min(count, len(corpus()))))


@dataclass(frozen=True)
class Shelf:
    """A category with an article for each payload."""

    address: str
    """Below the language, as "faq/c00/"."""
    payloads: tuple[str, ...]


@dataclass(frozen=True)
class Written:
    """One article and the payloads in it; `slug` is unique in the library."""

    id: str
    address: str
    slug: str
    payloads: tuple[str, ...]


@dataclass(frozen=True)
class HostileLibrary:
    """Texts written, by what a page of it shows together."""

    shelves: tuple[Shelf, ...]
    articles: tuple[Written, ...]
    """One payload each, everywhere an author can write."""
    long_articles: tuple[Written, ...]
    """Many payloads each, in the text only."""
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    """Marker → the payloads whose articles hold it."""


def write(root: Path, payloads: Sequence[str]) -> HostileLibrary:
    """Write the articles of `payloads` below `root`, all in Russian."""
    writable = [payload for payload in payloads if "\0" not in payload]  # files with NUL are none
    shelves = [
        Shelf(f"faq/c{at // SHELF:03}/", tuple(writable[at : at + SHELF]))
        for at in range(0, len(writable), SHELF)
    ]
    articles = [_write_article(root, number, text) for number, text in enumerate(writable)]
    batches = _batches(writable)
    long_articles = [
        _write_long_article(root, len(articles) + number, batch)
        for number, batch in enumerate(batches)
    ]
    _write_categories(root, shelves)
    groups = [
        (_marker(at), tuple(writable[at : at + GROUP])) for at in range(0, len(writable), GROUP)
    ]
    return HostileLibrary(tuple(shelves), tuple(articles), tuple(long_articles), tuple(groups))


def _marker(number: int) -> str:
    return f"g{number // GROUP:04}x"


def _write_article(root: Path, number: int, payload: str) -> Written:
    """Marker and payload stand in every passage, so that results show both."""
    marker, line = _marker(number), _line(payload)
    front = {
        "title": line if 0 < len(line) <= MAX_TITLE_CHARS else f"Payload {number}",
        "summary": line if 0 < len(line) <= MAX_SUMMARY_CHARS else f"Payload {number}",
        "tags": [line[:MAX_ITEM_CHARS]],
        "questions": [f"{marker} {line}"[:MAX_ITEM_CHARS]],
    }
    body = f"{marker} {line}\n\n{_fenced(payload)}\n\n## {marker} {line}\n\n{marker}\n\n{payload}\n"
    return _write_file(root, number, f"faq/c{number // SHELF:03}", front, body, (payload,))


def _write_long_article(root: Path, number: int, batch: Sequence[str]) -> Written:
    body = "\n\n".join(f"## {n}\n\n{_fenced(text)}\n\n{text}" for n, text in enumerate(batch))
    front = {"title": f"Long {number}", "summary": "Many payloads"}
    return _write_file(root, number, "guides/long", front, body, tuple(batch))


def _write_file(
    root: Path,
    number: int,
    folder: str,
    front: Mapping[str, object],
    body: str,
    shown: Sequence[str],
) -> Written:
    id_, slug = _id(number), f"p{number:05}"
    keys = "".join(f"{key}: {_yaml(value)}\n" for key, value in {"id": id_, **front}.items())
    path = root / "ru" / folder / f"{slug}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\n{keys}---\n{body}\n", encoding="utf-8")
    return Written(id_, f"{folder}/{slug}", slug, tuple(shown))


def _write_categories(root: Path, shelves: Sequence[Shelf]) -> None:
    """Every category is named and described by a payload of its own."""
    entries: dict[str, dict[str, object]] = {"faq": {}, "guides": {}}
    for shelf in shelves:
        names = [line for text in shelf.payloads if 0 < len(line := _line(text)) <= 60]
        entries["faq"][shelf.address.split("/")[1]] = _category(names or ["Shelf"])
    entries["guides"]["long"] = _category(["Long"])
    (root / "categories.yml").write_text(_yaml(entries), encoding="utf-8")


def _category(names: Sequence[str]) -> dict[str, object]:
    first, last = names[0], names[-1]
    return {
        "icon": "book",
        "order": "1",
        "title": {"ru": first, "en": first},
        "description": {"ru": last, "en": last},
    }


def _yaml(value: object) -> str:
    """JSON is YAML, but for characters written as surrogate pairs."""
    return json.dumps(value, ensure_ascii=False)


def _batches(payloads: Sequence[str]) -> list[list[str]]:
    """Batches in which no payload changes what the others mean.

    A label is defined at most once, and an open fence comes last.
    """
    batches: list[list[str]] = []
    labels: list[set[str]] = []
    for payload in sorted(payloads, key=lambda text: bool(_SWALLOWS_THE_REST.search(text))):
        defined = {label.casefold() for label in _LABEL.findall(payload)}
        for batch, known in zip(batches, labels, strict=True):
            is_open = not _SWALLOWS_THE_REST.search(batch[-1])
            if is_open and len(batch) < BATCH and not defined & known:
                batch.append(payload)
                known |= defined
                break
        else:
            batches.append([payload])
            labels.append(defined)
    return batches


def _fenced(payload: str) -> str:
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", payload)), default=2))
    fence = max(fence, "```", key=len)
    return f"{fence}\n{payload}\n{fence}"


def _line(payload: str) -> str:
    """As front matter and one-line places keep it."""
    return " ".join(_CONTROL.sub(" ", payload).split())


def _id(number: int) -> str:
    digits = ""
    for _ in range(ID_CHARS):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits
