"""A small library and the whole application over it, for tests of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import StrictUndefined

from app import create_app
from kb.catalog import catalog_json, glossary
from kb.catalog.catalog import ArticleHeading, ArticleVersion, Catalog
from kb.catalog.generation import CATALOG, GLOSSARY, MEDIA
from kb.config import Config
from kb.content.model import Address, ArticleHead, Category, SectionName
from kb.content.shared_text.term import GlossaryTerm
from kb.web.services import EXTENSION, Services
from search.model import Document
from tests.support.libraries.corpus import build_index

REFUND, RUSSIAN_ONLY, VEGA, HOSTILE = "k2m7p", "b6h3r", "a3k8t", "xss00"
RETIRED = "zzzz9"
HOSTILE_TITLE = '<script>alert(1)</script> \u202e& "кавычки" \''
DAY = datetime(2026, 11, 2, 9, 14, tzinfo=UTC)
TERMS = (
    GlossaryTerm(
        "bank",
        {"ru": "Банк", "en": "Bank"},
        {"ru": 'Тот, что выпустил карту; <b>"&', "en": "The one that gave you the card"},
        article=RUSSIAN_ONLY,
    ),
)
PICTURE = "0123456789abcdef-plan.svg"


def library() -> Catalog:
    """Articles in two languages, one in Russian only, one hostile, and a long category."""
    return Catalog(
        [*_refunds(), _russian_only(), *_vega(), _hostile(), *_long_category()],
        _categories(),
        ("ru", "en"),
        (RETIRED,),
    )


def application(root: Path, catalog: Catalog | None = None, **settings: object) -> Flask:
    """The real application over a built index without an encoder; `close` it afterwards."""
    catalog = catalog or library()
    content = {
        CATALOG: catalog_json.to_json(catalog),
        f"{MEDIA}/{PICTURE}": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        f"{MEDIA}/notes.txt": b"not a picture",
        GLOSSARY: glossary.to_json(TERMS),
    }
    build_index(root, _documents(catalog), with_encoder=False, content=content)
    chosen: dict[str, Any] = {"data_dir": root, "rate_limits": False, **settings}
    app = create_app(Config(**chosen))
    app.jinja_env.undefined = StrictUndefined
    return app


def close(app: Flask) -> None:
    services: Services = app.extensions[EXTENSION]
    services.library.close()
    services.database.close()


def page(
    id: str,
    lang: str,
    address: str,
    title: str,
    *,
    html: str = "",
    headings: Sequence[ArticleHeading] = (),
    aliases: Sequence[Address] = (),
    **head: Any,
) -> ArticleVersion:
    """A version at "section/category/slug"; `head` holds further facts of its head."""
    section, category, slug = address.split("/")
    facts: dict[str, Any] = {
        "section": section,
        "summary": f"{title}: коротко.",
        "tags": (),
        "questions": (),
        "order": 10,
        "related": (),
        "updated_at": DAY,
    }
    return ArticleVersion(
        ArticleHead(
            id=id,
            lang=lang,
            category=category,
            slug=slug,
            title=title,
            aliases=tuple(map("/".join, aliases)),
            **(facts | head),
        ),
        html=html or f"<p>{slug}</p>",
        headings=tuple(headings),
        minutes=2,
        source_path=f"{lang}/{address}.md",
        source_digest="",
    )


def _refunds() -> list[ArticleVersion]:
    html = (
        "<p>Срок зависит от банка.</p>"
        '<h2 id="карта">Возврат на карту</h2><p>До десяти дней.</p>'
        '<h2 id="сбп">Возврат по СБП</h2><ol><li><strong>Ждите</strong> три дня.</li></ol>'
        '<h3 id="не-пришло">Если не пришло</h3><p>Спросите банк.</p>'
        f'<figure><a class="zoom" href="/media/{PICTURE}"><img alt="Путь денег" loading="lazy"'
        f' src="/media/{PICTURE}" width="40" height="30"></a>'
        "<figcaption>От склада до карты</figcaption></figure>"
        "<pre><code>RRN 123456789012\n</code></pre>"
        "<details><summary>Что такое RRN</summary><p>Номер перевода.</p>"
        '<h3 id="где-rrn">Где его взять</h3><p>В личном кабинете.</p></details>'
    )
    headings = (
        ArticleHeading(2, "карта", "Возврат на карту"),
        ArticleHeading(2, "сбп", "Возврат по СБП"),
        ArticleHeading(3, "не-пришло", "Если не пришло"),
        ArticleHeading(3, "где-rrn", "Где его взять"),
    )
    address = "faq/returns/refund-timing"
    return [
        page(
            REFUND,
            "ru",
            address,
            "Когда вернутся деньги",
            html=html,
            headings=headings,
            questions=("где мои деньги",),
            aliases=(("faq", "returns", "money-back"), ("faq", "payment", "refunds")),
            related=(VEGA,),
            next=(RUSSIAN_ONLY, "gone0"),
            changes=(DAY, DAY - timedelta(hours=1), DAY - timedelta(days=20)),
        ),
        page(
            REFUND,
            "en",
            address,
            "When the refund arrives",
            html="<p>It depends.</p>",
            changes=(DAY - timedelta(days=9),),
        ),
    ]


def _russian_only() -> ArticleVersion:
    return page(RUSSIAN_ONLY, "ru", "faq/returns/disputes", "Спорные возвраты", order=20)


def _vega() -> list[ArticleVersion]:
    address = "guides/vega-r2/first-setup"
    html = "<p>Снимите плёнку с пылесоса.</p>"
    return [
        page(VEGA, "ru", address, "Первая уборка Vega", html=html, questions=("с чего начать",)),
        page(VEGA, "en", address, "First run of Vega", html="<p>Peel off the film.</p>"),
    ]


def _hostile() -> ArticleVersion:
    return page(HOSTILE, "ru", "guides/vega-r2/hostile", HOSTILE_TITLE, order=99)


def _long_category() -> list[ArticleVersion]:
    return [
        page(
            f"pay{number:02d}",
            "ru",
            f"faq/payment/way-{number}",
            f"Оплата, способ {number}",
            order=number,
            updated_at=DAY - timedelta(days=number),
        )
        for number in range(1, 18)
    ]


def _categories() -> list[Category]:
    return [
        _category("faq", "returns", "return", "Возврат", "Returns"),
        _category("faq", "payment", "no-such-picture", "Оплата", "Payment"),
        _category("faq", "empty", "tag", "Пусто", "Empty"),
        _category("guides", "vega-r2", "robot", "Vega R2", "Vega R2"),
    ]


def _category(section: SectionName, slug: str, icon: str, ru: str, en: str) -> Category:
    descriptions = {"ru": f"Всё про: {ru}.", "en": f"All about: {en}."}
    return Category(section, slug, icon, 10, {"ru": ru, "en": en}, descriptions)


def _documents(catalog: Catalog) -> list[Document]:
    pages: Sequence[ArticleVersion] = [
        page for lang in catalog.languages for page in catalog.pages(lang) if page.lang == lang
    ]
    return [
        Document(
            id=f"{page.lang}/{page.id}",
            group=page.id,
            lang=page.lang,
            title=page.title,
            html=page.html,
            section=page.section,
            category=page.category,
            summary=page.summary,
            questions=page.questions,
        )
        for page in pages
    ]
