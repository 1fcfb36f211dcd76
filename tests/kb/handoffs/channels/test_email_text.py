"""A packet in words, word for word: Russian and English as ever, a third language from its site."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kb.branding.translations import PLACE
from kb.branding.translator import Translator
from kb.handoffs.agent_note import agent_note
from kb.handoffs.channels.email_text import note
from kb.handoffs.channels.packet import CustomerContact, HandoffPacket
from tests.support.libraries.channel_library import PACKET

SHOWN = PACKET.tried[0].shown[0]
TRIED = (
    replace(
        PACKET.tried[0],
        asked="где деньги?",
        shown=(
            SHOWN,
            replace(
                SHOWN, article_id="art_b", title="Б", opened=False, verdict="solved", reason=None
            ),
            replace(SHOWN, article_id="art_c", title="В", verdict=None, reason="other"),
        ),
    ),
)
NOTES = {
    "ru": (
        "Спрашивал: «где деньги?». Показано: Refunds to a card (открыто 34 с, не помогло);"
        " Б (не открыто, помогло); В (открыто 34 с). Не отправляйте показанное ещё раз."
    ),
    "en": (
        "Asked: “где деньги?”. Shown: Refunds to a card (opened 34 s, did not help);"
        " Б (not opened, helped); В (opened 34 s). Do not resend what was shown."
    ),
}
LETTERS = {
    "ru": """Ответить:
  Anna anna@example.org (адрес не проверен, имя не проверено)

Что показал справочный центр:
  На вопрос: где деньги?
  1. Refunds to a card (открыта, 34 с; не помогла; по теме, но без ответа)
  1. Б (не открыта; помогла)
  1. В (открыта, 34 с; другая причина)

Поиск:
  refund status

Страница:
  Order 17

Сведения со страницы:
  order: 17

Обращение:
  ho_01JD8QR9""",
    "en": """Reply to:
  Anna anna@example.org (address not verified, name not verified)

What the help centre showed:
  Asked: где деньги?
  1. Refunds to a card (opened, 34 s; did not help; on the subject, without the answer)
  1. Б (not opened; helped)
  1. В (opened, 34 s; another reason)

Searches:
  refund status

Page:
  Order 17

Details from the page:
  order: 17

Hand-off:
  ho_01JD8QR9""",
}


def packet(lang: str, **changes: object) -> HandoffPacket:
    made = replace(
        PACKET,
        locale=lang,
        tried=TRIED,
        agent_note="",
        contact=CustomerContact("Anna", "anna@example.org"),
        identity=None,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # fields of any type


def in_words(wanted: HandoffPacket, translator: Translator | None = None) -> str:
    """Without the lines that hold addresses."""
    text = note(wanted, (translator or Translator()).into(wanted.locale), written=str)
    return "\n".join(line for line in text.split("\n") if "https://" not in line)


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_the_note_says_what_was_tried(lang: str) -> None:
    assert agent_note(TRIED, Translator().into(lang)) == NOTES[lang]


@pytest.mark.parametrize(
    ("lang", "expected"), [("ru", "Статей не показано."), ("en", "No article was shown.")]
)
def test_the_note_says_that_nothing_was_shown(lang: str, expected: str) -> None:
    assert agent_note((), Translator().into(lang)) == expected


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_the_letter_says_it_in_the_customers_language(lang: str) -> None:
    assert in_words(packet(lang)) == LETTERS[lang]


def test_the_letter_without_contact_and_articles() -> None:
    bare = in_words(packet("ru", contact=None, tried=()))
    assert "Ответить:\n  Адреса для ответа нет" in bare
    assert "  Статей не показано" in bare


def test_codes_of_another_release_are_never_shown_raw() -> None:
    article = replace(SHOWN, verdict="half_solved", reason="too_long")
    tried = (replace(TRIED[0], shown=(article,)),)
    assert "(открыта, 34 с; другая причина)" in in_words(packet("ru", tried=tried))
    assert "half_solved" not in agent_note(tried, Translator().into("ru"))


def test_a_third_language_speaks_by_the_catalogue_of_its_site(tmp_path: Path) -> None:
    path = tmp_path / "translations" / "de" / PLACE
    path.parent.mkdir(parents=True)
    path.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgctxt "letter"\nmsgid "Reply to"\nmsgstr "Antwort an"\n\n'
        'msgctxt "letter"\nmsgid "opened, %(seconds)d s"\nmsgstr "geöffnet, %(seconds)d s"\n\n'
        'msgctxt "note"\nmsgid "No article was shown."\nmsgstr "Kein Artikel gezeigt."\n'
    )
    translator = Translator(tmp_path)
    text = in_words(packet("de"), translator)
    assert "Antwort an:\n" in text
    assert "(geöffnet, 34 s;" in text
    assert agent_note((), translator.into("de")) == "Kein Artikel gezeigt."
