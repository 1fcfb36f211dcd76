"""Private things told in other words: a code near its card, a secret after its login, and more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kb.redaction import mask, mask_cards

CARD = "5555 5555 5555 4444"
BESIDE = (
    *("{}/123", "{} 09 28 123", "{} 123 09/28", "{} exp 0928 code 123", "{}:03:29:123"),
    *("{} 09/28 Ivan Petrov 123", "Срок 11/26 код 123 карта {}", "{}|03|2029|123"),
    *("holder IVAN PETROV 123 valid 03/29 number {}", "{}, истекает 03/2029, на обороте 123"),
    *("{}, код 123, оформлена в мае", "{}; 123; 09.28", "{}, 123, 0928", "{}\n09/28\n123"),
    *("{} september 2028 123", "{} дек. 28, Иванова, 123", "три цифры 123, карта {}"),
    *("{}\n123", "09/28, 123, {}", "{} до 09/28 на имя Анна Белова, 123"),
)
CALLED = (
    *("cvv: 1-2-3", "защитный код 123", "CVC-код: 123", "c.v.v. 123", "ц в в 1 2 3", "cv2 123"),
    *("си-ви-си 123", "код защиты карты: 123", "card verification code is 123", "cvc 123 09/28"),
    *("код карты 123", "safety code - 123", "ccv=123"),
)


@pytest.mark.parametrize("masked_by", [mask, mask_cards])
@pytest.mark.parametrize("text", [*(one.replace("{}", CARD) for one in BESIDE), *CALLED])
def test_a_code_of_a_card_is_masked(masked_by: Callable[[str], str], text: str) -> None:
    masked = masked_by(text)
    assert "123" not in masked
    assert "1-2-3" not in masked
    assert "1 2 3" not in masked
    assert CARD not in masked


@pytest.mark.parametrize("masked_by", [mask, mask_cards])
@pytest.mark.parametrize(
    "text",
    [
        "Amex {} code 1234",
        "amex {}, 09/28, 1234",
        "{} 1234 09/28",
        "{}/1234",
    ],
)
def test_a_code_of_four_digits_is_masked(masked_by: Callable[[str], str], text: str) -> None:
    assert "1234" not in masked_by(text.replace("{}", "3782 822463 10005"))


@pytest.mark.parametrize(
    "text",
    [
        "{} 11/28 заказ 500 не оплачен",
        "{} не проходит, ошибка 404",
        "{} истекает 09/28, error code 404",
        "20.05.2024 карта {} списали 500",
        "{} с 12.05.2024 отдел 300",
        "{} заканчивается 09/28, квартира 123",
        "{} привязана, осталось 120 бонусов",
        "{} оформлена 5 мая 2026, отдел 300",
        "{} 09/28, перевёл 500 руб",
    ],
)
def test_other_numbers_near_a_card_stay(text: str) -> None:
    masked = mask_cards(text.replace("{}", CARD))
    assert "[cvc]" not in masked
    assert "[card]" in masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("0049 (0) 30 / 901 820 - 17", "[phone]"),
        ("звоните 0044 (0) 20 / 794 609 - 58 днём", "звоните [phone] днём"),
        ("code you texted me, 583-920", "code you texted me, [code]"),
        ("2fa is 493 021", "2fa is [code]"),
        ("код 1 2 3 4 из смс", "код [code] из смс"),
        ("код, который мне прислали: 48 21 07", "код, который мне прислали: [code]"),
        ("the code I just received was 5531", "the code I just received was [code]"),
        ("pin 4-8-2-1", "pin [code]"),
        ("ivan@mail.ru:Qwerty123", "[email]:[password]"),
        ("ivan@mail.ru / Qwerty123", "[email] / [password]"),
        ("вход ivan@mail.ru\nzima!2024", "вход [email]\n[password]"),
        ("anna@example.org | Leto_77 не пускает", "[email] | [password] не пускает"),
        ("логин ivan87 / Qwerty123", "логин ivan87 / [password]"),
        ("login: ivan87, Qwerty123", "login: ivan87, [password]"),
        ("ivan@mail.ru - Qwerty123", "[email] - [password]"),
        ("ivan@mail.ru (Qwerty123)", "[email] ([password])"),
        ("+79161234567:Qwerty123", "[phone]:[password]"),
        ("мой пароль: Zaq12wsx или Xsw21qaz", "мой пароль: [password] или [password]"),
        ("password for a@b.ru is Zaq12wsx", "password for [email] is [password]"),
        (
            "новый пароль стал Zaq12wsx, а старый Xsw21qaz",
            "новый пароль стал [password], а старый [password]",
        ),
        (
            "пароль Zaq12wsx, прежний был Xsw21qaz",
            "пароль [password], прежний был [password]",
        ),
        (
            "changed my password from Zaq12wsx to Xsw21qaz",
            "changed my password from [password] to [password]",
        ),
        ("парольQwerty123", "пароль[password]"),
        ("passwordQwerty123", "password[password]"),
        ("мой паспорт: 45 0 9 1 2 3 4 5 6", "мой паспорт: [document]"),
        ("passport no 4 5 0 9 1 2 3 4 5 6", "passport no [document]"),
        ("NI number QQ 12 34 56 C", "NI number [document]"),
        ("my ni is qq123456c", "my ni is [document]"),
        ('пишите "ivan petrov"@mail.ru, жду', "пишите [email], жду"),
        ("write to “anna b”@example.org", "write to [email]"),
    ],
)
def test_it_is_masked_to_its_end(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "price 1 000 - 2 000 and 15 000 or 20 000",
        "стоит 2 500 - 15% или 3 000 / 3 500",
        "the code I got in 2024",
        "код не пришел, жду 1500 секунд",
        "error code I got is 5531",
        "the discount code I received, 4821, fails",
        "код товара из письма 20418",
        "PIN не принят 3 раза",
        "CVC не принимает уже 3 дня",
        "security code field shows 404",
        "passwordless login, passwordReset page",
        "login page is slow / Windows10",
        'он сказал "привет" и ушёл',
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    "beside", [" / Vega R2", ", Windows10 не грузится", ", iPhone 13", ", жду"]
)
def test_words_after_an_address_stay(beside: str) -> None:
    assert mask(f"мой адрес ivan@mail.ru{beside}") == f"мой адрес [email]{beside}"
