"""Choice of what is quoted: the steps that were asked for, and no others before them."""

from __future__ import annotations

import math

import pytest

from search.answers import quoted_units
from search.answers.quoted_units import LOGIT_GAP, SCORE_GAP, near, quoted_numbers
from search.answers.reading import ScoredUnit
from search.text.quotation import quotation
from search.text.units import document_units
from tests.support.libraries.corpus import document

ROUTER = (
    "<p>Если забыт пароль Wi-Fi, сброс чаще всего не нужен.</p>"
    '<h2 id="password">Как узнать пароль Wi-Fi без сброса</h2>'
    "<ol><li>Откройте Nordvolt Home.</li><li>Зайдите в панель http://192.168.77.1</li></ol>"
    '<h2 id="reset">Как сбросить настройки</h2>'
    "<ol><li>Включите роутер.</li><li>Держите Reset 8 секунд.</li></ol>"
    "<p>Роутер забудет все настройки.</p>"
    '<h2 id="again">Что придётся настроить заново</h2><ul><li>Имя и пароль Wi-Fi.</li></ul>'
)
OPENING, PASSWORD, RESET, FORGETS, AGAIN = range(5)


def any_answers(*logits: float) -> float:
    return quoted_units.any_answers(
        [ScoredUnit(n, 0.0, 0.0, 0.0, logit) for n, logit in enumerate(logits)]
    )


def scored(
    number: int, logit: float | None, *, held: float = 1.0, cosine: float = 0.0
) -> ScoredUnit:
    return ScoredUnit(number, cosine, held, 0.0, logit)


def sections(*units: ScoredUnit) -> list[str]:
    """Headings of what is shown of the router's article, one for each block."""
    of = document_units(document("router", lang="ru", title="Роутер", html=ROUTER))
    shown = quotation(of, quoted_numbers(of, units, near(units)))
    assert shown
    return ["".join(block.headings).rpartition(" ")[2] for block in shown.blocks]


def test_other_steps_are_not_shown_beside_those_asked_for() -> None:
    """«как сбросить роутер»: log-odds are those of the reader."""
    assert sections(
        scored(RESET, 1.0), scored(PASSWORD, -0.1), scored(AGAIN, -0.2), scored(FORGETS, -2.5)
    ) == ["настройки", "настройки", "заново"]
    assert sections(scored(PASSWORD, 1.6), scored(RESET, 0.0)) == ["сброса"]


def test_steps_are_as_likely_as_any_of_their_parts() -> None:
    """Of two lists beside a paragraph, not that with the likeliest unit."""
    parts = "".join(f"<li>Держите Reset {n} секунд. {'Ждите. ' * 50}</li>" for n in (8, 9))
    html = ROUTER.replace("<li>Держите Reset 8 секунд.</li>", parts)
    of = document_units(document("router", lang="ru", title="Роутер", html=html))
    again = len(of.units) - 1  # behind two units of steps and a paragraph
    units = [scored(again, -1.2), scored(PASSWORD, -3.3), scored(2, -3.4), scored(3, -3.4)]
    shown = quoted_numbers(of, units, near(units))
    assert shown == [again, 2, 3]


def test_other_steps_are_shown_where_they_hold_more_of_the_words() -> None:
    """«как зайти в настройки роутера»: the address stands in the other steps."""
    found = sections(scored(RESET, -0.3, held=0.56), scored(PASSWORD, -0.9, held=0.7))
    assert found == ["сброса", "настройки"]


@pytest.mark.parametrize(("logit", "is_shown"), [(-2.9, True), (-3.1, False)])
def test_steps_before_the_best_unit_are_nearly_as_likely(logit: float, is_shown: bool) -> None:
    found = sections(scored(AGAIN, 0.0), scored(PASSWORD, logit))
    assert ("сброса" in found) == is_shown
    assert sections(scored(FORGETS, 0.0), scored(RESET, -3.9)) == ["настройки", "настройки"]


def test_unread_steps_are_chosen_by_their_score() -> None:
    units = [scored(RESET, None, cosine=0.9), scored(PASSWORD, None, cosine=0.88)]
    assert sections(*units) == ["настройки"]
    assert sections(scored(AGAIN, None, cosine=0.95), *units) == ["настройки", "заново"]
    far = scored(PASSWORD, None, cosine=0.95 - SCORE_GAP * 0.8)
    assert sections(scored(AGAIN, None, cosine=0.95), far) == ["заново"]


def test_what_is_much_less_likely_stands_beside_nothing() -> None:
    units = [scored(RESET, 2.0), scored(AGAIN, 2.0 - LOGIT_GAP), scored(FORGETS, -2.1)]
    assert [unit.number for unit in near(units)] == [RESET, AGAIN]


HOW_TO = (
    "<p>Reset the router when it stands still.</p>"
    '<h2 id="before">Before</h2><p>Reset all of the router, or a part.</p>'
    "<p>A reset router forgets.</p><p>Whose router is reset?</p><p>The router, reset, blinks.</p>"
    '<h2 id="steps">Way</h2><ol><li>Hold the button.</li><li>Wait.</li></ol>'
)


def chosen(*order: int, quoted: int) -> list[int]:
    """Units of HOW_TO that are quoted, of those scored in an order the first `quoted`."""
    units = document_units(document("how", lang="en", title="Router", html=HOW_TO))
    found = [ScoredUnit(number, 0.0, 0.0, 0.0, -float(n)) for n, number in enumerate(order)]
    return quoted_numbers(units, found, found[:quoted])


def test_steps_come_second_at_the_latest() -> None:
    """Unit 5 holds the steps; three sentences before it would leave no room."""
    assert chosen(1, 2, 3, 5, quoted=4) == [1, 5, 2, 3]
    assert chosen(5, 1, quoted=2) == [5, 1]


def test_beside_an_opening_stand_the_steps_whether_read_or_not() -> None:
    assert chosen(0, 2, 5, quoted=2) == [0, 5, 2]
    assert chosen(0, 2, quoted=2) == [0, 5, 2]
    assert chosen(2, 3, 5, quoted=2) == [2, 3], "what is no opening stands by itself"


def test_log_odds_of_any_unit_by_hand() -> None:
    """Two of .5 each and one of .75: none with .5 * .5 * .25 = .0625, any with .9375."""
    assert any_answers(math.log(3), 0.0, 0.0) == pytest.approx(math.log(0.9375 / 0.0625))


@pytest.mark.parametrize(
    ("logits", "expected"),
    [
        ((-1e6,), -1e6),
        ((-750.0, -750.0), -750.0 + math.log(2)),
        ((-40.0, -40.0, -40.0), -40.0 + math.log(3)),
        ((0.0, 0.0), math.log(3)),
        ((-1e6, 2.0), 2.0),
        ((750.0, 750.0), 1500.0),
    ],
)
def test_log_odds_of_any_unit_hold_however_sure_the_reader_is(
    logits: tuple[float, ...], expected: float
) -> None:
    """Odds of either of two are the sum of theirs and their product."""
    assert any_answers(*logits) == pytest.approx(expected, rel=1e-15)
