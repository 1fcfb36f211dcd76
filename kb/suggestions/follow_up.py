"""Short messages that go on from earlier ones: «а в Казахстан?», "and for the headphones?". Pure.

Such a message may mean what it says, the question before it with something added, or that question
about something else. All are read; which was meant, the results tell (`best`). One that only names
a subject asks nothing by itself, whatever there is about that subject (`is_elliptical`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import takewhile

from kb import languages
from kb.catalog.finder import ArticleResults
from kb.suggestions.small_talk import small_talk
from search.text import analysis
from search.text.words import fold

SHORT_TERMS = 3
"""A message with fewer topical terms may be about what was asked before it."""
MOST_FOLLOWING_TERMS = 6
"""Of a message that begins as one that goes on."""
MAX_HISTORY_CHARS = 300
"""Of the earlier message, so that the new one is not cut off by the limit of a query."""
ALONE_SHARE = 0.5
"""Of the likelihood that is believed of a message that asks nothing by itself, read alone."""
MOST_SUBJECT_WORDS = 2
"""Telling words after a preposition that are taken for its subject."""

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")


def readings(message: str, history: Sequence[str], names: Iterable[str] = ()) -> tuple[str, ...]:
    """The texts to search for, the message alone first; just one when it needs no history.

    `names` are those of products: one of them in the earlier message may be the subject.
    """
    earlier = last_question(history)
    rest = _without_lead(message)
    own = len(topical_terms(rest))
    goes_on = rest != message and own <= MOST_FOLLOWING_TERMS
    if not earlier or (own >= SHORT_TERMS and not goes_on):
        return (message,)
    joined = f"{earlier} {message}".strip()
    if not own:
        return (joined,)
    return tuple(dict.fromkeys((message, *_about(earlier, rest, names), joined)))


def is_elliptical(message: str, history: Sequence[str]) -> bool:
    """True for no more than a subject, tied to an earlier question: "what about the router"."""
    rest = _without_lead(message)
    if rest == message or not last_question(history):
        return False
    return len(topical_terms(rest)) < SHORT_TERMS and not _asking().search(fold(rest))


def best(
    texts: Sequence[str],
    earlier: str,
    search: Callable[[str], ArticleResults],
    confidence: Callable[[ArticleResults], float],
    *,
    asks_nothing: bool = False,
) -> ArticleResults:
    """The results of the likeliest of `readings`.

    One with the history in it must be better than the message alone, and tell something new: hold
    words of the message, or lead to another article than the `earlier` message did. A message that
    `asks_nothing` is believed less alone.
    """
    alone = found = search(texts[0])
    if len(texts) == 1:
        return found
    own = frozenset(topical_terms(texts[0]))
    before = cache(lambda: _top(search(earlier)))
    least = confidence(alone) * (ALONE_SHARE if asks_nothing else 1.0)
    for text in texts[1:]:
        other = search(text)
        if confidence(other) > least and (
            _holds(other, own) or _top(other) not in (before(), _top(alone))
        ):
            found, least = other, confidence(other)
    return found


def topical_terms(text: str) -> list[str]:
    """Terms of a text without small words."""
    stop = analysis.stop_terms()
    return [term for term in analysis.terms(analysis.clean(text)) if term not in stop]


def last_question(history: Sequence[str]) -> str:
    """The latest earlier message that asked something, cut; "" for none."""
    asked = (text for text in reversed(history) if topical_terms(text) and not small_talk(text))
    return analysis.clean(next(asked, ""))[-MAX_HISTORY_CHARS:]


def _without_lead(message: str) -> str:
    """A message without the words that tie it to the one before."""
    return _lead().sub("", analysis.clean(message), count=1) or message


def _about(earlier: str, rest: str, names: Iterable[str]) -> Iterator[str]:
    """The earlier question about the subject that `rest` names."""
    folded = fold(earlier)
    for name in names:
        place = folded.find(fold(name))
        if name and place >= 0:
            yield f"{earlier[:place]}{rest}{earlier[place + len(name) :]}"
            return
    if span := _subject(earlier, rest):
        yield f"{earlier[: span[0]]}{rest.rstrip(' ?!.')}{earlier[span[1] :]}"


def _subject(earlier: str, rest: str) -> tuple[int, int] | None:
    """Place in the earlier question of a preposition that begins `rest`, with its subject."""
    first = _WORD.match(rest)
    if first is None or not analysis.is_stop_word(fold(first.group())):
        return None
    found = list(_WORD.finditer(earlier))
    for number in reversed(range(len(found))):
        if fold(found[number].group()) == fold(first.group()):
            after = found[number + 1 :]
            small = list(takewhile(lambda one: _is_small(one.group()), after))
            telling = list(takewhile(lambda one: not _is_small(one.group()), after[len(small) :]))
            subject = [*small, *telling[:MOST_SUBJECT_WORDS]]
            return (found[number].start(), subject[-1].end()) if telling else None
    return None


def _is_small(word: str) -> bool:
    return analysis.is_stop_word(fold(word)) or bool(_asking().fullmatch(fold(word)))


def _holds(results: ArticleResults, terms: frozenset[str]) -> bool:
    """True when the first hit has one of these terms in what would be shown of it."""
    if not results.hits:
        return False
    top = results.hits[0]
    quoted = top.hit.quotation.text if top.hit.quotation else ""
    text = f"{top.page.title} {top.heading} {top.passage_text} {quoted}"
    return not terms.isdisjoint(analysis.terms(text, top.page.lang))


def _top(results: ArticleResults) -> str:
    return results.hits[0].page.id if results.hits else ""


@cache
def _lead() -> re.Pattern[str]:
    phrases = [line for it in languages.records().values() for line in it.follow_ups.splitlines()]
    known = sorted(filter(None, map(str.strip, phrases)), key=len, reverse=True)
    return re.compile(rf"^(?:{'|'.join(map(re.escape, known))})\b[\s,]+", re.IGNORECASE)


@cache
def _asking() -> re.Pattern[str]:
    return re.compile("|".join(it.question_words for it in languages.records().values()))
