"""A folder of articles that share texts, and all that is said of it."""

from __future__ import annotations

from pathlib import Path

from kb.content import media
from kb.content.checks import check
from kb.content.library import load
from kb.content.model import Article, Library, Problem
from kb.content.render import LinkResolver, render

CATEGORIES = """\
faq:
  delivery: {icon: van, order: 1, title: {ru: Доставка, en: Delivery}, description: {ru: а, en: b}}
"""
VARIABLES = """\
return_days: {ru: 14 дней, en: 14 days}
phone: +7 800 555-35-35
"""
ARTICLE = "ru/faq/delivery/a.md"


def folder(root: Path) -> Path:
    """A folder of articles with a category and two variables."""
    put(root, "categories.yml", CATEGORIES)
    put(root, "variables.yml", VARIABLES)
    return root


def put(root: Path, path: str, text: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def put_article(root: Path, body: str, path: str = ARTICLE, **keys: str) -> None:
    front = {"id": "k2m7p", "title": "T", "summary": "S", **keys}
    lines = "".join(f"{key}: {value}\n" for key, value in front.items())
    put(root, path, f"---\n{lines}---\n{body}")


def loaded(root: Path) -> Library:
    return load(root, languages=("ru", "en"))


def article(root: Path) -> Article:
    library = loaded(root)
    assert library.problems == ()
    return library.articles[0]


def page(root: Path) -> str:
    library = loaded(root)
    return render(library.articles[0], LinkResolver(library, media.read(root))).html


def problems(root: Path) -> tuple[Problem, ...]:
    return check(loaded(root), root)


def told(found: tuple[Problem, ...]) -> list[tuple[str, int, str]]:
    return [(one.path, one.line, str(one.kind)) for one in found]
