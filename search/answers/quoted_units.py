"""Choice of the units of a document that are quoted, of those that were scored. Pure.

What is shown of them is laid out in page order (`search/text/quotation`), so what is chosen beside
the best unit may stand before it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import reduce

from search.answers.reading import ScoredUnit
from search.text.units import DocumentUnits

MOST_QUOTED = 6
"""Units tried for a quotation, best first; what does not fit or says nothing new is left out."""
LOGIT_GAP = 4.0
"""How much less likely than the best a unit may be to stand beside it."""
SCORE_GAP = 0.08
"""The same where nothing was read."""
BEFORE_SHARE = 0.75
"""Of these gaps, for steps of another section that would stand before the best unit. Origin: from
.7 to 1 no message to the sample shop, the two libraries and the two companies loses words that
answer; with .65 and less one or more do."""
MORE_HELD = 0.05
"""Share of the query's words by which steps hold more of them than others."""
MOST_JUDGED = 3
"""Units quoted, best first, that count towards the odds that one of them answers."""

_Section = tuple[str, ...]
"""Path of headings: steps under the same ones are one way to do something."""


def near(units: Sequence[ScoredUnit]) -> Sequence[ScoredUnit]:
    """The best unit and those hardly less likely, best first."""
    fit = [unit for unit in units if unit.lacks_code == units[0].lacks_code]
    return [unit for unit in fit if unit.score >= units[0].score - _gap(units[0])][:MOST_QUOTED]


def quoted_numbers(
    document: DocumentUnits, scored: Sequence[ScoredUnit], quoted: Sequence[ScoredUnit]
) -> list[int]:
    """Numbers of the units to quote, the most important first, of those that are `near`.

    Steps among them come second at the latest: sentences about what is to be done would leave no
    room for them. Beside an opening, which only says what the article is for, stand its steps.
    Steps of several sections do several things: those that were not asked for are left out.
    """
    first, is_opening = quoted[0].number, document.is_opening(quoted[0].number)
    ways = _ways(document, scored if is_opening else quoted)
    if not ways and is_opening:
        return _led(first, _first_steps(document), [unit.number for unit in quoted])
    own = document.block(first).headings
    asked = own if document.block(first).kind == "steps" else max(ways, key=_odds(ways), default=())
    shown = {way for way in ways if way == asked or _holds_more(ways[way], ways[asked])}
    if not is_opening:
        shown -= {way for way in shown - {own} if _misleads(document, quoted[0], ways[way][0])}
    steps = ways[asked][0].number if asked in shown else None
    left_out = {unit.number for way in ways.keys() - shown for unit in ways[way]}
    return _led(first, steps, [unit.number for unit in quoted if unit.number not in left_out])


def any_answers(units: Sequence[ScoredUnit]) -> float:
    """Log-odds that one of the first units answers, were they independent; exact for any size."""
    return reduce(_either, (unit.logit or 0.0 for unit in units[:MOST_JUDGED]))


def _gap(best: ScoredUnit) -> float:
    return SCORE_GAP if best.logit is None else LOGIT_GAP


def _ways(document: DocumentUnits, units: Sequence[ScoredUnit]) -> dict[_Section, list[ScoredUnit]]:
    """Steps by the section they stand in, as scored."""
    ways: dict[_Section, list[ScoredUnit]] = {}
    for unit in units:
        block = document.block(unit.number)
        if block.kind == "steps":
            ways.setdefault(block.headings, []).append(unit)
    return ways


def _odds(ways: Mapping[_Section, Sequence[ScoredUnit]]) -> Callable[[_Section], float]:
    """Likelihood that any of a way's steps answers, or where nothing was read its best score."""

    def odds(way: _Section) -> float:
        units = ways[way]
        return units[0].score if units[0].logit is None else any_answers(units)

    return odds


def _holds_more(units: Sequence[ScoredUnit], than: Sequence[ScoredUnit]) -> bool:
    """True when steps hold words of the query that the others lack: they may be asked for, too."""
    return max(unit.held for unit in units) > max(unit.held for unit in than) + MORE_HELD


def _misleads(document: DocumentUnits, best: ScoredUnit, steps: ScoredUnit) -> bool:
    """True when steps would be read before the best unit and are much less likely."""
    is_before = document.units[steps.number].block < document.units[best.number].block
    return is_before and steps.score < best.score - BEFORE_SHARE * _gap(best)


def _first_steps(document: DocumentUnits) -> int | None:
    steps = (n for n in range(len(document.units)) if document.block(n).kind == "steps")
    return next(steps, None)


def _led(first: int, second: int | None, numbers: Sequence[int]) -> list[int]:
    """Numbers with these two in front."""
    leading = [first] if second is None or second == first else [first, second]
    return [*leading, *(number for number in numbers if number not in leading)]


def _either(a: float, b: float) -> float:
    """Log-odds that one of two independent things is so: its odds are the sum a + b + ab of theirs.

    In log-sum-exp form, so that no odds are too small or too large for a float.
    """
    terms = (a, b, a + b)
    largest = max(terms)
    return largest + math.log(sum(math.exp(term - largest) for term in terms))
