"""Numbers that name nobody: dates, times, addresses of machines, versions, amounts, sizes, codes.

They are left as they are; the rules for telephones and long numbers do not see them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.redaction.spans import TextSpan

_DATES = re.compile(
    r"(?<![\d])(?<!\d[./\-])(?:"
    r"(?:0?[1-9]|[12]\d|3[01])([./\-])(?:0?[1-9]|1[0-2])\1(?:(?:19|20)\d\d|\d\d)"
    r"|(?:0?[1-9]|1[0-2])([/\-])(?:0?[1-9]|[12]\d|3[01])\2(?:(?:19|20)\d\d|\d\d)"
    r"|(?:19|20)\d\d([./\-])(?:0?[1-9]|1[0-2])\3(?:0?[1-9]|[12]\d|3[01])(?:T[\d:.]{4,12})?"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|(?:19|20)\d\d[\-/](?:19|20)\d\d"
    r"|(?:[01]?\d|2[0-4])[:.][0-5]\d(?::[0-5]\d)?[ ]?-[ ]?(?:[01]?\d|2[0-4])[:.][0-5]\d"
    r"|(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?"
    r")(?!\d)(?![./]\d)"
)
_MACHINES = re.compile(
    r"(?<![\d.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d"
    r"|1?\d?\d)){3}(?:[:/]\d{1,5})?(?![\d])(?!\.\d)"
    r"|(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])"
    r"|(?<!\w)0x[0-9a-f]{2,16}(?!\w)"
    r"|(?<![\d\-])97[89][ \-]?\d{1,5}[ \-]?\d{1,7}[ \-]?\d{1,7}[ \-]?\d(?![\d\-])",
    re.IGNORECASE,
)
_VERSION = re.compile(r"(?<![\d.])\d{1,5}(?:\.\d{1,8}){2,4}(?!\d)(?!\.\d)")
_PHONE_GROUPS = {(1, 3, 3, 2, 2), (3, 3, 4), (3, 3, 2, 2), (3, 2, 2), (2, 2, 2, 2, 2), (1, 3, 3, 4)}
_UNITS = (
    r"(?:руб\w{0,4}|р(?![\w])|₽|тг|тенге|сум(?!\w)|грн|дол\w{0,6}|евро|usd|eur|rub|kzt|uzs|gbp"
    r"|dollars?|euros?|"
    r"rubles?|won|yen|[$€£¥₸₴%]|мм|см|м(?!\w)|км|мл|л(?!\w)|кг|г(?!\w)|гр(?!\w)|шт\w{0,3}"
    r"|год\w{0,2}|лет|"
    r"дн\w{1,2}|час\w{0,2}|мин\w{0,3}|сек\w{0,4}|раз(?:а)?(?!\w)|балл\w{0,2}|бонус\w{0,3}"
    r"|знак\w{0,3}|"
    r"символ\w{0,3}|цифр\w{0,2}|мач|mah|вт(?!\w)|гб|gb|мб|mb|тб|tb|mm|cm|m(?!\w)|km|"
    r"kg|g(?!\w)|ml|l(?!\w)|px|dpi|lm|лм|hz|гц|rpm|pcs|pieces?|items?|characters?|digits?|"
    r"days?|hours?|minutes?|years?|times?|options|models?|points?|steps?|шаг\w{0,2}|км/ч)"
)
_AMOUNTS = re.compile(
    r"(?:[$€£¥₽₸]|(?<!\w)(?:usd|eur|rub|kzt"
    r"|gbp))[ ]?\d{1,9}(?:[., ]\d{3}){0,4}(?:[.,]\d{1,2})?(?!\d)"
    rf"|(?<![\d+])(?<!\d[ .\-])\d{{1,9}}(?:[ ]?[/x×х*\-][ ]?\d{{1,9}}){{0,3}}"
    rf"(?:[.,]\d{{1,2}})?[ ]?{_UNITS}(?!\w)"
    rf"|(?<![\d+])(?<!\d[ .])\d{{1,3}}(?:[ .,']\d{{3}}){{1,3}}(?:[.,]\d{{1,2}})?"
    rf"(?:[ ]?-[ ]?\d{{1,3}}(?:[ .,']\d{{3}}){{1,3}})?[ ]?{_UNITS}(?!\w)"
    rf"|(?<![\d+])(?<!\d[ .\-])[1-9]\d{{0,3}}(?:[ ][1-9]\d{{0,3}}){{1,7}}[ ]{_UNITS}(?!\w)"
    r"|(?<![\d+(])(?<!\d[ .\-])(?<!\d[ )][/\-(] )(?<!\d\) )(?<!\d\))"
    r"[1-9]\d{0,2}(?:[ ]\d{3}){1,2}(?:,\d{1,2})?(?![\d)])(?![ .\-]\d)(?![ ][/\-][ ]?\d\d?(?!\d))"
    r"(?<!\d{3} \d{3} \d{3})",
    re.IGNORECASE,
)
"""Money and measures; a number in groups of three is one too, unless it has nine digits."""
_CODES = re.compile(
    r"(?<![^\W_])(?:артикул\w{0,3}|арт|sku|код\w{0,2} товар\w|модел\w{1,2}|model|part|p/n|item"
    r"|article|стать\w|"
    r"штрих-?код\w?|barcode|ean|upc|isbn|gtin|imei|serial|s/n|sn|сериин\w{2,3}|верси\w|version"
    r"|build|"
    r"сборк\w|firmware|прошивк\w|ошибк\w{1,3}|error|exit|stop|код\w? ошибк\w|гост|iso|iec|rfc"
    r"|driver|драивер\w?)"
    r"(?:[\s:.№#=\-]{1,4}(?:number|no|code|номер|код|товара|id)(?!\w)){0,2}[\s:.№#=\-]{0,4}"
    r"([A-ZА-Я]{0,6}-?\d[\w./\-]{0,24}(?:(?:, ?| (?:и|and|or"
    r"|или) )[A-ZА-Я]{0,6}-?\d{3,9}(?![\w\-])){0,3})",
    re.IGNORECASE,
)


def find_harmless(text: str) -> Iterator[TextSpan]:
    """Places to be left alone; their masks mean nothing."""
    for pattern in (_MACHINES, _DATES, _AMOUNTS):
        for match in pattern.finditer(text):
            yield TextSpan(*match.span(), "")
    for match in _CODES.finditer(text):
        yield TextSpan(*match.span(1), "")
    for match in _VERSION.finditer(text):
        if tuple(map(len, match.group().split("."))) not in _PHONE_GROUPS:
            yield TextSpan(*match.span(), "")
