"""Kinds of private text in all ways to write them: what joins groups, what stands beside."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from kb.redaction import mask, mask_cards

CARDS = (
    ("4111", "1111", "1111", "1111"),
    ("5500", "0055", "5555", "5559"),
    ("2202", "7368", "1930", "3646"),
    ("3782", "822463", "10005"),
)
PHONES = (
    ("+7", "916", "123", "45", "67"),
    ("8", "916", "123", "45", "67"),
    ("916", "123", "45", "67"),
    ("+44", "20", "7946", "0958"),
    ("+1", "202", "555", "0143"),
)
JOINED_BY = (
    *(" ", "  ", "-", " - ", "_", ".", "\n", "\r\n", "\t", "•", "·", "\u2212", "–", "\u2011"),
    *("\u00a0", "\u2009", "\u200b", "\u200d", "\u2060", "\u00ad", "\ufeff", "\u200b \u200b"),
)
CARD_JOINED_BY = (*JOINED_BY, "/", "|", ", ", "\ufe0f\u20e3", "\u0336")
BESIDE_CARD = (
    *("{}", "карта{}руб", "card {} please", "({})", "№{}", "x{}x", "карта:{}.", "1. {}", "«{}»"),
    *("{} 12/27", "{}, 12/2027", "{} exp 01/30 cvc 123", "20.05.2024 {} 12:30", "{} 500 руб"),
    *("8 916 123-45-67 {}", "{} 8 916 123-45-67", "оплата\n{}\nспасибо", "5 шт {} и 3 шт"),
)
BESIDE_PHONE = (
    *("{}", "тел{}звоните", "call {} now", "({})", "{}, {}", "мой {}!", "№{}", "5 шт {}"),
    *("с 10:00 {} до 12", "12.05.2024 {} жду", "вчера\n{}\nжду"),
)
SIGNS = (
    *("@", "＠", "﹫", " @ ", "@ ", "@\u200b", "%40", "%2540", "&#64;", "&commat;"),
    *("(at)", "[at]", " (at) ", "(собака)", " собака ", "{at}", "<at>", "(@)"),
)
NAMES = ("ivan", "ivan.petrov", "IVAN_87", "и\u0306ван", "андреи\u0306", "i", "o'neil", "a+b-c")
HOSTS = (
    *("mail.ru", "sub.example.co.uk", "почта.рф", "пои\u0306ск.рф", "xn--80a.xn--p1ai"),
    *("mail(dot)ru", "mail [точка] ru", "mail . ru", "ＭＡＩＬ．ＲＵ", "mail,ru"),
)
BESIDE_MAIL = ("{}", "почта {}, жду", "({})", "<{}>", "{}.", "e:{}", "пишу\n{}\nжду")


def joined(groups: tuple[str, ...], by: str) -> str:
    last = by if by in ("\ufe0f\u20e3", "\u0336") else ""  # stands on a digit
    return by.join("".join(groups) if last else groups) + last


@pytest.mark.parametrize("masked_by", [mask, mask_cards])
@pytest.mark.parametrize("by", CARD_JOINED_BY, ids=ascii)
def test_a_card_is_masked_however_it_is_written(masked_by: Callable[[str], str], by: str) -> None:
    for groups in CARDS:
        for beside in BESIDE_CARD:
            text = beside.replace("{}", joined(groups, by))
            masked = masked_by(text)
            assert "[card]" in masked, text
            assert not re.search("|".join(map(re.escape, groups)), masked), (text, masked)


@pytest.mark.parametrize("by", ["", "\ufe0f\u20e3", *JOINED_BY], ids=ascii)
def test_a_telephone_is_masked_however_it_is_written(by: str) -> None:
    for groups in PHONES:
        for beside in BESIDE_PHONE:
            text = beside.replace("{}", joined(groups, by))
            assert mask(text) == beside.replace("{}", "[phone]"), text


@pytest.mark.parametrize("sign", SIGNS)
def test_an_address_is_masked_however_it_is_written(sign: str) -> None:
    for name in NAMES:
        for host in HOSTS:
            for beside in BESIDE_MAIL:
                text = beside.replace("{}", name + sign + host)
                assert mask(text) == beside.replace("{}", "[email]"), text


@pytest.mark.parametrize("beside", ["{}", "iban {}", "my{}thanks", "счёт {} 500 руб", "({})"])
@pytest.mark.parametrize("by", ["", " ", "-", "\n", "\u200b", "\u00a0", "_"], ids=ascii)
def test_an_iban_is_masked_however_it_is_written(by: str, beside: str) -> None:
    for iban in ("DE89370400440532013000", "GB82WEST12345698765432", "nl91abna0417164300"):
        groups = [iban[at : at + 4] for at in range(0, len(iban), 4)]
        assert mask(beside.replace("{}", by.join(groups))) == beside.replace("{}", "[iban]")


def test_what_was_private_once_is_so_again() -> None:
    text = "order 48213, password Zima2024! 48213 is late, Zima2024! fails, 4821 and 482130 stay"
    masked = mask(text)
    assert masked.count("[number]") == 2
    assert "Zima" not in masked
    assert masked.endswith("4821 and 482130 stay")


def test_what_is_not_masked_stays_as_typed() -> None:
    text = "Ё-моё, ﬁne №5 ½ ① % 100 %20 ещё\u0301 «так»\u200b: {} – жду…"
    assert mask(text.replace("{}", "ivan@mail.ru")) == text.replace("{}", "[email]")


@pytest.mark.parametrize(
    "text",
    [
        "+7 916 123-45-67, 8 926 765-43-21 и +49 1511 2345678",
        "заказ 4111-2222 от 12.05.2024 10:30, паспорт 4510 123456, anna@example.org",
        "артикулы 2019 2020 2021 2022, размеры 38 39 40 41 42 43 44 45",
        "IMEI 356938035643809, EAN 4006381333931, трек 80094812345678",
    ],
)
def test_who_helps_is_left_all_but_cards(text: str) -> None:
    assert mask_cards(text) == text
