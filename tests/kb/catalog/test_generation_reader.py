"""The reader of the serving generation: loaded once, kept over a swap, lent to staff."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.catalog import catalog_json
from kb.catalog.generation import CATALOG, LiveGeneration
from search.answers.unit_reader import UNHURRIED
from search.generation.store import Store
from search.model import Document
from search.ranking.options import SearchOptions
from search.semantic.encoder import HashEncoder
from search.semantic.encoder_guard import FenceLimits
from search.semantic.reader import Reader
from tests.support.libraries import api_library
from tests.support.libraries.corpus import HashSource, build_index, document, shop
from tests.support.patience import PATIENCE_S, wait_until
from tests.support.toy_reader import WordReader, WordReaderSource

PATIENT = FenceLimits(timeout_s=PATIENCE_S, permit_wait_s=PATIENCE_S)


def build(root: Path, *more: Document, fingerprint: str | None = WordReader.fingerprint) -> None:
    reader = WordReaderSource(root, fingerprint) if fingerprint else None
    content = {CATALOG: catalog_json.to_json(api_library.library())}
    source = HashSource(root, reader=reader)
    build_index(root, [*shop(), *more], source=source, content=content)


@contextmanager
def live(root: Path, load_reader: Callable[[Path], Reader] | None) -> Iterator[LiveGeneration]:
    generation = LiveGeneration(
        Store(root / "index"),
        load_encoder=lambda _: HashEncoder(),
        load_reader=load_reader,
        limits=PATIENT,
        reading=UNHURRIED,
    )
    generation.refresh()
    assert generation.fence().wait_until_ready(PATIENCE_S)
    try:
        yield generation
    finally:
        generation.close()


def stage(generation: LiveGeneration) -> str:
    answers = generation.require().answers
    return answers.search("refund to a card", SearchOptions(lang="en")).stage


def test_it_is_loaded_from_the_generation_and_reads(tmp_path: Path) -> None:
    build(tmp_path)
    folders: list[Path] = []

    def load(folder: Path) -> WordReader:
        folders.append(folder)
        return WordReader()

    with live(tmp_path, load) as generation:
        wait_until(lambda: generation.is_reading)
        assert stage(generation) == "reader"
        assert generation.degraded_reasons() == ()
        assert generation.reader_state().readings > 0
    assert [(folder / "reader.json").is_file() for folder in folders] == [True]


def test_it_is_kept_over_a_swap_with_what_it_has_read(tmp_path: Path) -> None:
    build(tmp_path)
    loads: list[Path] = []

    def load(folder: Path) -> WordReader:
        loads.append(folder)
        return WordReader()

    with live(tmp_path, load) as generation:
        wait_until(lambda: generation.is_reading)
        assert stage(generation) == "reader"
        read = generation.reader_state().readings
        build(tmp_path, document("new", title="Новая", html="<p>Другая статья.</p>"))
        assert generation.refresh()
        assert stage(generation) == "reader"
        assert len(loads) == 1
        assert generation.reader_state().cache_hits > 0
        assert generation.reader_state().readings < 2 * read


def test_a_reader_that_cannot_be_loaded_degrades_and_says_so(tmp_path: Path) -> None:
    build(tmp_path)

    def load(folder: Path) -> WordReader:
        raise OSError("damaged")

    with live(tmp_path, load) as generation:
        wait_until(lambda: "damaged" in generation.reader_state().last_error)
        assert not generation.is_reading
        assert stage(generation) == "hybrid"
        assert generation.degraded_reasons() == ("reader: OSError: damaged",)


def test_a_reader_of_another_index_is_refused(tmp_path: Path) -> None:
    build(tmp_path, fingerprint="words-2")
    with live(tmp_path, lambda _: WordReader()) as generation:
        wait_until(lambda: generation.reader_state().last_error)
        assert stage(generation) == "hybrid"


def test_an_index_without_a_reader_lacks_nothing(tmp_path: Path) -> None:
    build(tmp_path, fingerprint=None)
    with live(tmp_path, lambda _: WordReader()) as generation:
        assert not generation.is_reading
        assert stage(generation) == "hybrid"
        assert generation.degraded_reasons() == ()


def test_the_generation_beside_borrows_it(tmp_path: Path) -> None:
    build(tmp_path / "public")
    build(tmp_path / "staff", document("internal", lang="en", title="Internal", html="<p>Hm.</p>"))
    with live(tmp_path / "public", lambda _: WordReader()) as generation:
        wait_until(lambda: generation.is_reading)
        staff = generation.beside(Store(tmp_path / "staff" / "index"))
        staff.refresh()
        assert staff.fence().wait_until_ready(PATIENCE_S)
        before = generation.reader_state().cache_hits + generation.reader_state().readings
        assert stage(staff) == "reader"
        after = generation.reader_state().cache_hits + generation.reader_state().readings
        assert after > before, "the same reader, with its permits and its cache"
