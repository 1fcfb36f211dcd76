"""Exports of Zendesk: texts, pictures by number, old addresses, summaries, braces, places."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from kb.content.addresses import redirects
from kb.content.library import load
from kb.content.sanitize import to_html
from tests.support.imports import LANGUAGES, Importing, kinds, png

HOST = "https://shop.zendesk.com"
ARTICLE = {
    "id": 360001,
    "html_url": f"{HOST}/hc/en-us/articles/360001-Getting-a-refund",
    "draft": False,
    "position": 2,
    "section_id": 77,
    "created_at": "2024-01-01T00:00:00Z",
    "edited_at": "2024-05-06T07:08:09Z",
    "name": "Getting a refund",
    "title": "Getting a refund",
    "source_locale": "en-us",
    "locale": "en-us",
    "user_segment_id": None,
    "label_names": ["money", "refund"],
    "body": (
        '<p>Money comes back in <strong>ten days</strong>.</p><h2 id="h_01HX">How long?</h2>'
        '<div class="callout callout--danger"><p>Keep the receipt.</p></div>'
        '<p><a href="https://shop.zendesk.com/hc/en-us/articles/360002-Paying">Paying</a>, '
        '<a href="#h_01HX">above</a>, <a href="/hc/en-us/sections/77-Money">all</a>, '
        '<a href="/hc/en-us/requests/new">ask</a></p>'
        '<p><img src="https://shop.zendesk.com/hc/article_attachments/9/receipt.png" '
        'alt="Receipt"></p>'
        "<ol><li>One<ul><li>Two</li></ul></li></ol>"
    ),
}
ZENDESK: dict[str, Any] = {
    "articles": {
        "count": 3,
        "next_page": None,
        "articles": [
            ARTICLE,
            {
                **ARTICLE,
                "id": 360002,
                "name": "Paying",
                "title": "Paying",
                "html_url": f"{HOST}/hc/en-us/articles/360002-Paying",
                "body": "<p>By card, of course.</p>",
                "draft": True,
            },
            {
                **ARTICLE,
                "id": 360003,
                "title": "For agents",
                "html_url": f"{HOST}/hc/en-us/articles/360003-For-agents",
                "body": "<p>Nobody else reads this.</p>",
                "user_segment_id": 5,
            },
        ],
    },
    "sections": {
        "sections": [
            {"id": 77, "category_id": 7, "name": "Money", "locale": "en-us", "position": 1}
        ]
    },
    "categories": {"categories": [{"id": 7, "name": "Shop", "locale": "en-us"}]},
    "translations": {
        "translations": [
            {
                "id": 1,
                "source_id": 360001,
                "source_type": "Article",
                "locale": "ru",
                "title": "Возврат денег",
                "body": '<p>Деньги вернутся. <a href="/hc/ru/articles/360002">Оплата</a></p>',
                "draft": False,
                "html_url": f"{HOST}/hc/ru/articles/360001-Возврат",
            },
            {"id": 2, "source_id": 77, "source_type": "Section", "locale": "ru", "title": "Деньги"},
        ]
    },
}


def test_zendesk(importing: Importing) -> None:
    files = {f"{name}.json": json.dumps(value) for name, value in ZENDESK.items()}
    result = importing.run({**files, "attachments/receipt.png": png()})
    assert result.format == "zendesk"
    assert importing.paths == [
        "en/guides/money/for-agents.md",
        "en/guides/money/getting-a-refund.md",
        "en/guides/money/paying.md",
        "ru/guides/money/getting-a-refund.md",
    ]
    text = importing.article("en/guides/money/getting-a-refund.md")
    head = yaml.safe_load(text.split("---\n")[1])
    assert head["tags"] == ["money", "refund"]
    assert (head["order"], str(head["updated"])) == (2, "2024-05-06")
    assert importing.text("en/guides/money/getting-a-refund.md") == (
        "Money comes back in **ten days**.\n\n## How long? {#h_01HX}\n\n"
        "!!! danger\n    Keep the receipt.\n\n"
        "[Paying](paying.md), [above](#h_01HX), [all](./), ask\n\n"
        "![Receipt](../../../media/attachments-receipt.png)\n\n1. One\n   - Two\n"
    )
    ru = yaml.safe_load(importing.article("ru/guides/money/getting-a-refund.md").split("---\n")[1])
    assert (ru["id"], ru["title"]) == (head["id"], "Возврат денег")
    assert "status: draft" in importing.article("en/guides/money/paying.md")
    assert "status: internal" in importing.article("en/guides/money/for-agents.md")
    assert "Shown to some users only, now internal" in kinds(result)
    redirects = yaml.safe_load((importing.root / "redirects.yml").read_text())
    assert redirects["/hc/en-us/articles/360001-Getting-a-refund"] == f"{head['id']}/en"
    assert redirects["/hc/ru/articles/360001"] == f"{head['id']}/ru"
    categories = yaml.safe_load((importing.root / "categories.yml").read_text())
    assert categories["guides"]["money"]["title"] == {"ru": "Деньги", "en": "Money"}


def zendesk(**changed: Any) -> dict[str, str]:
    """The export with other facts of its first article."""
    first = {**ARTICLE, **changed}
    articles = {"articles": [first, *ZENDESK["articles"]["articles"][1:]]}
    return {
        f"{name}.json": json.dumps(value)
        for name, value in {**ZENDESK, "articles": articles}.items()
    }


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/hc/article_attachments/5001", "attachments/5001.png"),
        ("/hc/article_attachments/5001", "hc/article_attachments/5001"),
        ("/hc/article_attachments/5001", "hc/article_attachments/5001.png"),
        ("/hc/article_attachments/5001", "5001/receipt.png"),
        ("/hc/article_attachments/5001", "pictures/5001-receipt.jpg"),
        ("/hc/article_attachments/5001", "files/till.png"),
        ("/hc/article_attachments/5001.png", "attachments/5001.png"),
        ("/hc/en-us/article_attachments/5001/receipt.png", "attachments/5001.png"),
        ("https://shop.zendesk.com/hc/article_attachments/5001", "attachments/5001"),
        ("https://help.shop.com/hc/en-us/article_attachments/5001/a.png", "attachments/5001.png"),
        ("https://cdn.shop.com/a/till.png?size=2", "pictures/till.png"),
        ("/hc/article_attachments/51", "attachments/51.png"),
        ("/hc/article_attachments/51/a.png", "attachments/51-till.png"),
        ("https://help.shop.com/hc/article_attachments/51", "51/till.png"),
    ],
)
def test_pictures_of_zendesk_by_number_or_name(
    importing: Importing, address: str, file: str
) -> None:
    body = f'<p>Look at this.</p><p><img src="{address}" alt="It"></p>'
    listed = {"article_attachments": [{"id": 5001, "article_id": 360001, "file_name": "till.png"}]}
    result = importing.run(
        {**zendesk(body=body), "article_attachments.json": json.dumps(listed), file: png()}
    )
    (picture,) = (importing.root / "media").iterdir()
    assert f"![It](../../../media/{picture.name})" in importing.text(
        "en/guides/money/getting-a-refund.md"
    )
    assert not any("Pictures" in kind for kind in kinds(result))


def test_pictures_of_one_name_lie_in_folders_of_their_articles(importing: Importing) -> None:
    address = "https://help.shop.com/hc/article_attachments/5001/image.png"
    files = {"360001/image.png": png("red"), "360002/image.png": png("blue")}
    importing.run({**zendesk(body=f'<p>Look.</p><p><img src="{address}" alt="It"></p>'), **files})
    text = importing.text("en/guides/money/getting-a-refund.md")
    assert "![It](../../../media/360001-image.png)" in text


@pytest.mark.parametrize("address", ["categories/7", "categories/7-Shop", "sections/77-Money"])
def test_links_to_lists_of_zendesk(importing: Importing, address: str) -> None:
    for start in ("", HOST, "https://own.zendesk.com"):
        body = f'<p>See <a href="{start}/hc/en-us/{address}">all of it</a>.</p>'
        url = "https://own.zendesk.com/api/v2/help_center/en-us/articles/360001.json"
        importing.run(zendesk(body=body, url=url), is_update=True)
        assert "[all of it](./)" in importing.text("en/guides/money/getting-a-refund.md")


def test_a_picture_of_zendesk_that_is_not_there_is_told_with_its_name(importing: Importing) -> None:
    result = importing.run(zendesk(body='<p>Look.</p><img src="/hc/article_attachments/5001">'))
    (found,) = [it for it in result.findings if it.kind == "Pictures that the source lacks"]
    assert found.message == "attachments/5001.png"
    assert found.remedy == "Put it into media/attachments-5001.png"


def test_old_addresses_of_zendesk_by_number_and_of_its_lists(importing: Importing) -> None:
    importing.run(zendesk())
    front = importing.article("en/guides/money/getting-a-refund.md").split("---\n")[1]
    article = yaml.safe_load(front)["id"]
    for name in ("360001", "360001-Getting-a-refund", "360001-x", "360001-%D0%92%D0%BE"):
        assert importing.redirected(f"/hc/en-us/articles/{name}") == f"{article}/en"
        assert importing.redirected(f"/hc/ru/articles/{name}") == f"{article}/ru"
    for address in (
        *("/hc/en-us/sections/77-Money", "/hc/ru/sections/77", "/hc/ru/sections/77-%D0%94"),
        *("/hc/en-us/categories/7", "/hc/en-us/categories/7-Shop"),
    ):
        assert importing.redirected(address) == "guides/money"
    assert importing.redirected("/hc/en-us") == "/en/"
    assert importing.redirected("/hc/ru/") == "/ru/"
    assert importing.redirected("/hc/en-us/articles/360002") == ""  # a draft
    library = load(importing.root, languages=LANGUAGES)
    assert redirects.read(importing.root, library, (), LANGUAGES).problems == ()


def test_places_that_links_lead_to_hold(importing: Importing) -> None:
    body = (
        '<h2 id="1.2.7-up"><a name="up"></a>Up</h2><p id="p1">One.</p><div id="d1"></div>'
        '<h3 id="steps">Steps</h3><table id="t1"><tr><th>A</th></tr><tr><td id="c1">b</td></tr>'
        '</table><ul><li id="l1">c</li></ul><div class="callout" id="w1"><p>Hot.</p></div><p>'
        '<a href="#1.2.7-up">1</a><a href="#up">2</a><a href="#p1">3</a><a href="#d1">4</a>'
        '<a href="#t1">5</a><a href="#c1">6</a><a href="#l1">7</a><a href="#w1">8</a>'
        '<a href="#steps">9</a></p>'
    )
    result = importing.run(zendesk(body=body))
    article = "en/guides/money/getting-a-refund.md"
    text = importing.text(article)
    for number, anchor in enumerate("1-2-7-up up p1 d1 t1 c1 l1 w1 steps".split(), start=1):
        assert f"[{number}](#{anchor})" in text
    assert "### Steps" in text
    assert not [it for it in result.findings if article in it.path and "headings" in it.kind]


def test_what_looks_like_an_anchor_in_a_heading_is_text(importing: Importing) -> None:
    importing.run(zendesk(body='<h2 id="x">Use {#id} or {#top}</h2><p><a href="#x">It</a></p>'))
    html = to_html(importing.text("en/guides/money/getting-a-refund.md"))
    assert '<h2 id="x">Use {#id} or {#top}</h2>' in html


def test_braces_of_zendesk_are_text(importing: Importing) -> None:
    body = "<p>Write {{ order.number }} or {{ticket}}, <code>{{ x }}</code> and {% if %}.</p>"
    result = importing.run(zendesk(body=body))
    article = "en/guides/money/getting-a-refund.md"
    html = to_html(importing.text(article))
    assert "Write {{ order.number }} or {{ticket}}, <code>{{ x }}</code> and {% if %}." in html
    assert not [it for it in result.findings if article in it.path and "check" in it.kind]
    assert "Variables without a value, shown as they stand" in kinds(result)
    importing.run(name="second", variables={"ticket": "12"})
    assert "or 12," in importing.text("en/guides/money/getting-a-refund-2.md")


@pytest.mark.parametrize(
    ("body", "summary"),
    [
        ("<p>У вас 14 дней.</p><h2>Как</h2><p>Длинный абзац далеко внизу.</p>", "У вас 14 дней."),
        ('<div class="callout"><p>Keep calm now.</p></div><p>You have it.</p>', "You have it."),
        (
            "<pre>run it now</pre><ol><li>Open <b>it</b></li><li>Close it</li></ol>",
            "Open it. Close",
        ),
        ("<p>To pay the order, do these things:</p><ul><li>a b</li></ul>", "To pay the order, do"),
        (f"<table><tr><td>{'a ' * 999}</td><td>b</td></tr></table><h2>Prices</h2>", "Prices"),
        ("<p>Getting a refund</p><p>It takes a day.</p>", "It takes a day."),
    ],
)
def test_a_summary_is_how_the_text_begins(importing: Importing, body: str, summary: str) -> None:
    importing.run(zendesk(body=body))
    head = yaml.safe_load(
        importing.article("en/guides/money/getting-a-refund.md").split("---\n")[1]
    )
    assert head["summary"].startswith(summary)


def test_one_file_of_zendesk_with_everything_in_it(importing: Importing) -> None:
    everything = {name: value[name] for name, value in ZENDESK.items()}
    assert importing.run({"all.json": json.dumps(everything)}).new == 4


def test_links_to_the_old_site_stay_when_it_is_known(importing: Importing) -> None:
    files = {f"{name}.json": json.dumps(value) for name, value in ZENDESK.items()}
    importing.run(files, old_site="https://help.example.com")
    text = importing.text("en/guides/money/getting-a-refund.md")
    assert "[ask](https://help.example.com/hc/en-us/requests/new)" in text
