"""Languages of the interface: catalogues are complete, and each reader gets the right one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask

from kb.branding import translations as catalogues
from kb.config import Config
from kb.web.layout import locale

ROOT = Path(__file__).parents[4]
METHODS = [("kb/**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = DEFAULT_KEYWORDS | {"NP_": ((1, "c"), 2)}
NO_SITE = Path("no-such-folder")
PLACEHOLDER = re.compile(r"%\((\w+)\)")


MessageKey = tuple[str | None, str | tuple[str, ...]]


def texts_in_use() -> set[MessageKey]:
    """Context and text of everything that is marked for translation."""
    found = extract_from_dir(
        ROOT, METHODS, keywords=KEYWORDS, directory_filter=lambda folder: ".venv" not in folder
    )
    return {(context, text) for _, _, text, _, context in found}


def catalogue(lang: str) -> Catalog:
    content = (catalogues.SOURCE / lang / "LC_MESSAGES" / "messages.po").read_bytes()
    return read_po(BytesIO(content), locale=lang)


def forms(text: str | Sequence[str] | None) -> list[str]:
    """A text, or all its plural forms."""
    return [text or ""] if isinstance(text, str | None) else list(text)


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_catalogue_holds_every_text_and_no_other(lang: str) -> None:
    assert {(one.context, one.id) for one in catalogue(lang) if one.id} == texts_in_use()


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_every_text_is_translated_with_its_placeholders(lang: str) -> None:
    for message in catalogue(lang):
        if message.id:
            wanted = set(PLACEHOLDER.findall(forms(message.id)[-1]))
            for text in forms(message.string):
                assert text, message.id
                assert set(PLACEHOLDER.findall(text)) == wanted, message.id


def test_no_text_shouts_or_is_typed_carelessly() -> None:
    texts = [text for message in catalogue("ru") if message.id for text in forms(message.string)]
    assert texts
    for text in texts:
        assert "!" not in text
        assert '"' not in text
        assert " —" not in text  # a no-break space goes before a dash


def test_catalogue_translates() -> None:
    translations = catalogues.loaded(catalogues.read(NO_SITE).by_name["ru"])
    assert translations.gettext("Was this helpful?") == "Статья помогла?"
    forms = [translations.ngettext("%(num)d article", "%(num)d articles", n) for n in (1, 2, 5)]
    assert len(set(forms)) == 3


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "ru",
            "1 минута чтения|2 минуты чтения|5 минут чтения|11 минут чтения|21 минута чтения",
        ),
        ("en", "|".join(f"{n} minute{'s' * (n != 1)} to read" for n in (1, 2, 5, 11, 21))),
    ],
)
def test_numbers_take_the_right_form(lang: str, expected: str) -> None:
    translations = catalogues.loaded(catalogues.read(NO_SITE).by_name[lang])
    one, many = "%(num)d minute to read", "%(num)d minutes to read"
    texts = [translations.ngettext(one, many, n) % {"num": n} for n in (1, 2, 5, 11, 21)]
    assert "|".join(texts).replace("\u00a0", " ") == expected


@pytest.mark.parametrize(
    ("path", "accepted", "expected"),
    [
        ("/en/faq/", "ru", "en"),
        ("/ru", "en", "ru"),
        ("/", "en-GB,en;q=0.9,ru;q=0.1", "en"),
        ("/", "ru-RU", "ru"),
        ("/", "de,fr;q=0.5", "ru"),
        ("/", "", "ru"),
        ("/english/", "en", "en"),
        ("/", "x" * 5000, "ru"),
    ],
)
def test_address_decides_the_language_then_the_reader(
    path: str, accepted: str, expected: str
) -> None:
    with Flask("test").test_request_context(path, headers={"Accept-Language": accepted}):
        assert locale.request_language(("ru", "en")) == expected


def test_dates_are_in_words() -> None:
    moment = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    assert locale.date_in_words(moment, "ru") == "22 ноября 2026"
    assert locale.date_in_words(moment, "en") == "22 November 2026"
    assert locale.date_in_words(moment, "de") == "22. November 2026"


def test_languages_are_named_for_their_speakers_and_for_others() -> None:
    assert locale.language_name("ru") == "Русский"
    assert locale.language_name("pt-br") == "Português (Brasil)"
    assert locale.name_in("en", "ru") == "английский"


def test_language_without_a_catalogue_speaks_english(tmp_path: Path) -> None:
    app = Flask("test")
    locale.set_up(app, Config(languages=("ru", "pt-br"), data_dir=tmp_path))
    with app.test_request_context("/pt-br/"):
        assert locale.gettext("Was this helpful?") == "Was this helpful?"
    with app.test_request_context("/ru/"):
        assert locale.gettext("Was this helpful?") == "Статья помогла?"
