"""`kb calibrate`: fits the site's own confidence, keeps it, and says what it rests on.

The result lies in the data folder and goes into every generation built from then on. Which scores
its probes had is kept too, so that a build can tell when they have moved.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from kb.build import calibration_report
from kb.build.open_index import open_searcher
from kb.config import Config
from kb.database.engine import Database
from kb.errors import DatabaseUnavailable
from kb.suggestions.log import verdicts
from search.evaluation.probes import Probe, probes
from search.generation.files import COMPLETIONS
from search.lexical.autocomplete import read_entries
from search.ranking.calibration import DEFAULT_UNANSWERABLE, Calibration

KEPT = "calibration.json"
REPORT = "calibration.md"
CURVES = "calibration-{lang}.svg"
VERDICTS_OF = timedelta(days=180)
DRIFT_PROBES = 100
"""Asked again after a build, for each language: some two seconds."""


@dataclass(frozen=True)
class Kept:
    """The result of `kb calibrate` for builds: the calibration, its probes and their scores."""

    calibration: Calibration
    probes: Mapping[str, tuple[Probe, ...]]
    scores: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class Drift:
    """The distance a language's scores have moved, as a population stability index."""

    lang: str
    index: float
    made_at: str

    def __str__(self) -> str:
        return (
            f"confidence in {self.lang!r} has drifted since {self.made_at} "
            f"(stability index {self.index:.2f}): run `kb calibrate`"
        )


def read(config: Config) -> Kept | None:
    """The last calibration kept; None without one. Raises ValueError when it is damaged."""
    path = config.data_dir / KEPT
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        return Kept(
            Calibration.from_dict(row["calibration"]),
            {lang: tuple(Probe(**one) for one in some) for lang, some in row["probes"].items()},
            {lang: tuple(some) for lang, some in row["scores"].items()},
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path} cannot be read ({error!r}): run `kb calibrate` or delete it"
        ) from error


def calibrate(config: Config, *, labels: Path | None, now: datetime) -> Iterator[str]:
    """Fit, keep and report; yields lines for a terminal.

    `labels` is a JSONL file of messages with known answers. Raises IndexMissing, IndexCorrupt,
    IndexOutdated, EncoderUnavailable, OSError and ValueError for a line that cannot be read.
    """
    from search.evaluation.fit_calibration import calibrate as fit
    from search.evaluation.judged import read_queries

    judged = read_queries(labels) if labels else []
    searcher = open_searcher(config)
    asked = probes(read_entries(searcher.searcher.generation.path(COMPLETIONS)))
    yield f"asking {len(asked)} texts of the library and {len(judged)} judged messages"
    found = fit(searcher, asked, judged, risk_budget=config.risk_budget, now=now)
    share = estimated_share(config, searcher.calibration, now)
    if share is not None:
        yield f"by what customers said of answers, {share:.0%} of messages have none"
        found = replace(found, calibration=replace(found.calibration, unanswerable=share))
    if not found.reports:
        yield "no language has enough articles to calibrate on: the release's confidence stays"
    kept = {
        "calibration": found.calibration.to_dict(),
        "probes": {
            lang: [asdict(p) for p in asked if p.lang == lang][:DRIFT_PROBES]
            for lang in found.scores
        },
        "scores": {lang: some[:DRIFT_PROBES] for lang, some in found.scores.items()},
    }
    _write(config.data_dir / KEPT, json.dumps(kept, ensure_ascii=False))
    for report in found.reports:
        yield calibration_report.sentence(report, config.risk_budget)
        curve = config.data_dir / CURVES.format(lang=report.lang)
        _write(curve, calibration_report.svg(report, config.risk_budget))
    _write(config.data_dir / REPORT, calibration_report.markdown(found, config.risk_budget))
    yield f"the whole report: {config.data_dir / REPORT}"


def estimated_share(config: Config, calibration: Calibration, now: datetime) -> float | None:
    """Share of messages without an answer, by verdicts on answers of the serving calibration.

    None with too few of them, without a database, and where the operator has set the share.
    """
    from search.evaluation.base_rate import unanswerable_share

    if config.unanswerable_share != DEFAULT_UNANSWERABLE:
        return None
    made_at = calibration.made_at
    since = datetime.fromisoformat(made_at) if made_at else now - VERDICTS_OF
    try:
        with closing(Database.from_url(config.effective_database_url)) as database:
            found = verdicts(database, policy=calibration.policy, since=since)
    except DatabaseUnavailable:
        return None
    stated, solved = [p for p, _ in found], [was_solved for _, was_solved in found]
    return unanswerable_share(stated, solved, assumed=calibration.unanswerable)


def drifts(config: Config) -> list[Drift]:
    """Languages whose confidence has moved since it was calibrated; slow, some seconds."""
    from search.evaluation.drift import DRIFTED, drift

    kept = read(config)
    if kept is None or not kept.probes:
        return []
    searcher = open_searcher(config)
    if not kept.calibration.fits(searcher.searcher.generation.manifest.fingerprints["encoder"]):
        return []
    found = []
    for lang, asked in sorted(kept.probes.items()):
        index = drift(searcher, kept.calibration, asked, kept.scores[lang])
        if index >= DRIFTED:
            found.append(Drift(lang, index, kept.calibration.made_at))
    return found


def _write(path: Path, text: str) -> None:
    """Replace a file whole: a build may be reading it."""
    fresh = path.with_name(path.name + ".fresh")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, path)
