"""Takes out of a text what may identify a person, before the text is written anywhere. Pure.

Rules read the folded text, in an order: what one has found, or knows to be harmless, those after it
do not see. Names cannot be told from other words and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.redaction import (
    accounts,
    addresses,
    card_codes,
    cards,
    credentials,
    documents,
    harmless,
    logins,
    numbers,
    phones,
)
from kb.redaction.folded import FoldedText, fold
from kb.redaction.spans import TextSpan, found_by, without

MAX_CHARS = 10_000
"""A longer text is cut before it is masked, so that the work is bounded."""

_WORD = re.compile(r"[\w-]+")
_LEAST_REPEATED = 4
_CARD_RULES = (cards.find_cards, card_codes.find_codes)
_CERTAIN_RULES = (
    addresses.find_queries,
    addresses.find_users,
    addresses.find_emails,
    logins.find_logins,
    accounts.find_ibans,
    *_CARD_RULES,
    numbers.find_parcels,
    credentials.find_one_time_codes,
    credentials.find_told_codes,
    credentials.find_passwords,
    credentials.find_distant_passwords,
    credentials.find_keys,
    accounts.find_accounts,
    phones.find_certain_phones,
)
_OTHER_RULES = (
    documents.find_documents,
    phones.find_phones,
    numbers.find_orders,
    cards.find_scattered_cards,
    numbers.find_long_numbers,
)


def mask(text: str) -> str:
    """The text with what may identify a person replaced: [email], [card], [phone], [number], …"""
    text = text[:MAX_CHARS]
    folded = fold(text)
    found = found_by(_CERTAIN_RULES, folded.text)
    rest = without(folded.text, found)
    rest = without(rest, harmless.find_harmless(rest))
    found += found_by(_OTHER_RULES, rest)
    return _masked(text, folded, [*found, *_repeated(folded.text, without(rest, found), found)])


def mask_cards(text: str) -> str:
    """The text without cards and their codes, which nobody who helps needs; all else stays."""
    text = text[:MAX_CHARS]
    folded = fold(text)
    return _masked(text, folded, found_by(_CARD_RULES, folded.text))


def _repeated(text: str, rest: str, found: Sequence[TextSpan]) -> Iterator[TextSpan]:
    """Places that repeat, where no rule knows it, what was found to be private elsewhere."""
    masks = {text[one.start : one.end].strip(".,!?"): one.mask for one in found if one.mask}
    for match in _WORD.finditer(rest):
        if len(match.group()) >= _LEAST_REPEATED and match.group() in masks:
            yield TextSpan(*match.span(), masks[match.group()])


def _masked(text: str, folded: FoldedText, found: Sequence[TextSpan]) -> str:
    pieces, done = [], 0
    for one in sorted(found, key=lambda span: (span.start, -span.end)):
        start, end = folded.place(one.start, one.end)
        if start >= done:
            pieces += [text[done:start], one.mask]
        done = max(done, end)
    return "".join([*pieces, text[done:]])
