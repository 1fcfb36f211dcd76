"""Messages that ask nothing: hello, thanks, yes, no, "that did not help". Pure.

Each is told by its words alone, those of any language we know. A message that says anything
besides is a question.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from kb import languages
from kb.content.topics.phrases import PhraseList, compiled, is_negated, terms_of
from kb.content.topics.sentences import Sentence, negations, words
from kb.languages import Language

SmallTalk = Literal["greeting", "failed", "thanks", "no", "yes"]

MOST_SOLVED_WORDS = 10
"""A longer message with thanks in it says something else besides."""

MOST_SUCCESS_WORDS = 5
"""A longer message with success in it tells a story: "it worked perfectly before the update"."""

_SIGN = "[👍🙏❤♥💙💚💛🧡💜🤍👌🤝👏💪🎉🥳😊🙂😀😃😄😁☺😍🥰😘🤗🔥✅💯🌹💐🙌🫶⭐🌟]"
_BESIDE_SIGN = r"[\s.!)\ufe0f\u200d🏻-🏿]"
_THANKFUL_SIGNS = re.compile(rf"{_BESIDE_SIGN}*{_SIGN}(?:{_SIGN}|{_BESIDE_SIGN})*")
"""Thumbs up, hearts, smiles: thanks without a word."""


@dataclass(frozen=True)
class Vocabulary:
    """Terms of all languages."""

    hello: frozenset[str]
    fillers: frozenset[str]
    gratitude: frozenset[str]
    thanks: PhraseList
    """With the words of gratitude."""
    solved: frozenset[str]
    turns: frozenset[str]
    beside_thanks: frozenset[str]
    yes: frozenset[str]
    no: frozenset[str]
    unneeded: frozenset[str]
    unhelpful: frozenset[str]
    useless: frozenset[str]

    @property
    def polite(self) -> frozenset[str]:
        return self.hello | self.fillers | self.beside_thanks


def small_talk(message: str) -> SmallTalk | None:
    """The kind of a message that asks nothing; None for one that may ask something."""
    said = words(message)
    if not said:
        return "thanks" if _is_thankful_sign(message) else None
    known = _vocabulary()
    for kind, is_kind in _KINDS.items():
        if is_kind(said, known) and not (kind == "thanks" and _is_asked(message, said, known)):
            return kind
    return None


def may_thank(message: str) -> bool:
    """True for a message with a word of thanks that neither asks, negates nor turns to more.

    "Thanks, but it still does not work" is no end of the matter. In a few words success is enough.
    """
    said, known = words(message), _vocabulary()
    if _asks(message) or any(word.is_of(known.turns | negations()) for word in said):
        return False
    is_short = len(said) <= MOST_SUCCESS_WORDS
    telling = known.gratitude | known.solved if is_short else known.gratitude
    return any(word.is_of(telling) for word in said)


def _asks(message: str) -> bool:
    return message.rstrip(" !.)\"'»”").endswith("?")


def _is_asked(message: str, said: Sentence, known: Vocabulary) -> bool:
    """True for a question without a word of thanks: "is that all?"."""
    return _asks(message) and not any(word.is_of(known.gratitude) for word in said)


def _is_thankful_sign(message: str) -> bool:
    return bool(_THANKFUL_SIGNS.fullmatch(message))


def _is_greeting(said: Sentence, known: Vocabulary) -> bool:
    """Hello, or a question that is only announced, or both."""
    if not all(word.is_of(known.hello | known.fillers) for word in said):
        return False
    return any(word.is_of(known.hello) or not word.is_small for word in said)


def _is_failure(said: Sentence, known: Vocabulary) -> bool:
    """The verdict on what was offered, and nothing else."""
    allowed = known.unhelpful | known.useless | known.no | known.yes | known.polite
    if not all(word.is_small or word.is_of(allowed | negations()) for word in said):
        return False
    if any(word.is_of(known.useless) for word in said):
        return True
    is_named = any(word.is_of(known.unhelpful) for word in said)
    return is_named and is_negated(said)


def _is_thanks(said: Sentence, known: Vocabulary) -> bool:
    if _is_taken_back(said, known) or not known.thanks.stands_in(said):
        return False
    polite = known.beside_thanks | known.hello | known.yes | known.no | known.thanks.terms
    allowed = polite | known.unneeded | negations()
    if all(word.is_of(allowed) for word in said):
        return True
    return _is_solved(said, known)


def _is_taken_back(said: Sentence, known: Vocabulary) -> bool:
    """True for a negation of anything but the need: "not needed any more" still is thanks."""
    following = (*said[1:], None)
    return any(
        word.is_of(negations()) and not (then and then.is_of(known.unneeded))
        for word, then in zip(said, following, strict=True)
    )


def _is_solved(said: Sentence, known: Vocabulary) -> bool:
    """A few words of thanks and success that ask nothing, as "thanks, the lamp works now"."""
    if len(said) > MOST_SOLVED_WORDS or any(word.is_of(known.turns) for word in said):
        return False
    is_thankful = any(word.is_of(known.gratitude) for word in said)
    return is_thankful and any(word.is_of(known.solved) for word in said)


def _is_no(said: Sentence, known: Vocabulary) -> bool:
    no = known.no | negations()
    return any(word.is_of(no) for word in said) and all(
        word.is_of(no | known.polite) for word in said
    )


def _is_yes(said: Sentence, known: Vocabulary) -> bool:
    return any(word.is_of(known.yes) for word in said) and all(
        word.is_of(known.yes | known.polite) for word in said
    )


_KINDS: dict[SmallTalk, Callable[[Sentence, Vocabulary], bool]] = {
    "greeting": _is_greeting,
    "failed": _is_failure,
    "thanks": _is_thanks,
    "no": _is_no,
    "yes": _is_yes,
}
"""In the order in which they are tried."""


@cache
def _vocabulary() -> Vocabulary:
    def terms(part: Callable[[Language], str]) -> frozenset[str]:
        return frozenset().union(*(terms_of(part(it)) for it in languages.records().values()))

    thanks = [
        phrase
        for it in languages.records().values()
        for phrase in (*it.gratitude.split(), *it.thanks.splitlines())
    ]
    return Vocabulary(
        hello=terms(lambda it: it.greetings),
        fillers=terms(lambda it: it.fillers),
        gratitude=terms(lambda it: it.gratitude),
        thanks=PhraseList(compiled(thanks, {})),
        solved=terms(lambda it: "".join(f" ={word}" for word in it.solved.split())),
        turns=terms(lambda it: it.turns),
        beside_thanks=terms(lambda it: it.thanks_beside),
        yes=terms(lambda it: it.yes),
        no=terms(lambda it: it.no),
        unneeded=terms(lambda it: it.unneeded),
        unhelpful=terms(lambda it: it.unhelpful),
        useless=terms(lambda it: it.useless),
    )
