"""Links that agents and other sites have kept: none ends at a 404, and sections are still found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from kb.build import build
from kb.catalog.catalog import ArticleHeading
from kb.content import anchors
from kb.content.sanitize import headings, to_html
from tests.support.libraries import agent_library
from tests.support.libraries.agent_library import close, services_of

LANGUAGES = ("ru", "en")
ID, OTHER, RUSSIAN = "k2m7p", "c4r8t", "b6h3r"

Files = dict[str, tuple[dict[str, Any], str]]
"""Address → front matter and Markdown."""


def front(article_id: str, title: str, **more: Any) -> dict[str, Any]:
    return {"id": article_id, "title": title, "summary": title, "status": "published"} | more


def library() -> Files:
    return {
        "ru/faq/returns/refund": (
            front(ID, "Когда вернутся деньги"),
            "Срок.\n\n## На карту\n\nДесять дней.\n\n## По СБП\n\nТри.\n\n### Не пришло\n\nЖдите.",
        ),
        "en/faq/returns/refund": (
            front(ID, "When the refund comes"),
            "Time.\n\n## To a card\n\nTen days.\n\n## By phone\n\nThree.\n\n### Not there\n\nWait.",
        ),
        "ru/faq/returns/courier": (front(OTHER, "Курьер"), "Завтра.\n\n## Окно\n\nЧас."),
        "en/faq/returns/courier": (front(OTHER, "Courier"), "Soon.\n\n## Slot\n\nAn hour."),
        "ru/faq/returns/disputes": (front(RUSSIAN, "Споры"), "Да.\n\n## Кому\n\nНам."),
    }


def write(root: Path, files: Files) -> None:
    for address, (matter, body) in files.items():
        agent_library.write(root / "articles", address, matter, body)
    shelf = "  {icon: tag, order: '1', title: {ru: П, en: S}, description: {ru: П, en: S}}"
    text = f"faq:\n  returns:\n  {shelf}\n  money:\n  {shelf}\nguides:\n  vega:\n  {shelf}\n"
    (root / "articles" / "categories.yml").write_text(text, encoding="utf-8")


def rebuild(root: Path) -> None:
    build.build(agent_library.config(root))


@contextmanager
def site(root: Path) -> Iterator[Flask]:
    app = agent_library.application(root)
    try:
        yield app
    finally:
        close(app)


def move(root: Path, old: str, new: str, **changes: Any) -> None:
    """Rename an article's file in both languages, as an author does who keeps the old address."""
    for lang in LANGUAGES:
        source = root / "articles" / lang / f"{old}.md"
        if source.exists():
            target = root / "articles" / lang / f"{new}.md"
            target.parent.mkdir(parents=True, exist_ok=True)
            text = source.read_text(encoding="utf-8")
            known = re.search(r"^aliases: \[(.*)\]\n", text, re.MULTILINE)
            aliases = f"aliases: [{known[1] + ', ' if known else ''}{old}]\n"
            text = re.sub(r"^aliases: .*\n", "", text, flags=re.MULTILINE)
            target.write_text(text.replace("status:", f"{aliases}status:", 1), encoding="utf-8")
            source.unlink()


def edit(root: Path, address: str, change: Callable[[str], str]) -> None:
    path = root / "articles" / f"{address}.md"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def follow(client: FlaskClient, link: str, reader: str = "ru") -> tuple[int, str, str]:
    """Status, address and page at the end of a link."""
    headers = {"Accept-Language": reader}
    response = client.get(link, headers=headers, follow_redirects=True)
    return response.status_code, response.request.path, response.text


def section_of(page: str, anchor: str) -> str:
    """Text of the heading that an anchor leads to; "" for one that leads nowhere."""
    for heading in re.findall(r"<h[2-6][^>]*>.*?</h[2-6]>", page):
        if f'id="{anchor}"' in heading:
            return re.sub(r"<[^>]*>", "", heading)
    return ""


# --- no link ends at a 404


def links_of(client: FlaskClient, addresses: Mapping[str, str]) -> set[str]:
    """Every address articles are reached by, with the permanent ones and all languages."""
    found = set()
    for address, article_id in addresses.items():
        for lang in LANGUAGES:
            found |= {f"/{lang}/{address}", f"/a/{article_id}/{lang}"}
        found.add(f"/a/{article_id}")
    return found


def test_renamed_moved_and_translated_articles_leave_no_dead_link(tmp_path: Path) -> None:
    write(tmp_path, library())
    rebuild(tmp_path)
    start = {
        "faq/returns/refund": ID,
        "faq/returns/courier": OTHER,
        "faq/returns/disputes": RUSSIAN,
    }
    changes: list[Callable[[], None]] = [
        lambda: move(tmp_path, "faq/returns/refund", "faq/returns/money-back"),
        lambda: move(tmp_path, "faq/returns/money-back", "faq/money/refund-time"),
        lambda: move(tmp_path, "faq/returns/courier", "guides/vega/courier"),
        lambda: move(tmp_path, "faq/returns/disputes", "faq/money/disputes"),
        # The freed address goes to another article: kept links by id still mean the first.
        lambda: move(tmp_path, "guides/vega/courier", "faq/returns/refund"),
        lambda: (tmp_path / "articles/en/faq/money/refund-time.md").unlink(),
        lambda: edit(
            tmp_path, "ru/faq/money/disputes", lambda t: t.replace("## Кому", "## К кому")
        ),
    ]
    with site(tmp_path) as app:
        client = app.test_client()
        kept = links_of(client, start)
        for change in changes:
            change()
            rebuild(tmp_path)
            services_of(app).library.refresh()
            catalog = services_of(app).loaded().catalog
            kept |= links_of(client, {"/".join(p.address): p.id for p in catalog.all_pages})
            for link in sorted(kept):
                for reader in LANGUAGES:
                    status, path, page = follow(client, link, reader)
                    assert status == 200, (link, reader)
                    if link.startswith("/a/"):
                        assert f"/a/{link.split('/')[2]}" in page, (link, path)
        assert len(kept) > 20
        for link in crawl(client):
            assert follow(client, link)[0] == 200, link


def crawl(client: FlaskClient) -> set[str]:
    """Everything that can be reached from the home pages."""
    seen: set[str] = set()
    waiting = ["/ru/", "/en/"]
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        page = client.get(address, follow_redirects=True)
        found = re.findall(r'href="(?:http://localhost)?(/[^"#?]*)', page.text)
        waiting += [one for one in found if not one.startswith("/static/")]
    return seen


def test_a_link_names_its_language_or_leaves_it_to_the_browser(tmp_path: Path) -> None:
    write(tmp_path, library())
    rebuild(tmp_path)
    with site(tmp_path) as app:
        client = app.test_client()
        assert follow(client, f"/a/{ID}", "en")[1] == "/en/faq/returns/refund"
        assert follow(client, f"/a/{ID}/ru", "en")[1] == "/ru/faq/returns/refund"
        assert follow(client, f"/a/{RUSSIAN}/en", "ru")[1] == "/en/faq/returns/disputes"
        for link in (f"/a/{ID}/de", f"/a/{ID}/RU", "/a/zzzzz/ru", f"/a/{ID}/ru/x"):
            assert client.get(link).status_code == 404, link
        response = client.get(f"/a/{ID}/ru")
        assert (response.status_code, response.headers["Cache-Control"]) == (302, "no-cache")


def test_a_retired_article_is_gone_in_every_language(tmp_path: Path) -> None:
    write(tmp_path, library())
    (tmp_path / "articles/retired.txt").write_text("zzzz9\n", encoding="utf-8")
    rebuild(tmp_path)
    with site(tmp_path) as app:
        for link in ("/a/zzzz9", "/a/zzzz9/ru", "/a/zzzz9/en"):
            assert app.test_client().get(link).status_code == 410


# --- sections


def test_a_section_is_found_in_the_other_language(tmp_path: Path) -> None:
    write(tmp_path, library())
    rebuild(tmp_path)
    with site(tmp_path) as app:
        client = app.test_client()
        english = follow(client, f"/a/{ID}/en")[2]
        russian = follow(client, f"/a/{ID}/ru")[2]
    assert section_of(english, "на-карту") == "To a card"
    assert section_of(english, "не-пришло") == "Not there"
    assert section_of(russian, "by-phone") == "По СБП"
    assert section_of(russian, "по-сбп") == "По СБП"


def test_a_section_is_found_after_its_heading_was_renamed(tmp_path: Path) -> None:
    write(tmp_path, library())
    rebuild(tmp_path)
    with site(tmp_path) as app:
        client = app.test_client()
        for old, new in (
            ("## По СБП", "## Быстрые платежи"),
            ("## Быстрые платежи", "## По номеру"),
        ):
            edit(tmp_path, "ru/faq/returns/refund", lambda text, o=old, n=new: text.replace(o, n))  # type: ignore[misc]
            rebuild(tmp_path)
            services_of(app).library.refresh()
        russian = follow(client, f"/a/{ID}/ru")[2]
        english = follow(client, f"/a/{ID}/en")[2]
        shown = services_of(app).loaded().catalog.page(ID, "ru")
    for anchor in ("по-сбп", "быстрые-платежи", "по-номеру", "by-phone"):
        assert section_of(russian, anchor) == "По номеру", anchor
        assert section_of(english, anchor) == "By phone", anchor
    assert section_of(russian, "на-карту") == "На карту"
    assert shown is not None
    assert len(set(re.findall(r'id="([^"]+)"', russian))) == len(
        re.findall(r'id="([^"]+)"', russian)
    )


def test_former_anchors_stay_when_the_article_moves_or_others_change(tmp_path: Path) -> None:
    write(tmp_path, library())
    rebuild(tmp_path)
    edit(tmp_path, "ru/faq/returns/refund", lambda text: text.replace("## По СБП", "## Телефон"))
    rebuild(tmp_path)
    move(tmp_path, "faq/returns/refund", "faq/money/refund")
    rebuild(tmp_path)
    edit(tmp_path, "ru/faq/returns/courier", lambda text: text.replace("Завтра", "Сегодня"))
    rebuild(tmp_path)
    with site(tmp_path) as app:
        page = follow(app.test_client(), f"/a/{ID}/ru")[2]
    assert section_of(page, "по-сбп") == "Телефон"


def test_an_article_that_was_hidden_forgets_its_former_anchors(tmp_path: Path) -> None:
    """The way to take back a heading that should never have been read."""
    write(tmp_path, library())
    rebuild(tmp_path)
    address = "ru/faq/returns/refund"
    edit(tmp_path, address, lambda text: text.replace("status: published", "status: draft"))
    rebuild(tmp_path)
    edit(tmp_path, address, lambda text: text.replace("status: draft", "status: published"))
    edit(tmp_path, address, lambda text: text.replace("## По СБП", "## Телефон"))
    rebuild(tmp_path)
    with site(tmp_path) as app:
        page = follow(app.test_client(), f"/a/{ID}/ru")[2]
    assert "по-сбп" not in page


def test_what_search_reads_is_not_changed_by_former_anchors() -> None:
    html = to_html("Раз.\n\n## Два & три\n\nЧетыре.\n\n## Пять\n\nШесть.")
    marked = anchors.with_aliases(html, {"two": "два--три", "five": "пять", "raz": "нет"})
    assert marked != html
    assert headings(marked) == headings(html)


# --- which headings are the same


def outline(text: str) -> list[ArticleHeading]:
    """`2a 3b 2c`: level and anchor."""
    return [ArticleHeading(int(one[0]), one[1:], one[1:]) for one in text.split()]


@pytest.mark.parametrize(
    ("other", "own", "expected"),
    [
        ("2a 2b", "2x 2y", {"a": "x", "b": "y"}),
        ("2a 3b 3c 2d", "2x 3y 3z 2w", {"a": "x", "b": "y", "c": "z", "d": "w"}),
        ("2a 3b 2d", "2x 3y 3z 2w", {"a": "x", "d": "w"}),
        ("2a 2b 2c", "2x 2y", {}),
        ("2a 2b 2c", "2a 2y 2c", {"b": "y"}),
        ("2a 2b 2c", "2a 2y 2z 2c", {}),
        ("2a 2b 2c 2d", "2x 2c 2y", {"d": "y"}),
        ("2a 2b", "2b 2a", {}),
        ("2a 2b", "2b 2x", {}),
        ("3a 2b", "3x 2y", {"a": "x", "b": "y"}),
        ("2a 4b", "2x 3y", {"a": "x", "b": "y"}),
        ("", "2x", {}),
        ("2a", "", {}),
    ],
)
def test_headings_at_the_same_place_of_the_outline_are_the_same(
    other: str, own: str, expected: dict[str, str]
) -> None:
    assert anchors.counterparts(outline(other), outline(own)) == expected


OUTLINES = st.lists(st.tuples(st.integers(2, 6), st.integers(0, 12)), max_size=12).map(
    lambda pairs: [
        ArticleHeading(level, f"h{number}", "")
        for number, level in {n: lv for lv, n in pairs}.items()
    ]
)


@given(OUTLINES, OUTLINES)
def test_anchors_lead_to_headings_that_exist_and_hide_none(
    other: list[ArticleHeading], own: list[ArticleHeading]
) -> None:
    found = anchors.counterparts(other, own)
    here = {heading.anchor for heading in own}
    assert set(found.values()) <= here
    assert not here & set(found)
    assert set(found) <= {heading.anchor for heading in other}
    assert anchors.counterparts(own, own) == {}
    renamed = [replace(heading, anchor=f"new-{heading.anchor}") for heading in own]
    assert anchors.counterparts(own, renamed) == {h.anchor: f"new-{h.anchor}" for h in own}


@pytest.mark.parametrize("alias", ['"><script>', "a b", "", "x" * 200, "main", "card"])
def test_odd_or_taken_names_become_no_anchor(alias: str) -> None:
    html = '<h2 id="card">Card</h2><p id="main">x</p>'
    assert anchors.with_aliases(html, {alias: "card"}) == html


def test_a_page_remembers_a_bounded_number_of_anchors() -> None:
    many = {f"a{number}": "x" for number in range(1000)}
    html = anchors.with_aliases('<h2 id="x">X</h2>', many)
    assert len(anchors.aliases_in(html)) == anchors.MAX_ALIASES
