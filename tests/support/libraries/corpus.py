"""A tiny corpus and an encoder source for tests of search: real index, toy encoder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from search.answers.answer_searcher import AnswerSearcher
from search.answers.unit_reader import UNHURRIED, UnitReader
from search.build.build import Build, build
from search.build.reader import ReaderSource
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store
from search.model import Document
from search.ranking.calibration import Calibration
from search.ranking.query_vector import UNHURRIED_S
from search.ranking.searcher import Searcher
from search.semantic.encoder import SETTINGS_FILE, Encoder, HashEncoder, QuerySettings
from search.semantic.reader import Reader
from tests.support.patience import PATIENCE_S

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class HashSource:
    """Encoder source over HashEncoder; counts how often the encoder was asked for."""

    def __init__(self, folder: Path, dim: int = 64, reader: ReaderSource | None = None) -> None:
        self._folder = folder
        self._encoder = HashEncoder(dim)
        self._reader = reader
        self.passage_encoders = 0

    @property
    def fingerprint(self) -> str:
        return self._encoder.fingerprint

    def passage_encoder(self) -> Encoder:
        self.passage_encoders += 1
        return self._encoder

    def reader(self) -> ReaderSource | None:
        return self._reader

    def query_encoder_folder(self) -> Path:
        folder = self._folder / f"hash-encoder-{self._encoder.dim}"
        folder.mkdir(parents=True, exist_ok=True)
        settings = QuerySettings(
            fingerprint=self.fingerprint,
            dim=self._encoder.dim,
            query_prompt="",
            passage_prompt="",
            max_tokens=512,
            unigram=None,
            sha256={},
        )
        if not (folder / SETTINGS_FILE).exists():  # generations hold hard links to it
            (folder / SETTINGS_FILE).write_text(settings.to_json(), encoding="utf-8")
        return folder


def document(name: str, *, lang: str = "ru", **fields: object) -> Document:
    """A document named `<lang>/<name>`; its body is given as `html`."""
    values = {"title": name, "html": "", "section": "faq", "category": "misc"} | fields
    return Document(id=f"{lang}/{name}", group=name, lang=lang, **values)  # type: ignore[arg-type]


def shop() -> list[Document]:
    """Six documents: three articles in Russian, two of them also in English, one English only."""
    return [
        document(
            "refund",
            title="Когда вернутся деньги",
            summary="Деньги приходят на карту за 3–10 дней.",
            questions=("где мои деньги за возврат",),
            tags=("возврат",),
            html="<p>Срок зависит от банка.</p>"
            '<h2 id="карта">Возврат на карту</h2><p>Банк зачисляет деньги до десяти дней.</p>',
        ),
        document(
            "refund",
            lang="en",
            title="When the refund arrives",
            summary="Refunds reach the card in 3 to 10 days.",
            html="<p>It depends on the bank.</p>"
            '<h2 id="card">Refund to a card</h2><p>Banks take up to ten days.</p>',
        ),
        document(
            "courier",
            title="Доставка курьером",
            category="delivery",
            html="<p>Курьер привезёт заказ завтра.</p>",
        ),
        document(
            "courier",
            lang="en",
            title="Courier delivery",
            category="delivery",
            html="<p>The courier brings the order tomorrow.</p>",
        ),
        document(
            "vega",
            title="Коды ошибок Vega R2",
            section="guides",
            category="vega",
            html="<p>Пылесос показывает код.</p>"
            '<h2 id="e-05">E-05</h2><p>Лидар закрыт: протрите крышку.</p>',
        ),
        document(
            "warranty", lang="en", title="Warranty terms", html="<p>Two years for the robot.</p>"
        ),
    ]


def build_index(
    root: Path,
    documents: list[Document],
    *,
    source: HashSource | None = None,
    with_encoder: bool = True,
    content: dict[str, bytes] | None = None,
    keep: int = 2,
    now: datetime = NOW,
    calibration: Calibration | None = None,
) -> Build:
    """Build a generation below `root` with the toy encoder."""
    return build(
        documents,
        store=Store(root / "index"),
        source=(source or HashSource(root)) if with_encoder else None,
        cache_file=root / "embeddings.sqlite",
        content=content or {},
        now=now,
        calibration=calibration,
        keep=keep,
    )


def open_searcher(root: Path, *, with_encoder: bool = True) -> Searcher:
    """A searcher over the current generation below `root`."""
    store = Store(root / "index")
    name = store.current_name()
    assert name is not None
    return searcher_over(OpenGeneration(store.path(name)), with_encoder=with_encoder)


def searcher_over(generation: OpenGeneration, *, with_encoder: bool = True) -> Searcher:
    encoder = HashEncoder() if with_encoder else None
    return Searcher(generation, encoder, more_readings_s=UNHURRIED_S)


def open_answers(root: Path, *, reader: Reader | None = None) -> AnswerSearcher:
    """A searcher that reads with `reader`, over the current generation below `root`."""
    return reading_with(reader, open_searcher(root))


def reading_with(reader: Reader | None, searcher: Searcher) -> AnswerSearcher:
    if reader is None:
        return AnswerSearcher(searcher, None)
    fenced = UnitReader(lambda: reader, UNHURRIED, fingerprint=reader.fingerprint)
    assert fenced.wait_until_ready(PATIENCE_S)
    return AnswerSearcher(searcher, fenced)
