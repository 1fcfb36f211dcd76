"""Numbers with their units, so that «220В», "220 V" and «220 вольт» meet. Pure, linear time.

A unit is known by its abbreviations in Latin and Cyrillic letters, and by its words in Russian and
English. A number has one form however it is written: «1,5» is 1.5, «10 000» is 10000.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from search.text import analysis

_UNITS = """
v     В V                         | вольт volt
mv    мВ mV                       | милливольт millivolt
kv    кВ kV                       | киловольт kilovolt
a     А A                         | ампер ampere amp
ma    мА mA                       | миллиампер milliampere milliamp
ah    Ач А·ч А*ч Ah               |
mah   мАч мА·ч мА*ч mAh           | миллиампер-час
w     Вт W                        | ватт watt
mw    мВт mW                      | милливатт milliwatt
kw    кВт kW                      | киловатт kilowatt
wh    Втч Вт·ч Вт*ч Wh            |
kwh   кВтч кВт·ч кВт*ч kWh        | киловатт-час
hz    Гц Hz                       | герц hertz
khz   кГц kHz                     | килогерц kilohertz
mhz   МГц MHz                     | мегагерц megahertz
ghz   ГГц GHz                     | гигагерц gigahertz
kb    КБ Кбайт KB                 | килобайт kilobyte
mb    МБ Мбайт MB                 | мегабайт megabyte
gb    ГБ Гбайт GB Gig             | гигабайт gigabyte
tb    ТБ Тбайт TB                 | терабайт terabyte
kbps  Кбит/с Кбит kbit/s kbps     | килобит kilobit
mbps  Мбит/с Мбит/сек Мбит Mbit/s Mbps Mbit | мегабит megabit
gbps  Гбит/с Гбит Gbit/s Gbps Gbit | гигабит gigabit
g     г гр g gr                   | грамм gram gramme
kg    кг kg kgs                   | килограмм килограм kilogram kilo
mg    мг mg                       | миллиграмм milligram
t     т t                         | тонна tonne ton
mm    мм mm                       | миллиметр millimetre millimeter
cm    см cm                       | сантиметр centimetre centimeter
m     м m                         | метр metre meter
km    км km                       | километр kilometre kilometer
inch  ″ ′′ ” " in                        | дюйм inch inches
ft    ft                          | фут foot feet
m2    м² м2 кв.м кв._м m² m2 sqm sq_m sq._m |
m3    м³ м3 куб.м m³ m3           |
l     л l                         | литр litre liter
ml    мл ml                       | миллилитр millilitre milliliter
oz    oz                          | унция ounce
lb    lb lbs                      | фунт pound
s     с сек s sec secs            | секунда second
ms    мс ms                       | миллисекунда millisecond
min   мин min mins                | минута minute
h     ч h hr hrs                  | час hour
day   дн                          | день day
pcs   шт pcs                      | штука piece
month мес                         | месяц month
c     °C °С ℃                     | градус degree
f     °F ℉                        |
rub   ₽ руб р. RUB                | рубль ruble rouble
usd   $ USD                       | доллар dollar
eur   € EUR                       | евро euro
gbp   £ GBP                       |
pct   %                           | процент percent
db    дБ dB                       | децибел decibel
pa    Па Pa                       | паскаль pascal
kpa   кПа kPa                     | килопаскаль kilopascal
bar   бар bar                     | бар bar
atm   атм atm                     | атмосфера atmosphere
lm    лм lm                       | люмен lumen
lx    лк lx                       | люкс lux
ohm   Ом Ω ohm                    | ohms
rpm   об/мин rpm                  | оборот revolution
px    px                          | пиксель pixel
dpi   dpi                         |
fps   fps к/с                     |
kmh   км/ч km/h kmh kph           |
mph   mph                         |
"""
"""Name, abbreviations, words. Case is theirs where one letter would else mean something else."""

_DOUBTFUL = frozenset({"в", "с", "к", "а", "т", "a", "m", "s", "t", "in", "дн"})
"""Abbreviations that are words of their own when they stand apart, in small letters."""
_NOT_CAPITALS = frozenset("GMSTCHSМСТЧ")
"""Single capitals that are no units: 5G, a 4K film, grade C."""
_QUOTES = frozenset('"”')
"""Inches, or the end of a quotation."""
_HYPHENS = "‐‑-"
_YEARS = range(1900, 2101)

_DIMENSIONS = re.compile(
    r"(?<![\w/.-])(?!0[xх])\d{1,6}(?:[.,]\d{1,4})?"
    r"(?:[ \u00a0]?[xх*×][ \u00a0]?\d{1,6}(?:[.,]\d{1,4})?)+",
    re.IGNORECASE,
)
_SIGNS = str.maketrans("xXхХ*", "×××××")
_NUMBER = r"\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,2}(?:[.,]\d{1,4})?|\d{1,9}(?:[.,]\d{1,4})?"


class Quantity(NamedTuple):
    """A number in a text, with its unit if it has one; `start` and `end` are the whole's place."""

    number: str
    """In its one form."""
    unit: str
    """Name of the unit, "" for a decimal without one."""
    start: int
    number_end: int
    end: int
    is_abbreviated: bool
    is_clear: bool
    """False for what may be other words: «2 в 1», "5 a day", «2024 г»."""

    @property
    def is_doubtful_number(self) -> bool:
        """True for digits in groups that may be several numbers: «8 800 555», "iPhone 14 128"."""
        is_grouped = self.number_end - self.start > len(self.number) > 3
        return not self.unit and is_grouped and self.number.isdigit()

    @property
    def term(self) -> str:
        """Number and unit as one term; "" without a unit."""
        return f"{self.number}{self.unit}" if self.unit else ""


def quantities(text: str) -> Iterator[Quantity]:
    """Those of a text, in order, without overlaps."""
    for match in _pattern().finditer(text):
        if found := _quantity(match):
            yield found


def crossed(text: str) -> str:
    """`text` with the sign × in dimensions, «3х2 м» and 1920x1080, each letter in its place."""
    return _DIMENSIONS.sub(lambda match: match[0].translate(_SIGNS), text)


def _quantity(match: re.Match[str]) -> Quantity | None:
    written = match["number"]
    number = _one_form(written)
    symbol, at = match["unit"] or "", match.end("number")
    if match["sign"]:
        unit = _abbreviations()[match["sign"]]
        return Quantity(number, unit, match.start(), at, at, True, True)
    is_apart = bool(symbol) and at != match.start("unit")
    name, is_abbreviated = _unit(symbol)
    if is_apart and match.string[at] in _HYPHENS and (symbol in _DOUBTFUL or len(symbol) == 1):
        name = ""  # 2-in-1, 4-х
    if not name:
        is_rewritten = number != written and "." not in written
        return Quantity(number, "", match.start(), at, at, False, True) if is_rewritten else None
    is_year = symbol == "г" and number.isdigit() and int(number) in _YEARS
    is_clear = not is_year and symbol not in _QUOTES and not (is_apart and symbol in _DOUBTFUL)
    return Quantity(number, name, match.start(), at, match.end(), is_abbreviated, is_clear)


def _unit(symbol: str) -> tuple[str, bool]:
    """Name of a unit and whether it is abbreviated; "" for any other word."""
    if not symbol or (len(symbol) == 1 and symbol in _NOT_CAPITALS):
        return "", False
    folded = symbol.casefold()
    if name := _abbreviations().get(folded):
        return name, True
    return _word_terms().get(analysis.term_of(folded), ""), False


def _one_form(number: str) -> str:
    """«10 000,50» → 10000.5, "10,000" → 10000."""
    plain = re.sub(r"[ \u00a0\u202f]", "", number)
    if re.fullmatch(r"[1-9]\d{0,2},\d{3}", plain):
        return plain.replace(",", "")
    plain = plain.replace(",", ".")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


@cache
def _rows() -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    found = []
    for row in _UNITS.strip().splitlines():
        left, _, words = row.partition("|")
        name, *symbols = left.split()
        spaced = (symbol.replace("_", " ") for symbol in symbols)
        found.append((name, tuple(spaced), tuple(words.split())))
    return tuple(found)


@cache
def _abbreviations() -> dict[str, str]:
    return {symbol.rstrip(".").casefold(): name for name, all_, _ in _rows() for symbol in all_}


@cache
def _words_of() -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(dict.fromkeys(analysis.term_of(word) for word in words if word.isalpha()))
        for name, _, words in _rows()
    }


@cache
def _word_terms() -> dict[str, str]:
    return {term: name for name, terms in _words_of().items() for term in terms}


@cache
def _pattern() -> re.Pattern[str]:
    """A number, at most one space, and the longest sign of a unit or a word."""
    signs = sorted((s for s in _abbreviations() if not s.isalpha()), key=len, reverse=True)
    choices = "|".join([*map(re.escape, signs), r"[^\W\d_]{1,20}"])
    return re.compile(
        rf"(?<![^\W]) (?<![.,])"
        rf"(?: (?P<sign>[$€£]) [ \u00a0\u202f]? )? (?P<number>{_NUMBER}) (?![.,]?\d)"
        rf"(?: [ \u00a0\u202f{_HYPHENS}]? (?P<unit>{choices}) (?![^\W_]) )?",
        re.VERBOSE | re.IGNORECASE,
    )
