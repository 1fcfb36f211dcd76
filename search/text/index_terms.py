"""Terms that an index holds of a text, and those that a query asks an index for. Pure.

Beside the words as they stand (`analysis`) there are quantities, in one form for all spellings,
and Latin words without their accents, as a keyboard types them that has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from search.text import analysis
from search.text.analysis import Token
from search.text.characters.accents import without_accents
from search.text.characters.composition import spoken
from search.text.quantities import Quantity, crossed, quantities


def index_tokens(text: str, lang: str = "") -> list[Token]:
    """Everything that a text in `lang` is found by, in order of appearance."""
    text = crossed(text)
    found = list(quantities(text))
    certain = [it for it in found if not it.is_doubtful_number]
    tokens = [*_words(text, lang, certain), *_bare_words(text, lang)]
    for quantity in found:
        tokens += _of_groups(text, quantity)
        tokens += (*_of_number(quantity), *_of_unit(text, quantity, lang))
        if quantity.unit:
            tokens.append(_whole(quantity))
    return sorted(tokens, key=lambda token: (token.start, -token.end))


def index_terms(text: str, lang: str = "") -> list[str]:
    """Terms of a text in order, with repetitions."""
    return [token.term for token in index_tokens(text, lang)]


def query_terms(query: str, lang: str = "") -> list[str]:
    """Distinct terms of a query in order, without stop words unless it has nothing else."""
    query = crossed(query)
    found = [it for it in quantities(query) if not it.is_doubtful_number]
    tokens = _words(query, lang, found)
    for quantity in found:
        tokens += _of_number(quantity)
        if not quantity.is_clear:
            tokens += _of_unit(query, quantity, lang)
        elif quantity.is_abbreviated:
            tokens.append(_whole(quantity))
    distinct = _distinct(tokens)
    return [term for term in distinct if term not in analysis.stop_terms()] or distinct


def also_terms(query: str, lang: str = "") -> list[str]:
    """Terms that add to a score and are not missed: the same things in another spelling."""
    query = crossed(query)
    found = list(quantities(query))
    units = (token for it in found if it.unit for token in _of_unit(query, it, lang))
    wholes = (_whole(it) if it.unit else Token(it.number, it.start, it.end) for it in found)
    return _distinct([*_bare_words(query, lang), *wholes, *units])


def _distinct(tokens: Iterable[Token]) -> list[str]:
    ordered = sorted(tokens, key=lambda token: (token.start, -token.end))
    return list(dict.fromkeys(token.term for token in ordered))


def _words(text: str, lang: str, found: Iterable[Quantity]) -> list[Token]:
    """Tokens of a text, in order, but for those that are part of a quantity, or a range of them.

    A name with a number in it stays: AB-12V is no voltage alone.
    """
    kept: list[Token] = []
    spans = [(it.start, it.end) for it in found]
    at = 0
    for token in sorted(analysis.tokens(text, lang), key=lambda token: token.start):
        while at < len(spans) and spans[at][1] <= token.start:
            at += 1
        start, end = spans[at] if at < len(spans) else (len(text), len(text))
        is_within = start <= token.start and token.end <= end
        is_range = text[token.start].isdecimal() and start < token.end
        if not is_within and not is_range:
            kept.append(token)
    return kept


def _bare_words(text: str, lang: str) -> Iterator[Token]:
    """Tokens of words as they are typed without accents."""
    if text.isascii():
        return
    stemmer = analysis.stemmer_of(lang)
    for token in analysis.tokens(text, lang):
        word = spoken(text[token.start : token.end])[: analysis.MAX_TERM_CHARS]
        if (bare := without_accents(word)) != word:
            yield token._replace(term=analysis.term_of(bare, stemmer))


def _of_number(quantity: Quantity) -> Iterator[Token]:
    """Its number in the one form; of a decimal the parts too."""
    yield Token(quantity.number, quantity.start, quantity.number_end)
    if "." in quantity.number:
        for part in quantity.number.split("."):
            yield Token(part, quantity.start, quantity.number_end)


def _of_groups(text: str, quantity: Quantity) -> Iterator[Token]:
    """A number that is written with spaces as several, too: iPhone 14 128 GB."""
    groups = text[quantity.start : quantity.number_end].split()
    if len(groups) == 1 or not quantity.unit or groups[-1].startswith("0"):
        return
    at = quantity.number_end - len(groups[-1])
    yield Token(groups[0], quantity.start, quantity.start + len(groups[0]))
    yield Token(groups[-1], at, quantity.number_end)
    yield Token(f"{groups[-1]}{quantity.unit}", at, quantity.end)


def _of_unit(text: str, quantity: Quantity, lang: str) -> Iterator[Token]:
    """The unit where that is, or may be, a word; an abbreviation is no word."""
    if not (quantity.is_abbreviated and quantity.is_clear):
        at = quantity.number_end
        for word in analysis.tokens(text[at : quantity.end], lang):
            yield Token(word.term, at + word.start, at + word.end)


def _whole(quantity: Quantity) -> Token:
    return Token(quantity.term, quantity.start, quantity.end)
