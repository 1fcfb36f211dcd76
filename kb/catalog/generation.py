"""The generation a serving process answers from, swapped while it serves.

One object holds catalog, searcher and completions of one generation, so that an answer never mixes
two. A thread polls the pointer; a generation that cannot be opened is logged and the old one, or
an older sound one, goes on serving.

Articles for staff are in generations of a store of their own, which `LiveGeneration.beside` opens;
they borrow the encoder of the public one.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import structlog

from kb.catalog import catalog_json, glossary, redirects
from kb.catalog.borrowed_encoder import BorrowedEncoder
from kb.catalog.catalog import Catalog
from kb.catalog.glossary import Glossary
from kb.catalog.redirects import Redirects
from kb.content.topics import Topics
from search.answers.answer_searcher import AnswerSearcher
from search.answers.unit_reader import ReaderState, ReadingLimits, UnitReader
from search.errors import EncoderUnavailable, IndexCorrupt, IndexMissing, IndexOutdated
from search.generation.digests import KnownDigests
from search.generation.files import (
    COMPLETIONS,
    CONTENT,
    ENCODER,
    LEXICAL,
    NEIGHBOURS,
    READER,
    neighbours_of,
)
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store
from search.lexical.autocomplete import Completer
from search.ranking.searcher import Searcher
from search.semantic.encoder import QueryEncoder
from search.semantic.encoder_guard import EncoderState, FencedEncoder, FenceLimits
from search.semantic.reader import Reader
from search.text import analysis

log = structlog.get_logger(__name__)

CATALOG = "catalog.json"
MEDIA = "media"
TOPICS = "topics.json"
REDIRECTS = "redirects.json"
GLOSSARY = "glossary.json"
INTERNAL = "internal.json"
"""Names of the documents that only staff may read; a public generation has no such file."""
STAFF_INDEX = "staff-index"
"""Folder, in the data folder, of the generations that hold internal articles too."""
POLL_S = 0.1
RETRY_S = 10.0
"""After so long a refused generation is tried again: its files may have been mended, or the
reason was a passing one, such as too many open files."""
MOST_KNOWN_DIGESTS = 10_000
NOT_READ_AT_OPEN = (f"{ENCODER}/", f"{READER}/", f"{LEXICAL}/segments/")
"""Encoder and reader are checked as they load. Whoosh's segments are for the next build, which
checks them; serving never reads them."""


def index_version(generation: str) -> str:
    """Name a generation as programs see it."""
    return f"idx_{generation}"


@dataclass(frozen=True)
class Loaded:
    """One open generation with all that answers from it."""

    name: str
    built_at: datetime
    catalog: Catalog
    searcher: Searcher
    """Without reading: what is being typed waits for nothing."""
    answers: AnswerSearcher
    completer: Completer
    media: Path
    """Folder of the articles' pictures."""
    topics: Topics
    """Topics that a person must handle."""
    internal: frozenset[str] = frozenset()
    """Names of the documents that only staff may read."""
    redirects: Redirects = field(default_factory=Redirects.of)
    """Old addresses of other sites."""
    glossary: Glossary = field(default_factory=Glossary)
    """Terms that pages explain."""


def load(generation: OpenGeneration, answers: AnswerSearcher) -> Loaded:
    """Everything that answers from it. Raises ValueError, KeyError, TypeError and OSError."""
    content = generation.path(CONTENT)
    near = neighbours_of(generation.path(NEIGHBOURS))
    return Loaded(
        name=generation.manifest.name,
        built_at=datetime.fromisoformat(generation.manifest.created_at),
        catalog=catalog_json.from_json((content / CATALOG).read_bytes(), near),
        searcher=answers.searcher,
        answers=answers,
        completer=Completer.load(generation.path(COMPLETIONS)),
        media=content / MEDIA,
        topics=_topics(content / TOPICS),
        internal=_internal(content / INTERNAL),
        redirects=_redirects(content / REDIRECTS),
        glossary=_glossary(content / GLOSSARY),
    )


class LiveGeneration:
    """Gives the generation to answer from. `get` is cheap and safe from any thread."""

    def __init__(
        self,
        store: Store,
        *,
        load_encoder: Callable[[Path], QueryEncoder],
        load_reader: Callable[[Path], Reader] | None = None,
        borrow_reader: Callable[[], UnitReader | None] = lambda: None,
        limits: FenceLimits | None = None,
        reading: ReadingLimits | None = None,
        known: KnownDigests | None = None,
    ) -> None:
        """`load_encoder` and `load_reader` get folders whose files have been checked.

        `known` spares hashing. Without a reader, loaded or borrowed, nothing is read.
        """
        self._store = store
        self._load_encoder = load_encoder
        self._load_reader = load_reader
        self._borrow_reader = borrow_reader
        self._reading = reading
        self._reader: UnitReader | None = None
        self._limits = limits
        self._loaded: Loaded | None = None
        self._fence: FencedEncoder | None = None
        self._encoder_home: OpenGeneration | None = None
        self._known: KnownDigests = {} if known is None else known
        self._failed: dict[str, str] = {}
        self._tried: str | None = None
        self._retry_at = 0.0
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._companions: list[LiveGeneration] = []

    def beside(self, store: Store) -> LiveGeneration:
        """The generations of another store, answered with this one's encoder; closed with it.

        Nothing is opened before its `start`.
        """
        companion = LiveGeneration(
            store,
            load_encoder=lambda _: BorrowedEncoder(self.fence),
            borrow_reader=lambda: self._reader,
            limits=self._limits,
            known=self._known,
        )
        self._companions.append(companion)
        return companion

    def get(self) -> Loaded | None:
        """The serving generation; None as long as there is none that can be opened."""
        return self._loaded

    def require(self) -> Loaded:
        """The serving generation; raises IndexMissing with the command that builds one."""
        if self._loaded is None:
            raise IndexMissing("no index can be opened: run `kb build`")
        return self._loaded

    def fence(self) -> FencedEncoder:
        """The encoder that serves now. Raises EncoderUnavailable when there is none."""
        if self._fence is None:
            raise EncoderUnavailable("no encoder to borrow")
        return self._fence

    def encoder_state(self) -> EncoderState:
        return self._fence.state if self._fence else EncoderState()

    def reader_state(self) -> ReaderState:
        return self._reader.state if self._reader else ReaderState()

    @property
    def is_reading(self) -> bool:
        """True when the hits of a search can be read now."""
        return self._reader is not None and self._reader.is_available

    def degraded_reasons(self) -> tuple[str, ...]:
        """Reasons why answers are worse than they could be; empty when all is well."""
        reasons = [f"generation {name}: {why}" for name, why in sorted(self._failed.items())]
        loaded = self._loaded
        if loaded and not loaded.searcher.has_vectors:
            reasons.append("the index was built without an encoder")
        elif self._fence and not self._fence.state.is_available:
            reasons.append(f"encoder: {self._fence.state.last_error or 'loading'}")
        if self._reader and not self._reader.is_available:
            reasons.append(f"reader: {self._reader.state.last_error or 'loading'}")
        return tuple(reasons)

    def start(self) -> None:
        """Open the current generation now and follow the pointer from a thread; once is enough."""
        with self._starting:
            if self._thread or self._closed.is_set():
                return
            analysis.warm_up()
            self.refresh()
            self._thread = threading.Thread(target=self._follow, name="generation", daemon=True)
            self._thread.start()

    def close(self) -> None:
        self._closed.set()
        for companion in self._companions:
            companion.close()
        if self._thread:
            self._thread.join()
        if self._fence:
            self._fence.close()

    def refresh(self) -> bool:
        """Open the pointed-at generation if it is another one; True when the answer changed."""
        with self._lock:
            current = self._store.current_name()
            if self._loaded and current == self._loaded.name:
                self._failed = {}
                return False
            now = time.monotonic()
            if self._failed and current == self._tried and now < self._retry_at:
                return False
            self._tried, self._retry_at = current, now + RETRY_S
            return self._open_first_sound()

    def _open_first_sound(self) -> bool:
        """Try the current generation, then older ones; keeps the loaded one over older ones."""
        try:
            names = self._store.candidates()
        except IndexMissing:
            return False
        failed: dict[str, str] = {}
        for name in names:
            if self._loaded and name == self._loaded.name:
                break
            try:
                self._swap(self._open(name))
            except (IndexCorrupt, IndexOutdated, ValueError, KeyError, TypeError, OSError) as error:
                failed[name] = str(error)
                log.error("generation_refused", generation=name, reason=str(error))
                continue
            self._failed = failed
            return True
        self._failed = failed
        return False

    def _open(self, name: str) -> Loaded:
        folder = self._store.path(name)
        if len(self._known) > MOST_KNOWN_DIGESTS:
            self._known.clear()
        generation = OpenGeneration(folder, lazy=NOT_READ_AT_OPEN, known=self._known)
        fence = self._fence_for(generation)
        reader = self._reader_for(generation)
        searcher = Searcher(generation, fence)
        loaded = load(generation, AnswerSearcher(searcher, reader))
        loaded.topics.warm_up()
        self._keep_fence(fence, generation)
        self._reader = reader
        if reader:
            reader.start()
        return loaded

    def _reader_for(self, generation: OpenGeneration) -> UnitReader | None:
        """The reader in use when it is the generation's, else one that has yet to load."""
        fingerprint = generation.manifest.fingerprints["reader"]
        load = self._load_reader
        for known in (self._reader, self._borrow_reader()):
            if known and known.fingerprint == fingerprint:
                return known
        if fingerprint == "none" or load is None:
            return None

        def load_checked() -> Reader:
            home = self._encoder_home or generation
            home.verify(f"{READER}/")
            return load(home.path(READER))

        return UnitReader(load_checked, self._reading, fingerprint=fingerprint)

    def _fence_for(self, generation: OpenGeneration) -> FencedEncoder | None:
        """A fence for the generation's encoder; the one in use when it is the same and works."""
        fingerprint = generation.manifest.fingerprints["encoder"]
        if fingerprint == "none":
            return None
        fence = self._fence
        if fence and fence.fingerprint == fingerprint and fence.state.is_available:
            return fence
        return FencedEncoder(
            self._load_from_home,
            fingerprint=fingerprint,
            dim=generation.manifest.facts["dim"],
            limits=self._limits,
        )

    def _load_from_home(self) -> QueryEncoder:
        """Load from the newest generation: the one a fence was made for may be gone by now."""
        home = self._encoder_home
        if home is None:
            raise EncoderUnavailable("no generation is open")
        home.verify(f"{ENCODER}/")
        return self._load_encoder(home.path(ENCODER))

    def _keep_fence(self, fence: FencedEncoder | None, home: OpenGeneration) -> None:
        self._encoder_home = home
        if fence is self._fence:
            return
        if self._fence:
            self._fence.close()
        self._fence = fence
        if fence:
            fence.start()

    def _swap(self, loaded: Loaded) -> None:
        self._loaded = loaded
        log.info(
            "generation_loaded",
            generation=loaded.name,
            pages=len(loaded.catalog),
            passages=len(loaded.searcher.corpus.passages),
        )

    def _follow(self) -> None:
        warm = ""
        while not self._closed.wait(POLL_S):
            try:
                self.refresh()
                if self._loaded and self._loaded.name != warm:
                    self._loaded.searcher.warm_up()
                    warm = self._loaded.name
            except Exception:  # without this thread the process would serve old content for ever
                log.exception("following_failed")


def _internal(path: Path) -> frozenset[str]:
    """Raises ValueError for a file that is not a list; without one, nothing is internal."""
    if not path.is_file():
        return frozenset()
    return frozenset(map(str, json.loads(path.read_bytes())))


def _topics(path: Path) -> Topics:
    """Those the generation was built with; a generation of an older release has none."""
    return Topics.from_json(path.read_bytes()) if path.exists() else Topics()


def _glossary(path: Path) -> Glossary:
    """Terms the generation was built with; a generation of an older release has none."""
    return glossary.from_json(path.read_bytes()) if path.exists() else Glossary()


def _redirects(path: Path) -> Redirects:
    """Those the generation was built with; a generation of an older release has none."""
    return redirects.from_json(path.read_bytes()) if path.exists() else Redirects.of()
