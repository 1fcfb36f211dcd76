"""Passwords of staff: those that people who guess try first are refused, others taken."""

from __future__ import annotations

import pytest

from kb.accounts import passwords
from kb.accounts.passwords import RefusedPassword

OWN = ("anna@shop.example", "Anna Petrova", "Nordvolt Help")

COMMON = (
    *("password1234", "passwordpassword", "Password123!", "P@ssw0rd1234", "Passw0rd2024!!"),
    *("qwertyuiop12", "1qaz2wsx3edc", "qwertyuiop[]", "zaq12wsxcde3", "asdfghjkl;'1"),
    *("123456789012", "111111111112", "abcdefghijkl", "iloveyou1234", "letmein12345"),
    *("administrator", "welcome12345", "monkey123456", "football2026", "summer2026!!"),
    *("йцукенгшщзхъ", "пароль123456", "ПАРОЛЬпароль", "фывапролджэ1", "любовьлюбовь"),
    *("01.01.1990 90", "2026-11-22 2026", "drowssapdrowssap", "abcabcabcabc"),
)
"""Of lists of stolen ones, with what people do to them so that they are long enough."""

OF_ONES_OWN = (
    *("anna@shop.example", "Anna@Shop.Example", "anna@shop.example1", "shop.example.anna"),
    *("AnnaPetrova2026", "petrova-anna-1987!", "anna.petrova.anna", "nordvolt-help-2026"),
    *("NordvoltNordvolt", "Nordvolt Help!!", "p3tr0va p3tr0va", "annaannaanna12"),
)
FINE = (
    *("trombone lagoon 47 ochre", "correct horse battery", "T7#kd9wQz!pL", "long enough to be one"),
    *(
        "Anna trombone lagoon ochre",
        "кресло тромбон лагуна 47",
        "x8-Vq2_mLw0Zr",
        "ёж и ключ от сарая",
    ),
    "a" * 40 + " trombone lagoon ochre 47 ",
)


@pytest.mark.parametrize("password", [*COMMON, *OF_ONES_OWN])
def test_what_is_guessed_first_is_refused(password: str) -> None:
    assert len(password) >= passwords.MIN_CHARS
    with pytest.raises(RefusedPassword) as caught:
        passwords.checked(password, own=OWN)
    assert password.casefold() not in str(caught.value).casefold()


def test_some_of_ones_own_are_refused_for_that_alone() -> None:
    for password in ("anna.petrova.anna", "petrova-anna-1987!"):
        assert passwords.checked(password, own=("bo@rd.example", "Bo"))
        with pytest.raises(RefusedPassword, match="the address, a name or the site's"):
            passwords.checked(password, own=OWN)


@pytest.mark.parametrize("password", FINE)
def test_a_password_that_nobody_guesses_is_taken(password: str) -> None:
    assert passwords.checked(password, own=OWN) == password


def test_short_names_forbid_nothing() -> None:
    assert passwords.checked("trombone lagoon ochre", own=("o@b.example", "Bo O", "")) == (
        "trombone lagoon ochre"
    )


def test_the_same_letters_make_the_same_password() -> None:
    assert passwords.checked("кресло и\u0306ога тромбон") == "кресло йога тромбон"
