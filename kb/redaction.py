"""Takes out of a text what may identify a person, before the text is written anywhere. Pure.

E-mail addresses, telephone and card numbers, order numbers and other long numbers, secrets in
addresses. Names cannot be told from other words and stay. Model names and error codes, which
articles are about, have fewer digits in a row and stay as well.
"""

from __future__ import annotations

import re
import unicodedata

MAX_CHARS = 10_000
"""A longer text is cut before it is masked, so that the work is bounded."""

_SEPARATORS = r"[ \t\u00a0\u2009\u202f().\-\u2010-\u2015/]"
_LINK_QUERY = re.compile(r"(?i)\b(https?://[^\s?#<>\"]{1,500})[?#][^\s<>\"]{1,2000}")
_EMAIL = re.compile(r"(?i)[\w.+%'-]{1,64}\s?@\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_SECRET = re.compile(r"(?<![\w-])(?=[\w-]{0,63}\d)(?=[\w-]{0,63}[A-Za-z])[A-Za-z0-9_-]{24,512}")
_LONG_NUMBER = re.compile(rf"(?<!\w)\+?\(?\d(?:{_SEPARATORS}{{0,3}}\d){{6,18}}(?!\w)")
_AFTER_WORD = re.compile(
    r"(?i)(\b(?:order|invoice|ticket|tracking|parcel|contract|account|passport|"
    r"заказ\w{0,3}|накладн\w{0,4}|сч[её]т\w{0,3}|трек\w{0,6}|посылк\w{0,3}|договор\w{0,3}|"
    r"обращени\w{0,3}|паспорт\w{0,3})\b"
    r"(?:\s{0,3}(?:no|nr|number|id|номер\w{0,3})\b)?[\s.:#№]{1,4})"
    r"(?=[\w-]{0,40}\d)([\w-]{2,40})"
)
_AFTER_SIGN = re.compile(r"([№#]\s{0,2})(?=[\w-]{0,40}\d)[\w-]{1,40}")
_DIGITS_IN_WORD = re.compile(r"[\w-]{0,20}\d{5,40}[\w-]{0,20}")


def mask(text: str) -> str:
    """The text with what may identify a person replaced: [email], [card], [phone], [number], …"""
    text = _without_hidden(text[:MAX_CHARS])
    text = _LINK_QUERY.sub(r"\1", text)
    text = _EMAIL.sub("[email]", text)
    text = _SECRET.sub("[secret]", text)
    text = _LONG_NUMBER.sub(lambda match: _kind(match.group()), text)
    text = _AFTER_WORD.sub(r"\1[number]", text)
    text = _AFTER_SIGN.sub(r"\1[number]", text)
    return _DIGITS_IN_WORD.sub("[number]", text)


def mask_cards(text: str) -> str:
    """The text without card numbers, which nobody who helps needs; all else stays."""

    def replaced(match: re.Match[str]) -> str:
        return "[card]" if _kind(match.group()) == "[card]" else match.group()

    return _LONG_NUMBER.sub(replaced, text)


def _without_hidden(text: str) -> str:
    """Characters nobody sees could stand between the digits of a number."""
    return "".join(one for one in text if unicodedata.category(one) != "Cf")


def _kind(number: str) -> str:
    digits = [unicodedata.digit(one) for one in number if one.isdigit()]
    if 13 <= len(digits) <= 19 and _is_luhn(digits):
        return "[card]"
    is_phone = number.startswith("+") or (10 <= len(digits) <= 15)
    return "[phone]" if is_phone else "[number]"


def _is_luhn(digits: list[int]) -> bool:
    """Source: ISO/IEC 7812-1, annex B."""
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
