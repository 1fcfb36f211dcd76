"""The search of a static site: an index that a small script reads in the reader's browser.

Terms are those of the site's own search. A browser has neither dictionary nor stemmer: with each
term come all forms of its words, as a beginning and a set of endings that many share, so that
«возвратом» finds «возврат» though no article says it. Weights are BM25's, worked out here, over
fields; nothing of an article's text is in the index but title, summary and headings.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kb.catalog import export
from kb.catalog.catalog import ArticleVersion
from search.model import Synonym
from search.text import analysis, languages
from search.text.characters.accents import without_accents
from search.text.characters.composition import spoken

VARIABLE = "otvetSearchIndex"
K1, B = 1.2, 0.75
"""Of BM25, as everywhere (Robertson, Zaragoza 2009)."""
TITLE, QUESTIONS, TAGS, SUMMARY, HEADINGS, TEXT = 6, 5, 4, 3, 2, 1
"""How often a word of a field counts."""
MOST_WEIGHT = 99
MAX_FORM_CHARS = 32
LONGER_BY = 3
"""Forms that are so much longer than the word are participles, which nobody types."""
ENGLISH_ENDINGS = ("s", "es", "d", "ed", "ing", "er", "ers", "ly", "y", "ies", "ied", "ment")
MAX_HEADINGS = 30


@dataclass(frozen=True)
class StaticDocument:
    """An article as results show it; addresses are as the search page needs them."""

    page: ArticleVersion
    url: str
    path: tuple[str, str]
    """Section and category in words."""
    lang_name: str
    """"" unless it is in another language than the page."""
    products: tuple[str, ...]


def to_script(documents: Sequence[StaticDocument], synonyms: Iterable[Synonym] = ()) -> bytes:
    """The index as a script that sets a variable: unlike JSON it loads from a disk too."""
    text = json.dumps(_index(documents, synonyms), ensure_ascii=False, separators=(",", ":"))
    return f"globalThis.{VARIABLE}={text};\n".encode()


def _index(documents: Sequence[StaticDocument], synonyms: Iterable[Synonym]) -> Mapping[str, Any]:
    counted = [_counted(document.page) for document in documents]
    surfaces: dict[str, dict[str, str]] = {}
    for count in counted:
        for term, words in count.words.items():
            surfaces.setdefault(term, {}).update(words)
    numbers = {term: at for at, term in enumerate(sorted(surfaces))}
    endings: dict[str, int] = {}
    sets: dict[tuple[int, ...], int] = {}
    stems: dict[str, list[int]] = {}
    for term, number in numbers.items():
        begin, ends = _packed(_forms(term, surfaces[term]))
        own = tuple(endings.setdefault(end, len(endings)) for end in ends)
        stems.setdefault(begin, []).extend((number, sets.setdefault(own, len(sets))))
    return {
        "docs": [_shown(document) for document in documents],
        "postings": _postings(counted, numbers),
        "stems": stems,
        "endings": list(endings),
        "sets": list(sets),
        "stop": sorted(languages.stop_words()),
        "synonyms": list(_synonyms(synonyms, numbers)),
    }


@dataclass(frozen=True)
class _Counted:
    """Terms of an article with their weight, and the words that stood for them."""

    counts: Counter[str]
    words: Mapping[str, Mapping[str, str]]
    """Term → folded word → stemmer of its text."""


def _counted(page: ArticleVersion) -> _Counted:
    counts: Counter[str] = Counter()
    words: dict[str, dict[str, str]] = {}
    stemmer, stop = analysis.stemmer_of(page.lang), analysis.stop_terms()
    for text, times in _fields(page):
        for token in analysis.tokens(text, page.lang):
            if token.term not in stop and len(token.term) <= MAX_FORM_CHARS:
                counts[token.term] += times
                word = text[token.start : token.end].casefold().replace("ё", "е")
                words.setdefault(token.term, {})[word] = stemmer
    return _Counted(counts, words)


def _fields(page: ArticleVersion) -> Iterator[tuple[str, int]]:
    yield page.title, TITLE
    yield page.summary, SUMMARY
    yield from ((question, QUESTIONS) for question in page.questions)
    yield from ((tag, TAGS) for tag in page.tags)
    yield from ((heading.text, HEADINGS) for heading in page.headings)
    yield export.as_text(page.html), TEXT


def _postings(counted: Sequence[_Counted], numbers: Mapping[str, int]) -> list[list[int]]:
    """For each term: article, weight, article, weight, …"""
    lengths = [count.counts.total() for count in counted]
    average = max(1.0, sum(lengths) / max(1, len(lengths)))
    found: list[list[tuple[int, float]]] = [[] for _ in numbers]
    for at, count in enumerate(counted):
        norm = K1 * (1 - B + B * lengths[at] / average)
        for term, times in count.counts.items():
            found[numbers[term]].append((at, times / (times + norm)))
    return [_quantised(pairs, len(counted)) for pairs in found]


def _quantised(pairs: Sequence[tuple[int, float]], total: int) -> list[int]:
    rarity = math.log(1 + (total - len(pairs) + 0.5) / (len(pairs) + 0.5))
    most = math.log(1 + (total - 0.5) / 1.5)
    weights = ((at, round(MOST_WEIGHT * weight * rarity / max(most, 0.1))) for at, weight in pairs)
    return [number for at, weight in weights for number in (at, max(1, weight))]


def _forms(term: str, words: Mapping[str, str]) -> set[str]:
    """Everything that is typed for a term: its words, and all their forms with the same term."""
    forms: set[str] = set()
    for word, stemmer in words.items():
        if not word.isalnum():
            forms.add(term)
            continue
        bare = without_accents(spoken(word))
        likely = {word, bare, *analysis.forms_of(bare), *_english(bare)}
        near = {form for form in likely if len(form) <= len(word) + LONGER_BY}
        forms |= {
            form for form in near if form in (word, bare) or analysis.term_of(form, stemmer) == term
        }
    return {form for form in forms if len(form) <= MAX_FORM_CHARS}


def _english(word: str) -> Iterator[str]:
    """Words that a Latin one may have beside it; whether they share its term is tried."""
    if not (word.isascii() and word.isalpha()):
        return
    for root in (word, word[:-1], word[:-2], word + word[-1]):
        yield root
        yield from (root + ending for ending in ENGLISH_ENDINGS)
        yield root + "e"


def _packed(forms: set[str]) -> tuple[str, list[str]]:
    """The beginning that all forms share, and their endings."""
    first, last = min(forms), max(forms)
    same = next(
        (at for at, pair in enumerate(zip(first, last, strict=False)) if len({*pair}) > 1),
        len(first),
    )
    return first[:same], sorted(form[same:] for form in forms)


def _synonyms(
    synonyms: Iterable[Synonym], numbers: Mapping[str, int]
) -> Iterator[tuple[list[int | str], list[int]]]:
    """Terms of a phrase and those of what it also means; words no article has stay words."""
    for rule in synonyms:
        said = dict.fromkeys(analysis.terms(rule.meaning))
        meant = [numbers[term] for term in said if term in numbers]
        phrase = analysis.tokens(rule.phrase)
        asked = [
            numbers.get(token.term, rule.phrase[token.start : token.end].casefold())
            for token in phrase
            if token.term not in analysis.stop_terms()
        ]
        if meant and asked:
            yield asked, meant


def _shown(document: StaticDocument) -> list[Any]:
    page = document.page
    headings = [[it.anchor, it.text] for it in page.headings[:MAX_HEADINGS] if it.level <= 3]
    lang = page.lang if document.lang_name else ""
    place = [page.section, page.category, *document.products]
    shown = [document.url, page.title, document.path, page.summary, headings, place]
    return [*shown, lang, document.lang_name] if lang else shown
