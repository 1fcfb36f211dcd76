"""The words of a corpus as they are written, by term: what finds a query's words in a text.

Normalising a Russian word takes 0.1 ms when it is met for the first time; a page of results holds
thousands. So each is normalised once, when it is indexed, and serving only looks forms up.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from search.text.analysis import Token
from search.text.characters.composition import spoken, spoken_places
from search.text.index_terms import index_tokens

_NOTHING = re.compile(r"(?!)")
_RUN = re.compile(r"[^\W_]+")
_PLAIN = (("ё", "е"), ("ѐ", "е"), ("ѝ", "и"))


class Words:
    """Term → its written forms, folded. Immutable, safe for many threads."""

    def __init__(self, by_term: Mapping[str, Sequence[str]]) -> None:
        self.by_term = by_term

    @classmethod
    def of(cls, texts: Iterable[str], lang: str = "") -> Words:
        """Those of some texts in one language."""
        found: dict[str, set[str]] = {}
        for text in texts:
            for token in index_tokens(text, lang):
                found.setdefault(token.term, set()).add(key(text[token.start : token.end]))
        return cls({term: sorted(forms) for term, forms in sorted(found.items())})

    @classmethod
    def load(cls, path: Path) -> Words:
        """Read what `save` wrote; raises ValueError for anything else."""
        return cls(json.loads(path.read_bytes()))

    def save(self, path: Path) -> None:
        text = json.dumps(self.by_term, ensure_ascii=False, separators=(",", ":"))
        path.write_bytes(text.encode("utf-8", "surrogatepass"))

    def joined(self, other: Words) -> Words:
        """The forms of both."""
        more = {
            term: sorted({*self.by_term.get(term, ()), *forms})
            for term, forms in other.by_term.items()
        }
        return Words({**self.by_term, **more})

    def matcher(self, terms: Iterable[str]) -> Matcher:
        """Finds the words of these terms in texts of the corpus.

        Single letters, as of E-05, are left out where there is more: they stand everywhere.
        """
        terms = list(terms)
        terms = [term for term in terms if len(term) > 1] or terms
        return Matcher({form: term for term in terms for form in self.by_term.get(term, ())})


class Matcher:
    """Finds some words in a text, whatever their case: one pass of a compiled pattern."""

    def __init__(self, forms: Mapping[str, str]) -> None:
        """`forms` maps folded words to terms."""
        self._forms = forms

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        # Longest first, so that a hyphenated word is found as a whole before its parts.
        choices = "|".join(re.escape(form) for form in sorted(self._forms, key=len, reverse=True))
        return re.compile(rf"(?<![^\W_])(?:{choices})(?![^\W_])") if choices else _NOTHING

    @cached_property
    def is_plain(self) -> bool:
        """True when all its words are letters and digits in a row: then `among` is as good."""
        return all(form.isalnum() for form in self._forms)

    def among(self, found: frozenset[str]) -> set[str]:
        """Terms of the words that are among the `runs` of a text."""
        return {self._forms[form] for form in self._forms.keys() & found}

    def find(self, text: str) -> list[Token]:
        """Matching words in order, without overlaps."""
        shown, places = spoken_places(fold(text))
        found = [
            Token(self._forms[match.group()], match.start(), match.end())
            for match in self._pattern.finditer(shown)
        ]
        if places is None:
            return found
        return [Token(it.term, places[it.start], places[it.end]) for it in found]


def fold(text: str) -> str:
    """Lower case, ё as е, letters that hold a stress mark without it; each in its place."""
    lower = text.lower()
    if len(lower) != len(text):  # a few capitals, as İ, have two small letters
        lower = "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
    for letter, plain in _PLAIN:  # many times as quick as a table for all characters
        lower = lower.replace(letter, plain)
    return lower


def runs(text: str) -> Iterator[str]:
    """Letters and digits in a row, as a matcher compares them; each is kept once in memory."""
    return map(sys.intern, _RUN.findall(spoken(fold(text))))


def key(text: str) -> str:
    """Form that words are compared by: folded, without what stands unseen in them."""
    return spoken(fold(text))
