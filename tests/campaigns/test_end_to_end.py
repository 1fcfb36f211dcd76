"""The main job on real input: real articles, real encoder, real server, plain HTTP."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from lxml import etree, html

from bench.server import Server, running
from search.generation.corpus import CorpusDocument
from search.generation.files import ENCODER
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store
from search.ranking.options import SearchOptions
from search.ranking.query_vector import UNHURRIED_S
from search.ranking.searcher import Searcher
from search.semantic.encoder import OnnxQueryEncoder
from tests.support import schema_org
from tests.support.fixtures.campaigns import Campaign
from tests.support.patience import PATIENCE_S, wait_until

pytestmark = pytest.mark.encoder

# (language, what someone types, articles that answer): in their words, not in the article's.
QUESTIONS = [
    ("ru", "где мои деньги за возврат", "r2v6j"),
    ("ru", "пылесос не возвращается на базу", "h8g4q"),
    ("ru", "не приходит смс с кодом", "f4h7c"),
    ("ru", "наушники не видит телефон", "w8k5b"),
    ("ru", "машина просит очистить от накипи", "e8n2k"),
    ("ru", "можно ли оплатить наличными курьеру", "q4w7k"),
    ("en", "where is my refund", "r2v6j"),
    ("en", "vacuum won't go back to its base", "h8g4q"),
    ("en", "promo code does not apply", "c3n8f"),
    ("en", "router light is amber", "q7w2h p3h7j"),
    ("en", "can you deliver to kazakhstan", "c7p6w"),
    ("en", "one earphone is silent", "n3v8c"),
]


def search(server: Server, text: str, lang: str) -> dict[str, object]:
    reply = requests.get(
        f"{server.url}/api/v1/search", params={"q": text, "locale": lang}, timeout=PATIENCE_S
    )
    assert reply.status_code == 200
    return reply.json()  # type: ignore[no-any-return]


@pytest.mark.parametrize(("lang", "text", "articles"), QUESTIONS)
def test_own_words_find_the_answer(
    sample_server: Server, lang: str, text: str, articles: str
) -> None:
    found = search(sample_server, text, lang)
    assert found["mode"] == "hybrid"
    top = [row["id"] for row in found["data"][:3]]  # type: ignore[index]  # JSON
    assert {f"art_{one}" for one in articles.split()} & {*top}


def test_every_page_of_the_sample_says_what_it_is(sample_server: Server) -> None:
    sitemap = etree.fromstring(
        requests.get(f"{sample_server.url}/sitemap.xml", timeout=PATIENCE_S).content
    )
    addresses = sitemap.xpath("//*[local-name()='loc']/text()")
    assert len(addresses) > 150
    kinds: set[str] = set()
    with requests.Session() as session:
        for address in addresses:
            document = html.fromstring(session.get(address, timeout=PATIENCE_S).text)
            [block] = document.xpath("//script[@type='application/ld+json']/text()")
            said = json.loads(block)
            assert schema_org.faults(said) == [], address
            kinds.update(schema_org.types(said))
    assert kinds >= {"WebSite", "CollectionPage", "Article", "TechArticle", "FAQPage"}


def test_page_api_and_suggest_show_the_same_passages(sample_server: Server) -> None:
    text = "когда придут деньги за возврат"
    data = search(sample_server, text, "ru")["data"]
    page = requests.get(
        f"{sample_server.url}/ru/search", params={"q": text}, timeout=PATIENCE_S
    ).text
    suggested = requests.post(
        f"{sample_server.url}/api/v1/suggest",
        json={"message": text, "locale": "ru"},
        headers=sample_server.customer,
        timeout=PATIENCE_S,
    ).json()["results"]
    by_api = [row["url"] for row in data][:3]  # type: ignore[attr-defined]
    assert [row["article"]["url"] for row in suggested] == by_api
    shown = re.findall(r'href="(/ru/(?:faq|guides)/[^"/]+/[^"#?]+#?[^"]*)"', page)
    for url in by_api:
        path = url.removeprefix(sample_server.url)
        assert path in shown or quote(path, safe="/#") in shown


def test_english_words_on_the_russian_site_are_answered_in_english(sample_server: Server) -> None:
    rows = search(sample_server, "wireless headphones pairing mode", "ru")["data"]
    assert rows[0]["id"] == "art_w8k5b"  # type: ignore[index]  # JSON
    assert rows[0]["locale"] == "en"  # type: ignore[index]  # JSON


def test_answer_is_a_quotation(sample_server: Server) -> None:
    reply = requests.post(
        f"{sample_server.url}/api/v1/suggest",
        json={"message": "How long does a refund to my card take?", "locale": "en"},
        headers=sample_server.customer,
        timeout=PATIENCE_S,
    ).json()
    assert reply["decision"]["policy"]["calibration"] == "default"
    assert reply["results"][0]["article"]["id"] == "art_r2v6j"
    if reply["answer"]:
        article = requests.get(
            f"{sample_server.url}/api/v1/articles/art_r2v6j",
            params={"locale": "en", "format": "html"},
            timeout=PATIENCE_S,
        ).json()
        shown = article["excerpt"] + html.fromstring(article["content"]).text_content()
        for line in reply["answer"]["text"].splitlines():
            assert "".join(line.split()) in "".join(shown.split())


def test_edit_is_served_without_restart(
    sample_server: Server, sample_settings: dict[str, str]
) -> None:
    with edited(sample_server, sample_settings, "Zanzibar") as is_served:
        wait_until(is_served)

        def is_found() -> bool:
            rows: Any = search(sample_server, "zanzibar", "en")["data"]
            return [row["id"] for row in rows[:1]] == ["art_m7x4h"]

        wait_until(is_found)
    wait_until(lambda: not is_served())


@contextmanager
def edited(server: Server, settings: dict[str, str], word: str) -> Iterator[Callable[[], bool]]:
    """An article has one more word; gives whether a reader sees it, by whichever process."""
    path = Path(settings["KB_ARTICLES_DIR"]) / "en/faq/promo/bonus-points.md"
    url = f"{server.url}/en/faq/promo/bonus-points"
    original = path.read_text("utf-8")
    path.write_text(f"{original}\n\n{word} counts double.\n", "utf-8")
    try:
        yield lambda: word in requests.get(url, timeout=PATIENCE_S).text
    finally:
        path.write_text(original, "utf-8")


def test_broken_edit_leaves_the_rest_of_the_site(
    sample_server: Server, sample_settings: dict[str, str]
) -> None:
    path = Path(sample_settings["KB_ARTICLES_DIR"]) / "en/faq/promo/broken.md"
    path.write_text("---\nid: [\n---\n\ud83d".encode("utf-8", "replace").decode(), "utf-8")
    try:
        with edited(sample_server, sample_settings, "Madagascar") as is_served:
            wait_until(is_served)  # so the broken file has been read, too
            page = requests.get(f"{sample_server.url}/en/faq/promo/", timeout=PATIENCE_S)
            assert page.status_code == 200
    finally:
        path.unlink()


def test_acknowledged_vote_survives_kill(sample_settings: dict[str, str], tmp_path: Path) -> None:
    """kill -9 of every process right after the response; the vote is in the database file."""
    data = tmp_path / "var"
    data.mkdir()
    os.symlink(Path(sample_settings["KB_DATA_DIR"]) / "index", data / "index")
    with running({**sample_settings, "KB_DATA_DIR": str(data)}) as server:
        reply = requests.post(
            f"{server.url}/en/vote/r2v6j",
            data={"value": "yes"},
            headers={"Origin": server.url},
            allow_redirects=False,
            timeout=PATIENCE_S,
        )
        for pid in reversed(server.pids()):
            os.kill(pid, signal.SIGKILL)
    assert reply.status_code == 303
    assert "visitor" in reply.cookies
    database = sqlite3.connect(data / "otvet.sqlite")
    rows = database.execute("select article_id, value from votes").fetchall()
    database.close()
    assert rows == [("r2v6j", 1)]


def test_reading_sets_no_cookie(sample_server: Server) -> None:
    for path in ("/", "/ru/", "/en/faq/promo/bonus-points", "/a/r2v6j", "/en/search?q=refund"):
        with requests.Session() as session:
            session.get(f"{sample_server.url}{path}", timeout=PATIENCE_S)
            assert not session.cookies


@pytest.mark.campaign
def test_every_article_is_found_first_by_its_own_title(
    sample_settings: dict[str, str], campaign: Campaign
) -> None:
    store = Store(Path(sample_settings["KB_DATA_DIR"]) / "index")
    generation = OpenGeneration(store.path(str(store.current_name())))
    encoder = OnnxQueryEncoder.from_folder(generation.path(ENCODER))
    searcher = Searcher(generation, encoder, more_readings_s=UNHURRIED_S)

    def first(document: CorpusDocument) -> str:
        return searcher.search(document.title, SearchOptions(lang=document.lang)).ranking[0]

    some = campaign.some(searcher.corpus.documents, 60)
    wrong = [document.title for document in some if first(document) != document.group]
    assert wrong == []
