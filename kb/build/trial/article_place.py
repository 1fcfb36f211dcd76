"""The place of an article for a query: its place by each part of the ranking, and what decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.build.trial.opened import TrialIndex
from kb.catalog.finder import ArticleHit, ArticleResults, find
from kb.languages.detection import written_in
from kb.relevance.reply import SiteReply, ask
from search.answers.reading import READER_WEIGHT, UNREAD_LOGIT
from search.generation.corpus import Corpus
from search.model import Explanation, Hit, Repair, TermScore
from search.ranking.groups import MAX_HITS
from search.ranking.index_reader import FloatArray, Scores
from search.ranking.options import SearchOptions
from search.text import analysis

READING = "reading"
"""Name of what the reader adds, beside the parts of the ranking."""


@dataclass(frozen=True)
class LegPlace:
    """The place of an article by one of the ranking's parts alone."""

    name: str
    """words, meaning or labels."""
    rank: int
    score: float


@dataclass(frozen=True)
class RankedArticle:
    """An article with its place and what made it."""

    article: str
    lang: str
    title: str
    rank: int
    total: float
    parts: Mapping[str, float]
    """They sum to the total."""
    terms: tuple[TermScore, ...]
    passage: str
    """Heading of the passage that comes nearest, "" for the beginning."""
    anchor: str
    """Of that heading."""
    cosine: float | None
    label_cosine: float | None
    logit: float | None


@dataclass(frozen=True)
class ArticlePlace:
    """Everything that is to be told of a query and an article."""

    lang: str
    """What was searched in: the language of the words where they tell."""
    reply: SiteReply
    repair: Repair | None
    meanings: tuple[str, ...]
    """Phrases that synonyms and other names of products add."""
    surfaces: Mapping[str, str]
    """Term → the word as it was typed."""
    own: RankedArticle | None
    """None where no part of the ranking proposes it."""
    legs: tuple[LegPlace, ...]
    above: tuple[RankedArticle, ...]
    """The first three, without the article itself."""
    total: int
    """Articles in the ranking."""
    is_far: bool
    """The page says that nothing was found, whatever comes nearest."""
    answer_from: float
    """Probability from which an article is quoted as the answer."""


def article_place(
    index: TrialIndex, query: str, article: str, lang: str, languages: Sequence[str]
) -> ArticlePlace:
    """Look up a query of a reader of `lang`, and where the article stands in it."""
    text = analysis.clean(query)
    spoken = written_in(text, languages, lang)
    loaded = index.loaded
    reply = ask(loaded, text, lang, languages)
    ranked = loaded.searcher.rank(
        text, SearchOptions(lang=spoken, limit=MAX_HITS, is_explained=True)
    )
    read = find(loaded, text, SearchOptions(lang=spoken, is_explained=True))
    articles = _in_order(read, ranked.results.hits)
    first = [articles[it] for it in read.groups[:4] if it in articles and it != article]
    basis = loaded.searcher.calibration.basis(read.ranked, spoken)
    return ArticlePlace(
        lang=spoken,
        reply=reply,
        repair=ranked.query.repair if ranked.query else None,
        meanings=ranked.query.meanings if ranked.query else (),
        surfaces={token.term: text[token.start : token.end] for token in analysis.tokens(text)},
        own=articles.get(article),
        legs=tuple(_legs(loaded.searcher.corpus, ranked.scores, article)),
        above=tuple(first[:3]),
        total=read.total,
        is_far=bool(read.hits) and not reply.ranking,
        answer_from=basis.answer_from if basis else 1.0,
    )


def _in_order(read: ArticleResults, hits: Sequence[Hit]) -> Mapping[str, RankedArticle]:
    """Articles of the whole ranking; those that were read as they stand after it."""
    first = {found.page.id: found for found in read.hits}
    found = {}
    for hit in hits:
        rank = read.groups.index(hit.group) + 1
        found[hit.group] = _ranked(hit, rank, first.get(hit.group))
    return found


def _ranked(hit: Hit, rank: int, read: ArticleHit | None) -> RankedArticle:
    explanation = hit.explanation or Explanation({}, ())
    logit = read.signals.logit if read else None
    parts = dict(explanation.parts)
    if logit is not None:
        parts[READING] = READER_WEIGHT * (logit - UNREAD_LOGIT)
    place = read.hit.leads_to if read else hit.leads_to
    return RankedArticle(
        article=hit.group,
        lang=hit.lang,
        title="".join(segment.text for segment in hit.title),
        rank=rank,
        total=sum(parts.values()),
        parts=parts,
        terms=explanation.terms,
        passage=place.headings[-1] if place.headings else "",
        anchor=place.anchor,
        cosine=hit.signals.cosine,
        label_cosine=hit.signals.label_cosine,
        logit=logit,
    )


def _legs(corpus: Corpus, scores: Scores | None, article: str) -> list[LegPlace]:
    if scores is None:
        return []
    legs = {
        "words": scores.document_bm25,
        "meaning": scores.document_cosine,
        "labels": scores.label_cosine,
    }
    return [
        _leg(name, corpus, values, article) for name, values in legs.items() if values is not None
    ]


def _leg(name: str, corpus: Corpus, values: FloatArray, article: str) -> LegPlace:
    """The place of the article's best version among those of all others."""
    best = {group: float(values[list(numbers)].max()) for group, numbers in corpus.groups.items()}
    own = best.get(article, 0.0)
    return LegPlace(name, 1 + sum(score > own for score in best.values()), own)
