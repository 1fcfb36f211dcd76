"""Numbers of bank accounts: IBANs, and what stands after words for an account."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.redaction.spans import TextSpan

IBAN = "[iban]"
ACCOUNT = "[account]"

_LENGTHS = {
    country: int(length)
    for length, countries in (
        line.split(" ", 1)
        for line in (
            "15 NO|16 BE|18 DK FI FO GL NL SD|19 MK SI|20 AT BA EE KZ LT LU MN XK"
            "|21 CH CR HR LI LV|22 BG BH DE GB GE IE ME RS VA|23 AE GI IL IQ OM SO TL"
            "|24 AD CZ DJ ES MD PK RO SA SE SK TN VG|25 LY PT ST|26 IS TR|27 BI FR GR IT MC MR SM"
            "|28 AL AZ BY CY DO GT HN HU LB NI PL SV"
            "|29 BR EG PS QA UA|30 JO KW MU YE|31 MT SC|32 LC"
            "|33 RU"
        ).split("|")
    )
    for country in countries.split()
}
"""Country → characters of its IBANs. Source: SWIFT IBAN Registry, release 99."""
_BEGINNING = re.compile(r"[A-Z]{2}[ \-]?\d{2}", re.IGNORECASE)
_CHARACTER = re.compile(r"[ \n.\-_]{0,3}([A-Z0-9])", re.IGNORECASE)
_NAMED = re.compile(r"iban[\s:=.-]{0,5}(?:(?:is|это)[\s:]{1,3})?$", re.IGNORECASE)
_NAMED_CHARS = 16
_ACCOUNT = re.compile(
    r"(?<![^\W_])(?:[рк]/с(?:ч[её]т)?|л/с|рс|счет\w{0,2}|реквизит\w{0,2}|account|acct|a/c"
    r"|routing|sort code|бик)"
    r"(?:[\s:=.,(#№\-]{1,4}(?:number|num|no|nr|is|номер|это|мои))?[\s:=.,(#№\-]{0,4}"
    r"(\d(?:[ \-]{0,2}\d){7,29})(?!\d)(?![ ]?(?:руб|р\b|₽|usd|eur))",
    re.IGNORECASE,
)


def find_ibans(text: str) -> Iterator[TextSpan]:
    """IBANs whose check digits are right, and others that the word stands before."""
    done = 0
    for match in _BEGINNING.finditer(text):
        if match.start() < done:
            continue
        if end := _end(text, match.start()):
            done = end
            yield TextSpan(match.start(), end, IBAN)


def find_accounts(text: str) -> Iterator[TextSpan]:
    for match in _ACCOUNT.finditer(text):
        yield TextSpan(*match.span(1), ACCOUNT)


def _end(text: str, start: int) -> int | None:
    length = _LENGTHS.get(text[start : start + 2].upper())
    if not length:
        return None
    characters, at = "", start
    while len(characters) < length and (match := _CHARACTER.match(text, at)):
        characters += match.group(1)
        at = match.end()
    before = text[max(0, start - _NAMED_CHARS) : start]
    if len(characters) == length and _is_checked(characters.upper()):
        return at
    return at if len(characters) > length // 2 and _NAMED.search(before) else None


def _is_checked(iban: str) -> bool:
    """Source: ISO 13616-1, ISO/IEC 7064 (MOD 97-10)."""
    return int("".join(str(int(one, 36)) for one in iban[4:] + iban[:4])) % 97 == 1
