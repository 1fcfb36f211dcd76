"""A library with internal articles, an agent who may read them and a hand-off: for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from app import create_app
from kb.accounts import staff
from kb.build import build
from kb.config import Config
from kb.database.engine import Database
from kb.database.tables import handoffs
from kb.web.services import EXTENSION, Services

EMAIL, PASSWORD, NAME = "anna@shop.example", "long enough to be one", "Anna Petrova"
REFUND, COURIER, SECRET, DRAFT = "k2m7p", "c4r8t", "s5c9t", "d6r3f"
HANDOFF = "ho_01JD8QR9"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
FORM = {"Sec-Fetch-Site": "same-origin"}

ARTICLES = {
    "ru/faq/returns/refund": (
        REFUND,
        "Когда вернутся деньги",
        "published",
        "Срок зависит от банка.\n\n## Возврат на карту\n\nБанк зачисляет деньги до десяти дней."
        "\n\n## Возврат по СБП\n\nДеньги приходят за три дня.",
    ),
    "en/faq/returns/refund": (
        REFUND,
        "When the [refund] arrives",
        "published",
        "It depends on the bank.\n\n## Refund to a card\n\nBanks take up to ten days to refund."
        "\n\n## Refund by phone number\n\nThe money comes in three days.",
    ),
    "ru/faq/returns/courier": (
        COURIER,
        "Доставка курьером",
        "published",
        "Курьер привезёт завтра.",
    ),
    "en/faq/returns/courier": (COURIER, "Courier delivery", "published", "He brings it tomorrow."),
    "ru/faq/returns/exceptions": (
        SECRET,
        "Спорный возврат денег",
        "internal",
        "Исключения по [правилам](refund.md) и [спискам](exceptions.md).\n\n"
        "## Кто решает\n\nВозврат денег сверх срока решает старший смены, код zyxsecret.",
    ),
    "ru/faq/returns/plan": (DRAFT, "План возвратов zyxdraft", "draft", "Возврат денег zyxdraft."),
}
"""Address → id, title, status, Markdown."""


def write_articles(root: Path, articles: dict[str, tuple[str, str, str, str]] = ARTICLES) -> None:
    for address, (article_id, title, status, body) in articles.items():
        front = {"id": article_id, "title": title, "summary": f"{title}: summary", "status": status}
        write(root, address, front, body)
    names = {"icon": "tag", "order": "1", "title": {"ru": "Возврат", "en": "Returns"}}
    names["description"] = {"ru": "Всё о возврате", "en": "All about returns"}
    (root / "categories.yml").write_text(
        yaml.safe_dump({"faq": {"returns": names}}, allow_unicode=True), encoding="utf-8"
    )


def write(root: Path, address: str, front: dict[str, Any], body: str) -> None:
    path = root / f"{address}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(front, allow_unicode=True, sort_keys=False)
    path.write_text(f"---\n{text}---\n\n{body}\n", encoding="utf-8")


def config(root: Path, **settings: Any) -> Config:
    values: dict[str, Any] = {
        "articles_dir": root / "articles",
        "data_dir": root / "var",
        "encoder": "none",
        "rate_limits": False,
    }
    return Config(**(values | settings))


def application(root: Path, **settings: Any) -> Flask:
    """The application over what lies below `root`; `close` it afterwards."""
    app = create_app(config(root, **settings))
    app.testing = True
    return app


def close(app: Flask) -> None:
    services = services_of(app)
    services.library.close()
    services.database.close()


def services_of(app: Flask) -> Services:
    found: Services = app.extensions[EXTENSION]
    return found


def built(root: Path, **settings: Any) -> Flask:
    """The library of this module, built, with its agent and its hand-off."""
    write_articles(root / "articles")
    return built_from(root, **settings)


def built_from(root: Path, **settings: Any) -> Flask:
    """The articles below `root`, built, with the agent and the hand-off of this module."""
    build.build(config(root, **settings), now=NOW)
    app = application(root, **settings)
    database = services_of(app).database
    staff.add(database, email=EMAIL, name=NAME, password=PASSWORD, now=NOW)
    put_handoff(database)
    return app


def sign_in(
    client: FlaskClient, *, email: str = EMAIL, password: str = PASSWORD, **request: Any
) -> Any:
    data = {"email": email, "password": password}
    return client.post("/agent/sign-in", data=data, headers=FORM, **request)


def put_handoff(database: Database, **changes: Any) -> None:
    shown = [
        shown_article(
            REFUND, "Когда вернутся деньги", opened=True, seconds=34, verdict="not_solved"
        ),
        shown_article(COURIER, "<b>Доставка</b> курьером"),
        shown_article("zzzzz", "Статья, которой нет"),
    ]
    tried = {
        "suggestion_id": "sug_1",
        "asked": "где мои деньги",
        "action": "answer",
        "confidence": 0.8,
        "shown": shown,
    }
    row: dict[str, Any] = {
        "id": HANDOFF,
        "key_id": "k",
        "idempotency_key": "i",
        "request_digest": "0" * 64,
        "session_id": "s",
        "lang": "ru",
        "reason": "not_solved",
        "message": "Вернул чайник, где мои <i>деньги</i>?",
        "tried": [tried],
        "searches": ["срок возврата"],
        "page": {"url": "https://shop.example/orders/17", "title": "Заказ 17"},
        "attributes": {},
        "sealed": None,
        "channel": "webhook",
        "status": "delivered",
        "external": None,
        "created_at": NOW,
    }
    with database.write() as connection:
        connection.execute(insert(handoffs).values(**(row | changes)))


def shown_article(article_id: str, title: str, **changes: Any) -> dict[str, Any]:
    return {
        "article_id": f"art_{article_id}",
        "title": title,
        "url": "javascript:alert(1)",
        "rank": 1,
        "confidence": 0.8,
        "opened": False,
        "seconds": 0,
        "verdict": None,
        "reason": "related_not_answered",
    } | changes
