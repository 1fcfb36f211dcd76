"""Adapts an encoder to help articles: contrastive training on what a library says of itself.

A title, heading, question or sentence is the query, the passage it stands over the answer; the
other passages of a batch, taken from the same library, are wrong. The query's words are hidden from
the passage as often as not, or the encoder would only learn to compare words. Runs on a processor
without a graphics card in bounded time; torch is imported only inside functions.

Source: InfoNCE with in-batch negatives (van den Oord et al. 2018; Karpukhin et al. 2020), pairs of
title and text as in the pre-training of E5 (Wang et al. 2022), sentence and rest as in the inverse
cloze task (Lee et al. 2019).
"""

from __future__ import annotations

import hashlib
import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from search.model import Document
from search.text.passages import split

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

    from search.semantic.encoder_build.sources import Prompts


FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LibraryPassage:
    """A passage with the headings above it, outermost first."""

    headings: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class LibraryArticle:
    """One language version of an article; `group` joins the versions, `subject` a library's part.

    `questions` are short texts that the article answers beside its title.
    """

    group: str
    lang: str
    subject: str
    title: str
    questions: tuple[str, ...]
    passages: tuple[LibraryPassage, ...]


@dataclass(frozen=True)
class Training:
    """Settings of one run. Origin: trials on the dev libraries, docs/relevance.md."""

    steps: int = 150
    batch: int = 32
    rate: float = 3e-5
    warm_up: int = 20
    temperature: float = 0.03
    frozen_layers: int = 6
    dropout: float = 0.05
    query_tokens: int = 48
    passage_tokens: int = 128
    seed: int = 0


@dataclass(frozen=True)
class Pair:
    """A query and the passage that answers it."""

    query: str
    passage: str
    group: str


TITLE_SHARE, HEADING_SHARE = 0.4, 0.65
"""Of pairs: titles and questions up to the first, headings up to the second, then sentences."""
OTHER_LANGUAGE_SHARE = 0.4
"""Of titles whose article has other languages: asked in one, answered in another."""
HIDDEN_SHARE = 0.5
"""Of pairs whose query is hidden from the passage."""
CHATTY_SHARE = 0.2
SLOPPY_SHARE = 0.35
MIN_PASSAGE_WORDS = 8
MIN_SENTENCE_WORDS, MAX_SENTENCE_WORDS = 4, 30
CHATTY = {
    "ru": (
        "здравствуйте, подскажите пожалуйста, {}",
        "добрый день! {} спасибо",
        "не могу разобраться: {}",
        "у меня вопрос, {}, как быть?",
        "{} помогите",
    ),
    "en": (
        "hi, {} thanks",
        "hello, could you help me? {}",
        "I have a problem: {}",
        "i can't figure it out, {}, what should i do?",
        "{} please help",
    ),
}
"""How messages to a support team begin and end."""
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n")


class Sampler:
    """Draws batches of pairs; every batch is of one subject, its groups all different."""

    def __init__(self, articles: Sequence[LibraryArticle], *, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311  # draws examples, keeps no secret
        self._by_subject: dict[str, dict[str, list[LibraryArticle]]] = {}
        for article in articles:
            groups = self._by_subject.setdefault(article.subject, {})
            groups.setdefault(article.group, []).append(article)
        self._subjects = sorted(self._by_subject)
        # A small library counts for more than its share, or the largest would drown all others.
        self._weights = [len(self._by_subject[subject]) ** 0.5 for subject in self._subjects]

    def batch(self, size: int) -> list[Pair]:
        """At most `size` pairs: fewer where a subject has fewer articles."""
        (subject,) = self._chance.choices(self._subjects, self._weights)
        groups = self._by_subject[subject]
        names = self._chance.sample(sorted(groups), min(2 * size, len(groups)))
        pairs = (self._pair(groups[name]) for name in names)
        return [pair for pair in pairs if pair is not None][:size]

    def _pair(self, versions: Sequence[LibraryArticle]) -> Pair | None:
        chance = self._chance
        asked = chance.choice(versions)
        if not asked.passages:
            return None
        answered, kind = asked, chance.random()
        passage = chance.choice(asked.passages)
        headings = passage.headings
        if kind < TITLE_SHARE:
            query = chance.choice((asked.title, asked.title, *asked.questions))
            others = [version for version in versions if version.lang != asked.lang]
            if others and chance.random() < OTHER_LANGUAGE_SHARE:
                answered = chance.choice(others)
                passage = chance.choice(answered.passages) if answered.passages else passage
                headings = passage.headings
            above = headings if chance.random() < HIDDEN_SHARE else (answered.title, *headings)
            text = passage.text
        elif kind < HEADING_SHARE and headings:
            query = headings[-1]
            if chance.random() < 0.5:
                query = f"{asked.title} {query}"
            above = () if chance.random() < HIDDEN_SHARE else (asked.title,)
            text = passage.text
        else:
            sentences = [s for s in _SENTENCE_END.split(passage.text) if _is_sentence(s)]
            if len(sentences) < 3:
                return None
            sentence = chance.choice(sentences)
            text = passage.text.replace(sentence, " ", 1)
            query = self._part(sentence)
            above = () if chance.random() < HIDDEN_SHARE else (asked.title, *headings)
        if len(text.split()) < MIN_PASSAGE_WORDS or not query.strip():
            return None
        whole = f"{' › '.join(above)}\n{text}" if above else text
        return Pair(self._as_typed(query, asked.lang), whole, asked.group)

    def _part(self, sentence: str) -> str:
        """The sentence, or some words of it in a row."""
        words = sentence.split()
        if len(words) <= 6 or self._chance.random() < 0.5:
            return sentence
        first = self._chance.randrange(len(words) - 4)
        return " ".join(words[first : first + self._chance.randint(4, 12)])

    def _as_typed(self, query: str, lang: str) -> str:
        """The way readers write: small letters, no final stop, a word of greeting."""
        if self._chance.random() < SLOPPY_SHARE:
            query = query.lower().rstrip("?.! ")
        if lang in CHATTY and self._chance.random() < CHATTY_SHARE:
            query = self._chance.choice(CHATTY[lang]).format(query)
        return query


def train(
    model: SentenceTransformer,
    prompts: Prompts,
    articles: Sequence[LibraryArticle],
    settings: Training,
    *,
    max_s: float = float("inf"),
    progress: Callable[[int, float, float], None] = lambda *_: None,
) -> None:
    """Train the upper layers of `model` in place; `progress` gets step, mean loss and seconds.

    Stops early after `max_s` seconds.

    Some five seconds a step on two cores. The same articles and settings give nearly the same
    weights. Raises ValueError when the articles give no pairs or the network is not of layers.
    """
    import torch

    torch.manual_seed(settings.seed)
    sampler = Sampler(articles, seed=settings.seed)
    encoder = network(model)
    trained = _unfreeze(encoder, settings)
    optimiser = torch.optim.AdamW(trained, lr=settings.rate, weight_decay=0.01)
    started, mean_loss = time.monotonic(), 0.0
    encoder.train()
    for step in range(settings.steps):
        pairs = _batch(sampler, settings.batch)
        share = min(1.0, (step + 1) / settings.warm_up) * (1 - step / settings.steps)
        for group in optimiser.param_groups:
            group["lr"] = settings.rate * share
        queries = _embedded(
            model, [prompts.query + pair.query for pair in pairs], settings.query_tokens
        )
        passages = _embedded(
            model, [prompts.passage + pair.passage for pair in pairs], settings.passage_tokens
        )
        scores = queries @ passages.T / settings.temperature
        right = torch.arange(len(pairs))
        loss = (
            torch.nn.functional.cross_entropy(scores, right)
            + torch.nn.functional.cross_entropy(scores.T, right)
        ) / 2
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # has no types
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        mean_loss = loss.item() if step == 0 else 0.95 * mean_loss + 0.05 * loss.item()
        passed = time.monotonic() - started
        progress(step + 1, mean_loss, passed)
        if passed > max_s:
            break
    encoder.eval()
    encoder.requires_grad_(True)


def network(model: SentenceTransformer) -> torch.nn.Module:
    """The transformer inside, without pooling."""
    inside: torch.nn.Module = model[0].auto_model  # type: ignore[assignment]  # any module
    return inside


def library_article(document: Document, *, subject: str = "site") -> LibraryArticle:
    """A document as training sees it."""
    found = split(document)
    return LibraryArticle(
        group=document.group,
        lang=document.lang,
        subject=subject,
        title=document.title,
        questions=document.questions,
        passages=tuple(LibraryPassage(one.headings, one.text) for one in found),
    )


def _unfreeze(encoder: torch.nn.Module, settings: Training) -> list[torch.nn.Parameter]:
    """Let only the upper layers learn: words keep their meaning, and a step costs half."""
    import torch

    encoder.requires_grad_(False)
    layers = getattr(getattr(encoder, "encoder", None), "layer", None)
    if layers is None:
        raise ValueError("the encoder's network is of a kind that cannot be adapted")
    for layer in layers[min(settings.frozen_layers, len(layers) // 2) :]:
        layer.requires_grad_(True)
    for module in encoder.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = settings.dropout
    return [parameter for parameter in encoder.parameters() if parameter.requires_grad]


def _batch(sampler: Sampler, size: int) -> list[Pair]:
    for _ in range(100):
        pairs = sampler.batch(size)
        if len(pairs) > 1:
            return pairs
    raise ValueError("the library has too few passages to learn from")


def _embedded(model: SentenceTransformer, texts: Sequence[str], tokens: int) -> torch.Tensor:
    """(len(texts), dim) rows of unit length, with gradients."""
    import torch

    inputs = model.tokenizer(
        list(texts), padding=True, truncation=True, max_length=tokens, return_tensors="pt"
    )
    pooled = model({name: inputs[name] for name in ("input_ids", "attention_mask")})
    return torch.nn.functional.normalize(pooled["sentence_embedding"], dim=-1)


def _is_sentence(text: str) -> bool:
    return MIN_SENTENCE_WORDS <= len(text.split()) <= MAX_SENTENCE_WORDS


def split_off(
    articles: Sequence[LibraryArticle], *, every: int
) -> tuple[list[LibraryArticle], list[LibraryArticle]]:
    """Articles to learn from, and those held out: one group in `every`, drawn by hash."""
    learnt: list[LibraryArticle] = []
    held: list[LibraryArticle] = []
    for article in articles:
        digest = hashlib.sha256(article.group.encode("utf-8", "replace")).digest()
        (held if digest[0] % every == 0 else learnt).append(article)
    return learnt, held


def reciprocal_ranks(
    model: SentenceTransformer,
    prompts: Prompts,
    held: Sequence[LibraryArticle],
    others: Sequence[LibraryArticle],
) -> FloatArray:
    """(n,) reciprocal rank of the article for each title and question of `held`.

    Titles stand over no passage, so that words alone do not give it away; `others` are there to be
    mistaken for the right one.
    """
    asked = [(text, one.group) for one in held for text in (one.title, *one.questions)]
    shown = [(p.text, one.group) for one in (*held, *others) for p in one.passages]
    queries = _encoded(model, [text for text, _ in asked], prompts.query)
    passages = _encoded(model, [text for text, _ in shown], prompts.passage)
    groups = np.array([group for _, group in shown])
    ranks = np.empty(len(asked))
    for row, (cosines, (_, group)) in enumerate(zip(queries @ passages.T, asked, strict=True)):
        own = groups == group
        ahead = set(groups[~own & (cosines > cosines[own].max(initial=-1.0))])
        ranks[row] = 1.0 / (1 + len(ahead)) if own.any() else 0.0
    return ranks


def _encoded(model: SentenceTransformer, texts: Sequence[str], prompt: str) -> FloatArray:
    rows = model.encode(
        list(texts),
        prompt=prompt,
        batch_size=16,
        normalize_embeddings=True,
        show_progress_bar=False,
    )
    return np.asarray(rows, dtype=np.float64)
