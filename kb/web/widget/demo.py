"""A small shop that has the widget in it: to try it out, and to test it under the strict policy
that careful shops have. Served only with `KB_DEMO`; nothing of the help centre depends on it.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request

from kb.accounts.api_keys import demo_key
from kb.config import Config
from kb.web.services import services

MODES = ("self-service", "neutral", "ask-first")
HANDOFFS = ("form", "event", "none", "chatwoot", "jivo", "zendesk")

demo = Blueprint("demo", __name__)


@dataclass(frozen=True)
class DemoProduct:
    """One card of the shop; `picture` names a drawing in the template."""

    picture: str
    name: str
    what: str
    price: str


@dataclass(frozen=True)
class Shop:
    """Contents of the page. `help_origin` is where the widget comes from, `help_url` without it."""

    lang: str
    help_origin: str
    help_url: str
    key: str
    mode: str
    handoff: str
    products: tuple[DemoProduct, ...]


@demo.get("/demo/shop")
def shop() -> Response:
    """The page; `lang`, `mode` and `handoff` of the address become attributes of the tag."""
    config = services().config
    if not config.demo:
        abort(404)
    page = _shop(config)
    response = make_response(render_template("demo_shop.html", page=page))
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = policy(page.help_origin)
    return response


def policy(help_origin: str) -> str:
    """The strictest policy under which the widget works; docs/widget.md explains each part."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {help_origin}",
            f"connect-src {help_origin}",
            f"img-src 'self' {help_origin}",
            "style-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "object-src 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _shop(config: Config) -> Shop:
    lang = _one_of("lang", ("ru", "en"))
    origin = (config.public_url or request.host_url).rstrip("/")
    help_lang = lang if lang in config.languages else config.default_language
    return Shop(
        lang=lang,
        help_origin=origin,
        help_url=f"{origin}/{help_lang}/",
        key=demo_key(str(current_app.secret_key)),
        mode=_one_of("mode", MODES[1:] + MODES[:1]),
        handoff=_one_of("handoff", HANDOFFS),
        products=PRODUCTS[lang],
    )


def _one_of(name: str, known: tuple[str, ...]) -> str:
    """The parameter `name` if it is known, else the first of `known`."""
    value = request.args.get(name, "")
    return value if value in known else known[0]


PRODUCTS = {
    "ru": (
        DemoProduct(
            "robot", "Vega R2", "Робот-пылесос с влажной уборкой и лидаром", "29\u00a0990\u00a0₽"
        ),
        DemoProduct(
            "router", "Link AX3", "Роутер Wi-Fi 6 для квартиры до 90 м²", "6\u00a0490\u00a0₽"
        ),
        DemoProduct(
            "headphones", "Tone 5", "Наушники с шумоподавлением, 40 часов", "8\u00a0990\u00a0₽"
        ),
        DemoProduct(
            "coffee",
            "Brew M1",
            "Кофемашина с автоматической молочной системой",
            "44\u00a0990\u00a0₽",
        ),
    ),
    "en": (
        DemoProduct("robot", "Vega R2", "Robot vacuum and mop with a lidar", "29,990 ₽"),
        DemoProduct("router", "Link AX3", "Wi-Fi 6 router for flats up to 90 m²", "6,490 ₽"),
        DemoProduct("headphones", "Tone 5", "Noise-cancelling headphones, 40 hours", "8,990 ₽"),
        DemoProduct(
            "coffee", "Brew M1", "Coffee machine with an automatic milk system", "44,990 ₽"
        ),
    ),
}
