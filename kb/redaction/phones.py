"""Telephone numbers: with a prefix, in the groups people write them in, or after a word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.redaction.spans import TextSpan

PHONE = "[phone]"

_SEP = r"[ \n().\-_/]{0,4}"
_ONE_SEP = r"[ \n.\-_]{1,3}"
_CERTAIN = re.compile(
    rf"(?<![\w+])\+{_SEP}\d(?:{_SEP}\d){{6,14}}(?!\d)"
    rf"|(?<=[^\W\d_])\+\d(?:{_SEP}\d){{6,14}}(?!\d)"
    rf"|(?<!\d)(?<!\d[.,])[78]{_SEP}[34789]\d\d(?:{_SEP}\d){{7}}(?!\d)"
    r"|(?<!\d)(?<!\d[ .\-])[78](?:[ .\-]\d){10}(?![ .\-]?\d)"
    rf"|(?<![\w.,:/\-])(?<!\d )00[1-9]\d{{0,2}}(?=[ (]){_SEP}\d(?:{_SEP}\d){{5,12}}(?!\d)"
)
"""A plus, or 00 and a country, and digits; eight or seven and ten digits (Russia, Kazakhstan)."""
_GROUPED = re.compile(
    rf"(?<!\d)00{_SEP}[1-9](?:{_SEP}\d){{7,13}}(?!\d)"
    rf"|(?<!\d)(?<!\d[.,])0[1-9](?:{_SEP}\d){{7,9}}(?!\d)"
    rf"|(?<!\d)(?:1{_SEP})?(?:\([2-9]\d\d\)[ ]?\d{{3}}[ .\-]?"
    rf"|[2-9]\d\d{_ONE_SEP}\d{{3}}{_ONE_SEP})\d{{4}}(?!\d)"
    rf"|(?<!\d)(?:\([3489]\d{{2,3}}\)[ ]?"
    rf"|[3489]\d\d{_ONE_SEP})\d{{2,3}}{_ONE_SEP}\d\d{_ONE_SEP}\d\d(?!\d)"
    rf"|(?<!\d)9\d\d{_ONE_SEP}\d{{3}}{_ONE_SEP}?\d{{4}}(?!\d)"
)
"""With 00 or a trunk prefix; area code in the groups of North America and Russia."""
_LOCAL = re.compile(r"(?<![\w.\-/])(\d{3})-(\d\d)-(\d\d)(?![\d\-/])(?!\.\d)")
_NAMED = re.compile(
    r"(?<![^\W_])(?:тел(?:ефон\w{0,2})?|моб(?:ильн\w{2,3})?|сотов\w{2,3}|городск\w{2,3}|phone"
    r"|tel|telephone|"
    r"mobile|cell|call|ring|text|sms|смс|fax|факс|whatsapp|ватсап\w?|вотсап\w?|вацап\w?|viber"
    r"|вайбер\w?|"
    r"telegram|телеграм\w?|(?:по|пере)?звон\w{1,6}|набер\w{1,4}|мои номер|my number"
    r"|contact number|dial)"
    r"(?:[\s:=.,(+№#\-]{1,4}(?:номер\w?|телефон\w?|number|no|is|это|мои|мне|my|me|на|at|on|по"
    r"|моб|дом|раб|тел)(?!\w)){0,3}"
    r"[\s:=.,(+№#\-]{0,4}(?<!\d)(\d(?:[ \n().\-_]{0,3}\d){5,14})(?!\d)"
    r"(?![ ]?(?:руб|р\b|₽|мин|minutes|гб|gb|мм|раз|год|г\b))",
    re.IGNORECASE,
)


def find_certain_phones(text: str) -> Iterator[TextSpan]:
    for match in _CERTAIN.finditer(text):
        yield TextSpan(*match.span(), PHONE)


def find_phones(text: str) -> Iterator[TextSpan]:
    for match in _NAMED.finditer(text):
        yield TextSpan(*match.span(1), PHONE)
    for match in _GROUPED.finditer(text):
        yield TextSpan(*match.span(), PHONE)
    for match in _LOCAL.finditer(text):
        if not _are_measures(*map(int, match.groups())):
            yield TextSpan(*match.span(), PHONE)


def _are_measures(chest: int, waist: int, hips: int) -> bool:
    return 100 <= chest <= 140 and waist >= 55 and hips >= 80
