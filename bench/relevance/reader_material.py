"""Material to train the reader on: messages with the units that answer them and those that do not.

XQuAD (CC BY-SA 4.0) in both languages and GNOME's help (CC BY-SA 3.0) with messages written for it
stay outside the repository; help centres of invented companies with their messages, written for
this purpose, are in `reader_library/`. Each message becomes a `Reading`: units that answer, units
of the same article that do not, and the units of other articles that resemble it most.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.content.sanitize import to_html
from search.evaluation.evidence import holds, words
from search.model import Document
from search.text.units import document_units, unit_text

LIBRARY = Path(__file__).with_name("reader_library")
HELD_OUT = ("Bazaroo", "Полка")
"""Companies that nothing is trained on: their messages say how well it went."""
PARTIAL = 0.4
"""Worth of a unit that holds some of the pieces which together answer."""
RESEMBLING = 24
"""Units of other articles kept a message, those nearest to it in meaning."""
LANGS = ("en", "ru")

FloatArray = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str], bool], FloatArray]
"""Texts, and whether they are queries → rows of unit length."""


@dataclass(frozen=True)
class TrainingReading:
    """A message and readings of units: those that answer with their worth in (0, 1], others of the
    same article, and of other articles, nearest first."""

    query: str
    subject: str
    right: tuple[tuple[str, float], ...]
    near: tuple[str, ...]
    far: tuple[str, ...]


@dataclass(frozen=True)
class TrainingArticle:
    """An article's units: as they are read, and the text that evidence is looked for in."""

    id: str
    lang: str
    readings: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class TrainingMessage:
    """A message about an article; one without evidence is not answered by it.

    Without an article, "", nothing of the subject answers it.
    """

    query: str
    lang: str
    article: str
    evidence: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Subject:
    """Articles that are mistaken for each other, and messages about them."""

    name: str
    articles: Sequence[TrainingArticle]
    messages: Sequence[TrainingMessage]


def written(folder: Path = LIBRARY) -> Iterator[Subject]:
    """Help centres: `NAME.articles.jsonl` with `NAME.messages.jsonl`, a subject a company."""
    for path in sorted(folder.glob("*.articles.jsonl")):
        rows = _rows(path)
        messages = _rows(path.with_name(path.name.replace(".articles.", ".messages.")))
        for company in dict.fromkeys(row["centre"] for row in rows):
            articles = [_article(row) for row in rows if row["centre"] == company]
            own = {article.id for article in articles}
            asked = [
                _message(row)
                for row in messages
                if row["article"] in own or row.get("centre") == company
            ]
            yield Subject(company, articles, asked)


def gnome(folder: Path) -> Subject:
    """GNOME's help in both languages."""
    articles = [
        _article(row) for lang in LANGS for row in _rows(folder / f"gnome-help.{lang}.jsonl")
    ]
    messages = [_message(row) for row in _rows(folder / "gnome-questions.jsonl")]
    return Subject("gnome", articles, messages)


def xquad(folder: Path) -> Subject:
    """The paragraphs on one subject are one article; the sentence with the answer answers."""
    articles: list[TrainingArticle] = []
    messages: list[TrainingMessage] = []
    for lang in LANGS:
        data = json.loads((folder / f"xquad.{lang}.json").read_text("utf-8"))["data"]
        for number, entry in enumerate(data):
            texts = [paragraph["context"] for paragraph in entry["paragraphs"]]
            title = entry.get("title", "").replace("_", " ")
            row = {"id": str(number), "lang": lang, "title": title, "body": "\n\n".join(texts)}
            articles.append(_article(row))
            messages += (
                TrainingMessage(asked["question"], lang, str(number), ((sentence,),))
                for paragraph in entry["paragraphs"]
                for asked in paragraph["qas"]
                for sentence in (
                    _sentence(paragraph["context"], asked["answers"][0]["answer_start"]),
                )
            )
    return Subject("xquad", articles, messages)


def readings(subject: Subject, encode: Encode) -> Iterator[TrainingReading]:
    """Readings of a subject's messages; one whose evidence no unit holds is left out."""
    index = _SubjectIndex(subject.articles, encode)
    vectors = encode([message.query for message in subject.messages], True)
    for message, vector in zip(subject.messages, vectors, strict=True):
        found = index.reading(subject.name, message, vector)
        if found.right or not message.evidence:
            yield found


class _SubjectIndex:
    """All units of a subject with their vectors."""

    def __init__(self, articles: Sequence[TrainingArticle], encode: Encode) -> None:
        flat = [(article, place) for article in articles for place in range(len(article.texts))]
        self._readings = [article.readings[place] for article, place in flat]
        self._words = [words(article.texts[place]) for article, place in flat]
        self._articles = np.array([article.id for article, _ in flat])
        self._langs = np.array([article.lang for article, _ in flat])
        self._rows = encode(self._readings, False)

    def reading(
        self, subject: str, message: TrainingMessage, vector: FloatArray
    ) -> TrainingReading:
        cosines = self._rows @ vector
        is_own = self._articles == message.article
        own = sorted(np.flatnonzero(is_own).tolist(), key=lambda n: -float(cosines[n]))
        worth = {n: _worth(self._words[n], message.evidence) for n in own}
        has_lang = bool((self._langs[own] == message.lang).any())
        near = [n for n in own if not worth[n] and (self._langs[n] == message.lang or not has_lang)]
        is_other = ~is_own & (self._langs == message.lang)
        if not is_other.any():  # a library in another language only
            is_other = ~is_own
        others = np.argsort(-np.where(is_other, cosines, -9.0))[:RESEMBLING]
        far = [n for n in others.tolist() if not _worth(self._words[n], message.evidence)]
        return TrainingReading(
            message.query,
            subject,
            tuple((self._readings[n], worth[n]) for n in own if worth[n]),
            tuple(self._readings[n] for n in near),
            # Where this article does not answer, others may.
            tuple(self._readings[n] for n in far) if message.evidence or not own else (),
        )


def _rows_of(text: str) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in text.splitlines() if line.strip())


def _rows(path: Path) -> list[dict[str, Any]]:
    return list(_rows_of(path.read_text("utf-8")))


def _article(row: Mapping[str, Any]) -> TrainingArticle:
    document = Document(
        id=row["id"],
        group=row["id"],
        lang=row["lang"],
        title=row["title"],
        html=to_html(row["body"]),
        summary=row.get("summary", ""),
    )
    found = document_units(document)
    return TrainingArticle(
        row["id"],
        row["lang"],
        tuple(found.reading(number) for number in range(len(found.units))),
        tuple(unit_text(found.blocks[unit.block], unit) for unit in found.units),
    )


def _message(row: Mapping[str, Any]) -> TrainingMessage:
    pieces = (tuple(piece["text"] for piece in one) for one in row["evidence"])
    return TrainingMessage(row["query"], row["lang"], row["article"] or "", tuple(pieces))


def _sentence(text: str, place: int) -> str:
    start = max((m.end() for m in re.finditer(r"[.!?]\s", text[:place])), default=0)
    end = re.search(r"[.!?](\s|$)", text[place:])
    return text[start : place + end.end() if end else len(text)].strip()


def _worth(text: str, evidence: Sequence[Sequence[str]]) -> float:
    """1 for a unit that answers, PARTIAL for one that holds part of an answer, else 0."""
    found = 0.0
    for pieces in evidence:
        held = sum(holds(text, piece) for piece in pieces)
        found = max(found, 1.0 if held == len(pieces) else PARTIAL if held else 0.0)
    return found
