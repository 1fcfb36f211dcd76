"""Numbers of payment cards, with the date and the code written beside them (`card_codes`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from kb.redaction.card_codes import codes_beside
from kb.redaction.spans import TextSpan, without

CARD = "[card]"

_CHAIN = re.compile(r"\d+(?:[ \n.,\-_/|*]{1,4}\d+)*")
_DIGITS = re.compile(r"\d+")
_SCHEMES = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:2|5|6|8|9)\d{15}|3[47]\d{13}|3[0689]\d{12}|35\d{14}"
    r"|(?:2200|2201|2202|2203|2204|5|6|8)\d{12,15}|(?:62|81)\d{14,17}|6\d{17,18}|5\d{17,18}"
)
"""First digits and lengths of the schemes (ISO/IEC 7812, lists of issuers)."""
_CHARS = range(13, 20)
_GLUED = (20, 22, 23)
"""Digits of a card of sixteen with its date, its code or both."""
_PREFIX = re.compile(r"\+[ (]{0,2}$")
"""Ahead of telephone numbers."""
_EXPIRY = re.compile(
    r"[ \n,;:/|(\-]{0,3}(?:(?:exp\w{0,8}|valid|thru|until|date|до|срок\w{0,2}|деиств\w{0,7}"
    r"|годн\w{0,3})"
    r"[ .:,/]{0,3}){0,4}(?<!\d)(?:0?[1-9]|1[0-2])[ ]?[/.\-][ ]?(?:20)?[2-4]\d(?![./\-]?\d)"
    r"(?:[ \n,;/]{1,3}(?:(?:cvc2?|cvv2?|код)[ :=\-]{1,3})?\d{3}(?!\d)(?![ ]?(?:руб|р\b|₽|usd"
    r"|eur)))?",
    re.IGNORECASE,
)


def find_cards(text: str) -> Iterator[TextSpan]:
    """Cards as they are written: in groups of equal length, or of a scheme, or in one."""
    found = [TextSpan(start, end, CARD) for start, end in _cards(text, is_regular=True)]
    rest = without(text, found)
    for card in found:
        beside = _EXPIRY.match(text, card.end)
        yield TextSpan(card.start, beside.end() if beside else card.end, CARD)
        yield from codes_beside(rest, card.start, card.end)


def find_scattered_cards(text: str) -> Iterator[TextSpan]:
    """Numbers that could be cards, however they are grouped: other numbers are among them."""
    for start, end in _cards(text, is_regular=False):
        yield TextSpan(start, end, CARD)


@dataclass(frozen=True)
class _Chain:
    """Groups of digits that could belong together."""

    spans: Sequence[tuple[int, int]]
    digits: str
    starts: Sequence[int]
    """Where each group begins among the digits, and where the last one ends."""
    ends: Mapping[int, int]
    """Number of digits up to the end of a group → the group."""

    def parts(self, first: int, last: int) -> list[str]:
        edges = self.starts[first : last + 2]
        return [self.digits[start:end] for start, end in pairwise(edges)]


def _cards(text: str, *, is_regular: bool) -> Iterator[tuple[int, int]]:
    for match in _CHAIN.finditer(text):
        chain = _chain(text, *match.span())
        first = 0
        while first < len(chain.spans):
            start = chain.spans[first][0]
            last = _last_group(chain, first, is_regular=is_regular)
            if last is None or _PREFIX.search(text[max(0, start - 3) : start]):
                first += 1
                continue
            yield start, chain.spans[last][1]
            first = last + 1


def _chain(text: str, start: int, end: int) -> _Chain:
    spans = [match.span() for match in _DIGITS.finditer(text, start, end)]
    ends = list(accumulate(end - start for start, end in spans))
    digits = "".join(text[start:end] for start, end in spans)
    return _Chain(spans, digits, [0, *ends], {end: group for group, end in enumerate(ends)})


def _last_group(chain: _Chain, first: int, *, is_regular: bool) -> int | None:
    """The group at which a card ends that begins with group `first`."""
    start = chain.starts[first]
    for chars in _CHARS:
        last = chain.ends.get(start + chars)
        if last is None or not is_card(chain.digits[start : start + chars]):
            continue
        if not is_regular or _is_regular(chain.parts(first, last)):
            return last
    is_glued = any(chain.ends.get(start + chars) == first for chars in _GLUED)
    return first if is_glued and is_card(chain.digits[start : start + 16]) else None


def is_card(number: str) -> bool:
    return bool(_SCHEMES.fullmatch(number)) and _is_luhn(number)


def _is_luhn(number: str) -> bool:
    """Source: ISO/IEC 7812-1, annex B."""
    digits = [int(one) for one in number]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_regular(groups: Sequence[str]) -> bool:
    """True for groups of a card; false for lists of years and sizes, dates and telephones."""
    lengths = [len(one) for one in groups]
    if lengths in ([4, 6, 5], [4, 6, 4], [8, 8], [4, 12], [12, 4], [6, 10]):
        return True
    is_even = len(set(lengths[:-1])) <= 1 and lengths[-1] <= max(lengths[0], 3)
    values = [int(one) for one in groups]
    is_rising = len(values) > 1 and all(a < b for a, b in pairwise(values))
    are_years = all(1900 <= one < 2100 for one in values)
    return is_even and not is_rising and not are_years
