"""A small shop and the whole application over it, with the toy encoder: for tests of the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, TestResponse

from app import create_app
from kb.accounts.api_keys import demo_key
from kb.catalog import catalog_json
from kb.catalog.catalog import ArticleVersion, Catalog
from kb.catalog.generation import CATALOG
from kb.config import Config
from kb.content.model import Category, SectionName
from kb.web.auth.api_key import KEYED
from kb.web.services import EXTENSION, Services
from search.model import Document
from tests.support.libraries.corpus import HashSource, build_index
from tests.support.libraries.site_library import page
from tests.support.patience import PATIENCE_S

REFUND, COURIER, ROBOT, CARE, RUSSIAN_ONLY = "k2m7p", "c4r8t", "r6b2t", "h3d9q", "b6h3r"
RETIRED = "zzzz9"
DAY = datetime(2026, 11, 2, 9, 14, tzinfo=UTC)
SECRET = "tok-secret-draft-canary"

REFUND_HTML = (
    "<p>It depends on the bank.</p>"
    '<h2 id="card">Refund to a card</h2>'
    "<p>Refunds reach the card in <strong>3 to 10</strong> days. See "
    '<a href="/en/faq/delivery/courier">delivery</a>.</p>'
    "<ul><li>Visa &amp; co</li><li>Mir</li></ul>"
    "<pre><code>&lt;b&gt;not bold&lt;/b&gt;</code></pre>"
)


def library() -> Catalog:
    """Five articles; one exists in Russian only, one has a former slug."""
    pages = [
        page(
            REFUND,
            "en",
            "faq/returns/refund-timing",
            "When the refund arrives",
            html=REFUND_HTML,
            questions=("where is my money",),
            tags=("refund",),
            aliases=(("faq", "returns", "money-back"),),
            related=(COURIER,),
        ),
        page(
            REFUND,
            "ru",
            "faq/returns/refund-timing",
            "Когда вернутся деньги",
            html='<h2 id="карта">Возврат на карту</h2><p>Банк зачисляет до десяти дней.</p>',
        ),
        page(
            COURIER,
            "en",
            "faq/delivery/courier",
            "Courier delivery",
            html="<p>The courier brings the order tomorrow.</p>",
            updated_at=DAY + timedelta(days=1),
        ),
        page(
            COURIER,
            "ru",
            "faq/delivery/courier",
            "Доставка курьером",
            html="<p>Курьер привезёт заказ завтра.</p>",
        ),
        page(
            ROBOT,
            "en",
            "guides/vega-r2/error-codes",
            "Error codes of Vega R2",
            html='<h2 id="e-05">E-05</h2><p>The lidar is covered: wipe it.</p>',
        ),
        page(
            CARE,
            "en",
            "faq/returns/faulty",
            "Return a faulty item",
            html="<p>Bring the item back within two years.</p>",
        ),
        page(RUSSIAN_ONLY, "ru", "faq/returns/disputes", "Спорные возвраты", order=20),
    ]
    categories = [
        _category("faq", "returns", "Возврат", "Returns"),
        _category("faq", "delivery", "Доставка", "Delivery"),
        _category("guides", "vega-r2", "Vega R2", "Vega R2"),
    ]
    return Catalog(pages, categories, ("en", "ru"), (RETIRED,))


def build(root: Path, catalog: Catalog | None = None, *, with_encoder: bool = True) -> Catalog:
    """Build a generation of `catalog` below `root`."""
    catalog = catalog or library()
    build_index(
        root,
        [_document(one) for one in catalog.all_pages],
        source=HashSource(root),
        with_encoder=with_encoder,
        content={CATALOG: catalog_json.to_json(catalog)},
    )
    return catalog


def config(root: Path, **settings: Any) -> Config:
    values: dict[str, Any] = {
        "languages": ("en", "ru"),
        "rate_limits": False,
        "demo": True,
        # A loaded test machine is no slow search and no encoder that hangs.
        "suggest_budget_ms": 20_000,
        "encoder_timeout_ms": 10_000,
        "reader_timeout_ms": 10_000,
    } | settings
    return Config(data_dir=root, **values)


def application(root: Path, **settings: Any) -> Flask:
    """The application over whatever is built below `root`; `close` it afterwards."""
    app = create_app(config(root, **settings))
    app.testing = True
    app.test_client_class = CustomerClient
    return app


SHOP = "http://localhost:8123"
"""Origin of a page that may use the key of `customer`."""


class CustomerClient(FlaskClient):
    """Sends the headers of a page with a widget where a key is needed and none was given."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if args and isinstance(args[0], str) and args[0].startswith(KEYED):
            given = kwargs.get("headers") or {}
            kwargs["headers"] = customer(self.application) | dict(given)
        elif args and isinstance(args[0], EnvironBuilder) and args[0].path.startswith(KEYED):
            args[0].headers.update(customer(self.application))
        return super().open(*args, **kwargs)


def customer(app: Flask) -> dict[str, str]:
    """Headers of a page with a widget in it."""
    return {"Authorization": f"Bearer {demo_key(str(app.secret_key))}", "Origin": SHOP}


def services_of(app: Flask) -> Services:
    found: Services = app.extensions[EXTENSION]
    return found


def wait_for_encoder(app: Flask) -> None:
    fence = services_of(app).library._fence
    assert fence is None or fence.wait_until_ready(PATIENCE_S)


def close(app: Flask) -> None:
    services_of(app).close()


def _category(section: SectionName, slug: str, ru: str, en: str) -> Category:
    return Category(section, slug, "tag", 10, {"ru": ru, "en": en}, {"ru": ru, "en": en})


def _document(one: ArticleVersion) -> Document:
    return Document(
        id=f"{one.lang}/{one.id}",
        group=one.id,
        lang=one.lang,
        title=one.title,
        html=one.html,
        section=one.section,
        category=one.category,
        summary=one.summary,
        tags=one.tags,
        questions=one.questions,
    )
