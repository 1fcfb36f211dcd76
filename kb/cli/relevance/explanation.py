"""The words of `kb explain`: why an article stands where it does, and what would bring it up."""

from __future__ import annotations

from collections.abc import Iterator

from kb.build.trial.article_place import READING, ArticlePlace, RankedArticle
from kb.build.trial.proposals import TriedChange
from kb.content.model import Article
from kb.relevance.verdict import described
from kb.texts import counted

PARTS = {
    "words": "words",
    "meaning": "meaning of the text",
    "labels": "meaning of title and questions",
    "coverage": "all words in one passage",
    "category": "its category is near",
    "section": "section of the reader",
    "name": "title or id typed exactly",
    "phrase": "phrase in quotes",
    "language": "language",
    READING: "reading of its text with the query",
}
LEGS = {"words": "by words alone", "meaning": "by meaning", "labels": "by title and questions"}
LEAST = 0.05
"""Parts that add or take less are not told."""


def reading(query: str, found: ArticlePlace) -> Iterator[str]:
    """The query as it was understood."""
    yield f"“{query}”, searched in {found.lang}"
    if found.repair:
        yield f"  read as “{found.repair.text}” ({', '.join(found.repair.kinds)})"
    if found.meanings:
        yield f"  synonyms and names of products add: {', '.join(found.meanings)}"
    yield f"  {described(found.reply)}; likely by {found.reply.confidence:.2f}, answered from " + (
        f"{found.answer_from:.2f}"
    )


def place(article: Article, found: ArticlePlace) -> Iterator[str]:
    """The place of the article, and what made it."""
    own = found.own
    yield ""
    if own is None:
        yield f"{_name(article.title, article.id)} is not found: {_far_from(found)}"
        yield from _leg_lines(found)
        return
    where = f"place {own.rank} of {found.total}"
    if found.is_far:
        where += ", but the page says that nothing was found: nothing is likely to help"
    yield f"{_name(article.title, article.id)}: {where}"
    if own.lang != article.lang:
        yield f"  it is shown in {own.lang}: other versions of an article stand behind that one"
    yield f"  leads to {f'“{own.passage}”' if own.passage else 'its beginning'}"
    yield from _leg_lines(found)
    yield from _word_lines(own, found)
    told = [f"{PARTS.get(name, name)} {value:+.2f}" for name, value in _telling(own)]
    yield f"  score {own.total:+.2f}: {', '.join(told)}"


def above(found: ArticlePlace) -> Iterator[str]:
    """Articles before it, each with what it has more of."""
    own = found.own
    before = [it for it in found.above if own is None or it.rank < own.rank]
    if not before:
        if found.above and own and own.rank == 1:
            yield from _lead(own, found.above[0])
        return
    yield ""
    yield "Before it:"
    for it in before:
        yield f"  {it.rank}. {_name(it.title, it.article)}{_ahead(it, own)}"
        held = {term.term for term in own.terms if term.fields} if own else set()
        more = [t for t in it.terms if t.fields and t.term not in held and not t.is_synonym]
        if more:
            words = ", ".join(found.surfaces.get(term.term, term.term) for term in more)
            yield f"     holds words that it lacks: {words}"


def _lead(own: RankedArticle, other: RankedArticle) -> Iterator[str]:
    yield ""
    yield f"Behind it: {_name(other.title, other.article)}{_ahead(own, other)}"


def _ahead(one: RankedArticle, other: RankedArticle | None) -> str:
    if other is None:
        return ""
    names = dict.fromkeys((*one.parts, *other.parts))
    gaps = {name: one.parts.get(name, 0.0) - other.parts.get(name, 0.0) for name in names}
    most = sorted(gaps, key=lambda name: -gaps[name])[:3]
    told = [f"{PARTS.get(name, name)} {gaps[name]:+.2f}" for name in most if gaps[name] >= LEAST]
    lead = one.total - other.total
    return f", ahead by {lead:.2f}: {', '.join(told)}" if told else f", ahead by {lead:.2f}"


def proposed(made: TriedChange, found: ArticlePlace, article: Article) -> Iterator[str]:
    """One change with its effect."""
    before = _rank(found.own.rank if found.own and not found.is_far else None)
    after = _rank(made.rank)
    effect = f"place {before} → {after}" if before != after else f"place {after}, as before"
    decision = described(made.reply)
    if decision != described(found.reply):
        effect += f"; {described(found.reply)} → {decision}"
    if made.reply.is_answered and made.reply.shown_article != article.id:
        effect += f" from {made.reply.shown_article}"
    yield f"  {made.change.kind}: {made.change.text}"
    yield f"     in {made.change.where}"
    yield f"     {effect}"
    if made.lost:
        shown = "; ".join(f"“{it}”" for it in made.lost[:3])
        yield f"     BUT {counted(len(made.lost), 'question')} around would be lost: {shown}"


def helps(made: TriedChange, found: ArticlePlace) -> bool:
    """True when a change brings the article up, or makes an answer of an offer."""
    before = found.own.rank if found.own and not found.is_far else None
    is_higher = made.rank is not None and (before is None or made.rank < before)
    return is_higher or (made.reply.is_answered and not found.reply.is_answered)


def _leg_lines(found: ArticlePlace) -> Iterator[str]:
    told = [f"place {leg.rank} {LEGS[leg.name]} ({leg.score:.2f})" for leg in found.legs]
    if told:
        yield f"  {'; '.join(told)}"


def _word_lines(own: RankedArticle, found: ArticlePlace) -> Iterator[str]:
    held = [
        f"{found.surfaces.get(t.term, t.term)} {t.score:.2f} in {', '.join(t.fields)}"
        + (" (synonym)" if t.is_synonym else "")
        for t in own.terms
        if t.fields
    ]
    lacking = [
        f"{found.surfaces.get(t.term, t.term)} (weight {t.idf:.1f})"
        for t in own.terms
        if not t.fields and not t.is_synonym
    ]
    if held:
        yield f"  words it holds: {'; '.join(held)}"
    if lacking:
        yield f"  words it lacks: {', '.join(lacking)}"


def _telling(own: RankedArticle) -> list[tuple[str, float]]:
    parts = [(name, value) for name, value in own.parts.items() if abs(value) >= LEAST]
    return sorted(parts, key=lambda part: -abs(part[1]))


def _far_from(found: ArticlePlace) -> str:
    if not found.total:
        return "nothing is found at all"
    return "it is not among the 50 best by words, by meaning, or by title and questions"


def _name(title: str, article: str) -> str:
    return f"“{title}” ({article})"


def _rank(rank: int | None) -> str:
    return "—" if rank is None else str(rank)


def is_fine(found: ArticlePlace) -> bool:
    """True when the article is found first and its words are the answer."""
    own = found.own
    return bool(own and own.rank == 1 and not found.is_far and found.reply.is_answered)
