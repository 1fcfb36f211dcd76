"""The sentence or two that tell an agent what was tried, in the customer's language. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from kb.handoffs.channels.packet import ShownArticle, Tried
from kb.labels import VERDICT_LABELS
from kb.texts import NP_, Translate

MOST_ASKED = 3
MOST_SHOWN = 5
MAX_ASKED_CHARS = 200

_ASKED = NP_("note", "Asked: %(questions)s.")
_QUOTED = NP_("note", "“%(question)s”")
_SHOWN = NP_("note", "Shown: %(articles)s.")
_OPENED = NP_("note", "opened %(seconds)d s")
_NOT_OPENED = NP_("note", "not opened")
_RESEND = NP_("note", "Do not resend what was shown.")
_NOTHING = NP_("note", "No article was shown.")


def agent_note(tried: Sequence[Tried], translate: Translate) -> str:
    """Questions and articles shown, and what became of these."""
    sentences = []
    asked = list(dict.fromkeys(one.asked for one in tried if one.asked))
    if asked:
        quoted = (
            translate(_QUOTED) % {"question": text[:MAX_ASKED_CHARS]} for text in asked[:MOST_ASKED]
        )
        sentences.append(translate(_ASKED) % {"questions": ", ".join(quoted)})
    shown = list({one.article_id: one for each in tried for one in each.shown}.values())
    if not shown:
        return " ".join([*sentences, translate(_NOTHING)])
    titles = "; ".join(_shown(one, translate) for one in shown[:MOST_SHOWN])
    return " ".join([*sentences, translate(_SHOWN) % {"articles": titles}, translate(_RESEND)])


def _shown(one: ShownArticle, translate: Translate) -> str:
    opened = translate(_OPENED) % {"seconds": one.seconds}
    facts = [opened if one.opened else translate(_NOT_OPENED)]
    if one.verdict and one.verdict in VERDICT_LABELS:
        facts.append(translate(VERDICT_LABELS[one.verdict].note))
    return f"{one.title} ({', '.join(facts)})"
