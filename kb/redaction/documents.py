"""Numbers of papers: passports, licences, insurance and tax numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.redaction.spans import TextSpan

DOCUMENT = "[document]"

_AHEAD = (
    r"(?:[\s:=.,(#№\-]{1,4}(?:данн\w{1,3}|сери\w{1,2}|номер\w{0,2}|number|numbers|num|no|nr|id"
    r"|is|are|was"
    r"|это|мои|рф|series|гражданина)(?!\w)){0,4}[\s:=.,(#№\-]{0,4}"
)
_NUMBER = (
    r"[A-ZА-Я]{0,6}[ -]?\d[\dA-Z]{0,15}(?:[ \-№/]{1,3}\d[\dA-Z]{0,15}){0,4}"
    r"(?:[ \-]{1,2}\d{1,2}(?!\w)){0,10}"
)
_WORD_BETWEEN = r"[\s,]{1,3}(?:номер|number|no\.?)[\s:№]{1,3}"
_NAMED = re.compile(
    r"(?<![^\W_])(?:загран\w{0,10}|(?:загран)?паспорт\w{0,4}|passport|id card|identity card"
    r"|national id|"
    r"снилс|инн|полис\w{0,2}|омс|внж|удостоверени\w{1,2}(?: личности)?|свидетельств\w{1,2}|"
    r"driv\w{2,5}(?:'s)? licen[cs]e|licen[cs]e number|ssn|social security|nino"
    r"|national insurance|tax id)"
    rf"{_AHEAD}({_NUMBER})(?:{_WORD_BETWEEN}({_NUMBER}))?(?!\w)",
    re.IGNORECASE,
)
_SERIES = re.compile(
    r"(?<!\w)сери\w{1,2}[\s:№]{0,3}(\d{2}[ ]?\d{2})(?:[\s,]{1,3}(?:номер"
    r"|№)[\s:№]{0,3}(\d{6}))(?!\d)",
    re.IGNORECASE,
)
_SHAPES = re.compile(
    r"(?<![\d\-])(?:\d{3}-\d{2}-\d{4}|\d{3}[ -]\d{3}[ -]\d{3}[ -]\d{2}"
    r"|\d{2} ?\d{2}[ ]{1,2}(?:№ ?)?\d{6})"
    r"(?![\d\-])"
)
"""Social security number (US), insurance number and passport (Russia)."""
_INSURANCE = re.compile(
    rf"(?<![^\W_])(?:ni|nino|national insurance){_AHEAD}"
    r"([A-Z]{2}[ \-]?\d\d[ \-]?\d\d[ \-]?\d\d(?:[ \-]?[A-D])?)(?!\w)"
    r"|(?<!\w)((?-i:[A-Z]{2}) \d\d \d\d \d\d (?-i:[A-D]))(?!\w)",
    re.IGNORECASE,
)
"""National insurance number (UK)."""
_LEAST_DIGITS = 5
_COUNTED = re.compile(r"[ ]?(?:год|г\.|лет|руб|р\b|₽|years?|мм|mm|см|cm)", re.IGNORECASE)


def find_documents(text: str) -> Iterator[TextSpan]:
    for match in _NAMED.finditer(text):
        parts = [match.span(group) for group in (1, 2) if match.group(group)]
        digits = sum(map(str.isdigit, match.group()))
        if digits >= _LEAST_DIGITS and not _COUNTED.match(text, match.end()):
            yield from (TextSpan(start, end, DOCUMENT) for start, end in parts)
    for match in _INSURANCE.finditer(text):
        yield TextSpan(*match.span(match.lastindex or 0), DOCUMENT)
    for match in _SERIES.finditer(text):
        yield from (TextSpan(*match.span(group), DOCUMENT) for group in (1, 2))
    for match in _SHAPES.finditer(text):
        yield TextSpan(*match.span(), DOCUMENT)
