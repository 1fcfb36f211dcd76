"""Translations that say something else than what they are translated from: parts and numbers.

Dates are `checks.remarks`'s. Numbers below ten may be words, and stand for no difference.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from kb.content.advice.page import ReadPage
from kb.content.fault_kinds import FaultKind
from kb.content.model import Article, Library, Problem
from kb.content.translations import original
from search.model import LayoutBlock

IMAGE = re.compile(r"<img\b")
DATE = re.compile(r"\b(\d\d?)\.(\d\d?)\.(\d{4})\b")
"""Of which other languages write out the month."""
NUMBER = re.compile(r"(?<![\w.,:])(?<![^\W\d_]-)\d++(?:[.,:]\d++)*")
GROUPED = re.compile(r"(?<=\d)[   ](?=\d{3}(?!\d))|(?<=\d),(?=\d{3}(?!\d))")
AFTERNOON = re.compile(r"\b(1[0-2]|[1-9])(?::([0-5]\d))?\s?([ap])\.?m\b", re.IGNORECASE)
LEAST = 10
MOST_NUMBERS = 4
REMEDY = "Bring the two versions together"


def drifted(
    library: Library, pages: Mapping[str, ReadPage], default_language: str
) -> Iterator[Problem]:
    """Each translation, with what its parts and its numbers differ in."""
    by_id: dict[str, list[Article]] = {}
    for article in library.articles:
        if article.status != "draft" and article.path in pages:
            by_id.setdefault(article.id, []).append(article)
    for versions in by_id.values():
        source = original(versions, default_language)
        for article in versions if source else ():
            if source and article is not source:
                yield from _differences(pages[article.path], pages[source.path])


def _differences(page: ReadPage, source: ReadPage) -> Iterator[Problem]:
    own, other = _parts(page), _parts(source)
    told = [f"{own[name]} {name} for {other[name]}" for name in own if own[name] != other[name]]
    if told:
        yield _problem(page, source, f"has {', '.join(told)} in")
    missing, added = _unlike(_numbers(source), _numbers(page))
    if missing and added:
        yield _problem(page, source, f"says {_listed(added)} for {_listed(missing)} in")
    elif missing:
        yield _problem(page, source, f"lacks the {_noun(missing)} {_listed(missing)} of")
    elif added:
        yield _problem(page, source, f"has the {_noun(added)} {_listed(added)}, unlike")


def _problem(page: ReadPage, source: ReadPage, difference: str) -> Problem:
    message = f"{difference} the {source.article.lang} version"
    kind = FaultKind.DRIFTED_TRANSLATION
    return Problem(page.article.path, page.article.body_line, message, REMEDY, kind)


def _parts(page: ReadPage) -> Mapping[str, int]:
    """Numbers of what a page is made of."""
    kinds = Counter(block.kind for block in page.blocks)
    return {
        "sections": len(page.headings),
        "steps": sum(len(it.parts) for it in page.blocks if it.kind == "steps"),
        "tables": kinds["table"],
        "pictures": len(IMAGE.findall(page.html)),
    }


def _numbers(page: ReadPage) -> frozenset[str]:
    return frozenset().union(*(_of_block(block) for block in page.blocks if block.kind != "code"))


def _of_block(block: LayoutBlock) -> frozenset[str]:
    text = "\n".join((block.lead, block.title, *block.head, *block.parts))
    text = AFTERNOON.sub(_hour, DATE.sub(r"\1 \3", GROUPED.sub("", text)))
    return frozenset(map(_plain, NUMBER.findall(text)))


def _hour(match: re.Match[str]) -> str:
    """A time by the clock of 24 hours."""
    hour = int(match[1]) % 12 + (12 if match[3] in "pP" else 0)
    return f"{hour}:{match[2] or '00'}"


def _plain(number: str) -> str:
    """A number as it is compared: with a decimal point, full hours without minutes."""
    number = number.replace(",", ".").removesuffix(":00")
    return number.lstrip("0") or "0"


def _unlike(source: frozenset[str], own: frozenset[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Numbers that only the source has, and those that only the translation has."""
    missing, added = source - own, own - source
    return _telling(missing), _telling(added)


def _telling(numbers: frozenset[str]) -> Sequence[str]:
    found = (it for it in numbers if not (it.isdecimal() and len(it) < 5 and int(it) <= LEAST))
    return sorted(found, key=lambda it: (len(it), it))


def _listed(numbers: Sequence[str]) -> str:
    shown = ", ".join(it[:12] for it in numbers[:MOST_NUMBERS])
    return shown + (" …" if len(numbers) > MOST_NUMBERS else "")


def _noun(numbers: Sequence[str]) -> str:
    return "number" if len(numbers) == 1 else "numbers"
