"""A small library in any number of versions, its index, and what it must answer.

Everything the campaigns compare with: build a version, open what serves, judge its answers.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from kb.catalog.catalog import ArticleVersion, Catalog
from kb.catalog.catalog_json import to_json
from kb.catalog.generation import CATALOG, LiveGeneration, Loaded
from kb.content.model import ArticleHead, Category
from search.build.build import Build, build
from search.build.progress import Progress
from search.errors import EncoderUnavailable
from search.generation.store import Store
from search.model import Document, Mode, Results
from search.ranking.options import SearchOptions
from search.semantic.encoder import SETTINGS_FILE, Encoder, HashEncoder, QuerySettings
from search.semantic.encoder_guard import FenceLimits

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
WEIGHTS = bytes(range(256)) * 16
QUERIES = ("когда вернут деньги", "доставка курьером", "E-05", "выпуск", "courier", "гарантия")
PREFIXES = ("ког", "выпуск", "del")
MODES: tuple[Mode, ...] = ("lexical", "hybrid")
PATIENT = FenceLimits(timeout_s=60.0, permit_wait_s=60.0, first_retry_s=0.05, longest_retry_s=0.1)
"""Campaigns run on busy machines: a slow answer must not look like a wrong one."""

_TOPICS = {
    "refund": ("Когда вернут деньги", "Деньги за возврат приходят на карту до десяти дней."),
    "courier": ("Доставка курьером", "Курьер привезёт заказ завтра после обеда."),
    "vega": ("Коды ошибок Vega R2", "Код E-05: лидар закрыт, протрите крышку."),
    "warranty": ("Гарантия на технику", "Гарантия на пылесос два года, на батарею год."),
    "delivery": ("Delivery by courier", "The courier brings the order tomorrow afternoon."),
    "router": ("Роутер не видит сеть", "Перезапустите роутер и подождите две минуты."),
}


def documents(version: int) -> list[Document]:
    """The library in a version: one article is its own, another changes with it, the rest stay."""
    names = list(_TOPICS)
    changed = names[version % len(names)]
    made = [_document(name, *_TOPICS[name], version if name == changed else 0) for name in names]
    return [*made, _document("issue", f"Выпуск {version}", f"Это выпуск номер {version}.", version)]


def _document(name: str, title: str, text: str, version: int) -> Document:
    note = f"<p>Правка {version} этой статьи о выпуске.</p>" if version else ""
    return Document(
        id=f"ru/{name}",
        group=name,
        lang="ru",
        section="faq",
        category="misc",
        title=title,
        html=f'<p>{text}</p>{note}<h2 id="more">Подробнее</h2><p>{text} Ещё раз: {title}.</p>',
        questions=(f"{title}?",),
    )


def catalog(library: list[Document]) -> Catalog:
    pages = [
        ArticleVersion(
            ArticleHead(
                id=one.group,
                lang=one.lang,
                section="faq",
                category=one.category,
                slug=one.group,
                title=one.title,
                summary="",
                tags=(),
                questions=one.questions,
                order=0,
                aliases=(),
                related=(),
                updated_at=START,
            ),
            html=one.html,
            headings=(),
            minutes=1,
            source_path=f"{one.id}.md",
            source_digest=hashlib.sha256(one.html.encode()).hexdigest(),
        )
        for one in library
    ]
    category = Category("faq", "misc", "box", 0, {"ru": "Разное"}, {})
    return Catalog(pages, [category], ["ru"])


class ToySource:
    """Encoder source without a model; its folder has a file of weights that can be damaged."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "toy-encoder"
        self._encoder = HashEncoder()

    @property
    def fingerprint(self) -> str:
        return self._encoder.fingerprint

    def passage_encoder(self) -> Encoder:
        return self._encoder

    def reader(self) -> None:
        """No reader: what is tested is writing and reading of generations."""

    def query_encoder_folder(self) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        settings = QuerySettings(
            fingerprint=self.fingerprint,
            dim=self._encoder.dim,
            query_prompt="",
            passage_prompt="",
            max_tokens=512,
            unigram=None,
            sha256={},
        )
        for name, content in ((SETTINGS_FILE, settings.to_json().encode()), ("weights", WEIGHTS)):
            _put(self._folder / name, content)
        return self._folder


def _put(path: Path, content: bytes) -> None:
    """Generations hold hard links to these files: a wrong one is replaced, never written to."""
    if not path.exists() or path.read_bytes() != content:
        fresh = path.with_name(f".{path.name}-{os.getpid()}")
        fresh.write_bytes(content)
        fresh.replace(path)


def load_toy_encoder(folder: Path) -> HashEncoder:
    """Load what ToySource exported. Checks only its form: damage is for the manifest to find."""
    settings = QuerySettings.from_folder(folder)
    if not (folder / "weights").is_file():
        raise EncoderUnavailable("no weights")
    return HashEncoder(settings.dim)


def build_version(
    root: Path,
    version: int,
    *,
    at: int = 0,
    keep: int = 2,
    with_encoder: bool = True,
    progress: Progress = lambda *_: None,
) -> Build:
    """Build a version of the library below `root`, `at` seconds after a fixed start."""
    library = documents(version)
    return build(
        library,
        store=Store(root / "index"),
        source=ToySource(root) if with_encoder else None,
        cache_file=root / "embeddings.sqlite",
        content={CATALOG: to_json(catalog(library)), "media/box.svg": b"<svg/>" * 50},
        now=START + timedelta(seconds=at),
        keep=keep,
        progress=progress,
    )


Hits = tuple[tuple[str, str, float, str], ...]


@dataclass(frozen=True)
class Answers:
    """All that a reader can see of a generation, without its name."""

    hits: Mapping[tuple[str, Mode], Hits]
    completions: tuple[str, ...]
    catalog: bytes
    is_degraded: bool


def ask(loaded: Loaded) -> Answers:
    """Ask everything; raises AssertionError when parts of an answer are of two generations."""
    hits: dict[tuple[str, Mode], Hits] = {}
    is_degraded = False
    for query in QUERIES:
        for mode in MODES:
            results = loaded.searcher.search(query, SearchOptions(lang="ru", mode=mode))
            assert results.generation == loaded.name, "search and catalog are of two generations"
            hits[query, mode] = _visible(results)
            is_degraded |= results.is_degraded
    completions = tuple(
        f"{''.join(s.text for s in found.text)} → {found.document_id}#{found.anchor}"
        for prefix in PREFIXES
        for found in loaded.completer.complete(prefix, lang="ru")
    )
    return Answers(hits, completions, to_json(loaded.catalog), is_degraded)


def _visible(results: Results) -> Hits:
    return tuple(
        (
            hit.document_id,
            hit.passage.anchor,
            round(hit.signals.fused, 3),
            "".join(s.text for s in hit.snippet),
        )
        for hit in results.hits
    )


Verdict = Literal["golden", "degraded", "wrong"]


class Golden:
    """Right answers by version, from indexes built afresh in a place of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._answers: dict[int, Answers] = {}

    def answers(self, version: int) -> Answers:
        if version not in self._answers:
            root = self._folder / f"golden-{version}"
            build_version(root, version)
            with opened(root) as live:
                self._answers[version] = ask(live.require())
        return self._answers[version]

    def verdict(self, found: Answers, version: int) -> Verdict:
        """Degraded answers must be those of lexical search, and say that they are degraded."""
        right = self.answers(version)
        if found == right:
            return "golden"
        lexical = {(q, m): right.hits[q, "lexical"] for q, m in right.hits}
        is_honest = found == Answers(lexical, right.completions, right.catalog, True)
        return "degraded" if is_honest else "wrong"


@contextmanager
def opened(root: Path, *, wait_s: float = 60.0) -> Iterator[LiveGeneration]:
    """Generation a serving process would answer from, its encoder loaded or refused."""
    live = LiveGeneration(Store(root / "index"), load_encoder=load_toy_encoder, limits=PATIENT)
    try:
        live.refresh()
        wait_until(lambda: _has_settled(live), wait_s)
        yield live
    finally:
        live.close()
        if loaded := live.get():
            loaded.searcher.generation.close()


def _has_settled(live: LiveGeneration) -> bool:
    loaded, state = live.get(), live.encoder_state()
    is_wordy = loaded is None or not loaded.searcher.has_vectors
    return is_wordy or state.is_available or bool(state.last_error)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for a condition without a busy loop; False when time ran out."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True
