"""`GET /api/v1/agent/search`: public and internal articles for plug-ins of help desks.

For secret keys with the scope `agent.search` and for who is signed in; never for a page of
another origin, and never kept by a cache.
"""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from flask import Blueprint, Response, request

from kb.accounts import openings
from kb.addresses import staff_article_path
from kb.catalog import staff_search
from kb.catalog.staff_search import StaffHit
from kb.config import Config
from kb.handoffs import history
from kb.web.api import serialize
from kb.web.api.io import NO_CACHE, asked_for, json_reply, locale_of, locale_of_words
from kb.web.api.schemas.base import OffsetPage, PassageOut
from kb.web.api.schemas.staff import (
    AgentArticle,
    AgentHitOut,
    AgentSearchQuery,
    AgentSearchResponse,
    InsertOut,
)
from kb.web.auth import sessions
from kb.web.auth.api_key import require_secret_key
from kb.web.http.rate_limits import limit_staff
from kb.web.layout.addresses import absolute
from kb.web.services import services

SCOPE = "agent.search"

log = structlog.get_logger(__name__)

staff_api = Blueprint("agent_api", __name__)


@staff_api.after_request
def _keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@staff_api.get("/api/v1/agent/search")
@limit_staff
def search() -> Response:
    reader_id = _require_staff()
    asked = asked_for(AgentSearchQuery)
    config = services().config
    page_lang = locale_of(asked.locale)
    lang = locale_of_words(asked.q, page_lang)
    handoff = (
        history.of_handoff(services().database, asked.handoff_id) if asked.handoff_id else None
    )
    if handoff:
        _record_opening(handoff.id, reader_id)
    findings = staff_search.find(
        services().staff_loaded(),
        asked.q,
        lang=lang,
        wanted=asked.visibility,
        seen=handoff.seen if handoff else (),
        limit=asked.limit,
        offset=asked.offset,
    )
    linked = lang if asked.locale else None
    body = AgentSearchResponse(
        query=findings.query,
        locale=lang,
        locale_detected=lang != page_lang,
        data=[_hit(config, hit, linked) for hit in findings.hits],
        page=OffsetPage(limit=asked.limit, offset=asked.offset, total=findings.total),
        degraded=findings.is_degraded,
        took_ms=round(findings.took_ms),
    )
    return json_reply(body, cache=NO_CACHE)


def _require_staff() -> str:
    """The id of the key or the account that asks. A key that is sent decides; without one, the
    session does. Raises ApiProblem."""
    account = sessions.current() if "Authorization" not in request.headers else None
    return account.id if account else require_secret_key(SCOPE).id


def _record_opening(handoff_id: str, reader_id: str) -> None:
    """Note that a hand-off was opened: what its customer has seen is told of it."""
    openings.record(
        services().database, handoff_id, reader_id=reader_id, way="api", now=datetime.now(UTC)
    )
    log.info("handoff_opened", handoff=handoff_id, account=reader_id)


def _hit(config: Config, hit: StaffHit, lang: str | None) -> AgentHitOut:
    found, page = hit.found, hit.found.page
    insert = staff_search.insert(hit, site=absolute(config, ""), lang=lang)
    is_internal = hit.visibility == "internal"
    path = staff_article_path(page.id, page.lang, anchor=found.anchor) if is_internal else found.url
    return AgentHitOut(
        article=AgentArticle(
            id=serialize.article_id(page.id),
            title=page.title,
            locale=page.lang,
            visibility=hit.visibility,
            status="published",
            url=absolute(config, path),
            updated_at=page.updated_at,
        ),
        score=round(found.score, 4),
        passage=PassageOut(heading=found.heading, anchor=found.anchor, text=found.passage_text),
        highlights=serialize.segments(found.snippet),
        insert=InsertOut(text=insert.text, markdown=insert.markdown) if insert else None,
        already_shown=hit.is_seen,
    )
