"""Codes of three or four digits that stand on cards: after words for them, and near a card."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.redaction.spans import TAKEN, TextSpan

CODE = "[cvc]"

_NOT_COUNTED = (
    r"(?![ ]?(?:руб|р\b|₽|[$€£]|usd|eur|dollars?|euros?|тыс|раз|times|шт|мес|дн|день|days?|гб|gb))"
)
_CVC = re.compile(
    r"(?<![^\W_])(?:[cсц][ .\-]?[vв][ .\-]?[cсvвцn](?:[ .\-]?2)?|cv2|cvd|csc|ccv|cid"
    r"|(?:си|це)[ \-]?ви[ \-]?(?:си|ви|це)"
    r"|(?:security|card|safety|verification) (?:code|number|value|digits)"
    r"|код\w{0,2} (?:безопасности|защиты|(?:с |на )?карт\w{1,2})"
    r"|защитн\w{2,3} (?:код\w{0,2}|цифр\w)"
    r"|(?:цифр\w{0,2}|код\w{0,2}|digits?|numbers?|code)"
    r"(?: сзади| (?:(?:на|с|со|on|from|is on) (?:the |ее |моеи )?(?:оборот\w{0,3}"
    r"|обратн\w{1,3} сторон\w{1,2}|зад\w{1,5}"
    r"|back|reverse)(?: side)?))(?: (?:(?:of )?(?:my |the )?card|карт\w{1,2}))?)"
    r"(?:[ \n:=\-(#,\"«.]{1,4}(?:code|код\w?|is|are|was|это|номер|number|my|карт\w|моеи|такои"
    r"|вот)(?!\w)){0,3}"
    r"[ \n:=\-(#,\"«.]{0,4}(?<!\d)(\d{3,4}(?!\d)|\d(?:[ .\-]{1,3}\d){2,3}(?![ .\-]?\d))"
    rf"{_NOT_COUNTED}(?![ ]\d(?!\d?[/.]\d\d))",
    re.IGNORECASE,
)
_ALONE = r"(?<!(?<!\d)\d[./\- ])(?<!(?<!\d)\d\d[./\- ])(?<!(?:19|20)\d\d[./\-])(?<!\d)"
_NO_MORE = r"(?!\d)(?![./\-](?:\d\d?|\d{4})(?!\d))"
_DATE = re.compile(
    rf"{_ALONE}(?:0?[1-9]|1[0-2])[ ]?[/.\-][ ]?(?:20)?[2-4]\d{_NO_MORE}"
    r"|(?<!\d )(?<![^\W_])(?:янв|фев|мар|апр|маи|мая|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr"
    r"|may|jun|jul|aug|sep|oct|nov|dec)[^\W\d_]{0,7}[ .,/\-]{1,3}(?:20)?[2-4]\d(?!\d)",
    re.IGNORECASE,
)
_BARE_DATE = re.compile(rf"{_ALONE}(?:0[1-9]|1[0-2])[ ]?(?:20)?(?:2[4-9]|3\d){_NO_MORE}")
"""Month and year, with no sign between."""
_DIGITS = re.compile(
    r"(?<![\w+])(?<!\d[ .,:\-/])\d{3,4}(?!\w)(?![ ]?[.,:/\-][ ]?\d)(?![ ]\d)" + _NOT_COUNTED,
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"(?:[ ]?[/|;:,][ ]?(?:0?[1-9]|1[0-2])[ ]?[/|;:,][ ]?(?:20)?[2-4]\d(?!\d))?"
    r"(?:[ ]?[/|;:][ ]?|[ \n,]{1,2}(?=\d+[ .!]{0,2}(?:$|\n)))(\d{3,4})(?![\w%])(?![ ]?.\d)"
    + _NOT_COUNTED,
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"(?<!\w)(?:код|code|pass|secret|цифры|digits)(?: is| это)?[ :=\-#,]{1,3}$", re.IGNORECASE
)
_OTHERS = re.compile(
    r"(?:заказ|order|ошибк|error|артикул|товар|model|модел|сумм|amount|спис|снят|снял|оплат|плат"
    r"|перев|charg|paid|pay|debit|цен|price|квартир|промо|promo|exit|stop|zip|postal|country|area"
    r"|город|стран|год|year|стои|cost|добав|доб\.|ext|room|этаж|дом)\w{0,5}[ :=\-#№.,]{0,3}"
    r"(?:(?:код|code|номер|number|на|за|for|of)[ :=\-#№]{1,3})?$"
    r"|[№#][ ]?$|(?<!\w)(?:на|за|for|of|from|от|до|by|in|в)[ ]$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORD = re.compile(r"[^\W\d_]+")
_MOST_WORDS = 6
_AROUND_CHARS = 60
_AHEAD_CHARS = 30


def find_codes(text: str) -> Iterator[TextSpan]:
    """Codes after words that say so."""
    for match in _CVC.finditer(text):
        yield TextSpan(*match.span(1), CODE)


def codes_beside(text: str, start: int, end: int) -> Iterator[TextSpan]:
    """Codes near the card that stood there: a date is near too, or they are called codes.

    Cards are taken out of the text.
    """
    sides = {end: _after(text, end), (first := _before(text, start)): text[first:start]}
    dates = next((one for one in (_DATE, _BARE_DATE) if any(map(one.search, sides.values()))), None)
    for at, side in sides.items():
        rest = _without_dates(side, dates) if dates else side
        for match in _codes(rest, has_date=dates is not None):
            yield TextSpan(at + match.start(), at + match.end(), CODE)
    if behind := _BEHIND.match(text, end):
        yield TextSpan(*behind.span(1), CODE)


def _after(text: str, end: int) -> str:
    """Some words after the place; no number is cut."""
    side = text[end : end + _AROUND_CHARS]
    if text[end + _AROUND_CHARS : end + _AROUND_CHARS + 1].isdigit():
        side = side.rstrip("0123456789")
    words = list(_WORD.finditer(side))
    return side[: words[_MOST_WORDS].start()] if len(words) > _MOST_WORDS else side


def _before(text: str, start: int) -> int:
    """The place where some words ahead of this one begin; no number is cut."""
    first = max(0, start - _AROUND_CHARS)
    words = list(_WORD.finditer(text, first, start))
    if len(words) > _MOST_WORDS:
        first = words[-_MOST_WORDS].start()
    while first and first < start and text[first - 1 : first + 1].isdigit():
        first += 1
    return first


def _without_dates(side: str, dates: re.Pattern[str]) -> str:
    """The words with dates taken out, but for those that are called a code."""
    return dates.sub(
        lambda one: (
            one.group()
            if _CALLED.search(side[max(0, one.start() - _AHEAD_CHARS) : one.start()])
            else TAKEN * len(one.group())
        ),
        side,
    )


def _codes(side: str, *, has_date: bool) -> Sequence[re.Match[str]]:
    """All that are called codes; if none is and there is a date, the first that may be one."""
    called, others = [], []
    for match in _DIGITS.finditer(side):
        ahead = side[max(0, match.start() - _AHEAD_CHARS) : match.start()]
        if _OTHERS.search(ahead):
            continue
        if _CALLED.search(ahead):
            called.append(match)
        elif has_date and not _YEAR.fullmatch(match.group()):
            others.append(match)
    return called or others[:1]
