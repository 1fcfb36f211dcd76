"""Numbers of orders and parcels, and whatever number is so long that it must be somebody's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.redaction.spans import TextSpan

NUMBER = "[number]"

_PARCELS = re.compile(r"(?<![^\W_])(?:[A-Z]{2}\d{9}[A-Z]{2}|1Z[0-9A-Z]{16})(?!\w)", re.IGNORECASE)
"""Shapes of the Universal Postal Union (S10) and of UPS."""
_THINGS = (
    r"(?:order|invoice|ticket|tracking|parcel|contract|заказ\w{0,3}|накладн\w{0,4}|счет\w{0,3}"
    r"|account|"
    r"трек\w{0,6}|посылк\w{0,3}|договор\w{0,3}|обращени\w{0,3}|заявк\w{0,2}|отправлени\w{1,2})"
)
_WITH_SIGN = re.compile(
    rf"(?<!\w){_THINGS}(?:s?/|\s{{0,3}}[:#№]\s{{0,3}}|\s{{1,3}}[#№]?(?:no|nr|number|id"
    rf"|номер\w{{0,3}})(?!\w)[\s.:#№]{{0,4}}"
    rf"|-(?:номер|number|код|code)\w{{0,2}}[\s.:#№]{{1,4}})#?(?=[\w-]{{0,40}}\d)([\w-]{{1,40}})",
    re.IGNORECASE,
)
_WITHOUT_SIGN = re.compile(
    rf"(?<!\w){_THINGS}\s{{1,3}}(\d{{4,40}}(?:-\d{{1,12}}){{0,3}}|[A-ZА-Я]{{1,3}}-\d{{3,20}}"
    rf"|[A-ZА-Я]{{1,4}}\d{{5,20}})"
    r"(?!\w)",
    re.IGNORECASE,
)
_RUNS = re.compile(r"\d{7,400}")
_CHAINS = re.compile(r"\d{2,20}(?:[ \n.\-_/]{1,3}\d{1,20}){1,40}")
_GROUP = re.compile(r"\d+")
_GLUED = re.compile(r"[^\W\d_][\w.\-/]{0,40}$")
_ROUND = re.compile(r"[1-9]\d{0,3}0{4,7}")
_MOST_GLUED = 9
"""Digits of a code that begins or ends with letters, and of one after a word for such codes."""
_CODE_CHARS = 40
_CODE = re.compile(
    r"артикул|(?<!\w)арт\.|sku|код\w{0,2} товар|модел|model|part n|item|штрих|barcode",
    re.IGNORECASE,
)
_LEAST_IN_GROUPS = 14


def find_parcels(text: str) -> Iterator[TextSpan]:
    for match in _PARCELS.finditer(text):
        yield TextSpan(*match.span(), NUMBER)


def find_orders(text: str) -> Iterator[TextSpan]:
    """Numbers after words for what has one."""
    for pattern in (_WITH_SIGN, _WITHOUT_SIGN):
        for match in pattern.finditer(text):
            yield TextSpan(*match.span(1), NUMBER)


def find_long_numbers(text: str) -> Iterator[TextSpan]:
    for match in _RUNS.finditer(text):
        if not _is_code(text, *match.span()):
            is_phone = 10 <= len(match.group()) <= 12
            yield TextSpan(*match.span(), "[phone]" if is_phone else NUMBER)
    for match in _CHAINS.finditer(text):
        groups = _GROUP.findall(match.group())
        digits = sum(map(len, groups))
        are_years = all(1900 <= int(one) < 2100 for one in groups if len(one) == 4)
        if digits >= _LEAST_IN_GROUPS and digits >= 3.5 * len(groups) and not are_years:
            yield TextSpan(*match.span(), NUMBER)


def _is_code(text: str, start: int, end: int) -> bool:
    """True for what names or counts things: letters are part of it, a word says so, it is round."""
    if end - start > _MOST_GLUED:
        return False
    if _ROUND.fullmatch(text, start, end):
        return True
    before = text[max(0, start - _CODE_CHARS) : start]
    is_glued = _GLUED.search(before) or text[end : end + 1].isalpha()
    return bool(is_glued or _CODE.search(before))
