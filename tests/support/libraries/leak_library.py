"""A library with something to hide: hidden articles of every kind, each word of them known."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from kb.build import build
from kb.config import Config
from tests.support.libraries import api_library
from tests.support.likelihood import make_likely

PUBLIC_ID, OTHER_ID = "k2m7p", "c4r8t"
UNKNOWN = "never-existed"
STATUSES = {"draft": "d4r7t", "internal": "n8t3r", "retired": "r9t2d", "broken": "b7k5n"}
"""Kind of hidden article → its id. A retired one lies there under an id that is not given again,
a broken one has a fault in its front matter."""
KINDS = (*STATUSES, "half", "shut")
HALF_ID = "h3f6k"
"""Published in Russian, a draft in English."""


def asked(kind: str) -> str:
    """A word of the hidden article that readers may know, and ask for."""
    return f"qwertz{kind}"


def secret(kind: str, place: str) -> str:
    """A word of the hidden article that is never sent, so that no echo can hold it."""
    return f"zyx{kind}{place}"


# With the kind's name: three letters and some more stand in a signed token by chance now and then.
SECRET = re.compile(rf"zyx(?:{'|'.join((*STATUSES, 'half', 'shut', 'file'))})[a-z]*")


def front(id_: str, kind: str, *, status: str) -> str:
    words = {place: f"{asked(kind)} {secret(kind, place)}" for place in ("title", "summary", "tag")}
    return (
        f"---\nid: {id_}\ntitle: {words['title']}\nsummary: {words['summary']}\n"
        f"tags: [{words['tag']}]\nquestions: ['how to {asked(kind)} {secret(kind, 'question')}']\n"
        f"products: [gadget-{kind}, gadget]\n"
        f"status: {status}\naliases: [{asked(kind)}-old-{secret(kind, 'alias')}, {kind}-old]\n"
        f"related: [{PUBLIC_ID}]\n"
    )


def body(kind: str) -> str:
    word = asked(kind)
    return (
        f"---\n\n{word} {secret(kind, 'lead')}\n\n## {word} {secret(kind, 'heading')}\n\n"
        f"{word} {secret(kind, 'body')}, see [it](refund.md).\n\n"
        f"![{secret(kind, 'alt')}](../../../media/{kind}.svg)\n"
    )


def write_hidden(folder: Path, kind: str, id_: str, *, status: str, slug: str) -> None:
    fault = "order: first\n" if kind == "broken" else ""
    text = front(id_, kind, status=status) + fault + body(kind)
    (folder / f"{slug}.md").write_text(text, encoding="utf-8")


def write_library(root: Path, *, status_of_drafts: str = "draft") -> None:
    """Two published articles that name the hidden ones, and hidden ones of every kind."""
    folder = root / "en/faq/returns"
    shut = root / "en/faq/shut"
    russian = root / "ru/faq/returns"
    guides = root / "en/guides/returns"
    for one in (folder, shut, russian, guides, root / "media"):
        one.mkdir(parents=True)
    links = " ".join(f"[more](hidden-{kind}.md)" for kind in STATUSES)
    related = ", ".join((OTHER_ID, *STATUSES.values()))
    (folder / "refund.md").write_text(
        f"---\nid: {PUBLIC_ID}\ntitle: Refund\nsummary: When it comes\ntags: [money]\n"
        f"questions: [where is my refund]\naliases: [money-back]\nrelated: [{related}]\n"
        "products: [gadget]\n---\n\n"
        f"The refund comes soon. {links}\n\n## Refund heading\n\n"
        "![plan](../../../media/plan.svg)\n",
        encoding="utf-8",
    )
    (folder / "courier.md").write_text(
        f"---\nid: {OTHER_ID}\ntitle: Courier\nsummary: He comes\n---\n\nThe courier comes.\n",
        encoding="utf-8",
    )
    (guides / "guide.md").write_text(
        "---\nid: g5d7e\ntitle: Guide\nsummary: To both\nproducts: [gadget, gizmo]\n---\n\nRead.\n",
        encoding="utf-8",
    )
    (russian / "half.md").write_text(
        f"---\nid: {HALF_ID}\ntitle: Половина\nsummary: Перевода нет\n---\n\nТолько по-русски.\n",
        encoding="utf-8",
    )
    write_hidden(folder, "half", HALF_ID, status=status_of_drafts, slug="half")
    for kind, id_ in STATUSES.items():
        status = {"draft": status_of_drafts, "internal": "internal"}.get(kind, "published")
        write_hidden(folder, kind, id_, status=status, slug=f"hidden-{kind}")
    shut_id = "s8t3w"
    write_hidden(shut, "shut", shut_id, status=status_of_drafts, slug="hidden-shut")
    for name in ("plan", *STATUSES, "half", "shut"):
        picture = f'<svg xmlns="http://www.w3.org/2000/svg"><desc>{name}</desc></svg>'
        (root / f"media/{name}.svg").write_text(picture, encoding="utf-8")
    (root / "retired.txt").write_text(f"{STATUSES['retired']} # gone\n", encoding="utf-8")
    names = {"icon": "tag", "order": "1", "title": {"en": "Shelf", "ru": "Полка"}}
    names["description"] = {"en": "All of it", "ru": "Всё"}
    shut_names = dict.fromkeys(("en", "ru"), f"Shut {secret('shut', 'category')}")
    closed = names | {"title": shut_names, "description": shut_names}
    categories = {
        "faq": {"returns": names, "shut": closed, "empty": closed},
        "guides": {"returns": names, "shut": closed, "empty": closed},
    }
    (root / "categories.yml").write_text(json.dumps(categories), encoding="utf-8")
    (root / "products.yml").write_text(json.dumps(products()), encoding="utf-8")


def products() -> dict[str, Any]:
    """Two that published articles are about, and one for each hidden article."""
    hidden = {
        f"gadget-{kind}": {
            "title": dict.fromkeys(("en", "ru"), f"{kind} {secret(kind, 'product')}"),
            "description": dict.fromkeys(("en", "ru"), secret(kind, "product")),
            "aliases": [f"{secret(kind, 'nickname')}"],
            "former": [f"former-{kind}"],
        }
        for kind in KINDS
    }
    gadget = {"title": {"en": "Gadget", "ru": "Штука"}, "former": ["widget"]}
    return {"gadget": gadget, "gizmo": {"title": {"en": "Gizmo", "ru": "Вещица"}}, **hidden}


def root_of(app: Flask) -> Path:
    """The folder that a library of `site` was made in."""
    return api_library.services_of(app).config.data_dir.parent


def config(root: Path) -> Config:
    return api_library.config(root / "var", articles_dir=root / "articles", encoder="none")


@contextmanager
def site(root: Path) -> Iterator[Flask]:
    """Build what lies below `root` and run the application over it.

    Whatever is found is offered, although so small a library makes nothing likely.
    """
    build.build(config(root))
    app = api_library.application(
        root / "var",
        articles_dir=root / "articles",
        encoder="none",
        metrics_token="m" * 32,
        webhook_url="https://desk.example.com/",
        webhook_secret="whsec_" + "A" * 40,
    )
    with pytest.MonkeyPatch.context() as patch:
        make_likely(patch, 0.5, 0.9)
        try:
            yield app
        finally:
            api_library.close(app)
