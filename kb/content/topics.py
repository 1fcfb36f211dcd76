"""Topics of messages that go to a person whatever the articles say: persons asked for, and risks.

The lists below come with the release; a site changes them in a file (`kb.content.topics_file`).
`person` holds ways to ask for a person. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

from search.text import analysis

PERSON = "person"
MAX_GAP = 2
"""Telling words that may stand between two of a phrase: «соедините срочно с оператором»."""

Phrases = Mapping[str, tuple[str, ...]]
"""Topic → phrases. A word matches in all its forms."""

RELEASE: Mapping[str, Phrases] = {
    "ru": {
        PERSON: (
            "позовите человека",
            "позовите оператора",
            "позовите менеджера",
            "соедините с оператором",
            "соедините с человеком",
            "соедините с менеджером",
            "переключите на оператора",
            "переключите на человека",
            "переведите на оператора",
            "свяжите с оператором",
            "свяжите с менеджером",
            "дайте оператора",
            "нужен оператор",
            "нужен живой",
            "живой человек",
            "живой оператор",
            "живой сотрудник",
            "поговорить с человеком",
            "поговорить с оператором",
            "поговорить с менеджером",
            "общаться с человеком",
            "связаться с оператором",
            "не хочу с ботом",
            "не с ботом",
        ),
        "chargeback": (
            "чарджбэк",
            "чарджбек",
            "чардж бэк",
            "опротестовать платеж",
            "оспорить платеж",
            "оспорить операцию",
            "оспорить списание",
            "диспут в банке",
        ),
        "injury": (
            "травма",
            "травмировался",
            "получил ожог",
            "обжегся",
            "ударило током",
            "загорелся аккумулятор",
            "загорелась батарея",
            "загорелась станция",
            "загорелась зарядка",
            "вспыхнул",
            "вспыхнула",
            "пошел дым",
            "идет дым",
            "дымится",
            "задымился",
            "задымилась",
            "пожар",
            "взорвался",
            "взорвалась",
            "ребенок проглотил",
            "попал в больницу",
            "вызвали скорую",
        ),
        "legal": (
            "подать в суд",
            "подам в суд",
            "пойду в суд",
            "обращусь в суд",
            "судебный иск",
            "исковое заявление",
            "прокуратура",
            "роспотребнадзор",
            "адвокат",
            "досудебная претензия",
        ),
        "personal-data": (
            "персональные данные",
            "удалите мои данные",
            "удалить мои данные",
            "утечка данных",
            "отозвать согласие на обработку",
        ),
        "fraud": (
            "мошенники",
            "взломали аккаунт",
            "взломали личный кабинет",
            "украли деньги",
            "украли карту",
            "списали без моего согласия",
        ),
        "self-harm": ("покончить с собой", "суицид", "не хочу жить"),
    },
    "en": {
        PERSON: (
            "talk to a human",
            "speak to a human",
            "talk to a person",
            "speak to a person",
            "talk to an agent",
            "speak to an agent",
            "speak with an agent",
            "talk to someone",
            "speak to someone",
            "talk to an operator",
            "connect me to a person",
            "connect me to an agent",
            "connect me to an operator",
            "transfer me to an agent",
            "real person",
            "real human",
            "human agent",
            "live agent",
            "need a human",
            "need an operator",
            "customer service representative",
            "not a bot",
        ),
        "chargeback": (
            "chargeback",
            "charge back",
            "dispute the charge",
            "dispute the payment",
            "dispute this transaction",
        ),
        "injury": (
            "injury",
            "injured",
            "got hurt",
            "burned my hand",
            "electric shock",
            "electrocuted",
            "caught fire",
            "on fire",
            "exploded",
            "child swallowed",
            "went to hospital",
        ),
        "legal": (
            "lawsuit",
            "sue you",
            "my lawyer",
            "my attorney",
            "legal action",
            "take you to court",
            "small claims",
            "trading standards",
        ),
        "personal-data": (
            "personal data",
            "delete my data",
            "erase my data",
            "data breach",
            "data leak",
            "gdpr",
        ),
        "fraud": (
            "fraud",
            "scammed",
            "account was hacked",
            "hacked my account",
            "stolen card",
            "card was stolen",
            "unauthorised charge",
            "unauthorized charge",
        ),
        "self-harm": ("kill myself", "suicide", "end my life"),
    },
}

BARE_REQUESTS: Mapping[str, str] = {
    "ru": "оператор человек менеджер сотрудник специалист консультант живой нужен хочу дайте"
    " позвать позовите соедините переключите вызовите срочно",
    "en": "operator human agent person representative someone manager live real need want get"
    " call connect give urgently",
}
"""A message of nothing but these words asks for a person."""
_PERSONS: Mapping[str, str] = {
    "ru": "оператор человек менеджер сотрудник специалист консультант",
    "en": "operator human agent person representative manager",
}


@dataclass(frozen=True)
class Topics:
    """The lists of a generation, by language and topic."""

    lists: Mapping[str, Phrases] = field(default_factory=lambda: RELEASE)

    def asks_for_person(self, message: str) -> bool:
        """True when the customer wants a person and nothing else."""
        words = words_of(message)
        if PERSON in self._held(words):
            return True
        topical = {word for word in words if word not in analysis.stop_terms()}
        return bool(topical & _person_terms()) and topical <= _bare_terms()

    def sensitive(self, message: str) -> str:
        """Name of a sensitive topic of a message, "" for none."""
        return min(
            (topic for topic in self._held(words_of(message)) if topic != PERSON), default=""
        )

    def _held(self, words: Sequence[str]) -> Iterator[str]:
        """Topics of which a phrase stands in `words`, in order, with at most MAX_GAP between."""
        for place, word in enumerate(words):
            for topic, phrase in self._by_first_term.get(word, ()):
                if _continues(words, place, phrase):
                    yield topic

    @cached_property
    def _by_first_term(self) -> Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]:
        """First term of a phrase → topics and phrases. Of all languages: people write in more
        than their own."""
        found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for topics in self.lists.values():
            for topic, phrases in topics.items():
                for phrase in filter(None, map(words_of, phrases)):
                    found.setdefault(phrase[0], []).append((topic, phrase))
        return {term: tuple(pairs) for term, pairs in found.items()}

    def to_json(self) -> bytes:
        return json.dumps(self.lists, ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def from_json(cls, content: bytes) -> Topics:
        """Read what `to_json` wrote; raises ValueError, AttributeError for anything else."""
        lists = json.loads(content)
        return cls(
            {
                lang: {topic: tuple(phrases) for topic, phrases in topics.items()}
                for lang, topics in lists.items()
            }
        )


def words_of(text: str) -> tuple[str, ...]:
    """Terms of a phrase or a message without its small words; «не» is none of them."""
    words = analysis.terms(analysis.clean(text))
    return tuple(w for w in words if w not in analysis.stop_terms() or w in _negations())


def _continues(words: Sequence[str], place: int, phrase: Sequence[str]) -> bool:
    """True when the rest of `phrase` follows its first term, which stands at `place`."""
    for term in phrase[1:]:
        window = words[place + 1 : place + 2 + MAX_GAP]
        if term not in window:
            return False
        place += 1 + window.index(term)
    return True


@cache
def _person_terms() -> frozenset[str]:
    return _terms_of(_PERSONS)


@cache
def _bare_terms() -> frozenset[str]:
    return _terms_of(BARE_REQUESTS)


@cache
def _negations() -> frozenset[str]:
    return frozenset(map(analysis.term_of, ("не", "not")))


def _terms_of(words: Mapping[str, str]) -> frozenset[str]:
    return frozenset(analysis.term_of(word) for text in words.values() for word in text.split())
