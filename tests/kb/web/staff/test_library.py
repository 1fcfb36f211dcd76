"""The library for staff: what it holds beside the public one."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from kb.build import build
from kb.catalog import staff_search
from kb.catalog.generation import LiveGeneration
from search.generation.store import Store
from search.semantic.encoder import HashEncoder
from tests.support.libraries import agent_library
from tests.support.libraries.agent_library import DRAFT, SECRET, close, services_of
from tests.support.libraries.corpus import HashSource


def test_internal_articles_are_in_no_public_generation(app: Flask) -> None:
    services = services_of(app)
    services.staff_loaded()
    public = services.library.require()
    assert public.internal == frozenset()
    assert public.catalog.page_for(SECRET, "ru") is None
    for path in services.config.index_dir.rglob("*"):
        if path.is_file():
            assert b"zyxsecret" not in path.read_bytes(), path
    staff_only = services.staff_library.require()
    assert staff_only.internal == {f"ru/{SECRET}"}
    assert staff_only.catalog.page_for(DRAFT, "ru") is None
    assert {page.id for page in staff_only.catalog.all_pages} > {
        page.id for page in public.catalog.all_pages
    }


def test_without_internal_articles_the_public_generation_serves(tmp_path: Path) -> None:
    articles = {a: one for a, one in agent_library.ARTICLES.items() if one[2] == "published"}
    agent_library.write_articles(tmp_path / "articles", articles)
    build.build(agent_library.config(tmp_path))
    app = agent_library.application(tmp_path)
    try:
        services = services_of(app)
        assert not (tmp_path / "var" / "staff-index").exists()
        assert services.staff_loaded() is services.loaded()
    finally:
        close(app)


def test_an_internal_article_is_gone_with_the_next_build(tmp_path: Path) -> None:
    app = agent_library.built(tmp_path)
    try:
        services = services_of(app)
        assert services.staff_loaded().catalog.page_for(SECRET, "ru")
        (tmp_path / "articles/ru/faq/returns/exceptions.md").unlink()
        build.build(agent_library.config(tmp_path))
        services.staff_library.refresh()
        assert services.staff_loaded().catalog.page_for(SECRET, "ru") is None
        assert services.staff_loaded().internal == frozenset()
    finally:
        close(app)


def test_an_article_made_public_carries_no_anchor_of_its_internal_time(tmp_path: Path) -> None:
    app = agent_library.built(tmp_path)
    try:
        front = {"id": SECRET, "title": "Открыто", "summary": "Открыто", "status": "published"}
        body = "Да.\n\n## Кому писать\n\nНам."
        agent_library.write(tmp_path / "articles", "ru/faq/returns/exceptions", front, body)
        build.build(agent_library.config(tmp_path))
        services_of(app).library.refresh()
        page = services_of(app).loaded().catalog.page(SECRET, "ru")
        assert page is not None
        assert "кто-решает" not in page.html
    finally:
        close(app)


def test_staff_search_with_the_encoder_that_is_loaded_already(tmp_path: Path) -> None:
    config = agent_library.config(tmp_path, encoder="bundled")
    agent_library.write_articles(tmp_path / "articles")
    build.build(config, memory=build.Memory(source=HashSource(tmp_path)))
    loads: list[Path] = []

    def load(folder: Path) -> HashEncoder:
        loads.append(folder)
        return HashEncoder()

    library = LiveGeneration(Store(config.index_dir), load_encoder=load)
    beside = library.beside(Store(tmp_path / "var" / "staff-index"))
    library.start()
    beside.start()
    try:
        assert library.fence().wait_until_ready(10)
        assert beside.fence().wait_until_ready(10)
        found = staff_search.find(beside.require(), "возврат денег", lang="ru")
        assert not found.is_degraded
        assert {hit.visibility for hit in found.hits} == {"public", "internal"}
        assert len(loads) == 1
        library._fence = None  # as when a generation without an encoder comes
        assert staff_search.find(beside.require(), "другие слова", lang="ru").is_degraded
    finally:
        library.close()
    assert beside._thread is not None
    assert not beside._thread.is_alive()
