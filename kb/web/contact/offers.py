"""Articles that may answer a message before it is sent, and while it is being written. No pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from kb.ids import new_id
from kb.suggestions.decision import MAX_MESSAGE_CHARS, Question, Suggestion
from kb.suggestions.precedence import SAFETY
from kb.web.auth import signed_tokens
from kb.web.contact.form import SITE, Typed, Visit
from kb.web.contact.safety import spoken_in
from kb.web.conversation import suggest
from kb.web.conversation.suggest import SuggestionRecord
from kb.web.services import services
from search.errors import IndexMissing

MIN_CHARS = 12
"""For a shorter message nothing is offered while it is being written."""
MOST_OFFERED = 3


@dataclass(frozen=True)
class Offer:
    """Articles that may answer a message; `token` proves that they were shown."""

    made: SuggestionRecord
    token: str


def decide(form: Typed, visit: Visit, lang: str) -> SuggestionRecord | None:
    """Decide as a chat would about the message, within the same budget; None without an index."""
    budget = suggest.time_budget()
    try:
        loaded = services().loaded()
    except IndexMissing:
        return None
    holdout = services().config.holdout
    message = form.message[:MAX_MESSAGE_CHARS]
    asked = Question(
        message=message,
        lang=spoken_in(message, lang),
        limit=MOST_OFFERED,
        is_held_out=suggest.is_held_out(visit.session_id, holdout, signed_tokens.secret_key()),
    )
    suggestion = suggest.in_time(loaded, asked, budget)
    now = datetime.now(UTC)
    return SuggestionRecord(new_id("sug"), lang, visit.session_id, SITE, suggestion, loaded, now)


def offer_of(made: SuggestionRecord | None, visit: Visit, *, asked: str) -> Offer | None:
    """The decision as an offer, which the log keeps; None when a person is to answer, unless of a
    danger: then articles stand below what to do.

    `asked` is kept with it, masked: "" while the message is being written, as nobody has sent
    that yet. The same articles as last time are the same offer.
    """
    if made is None or not made.suggestion.results:
        return None
    decision = made.suggestion.decision
    if decision.action == "handoff" and decision.reason != SAFETY:
        return None
    last = visit.shown[-1] if visit.shown else None
    if last and [article for article, _confidence in last.shown] == _articles(made.suggestion):
        return Offer(made, signed_tokens.interaction(last))
    suggest.log_suggestion(made, asked[:MAX_MESSAGE_CHARS]).wait(suggest.LOG_WAIT_S)
    return Offer(made, suggest.token(made))


def is_known(made: SuggestionRecord, visit: Visit) -> bool:
    """Tell whether the best article for the message has been shown in this form before."""
    seen = {article for claims in visit.shown for article, _confidence in claims.shown}
    return bool(seen.intersection(_articles(made.suggestion)[:1]))


def _articles(suggestion: Suggestion) -> list[str]:
    return [one.found.page.id for one in suggestion.results]
