"""Exports of Intercom and Help Scout, and saved pages, as their systems give them."""

from __future__ import annotations

import json

import pytest
import yaml

from kb.content.library import load
from tests.support.imports import LANGUAGES, Importing, kinds

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


def test_collections_of_intercom_whose_type_is_not_told(importing: Importing) -> None:
    bare = [{"id": "145", "name": "Delivery"}, {"id": 146, "name": "Parcels", "parent_id": "145"}]
    article = {**INTERCOM["data"][0], "parent_id": 146}  # type: ignore[dict-item]
    importing.run(
        {"articles.json": json.dumps([article]), "collections.json": json.dumps({"data": bare})}
    )
    assert importing.paths == [
        f"{lang}/guides/parcels/track-your-parcel.md" for lang in ("en", "ru")
    ]


@pytest.mark.parametrize("name", ["export.json", "help/groups.json"])
def test_collections_of_intercom_by_what_lies_in_them(importing: Importing, name: str) -> None:
    listed = [{"id": 145, "name": "Delivery"}]
    importing.run({"articles.json": json.dumps(INTERCOM), name: json.dumps(listed)})
    assert "en/guides/delivery/track-your-parcel.md" in importing.paths


def test_the_first_heading_of_an_export_stays_unless_it_is_the_title(importing: Importing) -> None:
    bodies = {
        "1": "<h1>Before you start</h1><p>Have a card.</p><h2>Then</h2><p>Pay.</p>",
        "2": "<h1>Return it!</h1><p>Send it.</p>",
    }
    articles = [
        {"id": key, "title": "Return it", "body": body, "state": "published", "workspace_id": "w"}
        for key, body in bodies.items()
    ]
    importing.run({"articles.json": json.dumps({"type": "list", "data": articles})})
    assert importing.text("en/guides/general/return-it.md") == (
        "## Before you start\n\nHave a card.\n\n### Then\n\nPay.\n"
    )
    assert importing.text("en/guides/general/return-it-2.md") == "Send it.\n"


def test_old_addresses_of_intercom(importing: Importing) -> None:
    lists = json.loads(json.dumps(COLLECTIONS))
    lists["data"][0]["url"] = "https://help.shop.com/en/collections/145-delivery"
    importing.run({"articles.json": json.dumps(INTERCOM), "collections.json": json.dumps(lists)})
    for address in ("/en/collections/145-delivery", "/ru/collections/145-x", "/en/collections/145"):
        assert importing.redirected(address) == "guides/delivery"
    assert importing.redirected("/en/articles/6871119-other-words").endswith("/en")
    assert load(importing.root, languages=LANGUAGES).problems == ()


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


def test_other_old_addresses_of_help_scout(importing: Importing) -> None:
    public = json.loads(json.dumps(HELPSCOUT).replace('"private"', '"public"'))
    site = "https://docs.shop.com"
    public["collections.json"]["collections"]["items"][0] |= {
        "number": 1,
        "publicUrl": f"{site}/collection/1-shop",
    }
    public["categories.json"]["categories"]["items"][0] |= {
        "number": 34,
        "publicUrl": f"{site}/category/34-account",
    }
    public["redirects.json"]["redirects"]["items"] += [
        {"id": "q", "urlMapping": "/help.php?id=17", "redirect": f"{site}/article/14-sign-in"},
        {"id": "o", "urlMapping": "/blog", "redirect": "https://blog.shop.com/news"},
        {"id": "c", "urlMapping": "/account", "redirect": "/category/34-account"},
        {"id": "n", "urlMapping": "/gone", "redirect": "/article/99-gone"},
    ]
    result = importing.run({name: json.dumps(value) for name, value in public.items()})
    article = importing.redirected("/article/14-sign-in")
    for address in ("/article/14", "/article/14-renamed", "/help.php?id=17", "/help.php?a=1&id=17"):
        assert importing.redirected(address) == article
    assert importing.redirected("/help.php?id=18") == ""
    for address in ("/collection/1-shop", "/category/34-account", "/category/34-x", "/account"):
        assert importing.redirected(address) == "guides/account"
    assert importing.redirected("/blog") == "https://blog.shop.com/news"
    assert "Redirects of the old site that lead nowhere" in kinds(result)


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
