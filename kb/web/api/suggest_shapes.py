"""A suggestion → what the API and hand-offs show of it."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from flask_babel import force_locale  # type: ignore[import-untyped]  # ships no types

from kb.catalog.generation import index_version
from kb.config import Config
from kb.labels import SAFETY_LINE
from kb.suggestions.decision import Suggested, Suggestion
from kb.suggestions.precedence import SAFETY
from kb.web.api.answer_blocks import answer_blocks
from kb.web.api.schemas.suggest import (
    AnswerOut,
    DecisionOut,
    HandoffOut,
    PolicyOut,
    SuggestedArticle,
    SuggestResponse,
    SuggestResult,
    Thresholds,
)
from kb.web.api.serialize import article_id, passage, segments
from kb.web.layout.addresses import absolute
from kb.web.layout.frame import section_title
from kb.web.layout.locale import translated
from kb.web.services import services
from search.ranking.calibration import Calibration


def suggest_response(
    config: Config,
    suggestion: Suggestion,
    calibration: Calibration,
    lang: str,
    *,
    is_detected: bool,
    has_passages: bool,
    took_ms: float,
    generation: str,
    id_: str,
    token: str,
    expires_at: datetime,
) -> SuggestResponse:
    decision = suggestion.decision
    hits = suggestion.findings.results.hits if suggestion.findings else ()
    thresholds = calibration.basis(hits, lang)
    return SuggestResponse(
        suggestion_id=id_,
        locale=lang,
        locale_detected=is_detected,
        notice=_safety_line(lang) if decision.reason == SAFETY else None,
        decision=DecisionOut(
            action=decision.action,
            reason=decision.reason,
            confidence=round(decision.confidence, 3),
            list_confidence=round(decision.list_confidence, 3),
            thresholds=Thresholds(
                answer=min(1.0, thresholds.answer_from) if thresholds else 1.0,
                offer=thresholds.offer_from if thresholds else 1.0,
            ),
            policy=PolicyOut(
                version=calibration.policy,
                calibration="default" if calibration.status == "default" else "local",
                labels=calibration.labels,
                degraded=suggestion.is_degraded,
                stage=suggestion.stage,
            ),
        ),
        answer=_answer(config, suggestion),
        results=[
            _suggested(config, one, lang, rank=rank, has_passage=has_passages)
            for rank, one in enumerate(suggestion.results, start=1)
        ],
        handoff=handoff(config),
        interaction_token=token,
        expires_at=expires_at,
        took_ms=round(took_ms),
        index_version=index_version(generation),
    )


def _suggested(
    config: Config, one: Suggested, lang: str, *, rank: int, has_passage: bool
) -> SuggestResult:
    found, page = one.found, one.found.page
    return SuggestResult(
        rank=rank,
        article=SuggestedArticle(
            id=article_id(page.id),
            title=page.title,
            url=absolute(config, found.url),
            locale=page.lang,
            updated_at=page.updated_at,
            path=[_section(page.section, lang), found.category_title],
        ),
        confidence=round(one.confidence, 3),
        passage=passage(found) if has_passage else None,
        highlights=segments(found.snippet),
    )


@cache
def _safety_line(lang: str) -> str:
    with force_locale(lang.replace("-", "_")):
        return translated(SAFETY_LINE)


@cache
def _section(section: str, lang: str) -> str:
    """Kept, as switching languages takes longer than all the rest of a result."""
    with force_locale(lang):
        return str(section_title(section))


def _answer(config: Config, suggestion: Suggestion) -> AnswerOut | None:
    quotation = suggestion.answer
    if quotation is None:
        return None
    found = suggestion.results[0].found
    return AnswerOut(
        type="extractive",
        kind=quotation.kind,
        text=quotation.text,
        blocks=answer_blocks(quotation),
        article_id=article_id(found.page.id),
        anchor=quotation.anchor,
        url=absolute(config, found.url_of(quotation.anchor)),
    )


def handoff(config: Config) -> HandoffOut:
    """Ways to reach a person. Nobody tells us who is online."""
    return HandoffOut(
        available=bool(services().channel or config.contact_email),
        channel=services().channel_name or ("email" if config.contact_email else None),
        email=config.contact_email or None,
        online=None,
        reply_estimate_s=None,
        next_online_at=None,
    )
