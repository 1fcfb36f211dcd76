"""Meaning of what was typed: layout, Latin letters, errors; and what is left alone."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.lexical.bm25 import LexicalIndex
from search.lexical.postings import FIELDS, POSTINGS
from search.lexical.query_repair import MAX_RESPELT_WORDS, Repairer
from search.lexical.whoosh_index import LexicalPassage, update
from search.model import Repair, RepairKind
from search.text import analysis, keyboard
from search.text.index_terms import index_terms
from search.text.words import Words

TEXTS = (
    "Возврат денег на карту занимает десять дней. Где мой заказ?",
    "Как удалить учётную запись и восстановить пароль от аккаунта.",
    "Подключение диска к роутеру, настройка Wi-Fi и firmware.",
    "The battery drains fast: update the firmware, reset the password, open a pull request.",
    "Terraform и kubernetes: установка кластера.",
)


@pytest.fixture(scope="module")
def repairer(tmp_path_factory: pytest.TempPathFactory) -> Repairer:
    return Repairer(Words.of(TEXTS), opened(tmp_path_factory.mktemp("repair")))


def opened(folder: Path, texts: Sequence[str] = TEXTS) -> LexicalIndex:
    passages = []
    for number, text in enumerate(texts):
        terms = {"body": tuple(index_terms(text))}
        by_field = tuple(terms.get(field, ()) for field in FIELDS)
        passages.append(LexicalPassage(f"k{number}", f"d{number}", by_field))
    update(folder, removed=[], added=passages)
    return LexicalIndex.open((folder / POSTINGS).iterdir(), [p.key for p in passages])


@pytest.mark.parametrize(
    ("typed", "meant", "kinds"),
    [
        ("djpdhfn ltytu", "возврат денег", ("layout",)),
        ("ghbdtn", "привет", ("layout",)),
        ("rfr elfkbnm extnye. pfgbcm", "как удалить учетную запись", ("layout",)),
        ("gfhjkm jn frrfeynf?", "пароль от аккаунта?", ("layout",)),
        ("згдд куйгуые", "pull request", ("layout",)),
        ("еуккфащкь установка", "terraform установка", ("layout",)),
        ("vozvrat deneg", "возврат денег", ("transliteration",)),
        ("gde moi zakaz", "где мои заказ", ("transliteration",)),
        ("podkluchenie diska", "подключение диска", ("transliteration",)),
        ("терраформ", "terraform", ("transliteration",)),
        ("востановить пороль", "восстановить пароль", ("spelling",)),
        ("batery drians fast", "battery drains fast", ("spelling",)),
        ("kubernets кластер", "kubernetes кластер", ("spelling",)),
        ("возвратденег", "возврат денег", ("spacing",)),
    ],
)
def test_meaning_is_found(
    repairer: Repairer, typed: str, meant: str, kinds: tuple[RepairKind, ...]
) -> None:
    assert repairer.repair(typed) == Repair(meant, kinds)


@pytest.mark.parametrize(
    "typed",
    [
        "возврат денег на карту",
        "восстановить пароль",
        "update the firmware",
        "картинка не грузится",  # words that exist, although not here
        "the speaker hums, it couldn't play",
        "E-05",
        "0x80070005 v2.1.3",
        "VirtualBox DevOps",
        "ok",
        "?!",
    ],
)
def test_what_means_something_is_left_alone(repairer: Repairer, typed: str) -> None:
    assert repairer.repair(typed) is None


def test_one_misspelt_english_word_is_not_taken_for_russian(repairer: Repairer) -> None:
    found = repairer.repair("how to open the programm zakaz in german language")
    assert found is None or "how to open" in found.text


@given(st.text(max_size=200))
def test_any_text_is_repaired_to_something_searchable(repairer: Repairer, text: str) -> None:
    query = analysis.clean(text)
    found = repairer.repair(query)
    if found:
        assert found.text != query
        assert analysis.clean(found.text)
        assert found.kinds


@given(st.text(alphabet="абвгдеёжзийклмнопрстуфхцчшщъыьэюя", min_size=1, max_size=20))
def test_layout_can_be_swapped_back(word: str) -> None:
    other = keyboard.in_other_layout(word)
    assert other is not None
    if any(char.isalpha() for char in other):
        assert keyboard.in_other_layout(other) == word


def test_mixed_letters_have_no_other_layout() -> None:
    assert keyboard.in_other_layout("wi-фи") is None
    assert keyboard.in_other_layout("123") is None


def test_readings_are_few() -> None:
    assert len(keyboard.sounds("cxj" * 20)) <= keyboard.MAX_READINGS
    assert len(keyboard.in_cyrillic("cshiey" * 20)) <= keyboard.MAX_SPELLINGS


def test_few_words_of_a_query_are_compared_with_the_vocabulary(
    repairer: Repairer, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    monkeypatch.setattr(Repairer, "_respelt", lambda _, word, **__: compared.append(word))
    repairer.repair("-".join(f"щщ{letter}жжж" for letter in "абвгдеиклмнопрст"))
    repairer.repair(" ".join(f"щщ{letter}жжж" for letter in "абвгдеиклмнопрст"))
    assert len(set(compared)) == MAX_RESPELT_WORDS


NAMES = (
    "Кефир и мимо. Кафе у дома, гтин товара. Где ключ?",
    "Support of MU-MIMO and beamforming. Send your résumé to the café. AB12-CD34.",
    "Роутер Нордвольт Вега, проклеймить гарантию.",
)


@pytest.fixture(scope="module")
def of_names(tmp_path_factory: pytest.TempPathFactory) -> Repairer:
    return Repairer(Words.of(NAMES), opened(tmp_path_factory.mktemp("names"), NAMES))


@pytest.mark.parametrize(
    "typed",
    [
        *("kefir", "kefir grains", "cafe", "cafe opening", "MU-MIMO", "mu-mimo", "gtin"),
        *("GTIN 4601234567893", "IP67", "ip67 router", "resume", "AB12CD34", "Kafe Nordvolt"),
    ],
)
def test_latin_names_stay_on_an_english_page(of_names: Repairer, typed: str) -> None:
    assert of_names.repair(typed, "en") is None


@pytest.mark.parametrize(
    "typed", ["MU-MIMO", "IP67", "EAN 4601234567893", "resume", "Нордвольту", "ВЕГЕ", "Веги"]
)
def test_names_stay_on_a_russian_page(of_names: Repairer, typed: str) -> None:
    assert of_names.repair(typed, "ru") is None


def test_russian_in_latin_letters_is_read_on_both_pages(of_names: Repairer) -> None:
    for lang in ("ru", "en"):
        assert of_names.repair("gde klyuch", lang) == Repair("где ключ", ("transliteration",))
        assert of_names.repair("rtabh", lang) == Repair("кефир", ("layout",))
    assert of_names.repair("kefir", "ru") == Repair("кефир", ("transliteration",))


def test_a_repair_says_nothing_when_it_changed_only_capitals(of_names: Repairer) -> None:
    for typed in ("IP67", "Ip67 USB3", "WPA3", "5GHz"):
        assert of_names.repair(typed, "ru") is None
