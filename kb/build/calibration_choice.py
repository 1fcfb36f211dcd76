"""Chooses the confidence of a generation: the site's own where it fits, else the release's."""

from __future__ import annotations

from dataclasses import replace

from kb.build import calibrate
from kb.build.encoder_choice import NO_ENCODER
from kb.config import Config
from search.build.embeddings import EncoderSource
from search.ranking.calibration import DEFAULT_UNANSWERABLE, Calibration
from search.semantic.encoder_build.sources import bundled_fingerprint


def chosen_calibration(
    config: Config, source: EncoderSource | None
) -> tuple[Calibration, tuple[str, ...]]:
    """The calibration to build with, and remarks for the operator: why it is not the site's own."""
    default, remarks = _of_release(config, source)
    try:
        kept = calibrate.read(config)
    except ValueError as error:
        return default, (str(error), *remarks)
    if kept is None:
        return default, remarks
    if not kept.calibration.fits(source.fingerprint if source else NO_ENCODER):
        unfit = "the calibration is of another encoder or release: calibrate again"
        return default, (unfit, *remarks)
    if kept.calibration.risk_budget != config.risk_budget:
        unfit = "the calibration is for another KB_RISK_BUDGET: calibrate again"
        return default, (unfit, *remarks)
    share = config.unanswerable_share
    if share == DEFAULT_UNANSWERABLE:  # what customers said of answers may know better
        share = kept.calibration.unanswerable
    return replace(kept.calibration, unanswerable=share), ()


def _of_release(
    config: Config, source: EncoderSource | None
) -> tuple[Calibration, tuple[str, ...]]:
    """The release's confidence; it answers nothing with an encoder whose cosines it cannot read."""
    if source is None or source.fingerprint == bundled_fingerprint():
        return Calibration(
            risk_budget=config.risk_budget, unanswerable=config.unanswerable_share
        ), ()
    remark = "the release's confidence does not know this encoder: run `kb calibrate`"
    return Calibration(risk_budget=0.0), (f"{remark}; until then nothing is answered",)
