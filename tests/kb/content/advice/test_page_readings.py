"""Pages read by several processes are those that one reads, in the same order."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.content import media
from kb.content.advice import page_readings
from kb.content.render import LinkResolver
from tests.kb.content.test_library import CATEGORIES, GOOD, put, read

TEXTS = (
    "Первый текст, [мёртвая ссылка](no.md).",
    ":::note\nНе закрыто",
    "![](https://example.com/a.png)",
    "1. Один\n   - два",
    "Это [другая статья](number-0.md#нет).",
)


def test_processes_share_pages_and_tell_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "categories.yml").write_text(CATEGORIES, encoding="utf-8")
    for number, text in enumerate(TEXTS):
        head = GOOD.replace("k2m7p", f"x{'abcde'[number]}aaa").replace("aliases: [old-name]\n", "")
        put(tmp_path, f"ru/faq/delivery/number-{number}.md", head + text)
    library = read(tmp_path)
    links = LinkResolver(library, media.read(tmp_path))
    assert len(library.articles) == len(TEXTS)
    alone = page_readings.page_readings(library.articles, links, is_reviewed=True)
    monkeypatch.setattr(page_readings, "APART_FROM", 2)
    monkeypatch.setattr(page_readings, "_cores", lambda: 2)
    shared = page_readings.page_readings(library.articles, links, is_reviewed=True)
    assert list(shared.items()) == list(alone.items())
    assert sum(len(reading.problems) for reading in alone.values()) >= 2
