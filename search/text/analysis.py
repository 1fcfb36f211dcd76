"""Text → terms, one way for corpus and query. Pure.

Tokens are routed by script first, so that Latin names inside Russian text and mixed queries meet:
Cyrillic words become the Snowball stem of their dictionary lemma («денег», «деньги» → one term).
Other words become the stem of the language of their text where Snowball knows it and it is written
in their script, else the English one. Ranking does not live here.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

import pymorphy3
import Stemmer

from search.text import languages
from search.text.characters.accents import without_accents
from search.text.characters.composition import spoken, spoken_places

VERSION = 6
"""Part of the fingerprint of a generation: raise it whenever a term can come out differently."""

MAX_QUERY_CHARS = 2000
MAX_NORMALISED_CHARS = 512
"""Length after which a query is not read further: normalising is quadratic in hostile text."""
MAX_TERM_CHARS = 64
MIN_STEM_CHARS = 4

_WORD = re.compile(
    r"""
    [^\W\d_](?:\+\+|\#)(?!\w)          # C++, C#
    | [^\W_]+ (?: ['’._/‐‑-] [^\W_]+ )*  # words; versions, codes and file names stay whole
    """,
    re.VERBOSE,
)
_PART = re.compile(r"[^\W_]+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[a-z]")
_DIGIT = re.compile(r"\d")
# Letters that look alike, lower case. Those of one alphabet stand for the other's in a mixed word.
_LOOKS_LATIN, _LOOKS_CYRILLIC = "асеорхукмвнт", "aceopxykmbht"
_TO_LATIN = str.maketrans(_LOOKS_LATIN, _LOOKS_CYRILLIC)
_TO_CYRILLIC = str.maketrans(_LOOKS_CYRILLIC, _LOOKS_LATIN)
_IDENTIFIER = re.compile(
    r"""
    [^\W\d_]{2,} \d+ | \d+ [^\W\d_]{2,}  # MKR1010, 100gb
    | [^\W\d_]* [^\W\d_A-ZА-ЯЁ] [A-ZА-ЯЁ] [^\W\d_]*  # ResourceQuota
    """,
    re.VERBOSE,
)
_IDENTIFIER_PART = re.compile(r"\d+|[A-ZА-ЯЁ]+(?![^\W\d_A-ZА-ЯЁ])|[A-ZА-ЯЁ]?[^\W\d_A-ZА-ЯЁ]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_CODE = re.compile(r"([^\W\d_]{1,4})[‐-]?0{0,3}(\d{1,4})")
_SPACES = re.compile(r"\s+")
_PLAIN = str.maketrans("ёѐѝ", "ееи")


class Token(NamedTuple):
    """An occurrence: its normal form and where it stands in the text, end exclusive."""

    term: str
    start: int
    end: int


def clean(text: str, *, limit: int = MAX_QUERY_CHARS) -> str:
    """Return a reader's text fit for analysis and display, never raising.

    Cut to `limit`, then to MAX_NORMALISED_CHARS before and after NFKC; control, format, private
    and surrogate characters and stress marks become nothing, white space collapses to single
    spaces.
    """
    cut = text[:limit].strip()[:MAX_NORMALISED_CHARS]
    normal = unicodedata.normalize("NFKC", _printed(cut))
    kept = _printed(normal[:MAX_NORMALISED_CHARS])
    return _SPACES.sub(" ", spoken(kept)).replace("⁄", "/").strip()


def stemmer_of(lang: str) -> str:
    """Name of the stemmer for texts in a language such as `pt-br`; "" for Russian, English and
    those that have none."""
    return languages.STEMMERS.get(lang.partition("-")[0], "")


def tokens(text: str, lang: str = "") -> list[Token]:
    """Tokens in order of appearance; a hyphenated or dotted word yields itself and its parts.

    `lang` is the language the text is written in, "" when that is unknown.
    """
    shown, places = spoken_places(text)
    found = _tokens(shown, stemmer_of(lang))
    if places is None:
        return found
    return [Token(it.term, places[it.start], places[it.end]) for it in found]


def _tokens(text: str, stemmer: str) -> list[Token]:
    found: list[Token] = []
    for match in _WORD.finditer(text):
        word, start = match.group(), match.start()
        if not word.isalnum():
            found.extend(_compound_tokens(word, start, stemmer))
            continue
        found.append(Token(term_of(word, stemmer), start, match.end()))
        if _IDENTIFIER.fullmatch(word):
            found.extend(_identifier_parts(word, start, stemmer))
    return found


def _identifier_parts(word: str, start: int, stemmer: str) -> Iterator[Token]:
    """Tokens of the words and numbers that an identifier is made of, OAuth of OAuth2 too."""
    word = word[:MAX_TERM_CHARS]
    parts = {part.span(): part for part in _IDENTIFIER_PART.finditer(word)}
    parts |= {part.span(): part for part in _LETTERS.finditer(word)}
    for (first, end), part in sorted(parts.items()):
        if 1 < end - first < len(word):
            term = term_of(part.group(), stemmer)
            yield Token(term, start + part.start(), start + part.end())


def _compound_tokens(word: str, start: int, stemmer: str) -> list[Token]:
    """Tokens of a word with hyphens, dots, apostrophes or trailing signs."""
    parts = [
        Token(term_of(p.group(), stemmer), start + p.start(), start + p.end())
        for p in _PART.finditer(word)
    ]
    whole = _compound_term(word) if len(parts) > 1 else term_of(word, stemmer)
    return [Token(whole, start, start + len(word)), *(parts if len(parts) > 1 else [])]


def terms(text: str, lang: str = "") -> list[str]:
    """Terms of a text in order, with repetitions."""
    return [token.term for token in tokens(text, lang)]


def is_stop_word(word: str) -> bool:
    """True when a folded word carries no topic."""
    return word in languages.stop_words()


@cache
def stop_terms() -> frozenset[str]:
    """Stop words as terms, the way they are indexed."""
    return frozenset(map(term_of, languages.stop_words()))


@lru_cache(maxsize=200_000)
def term_of(word: str, stemmer: str = "") -> str:
    """Normal form of one word without separators, in a language that has `stemmer`."""
    folded = unicodedata.normalize("NFKC", word[:MAX_TERM_CHARS]).casefold().translate(_PLAIN)
    if code := _CODE.fullmatch(folded):
        return _code_term(*code.groups())
    if _CYRILLIC.search(folded):
        folded = _as_latin(folded) if _DIGIT.search(folded) else _in_one_alphabet(folded)
    if _CYRILLIC.search(folded):
        return _russian_term(folded)
    if folded.isalpha():
        is_foreign = stemmer in languages.NOT_LATIN and _LATIN.search(folded)
        if is_foreign or not stemmer:
            return _stem("english", without_accents(folded))
        return _stem(stemmer, folded)
    return folded


@lru_cache(maxsize=50_000)
def _compound_term(word: str) -> str:
    """E-05 → e5, робот-пылесос → роботпылесос; dots stay, so that v2.1.3 is not v21.3."""
    folded = unicodedata.normalize("NFKC", word[:MAX_TERM_CHARS]).casefold().translate(_PLAIN)
    if code := _CODE.fullmatch(folded):
        return _code_term(*code.groups())
    whole = re.sub(r"['’_/‐-]", "", folded)
    return _as_latin(whole) if _DIGIT.search(whole) else whole


def is_code(term: str) -> bool:
    """True for a term such as `e5`: letters and a number that name something."""
    return bool(_CODE.fullmatch(term))


def _code_term(letters: str, number: str) -> str:
    """A code however it is typed: E-05, e05, E5, and Е5 on a Russian keyboard."""
    latin = letters.translate(_TO_LATIN)
    return (letters if _CYRILLIC.search(latin) else latin) + number


def _as_latin(word: str) -> str:
    """A number with letters that look Latin in those: «3х», «20С»; any other as it is."""
    changed = word.translate(_TO_LATIN)
    return word if _CYRILLIC.search(changed) else changed


def _in_one_alphabet(word: str) -> str:
    """A word with look-alikes of the other alphabet in its own letters; others as they are."""
    if not _LATIN.search(word):
        return word
    for table, foreign in ((_TO_CYRILLIC, _LATIN), (_TO_LATIN, _CYRILLIC)):
        changed = word.translate(table)
        if not foreign.search(changed):
            return changed
    return word


def _russian_term(word: str) -> str:
    """Stem of the lemma, which joins «оплата» and «оплатить»; the lemma where that says too little.

    Snowball makes «при» of «приём»: a stem under MIN_STEM_CHARS is no longer the word's own.
    """
    if not word.isalpha():
        return word
    lemma = _lemma(word).replace("ё", "е")
    stem = _stem("russian", lemma)
    return stem if len(stem) >= MIN_STEM_CHARS else lemma


@lru_cache(maxsize=200_000)
def is_russian_word(word: str) -> bool:
    """True when a folded word is in the dictionary, in any of its forms."""
    return bool(_morphology().word_is_known(word))


def forms_of(word: str) -> frozenset[str]:
    """All forms of a known Russian word, folded; of any other word none."""
    if not _CYRILLIC.search(word) or not is_russian_word(word):
        return frozenset()
    forms = _morphology().parse(word)[0].lexeme
    return frozenset(str(form.word).replace("ё", "е") for form in forms)


def _lemma(word: str) -> str:
    """Dictionary form of a known word, else the word itself: guesses join what differs."""
    if not is_russian_word(word):
        return word
    return str(_morphology().parse(word)[0].normal_form)


@cache
def _morphology() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer(lang="ru")


_stemmers = threading.local()


def _stem(language: str, word: str) -> str:
    """Snowball stem. Stemmers hold a buffer, so that each thread has its own."""
    stemmer = getattr(_stemmers, language, None)
    if stemmer is None:
        stemmer = Stemmer.Stemmer(language, 0)
        setattr(_stemmers, language, stemmer)
    return str(stemmer.stemWord(word))


_DROPPED_CATEGORIES = frozenset({"Cf", "Cs", "Co", "Cn"})


def _printed(text: str) -> str:
    return text if text.isprintable() else "".join(map(_printable, text))


def _printable(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cc":
        return " "
    return "" if category in _DROPPED_CATEGORIES else char


def warm_up(words: Iterable[str] = ("прогрев", "warm")) -> None:
    """Load dictionaries now rather than with the first query."""
    for word in words:
        term_of(word)
