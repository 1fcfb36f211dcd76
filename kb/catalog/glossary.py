"""The glossary of a generation: marks the terms of a page, each where it stands first.

Reads only the canonical HTML of `kb.content.sanitize`, and adds buttons of its own to it, so that
what was clean stays clean. Immutable but for what it remembers; safe for many threads.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from html import escape
from typing import Any

from kb.content.shared_text.term import GlossaryTerm
from search.text import analysis
from search.text.analysis import Token
from search.text.html_text import TOKEN

VOID_TAGS = frozenset({"br", "hr", "img", "input", "source", "wbr"})
UNEXPLAINED_TAGS = frozenset(
    "a abbr button code dfn dt h1 h2 h3 h4 h5 h6 kbd pre samp summary sup".split()
)
"""Elements in which no term is marked: they are links, names or code themselves."""
UNEXPLAINED_CLASSES = ('class="callout-title"',)
MOST_TERMS = 12
"""Marked on one page: more would be in the way of reading."""
MOST_REMEMBERED = 4096

Phrase = tuple[str, ...]
"""Terms of the words of a name."""


@dataclass(frozen=True)
class ExplainedPage:
    """HTML of a page with its terms marked, and these in order of appearance."""

    html: str
    terms: tuple[GlossaryTerm, ...]


class Glossary:
    """Terms by the words of their names."""

    def __init__(self, terms: Iterable[GlossaryTerm] = ()) -> None:
        self.terms = tuple(terms)
        self._by_word: dict[str, list[tuple[Phrase, GlossaryTerm]]] = {}
        for term in reversed(self.terms):  # of two with one name the first counts
            for name in (*term.names.values(), *term.also):
                if phrase := tuple(token.term for token in _words(name)):
                    self._by_word.setdefault(phrase[0], []).insert(0, (phrase, term))
        for choices in self._by_word.values():
            choices.sort(key=lambda choice: -len(choice[0]))
        self.explained = lru_cache(MOST_REMEMBERED)(self._explained)

    def _explained(self, html: str, lang: str, article_id: str) -> ExplainedPage:
        """A page in `lang`; a term is not explained by the article that says more about it."""
        if not self.terms:
            return ExplainedPage(html, ())
        found: dict[str, GlossaryTerm] = {}
        parts: list[str] = []
        at = 0
        for start, text in _texts(html):
            for first, end, term in self._occurrences(text, lang):
                is_own = term.article and term.article == article_id
                if (
                    term.slug in found
                    or lang not in term.texts
                    or is_own
                    or len(found) == MOST_TERMS
                ):
                    continue
                found[term.slug] = term
                word = text[first:end]
                parts += (html[at : start + first], _button(term, word))
                at = start + end
        return ExplainedPage("".join(parts) + html[at:], tuple(found.values()))

    def _occurrences(self, text: str, lang: str) -> Iterator[tuple[int, int, GlossaryTerm]]:
        """Places of terms in a text, the longest name at each, without overlaps."""
        words = _words(text, lang)
        number = 0
        while number < len(words):
            for phrase, term in self._by_word.get(words[number].term, ()):
                stretch = words[number : number + len(phrase)]
                if tuple(word.term for word in stretch) == phrase:
                    yield stretch[0].start, stretch[-1].end, term
                    number += len(phrase) - 1
                    break
            number += 1


def to_json(terms: Sequence[GlossaryTerm]) -> bytes:
    """Serialise; equal terms give equal bytes."""
    rows = [asdict(term) for term in terms]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()


def from_json(content: bytes) -> Glossary:
    """Read what `to_json` wrote; raises ValueError or TypeError for anything else."""
    rows: list[dict[str, Any]] = json.loads(content)
    return Glossary(GlossaryTerm(**row | {"also": tuple(row["also"])}) for row in rows)


def _words(text: str, lang: str = "") -> list[Token]:
    """Words of a text; of one with hyphens the parts, whose forms are known."""
    found: list[Token] = []
    tokens = sorted(analysis.tokens(text, lang), key=lambda it: (it.start, -it.end))
    for number, token in enumerate(tokens):
        is_part = bool(found) and token.start < found[-1].end
        has_parts = number + 1 < len(tokens) and tokens[number + 1].start < token.end
        if not is_part and (not has_parts or text[token.start : token.end].isalnum()):
            found.append(token)
    return found


def _button(term: GlossaryTerm, word: str) -> str:
    target = escape(f"term-{term.slug}")
    return f'<button type="button" class="term" popovertarget="{target}">{word}</button>'


def _texts(html: str) -> Iterator[tuple[int, str]]:
    """Texts in which terms may be marked, with their places."""
    inside: list[bool] = []
    """For each open element whether it, or one around it, is left as it is."""
    for match in TOKEN.finditer(html):
        closing, tag, attributes, text = match.groups()
        if text is not None:
            if not (inside and inside[-1]):
                yield match.start(), text
        elif closing:
            if inside:
                inside.pop()
        elif tag not in VOID_TAGS and not match[0].endswith("/>"):
            is_left = tag in UNEXPLAINED_TAGS or any(it in attributes for it in UNEXPLAINED_CLASSES)
            inside.append(is_left or bool(inside and inside[-1]))
