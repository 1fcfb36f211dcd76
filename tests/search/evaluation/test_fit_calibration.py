"""Fitting a site's own confidence, on a real generation with the toy encoder and on numbers."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from search.answers.answer_searcher import AnswerSearcher
from search.evaluation.drift import drift, stability_index
from search.evaluation.evidence import Evidence
from search.evaluation.fit_calibration import MIN_LABELS, MIN_PROBES, calibrate
from search.evaluation.judged import JudgedQuery, read_queries
from search.evaluation.logistic import fit
from search.evaluation.metrics import clopper_pearson
from search.evaluation.probes import Probe, ask, probes
from search.evaluation.risk import Point, bounded_threshold, risk_curve
from search.generation.files import COMPLETIONS
from search.lexical.autocomplete import CompletionEntry, read_entries
from search.model import Document
from search.ranking.calibration import Calibration
from search.ranking.confidence import FEATURES, NEVER, Coefficients, Confidence, default_model
from search.ranking.options import SearchOptions
from tests.support.libraries.corpus import build_index, document, open_answers

RU = SearchOptions(lang="ru")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
THINGS = "робот чайник пылесос телефон лампа колонка утюг миксер тостер фен весы ночник".split()
ACTS = ("включить", "почистить", "вернуть", "починить", "зарядить", "подключить")


def many() -> list[Document]:
    """72 articles, each on one thing and one act."""
    return [
        document(
            f"{thing}-{act}",
            title=f"Как {act} {thing}",
            html=f"<p>Чтобы {act} {thing}, нажмите кнопку и ждите сигнала.</p>",
        )
        for thing in THINGS
        for act in ACTS
    ]


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> AnswerSearcher:
    root = tmp_path_factory.mktemp("calibrating")
    build_index(root, many())
    return open_answers(root)


@pytest.fixture(scope="module")
def asked(searcher: AnswerSearcher) -> list[Probe]:
    return probes(read_entries(searcher.searcher.generation.path(COMPLETIONS)))


def judged(count: int) -> list[JudgedQuery]:
    """Messages of which every third has no answer."""
    found = []
    for number in range(count):
        thing, act = THINGS[number % 12], ACTS[number % 6]
        if number % 3:
            found.append(
                JudgedQuery(str(number), f"{act} {thing}", "ru", "", {f"{thing}-{act}": 2})
            )
        else:
            found.append(JudgedQuery(str(number), f"погода {number} футбол", "ru", "", {}))
    return found


def entry(text: str, group: str, lang: str = "ru") -> CompletionEntry:
    return CompletionEntry(text, lang, f"{lang}/{group}", group, "", "title")


def test_probes_are_own_texts_with_content() -> None:
    entries = [
        entry("Вернуть деньги за заказ", "a"),
        entry("Обзор", "a"),
        entry("Настройка и установка", "a"),
        entry("Настройка и установка", "b"),
        entry("Return an order", "a", "en"),
    ]
    assert {probe.text for probe in probes(entries)} == {
        "Вернуть деньги за заказ",
        "Return an order",
    }
    many_entries = [entry(f"Заказ номер {n}", str(n)) for n in range(50)]
    chosen = probes(many_entries, limit=20)
    assert len(chosen) == 20
    assert chosen == probes(reversed(many_entries), limit=20)


def test_probes_never_find_their_own_article(searcher: AnswerSearcher, asked: list[Probe]) -> None:
    for probe, results in zip(asked, ask(searcher, asked), strict=True):
        assert results.hits
        assert probe.group not in results.ranking


def test_articles_alone_give_scale_and_bound(searcher: AnswerSearcher, asked: list[Probe]) -> None:
    found = calibrate(searcher, asked, risk_budget=0.1, now=NOW)
    (report,) = found.reports
    model = found.calibration.models["ru"]
    default = default_model(0.1)
    assert found.calibration.status == "articles"
    assert model.gaps != default.gaps
    hybrid = model.bases["hybrid"]
    assert hybrid.shown == default.bases["hybrid"].shown
    assert hybrid.answer_from == report.threshold >= default.bases["hybrid"].answer_from
    assert model.bases["lexical"] == default.bases["lexical"], "thresholds of the stage served"
    answered = sum(score >= hybrid.answer_from for score in found.scores["ru"])
    assert clopper_pearson(answered, report.gaps) <= 0.1
    assert not report.has_bound


def test_labels_give_coefficients(searcher: AnswerSearcher, asked: list[Probe]) -> None:
    found = calibrate(searcher, asked, judged(120), risk_budget=0.1, now=NOW)
    (report,) = found.reports
    model = found.calibration.models["ru"]
    assert (found.calibration.status, found.calibration.labels) == ("labels", 120)
    default = default_model(0.1)
    for stage in ("hybrid", "lexical"):
        assert model.bases[stage].top != default.bases[stage].top
        assert model.bases[stage].shown != default.bases[stage].shown
    assert model.bases["reader"] == default.bases["reader"], "not reached, so not fitted"
    assert report.curve[-1].answered > 0
    few = calibrate(searcher, asked, judged(MIN_LABELS - 1), risk_budget=0.1, now=NOW)
    assert few.calibration.status == "articles"


def test_labels_that_name_words_judge_what_is_shown(
    searcher: AnswerSearcher, asked: list[Probe]
) -> None:
    """The right article with other words is a wrong answer."""
    other = Evidence((("words that stand nowhere",),))
    wrong = [replace(query, evidence=other if query.grades else None) for query in judged(120)]
    found = calibrate(searcher, asked, wrong, risk_budget=0.1, now=NOW)
    (report,) = found.reports
    assert (report.labels, report.worded) == (120, 80)
    assert not report.has_bound
    assert all(point.wrong == point.answered for point in report.curve)
    articles = calibrate(searcher, asked, judged(120), risk_budget=0.1, now=NOW)
    assert articles.reports[0].worded == 0
    hybrid, of = (one.calibration.models["ru"].bases["hybrid"] for one in (found, articles))
    assert hybrid.top == of.top, "which article answers is known as before"
    assert hybrid.shown != of.shown
    hits = searcher.search("вернуть чайник", RU).hits
    shown = [one.calibration.confidence(hits, "ru").shown for one in (found, articles)]
    assert shown[0] < shown[1]


def test_too_few_articles_keep_the_release(searcher: AnswerSearcher, asked: list[Probe]) -> None:
    found = calibrate(searcher, asked[: MIN_PROBES - 1], risk_budget=0.1, now=NOW)
    assert found.calibration.status == "default"
    assert found.calibration.models == {}
    assert found.calibration.model("ru") == default_model(0.1)


def test_the_same_library_has_not_drifted(searcher: AnswerSearcher, asked: list[Probe]) -> None:
    found = calibrate(searcher, asked, risk_budget=0.1, now=NOW)
    assert drift(searcher, found.calibration, asked, found.scores["ru"]) == pytest.approx(0.0)


def test_another_library_has_drifted(
    searcher: AnswerSearcher, asked: list[Probe], tmp_path: Path
) -> None:
    found = calibrate(searcher, asked, risk_budget=0.1, now=NOW)
    doubled = [*many(), *(document(f"x{n}", title=f"Вторая {p.text}") for n, p in enumerate(asked))]
    build_index(tmp_path, doubled)
    assert drift(open_answers(tmp_path), found.calibration, asked, found.scores["ru"]) > 0.25


def test_calibration_survives_json_and_generations(
    searcher: AnswerSearcher, asked: list[Probe], tmp_path: Path
) -> None:
    found = calibrate(searcher, asked, judged(120), risk_budget=0.2, now=NOW).calibration
    assert Calibration.from_dict(found.to_dict()) == found
    build_index(tmp_path, many(), calibration=found)
    again = open_answers(tmp_path)
    assert again.calibration == found
    hits = again.search("вернуть чайник", RU).hits
    assert again.calibration.confidence(hits, "ru") != Calibration().confidence(hits, "ru")
    assert found.fits(searcher.searcher.generation.manifest.fingerprints["encoder"])
    assert not found.fits("another encoder")


@pytest.mark.parametrize("change", ["unknown", "missing"])
def test_coefficients_of_another_policy_are_set_aside(
    searcher: AnswerSearcher,
    asked: list[Probe],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
) -> None:
    """Else a release with another feature stopped the search of every site with a calibration."""
    row = calibrate(searcher, asked, risk_budget=0.2, now=NOW).calibration.to_dict()
    row |= {"policy": "p0", "former_field": 1}
    for model in row["models"].values():
        if change == "unknown":
            model["bases"]["hybrid"]["freshness"] = 1.0
        else:
            del model["bases"]["reader"], model["gaps"]
    old = Calibration.from_dict(row)
    assert (old.status, old.policy, old.models) == ("articles", "p0", {})
    assert not old.fits(searcher.searcher.generation.manifest.fingerprints["encoder"])
    with monkeypatch.context() as patch:
        patch.setattr(Calibration, "to_dict", lambda _: row)
        build_index(tmp_path, many())
    again = open_answers(tmp_path)
    assert again.calibration == Calibration(risk_budget=0.0)
    hits = again.search("вернуть чайник", RU).hits
    likely = again.calibration.confidence(hits, "ru")
    assert again.calibration.action(likely, "ru", hits) != "answer"


def test_new_calibration_makes_a_new_generation(tmp_path: Path) -> None:
    first = build_index(tmp_path, many())
    assert not build_index(tmp_path, many()).is_new
    second = build_index(tmp_path, many(), calibration=Calibration(risk_budget=0.2))
    assert second.is_new
    assert first.name != second.name


def test_fit_finds_what_matters_and_bounds_signs() -> None:
    chance = np.random.default_rng(0)
    rows = chance.normal(size=(400, len(FEATURES)))
    lead, margin = FEATURES.index("lead"), FEATURES.index("margin")
    happened = rows[:, lead] - rows[:, margin] + chance.normal(size=400) > 0
    found = fit(rows, happened)
    assert found.weights["lead"] > 0.5
    assert "margin" not in found.weights, "evidence never counts against an answer"


def test_fit_stays_near_its_prior_with_few_messages() -> None:
    prior = Coefficients(-2.5, {"nearness": 0.7, "matched_share": 0.7, "unknown_share": -0.9})
    chance = np.random.default_rng(0)
    rows = chance.normal(size=(5, len(FEATURES)))
    found = fit(rows, np.array([True, False, True, False, True]), prior=prior)
    for name in FEATURES:
        kept = prior.weights.get(name, 0.0)
        assert found.weights.get(name, 0.0) == pytest.approx(kept, abs=0.2)


def test_bounded_threshold_stops_at_the_first_failure() -> None:
    def point(threshold: float, answered: int, wrong: int) -> Point:
        return Point(threshold, answered, wrong, clopper_pearson(wrong, answered))

    sound = [point(0.9, 10, 0), point(0.8, 40, 0), point(0.7, 80, 2)]
    assert bounded_threshold(sound, 0.1) == 0.7
    broken = [point(0.9, 40, 0), point(0.8, 60, 9), point(0.7, 400, 9)]
    assert bounded_threshold(broken, 0.1) == 0.9
    assert bounded_threshold([point(0.9, 20, 0)], 0.1) is None, "too few for any claim"
    assert bounded_threshold([], 0.1) is None


def test_risk_curve_counts() -> None:
    curve = {p.threshold: p for p in risk_curve([0.95, 0.85, 0.5], [True, False, False])}
    assert (curve[0.9].answered, curve[0.9].wrong) == (1, 0)
    assert (curve[0.8].answered, curve[0.8].wrong) == (2, 1)
    assert (curve[0.5].answered, curve[0.5].wrong) == (3, 2)


def test_clopper_pearson_against_published_values() -> None:
    """0 of 29: 1 - 0.05 ** (1 / 29). 5 of 100: the one-sided bound of common tables."""
    assert clopper_pearson(0, 29) == pytest.approx(1 - 0.05 ** (1 / 29))
    assert clopper_pearson(5, 100) == pytest.approx(0.1023, abs=1e-4)
    assert clopper_pearson(3, 3) == 1.0


def test_stability_index() -> None:
    same = list(np.linspace(0, 1, 200))
    assert stability_index(same, same) == pytest.approx(0.0)
    assert stability_index(same, [x * 0.3 for x in same]) > 0.25
    assert stability_index([], same) == 0.0


def test_never_is_beyond_every_probability() -> None:
    for of in default_model(0.001).bases.values():
        assert of.answer_from == NEVER > Confidence(1.0, 1.0, 1.0).shown


def test_judged_messages_are_read_or_refused_by_line(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text(
        '{"query": "a", "lang": "ru", "relevant": {"x": 2}}\n\n{"query": "b", "lang": "en"}\n'
    )
    assert [query.grades for query in read_queries(path)] == [{"x": 2}, {}]
    for bad in ('{"query": "a"}', "[]", "{", '{"query": "a", "lang": "ru", "relevant": ["x"]}'):
        path.write_text(f'{{"query": "a", "lang": "ru"}}\n{bad}\n')
        with pytest.raises(ValueError, match=r"labels\.jsonl:2: needs a JSON object"):
            read_queries(path)
