"""The sentence or two that tell an agent what was tried, in the customer's language. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kb.handoffs.channels.packet import ShownArticle, Tried

MOST_ASKED = 3
MOST_SHOWN = 5
MAX_ASKED_CHARS = 200

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "asked": "Asked: {}.",
        "shown": "Shown: {}.",
        "opened": "opened {} s",
        "not_opened": "not opened",
        "solved": "helped",
        "not_solved": "did not help",
        "resend": "Do not resend what was shown.",
        "nothing": "No article was shown.",
    },
    "ru": {
        "asked": "Спрашивал: {}.",
        "shown": "Показано: {}.",
        "opened": "открыто {} с",
        "not_opened": "не открыто",
        "solved": "помогло",
        "not_solved": "не помогло",
        "resend": "Не отправляйте показанное ещё раз.",
        "nothing": "Статей не показано.",
    },
}
_QUOTES = {"ru": "«{}»", "en": "“{}”"}


def agent_note(tried: Sequence[Tried], lang: str) -> str:
    """What was asked and shown, and what became of it."""
    lang = lang if lang in _WORDS else "en"
    words = _WORDS[lang]
    sentences = []
    asked = list(dict.fromkeys(one.asked for one in tried if one.asked))
    if asked:
        quoted = (_QUOTES[lang].format(text[:MAX_ASKED_CHARS]) for text in asked[:MOST_ASKED])
        sentences.append(words["asked"].format(", ".join(quoted)))
    shown = list({one.article_id: one for each in tried for one in each.shown}.values())
    if not shown:
        return " ".join([*sentences, words["nothing"]])
    titles = "; ".join(_shown(one, words) for one in shown[:MOST_SHOWN])
    return " ".join([*sentences, words["shown"].format(titles), words["resend"]])


def _shown(one: ShownArticle, words: Mapping[str, str]) -> str:
    facts = [words["opened"].format(one.seconds) if one.opened else words["not_opened"]]
    if one.verdict:
        facts.append(words[one.verdict])
    return f"{one.title} ({', '.join(facts)})"
