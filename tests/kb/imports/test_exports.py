"""Exports of Zendesk, Intercom and Help Scout, and saved pages, as their systems give them."""

from __future__ import annotations

import json
from typing import Any

import yaml

from tests.support.imports import Importing, kinds, png

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


def test_one_file_of_zendesk_with_everything_in_it(importing: Importing) -> None:
    everything = {name: value[name] for name, value in ZENDESK.items()}
    assert importing.run({"all.json": json.dumps(everything)}).new == 4


def test_links_to_the_old_site_stay_when_it_is_known(importing: Importing) -> None:
    files = {f"{name}.json": json.dumps(value) for name, value in ZENDESK.items()}
    importing.run(files, old_site="https://help.example.com")
    text = importing.text("en/guides/money/getting-a-refund.md")
    assert "[ask](https://help.example.com/hc/en-us/requests/new)" in text


INTERCOM = {
    "type": "list",
    "data": [
        {
            "type": "article",
            "id": "6871119",
            "workspace_id": "w1",
            "title": "Track your parcel",
            "description": "Where it is now.",
            "body": (
                '<p class="no-margin">Open <b>Orders</b>.</p>'
                '<div class="intercom-interblocks-callout" style="background-color: #fbe3e3;">'
                '<p class="no-margin">Do not refuse it.</p></div>'
                '<p><a href="https://help.shop.com/en/articles/6871120-return-it">Return it</a></p>'
            ),
            "state": "published",
            "created_at": 1734537283,
            "updated_at": 1734537288,
            "url": "https://help.shop.com/en/articles/6871119-track-your-parcel",
            "parent_id": 145,
            "parent_type": "collection",
            "default_locale": "en",
            "translated_content": {
                "type": "article_translated_content",
                "ru": {
                    "type": "article_content",
                    "title": "Где посылка",
                    "description": "",
                    "body": "<p>Откройте «Заказы».</p>",
                    "state": "draft",
                    "url": "https://help.shop.com/ru/articles/6871119",
                },
            },
        },
        {
            "type": "article",
            "id": "6871120",
            "title": "Return it",
            "body": "<p>Send it back to us.</p>",
            "state": "draft",
            "url": "https://help.shop.com/en/articles/6871120-return-it",
            "parent_id": None,
            "default_locale": "en",
        },
    ],
}
COLLECTIONS = {
    "type": "list",
    "data": [
        {
            "type": "collection",
            "id": "145",
            "name": "Delivery",
            "description": "All about parcels",
            "default_locale": "en",
            "order": 3,
            "translated_content": {"ru": {"type": "group_content", "name": "Доставка"}},
        }
    ],
}


def test_intercom(importing: Importing) -> None:
    files = {"articles.json": json.dumps(INTERCOM), "collections.json": json.dumps(COLLECTIONS)}
    result = importing.run(files)
    assert result.format == "intercom"
    assert importing.paths == [
        "en/guides/delivery/track-your-parcel.md",
        "en/guides/general/return-it.md",
        "ru/guides/delivery/track-your-parcel.md",
    ]
    assert importing.text("en/guides/delivery/track-your-parcel.md") == (
        "Open **Orders**.\n\n!!! danger\n    Do not refuse it.\n\n"
        "[Return it](../general/return-it.md)\n"
    )
    head = importing.article("en/guides/delivery/track-your-parcel.md")
    assert "summary: Where it is now." in head
    assert "updated: 2024-12-18" in head
    assert "status: draft" in importing.article("ru/guides/delivery/track-your-parcel.md")
    categories = yaml.safe_load((importing.root / "categories.yml").read_text())
    assert categories["guides"]["delivery"]["title"] == {"ru": "Доставка", "en": "Delivery"}


HELPSCOUT = {
    "articles.json": {
        "articles": {
            "page": 1,
            "items": [
                {"id": "52aa", "collectionId": "c1", "status": "published", "name": "Sign in"}
            ],
        }
    },
    "52aa.json": {
        "article": {
            "id": "52aa",
            "number": 14,
            "collectionId": "c1",
            "slug": "sign-in",
            "status": "published",
            "name": "Sign in &amp; out",
            "text": (
                '<p>Use your e-mail.</p><section class="callout-yellow"><p>Not your '
                "name.</p></section>"
            ),
            "categories": ["k1"],
            "keywords": ["login"],
            "publicUrl": "https://docs.shop.com/article/14-sign-in",
            "lastPublishedAt": "2023-04-05T06:07:08Z",
        }
    },
    "collections.json": {
        "collections": {
            "items": [{"id": "c1", "siteId": "s", "visibility": "private", "name": "Shop"}]
        }
    },
    "categories.json": {
        "categories": {"items": [{"id": "k1", "collectionId": "c1", "name": "Account", "order": 2}]}
    },
    "redirects.json": {
        "redirects": {
            "items": [{"id": "r", "urlMapping": "/old/login", "redirect": "/article/14-sign-in"}]
        }
    },
}


def test_help_scout(importing: Importing) -> None:
    result = importing.run({name: json.dumps(value) for name, value in HELPSCOUT.items()})
    assert (result.format, result.new) == ("helpscout", 1)
    article = importing.article("en/guides/account/sign-in.md")
    assert "title: Sign in & out" in article
    assert "status: internal" in article
    assert "!!! warning\n    Not your name." in article
    assert not (importing.root / "redirects.yml").exists()  # its readers could open nothing


def test_help_scout_addresses_of_public_articles(importing: Importing) -> None:
    public = {name: json.dumps(value) for name, value in HELPSCOUT.items()}
    public = {name: text.replace('"private"', '"public"') for name, text in public.items()}
    importing.run(public)
    redirects = yaml.safe_load((importing.root / "redirects.yml").read_text())
    assert redirects["/old/login"] == redirects["/article/14-sign-in"]


PAGE = """<!DOCTYPE html><html lang="ru"><head><title>Возврат | Магазин</title>
<meta name="description" content="Как вернуть товар.">
<link rel="canonical" href="https://shop.ru/help/return">
<script>var a = "<p>";</script></head><body><nav><a href="/">Главная</a></nav>
<main><h1>Возврат товара</h1>
<p>Принесите <a href="pay.html">чек</a>.</p>
<table><thead><tr><th>Срок</th><th>Цена</th></tr></thead>
<tr><td>1 | 2</td><td>100&nbsp;₽</td></tr></table>
<pre><code class="language-sh">a &lt; b</code></pre></main>
<footer>© Магазин</footer></body></html>"""


def test_saved_pages(importing: Importing) -> None:
    result = importing.run(
        {
            "help/return.html": PAGE,
            "help/pay.html": "<html lang=ru><title>Оплата</title><body><p>Картой или так.</p>",
        }
    )
    assert (result.format, result.new) == ("html", 2)
    assert "title: Возврат товара\nsummary: Как вернуть товар.\n" in importing.article(
        "ru/guides/help/return.md"
    )
    assert importing.text("ru/guides/help/return.md") == (
        "Принесите [чек](pay.md).\n\n| Срок | Цена |\n| --- | --- |\n| 1 \\| 2 | 100 ₽ |\n\n"
        "```sh\na < b\n```\n"
    )
    redirects = yaml.safe_load((importing.root / "redirects.yml").read_text())
    assert {"/help/return", "/help/return.html"} <= redirects.keys()
