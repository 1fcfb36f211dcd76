"""Proposals that would bring an article up for a query, each tried on a generation of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Literal

from kb.build.build import Authored
from kb.build.trial.article_place import ArticlePlace
from kb.build.trial.opened import TrialIndex, open_index
from kb.build.trial.trees import TrialBuilder
from kb.content.model import Article
from kb.relevance.cases import RelevanceCase, own_questions
from kb.relevance.reply import SiteReply, ask
from kb.relevance.verdict import judged
from search.model import Synonym
from search.text import analysis

ChangeKind = Literal["question", "synonym", "heading"]

MOST_SYNONYMS = 3
"""Pairs of words that are tried, those first that an encoder takes for the likest."""
MOST_WATCHED = 30
"""Questions of the articles around that are asked again after each change."""
_MARKUP = re.compile(r"\{#[^{}]*\}|[*_`]")
_HEADING = re.compile(r"^(#{2,6}) +(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Change:
    """One change that an author could make."""

    kind: ChangeKind
    text: str
    """The question, the heading, or both phrases of a synonym."""
    where: str
    """File it belongs into, and what it replaces."""
    authored: Authored


@dataclass(frozen=True)
class TriedChange:
    """A change with what it really does."""

    change: Change
    rank: int | None
    """Place of the article afterwards."""
    reply: SiteReply
    lost: tuple[str, ...]
    """Questions of articles around that would be lost."""


def changes(
    authored: Authored, article: Article, query: str, standing: ArticlePlace, index: TrialIndex
) -> Iterator[Change]:
    """Changes worth trying: the query as a question, words as synonyms, the query as a heading."""
    text = analysis.clean(query)
    if text not in article.questions:
        asked = article.with_head(questions=(*article.questions, text))
        yield Change("question", text, f"{article.path}, `questions`", _with(authored, asked))
    for word, phrase in _pairs(article, standing, index):
        pair = Synonym(word, phrase)
        where = f"synonyms.yml, `{standing.lang}:` `means:`"
        words = replace(authored, synonyms=(*authored.synonyms, pair))
        yield Change("synonym", f"{word}: [{phrase}]", where, words)
    yield _headed(authored, article, text, standing)


def tried(
    builder: TrialBuilder, change: Change, query: str, article: Article, before: TrialIndex
) -> TriedChange:
    """Build the articles with a change, ask again, and ask what must not be lost."""
    config = builder.config
    watched = _watched(change.authored, before, query, article, config.languages)
    was = {case: ask(before.loaded, case.query, case.lang, config.languages) for case in watched}
    tree = builder.build(change.authored)
    with closing(open_index(tree.generation, config.cache_dir)) as index:
        reply = ask(index.loaded, query, article.lang, config.languages)
        lost = [
            case.query
            for case, reply_before in was.items()
            if judged(
                case, reply_before, ask(index.loaded, case.query, case.lang, config.languages)
            ).is_loss
        ]
    return TriedChange(change, reply.rank(article.id), reply, tuple(lost))


def _watched(
    authored: Authored,
    before: TrialIndex,
    query: str,
    article: Article,
    languages: Sequence[str],
) -> list[RelevanceCase]:
    """Questions of the article and of those that are found before it."""
    reply = ask(before.loaded, query, article.lang, languages)
    around = {article.id, *reply.ranking[:3]}
    text = analysis.clean(query)
    cases = (case for case in own_questions(authored.library) if case.query != text)
    own = [case for case in cases if case.article in around and case.lang == article.lang]
    return own[:MOST_WATCHED]


def _with(authored: Authored, article: Article) -> Authored:
    """The same with another text of one article."""
    library = authored.library
    articles = tuple(article if it.path == article.path else it for it in library.articles)
    return replace(authored, library=replace(library, articles=articles))


def _pairs(article: Article, standing: ArticlePlace, index: TrialIndex) -> list[tuple[str, str]]:
    """Words of the query that the article lacks, each with what the article may call it."""
    own = standing.own
    held = {term.term for term in own.terms if term.fields} if own else set()
    stop = analysis.stop_terms()
    lacking = [it for it in standing.surfaces if it not in held and it not in stop and len(it) > 2]
    names = _names(article, frozenset(standing.surfaces) | stop)
    encoder = index.encoder
    if encoder is None:
        return [(standing.surfaces[it], name) for it in lacking for name in names][:MOST_SYNONYMS]
    likeness = {
        (standing.surfaces[it], name): float(
            encoder.encode_query(standing.surfaces[it]) @ encoder.encode_query(name)
        )
        for it in lacking
        for name in names
    }
    return sorted(likeness, key=lambda pair: -likeness[pair])[:MOST_SYNONYMS]


def _names(article: Article, known: frozenset[str]) -> list[str]:
    """Telling words of the title, and tags, that the query does not have."""
    tokens = analysis.tokens(article.title, article.lang)
    words = [article.title[it.start : it.end] for it in tokens if it.term not in known]
    tags = [tag for tag in article.tags if not known & set(analysis.terms(tag, article.lang))]
    return list(dict.fromkeys(word.lower() if word.istitle() else word for word in (*words, *tags)))


def _headed(authored: Authored, article: Article, text: str, standing: ArticlePlace) -> Change:
    """The query as the heading of the section that comes nearest, or above the whole text."""
    heading = text[:1].upper() + text[1:]
    own = standing.own
    old = own.passage if own and own.article == article.id and own.lang == article.lang else ""
    found = next((it for it in _HEADING.finditer(article.body) if _is(it.group(2), old)), None)
    if old and found:
        start, end = found.span()
        body = f"{article.body[:start]}{found.group(1)} {heading}{article.body[end:]}"
        where = f"{article.path}, instead of “{old}”"
    else:
        body = f"## {heading}\n\n{article.body}"
        where = f"{article.path}, above the text"
    return Change("heading", f"## {heading}", where, _with(authored, replace(article, body=body)))


def _is(written: str, shown: str) -> bool:
    """True when a heading as it is written is the one that readers see."""
    return analysis.terms(_MARKUP.sub("", written)) == analysis.terms(shown)
