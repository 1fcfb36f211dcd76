"""Products: the things a shop sells, by slug, in `products.yml`, and what articles say of them.

    vega-r2:
      icon: robot
      order: 10
      title: {ru: Vega R2, en: Vega R2}
      description: {ru: Робот-пылесос, en: Robot vacuum}
      aliases: [VR2]
      former: [vega-2]

`aliases` are what people call it, `former` the slugs it once had. Never raises for content: what is
wrong with an entry is reported, and the entry is used as far as it goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_core import InitErrorDetails, PydanticCustomError

from kb.content.fault_kinds import FaultKind
from kb.content.files.fields import (
    DEFAULT_ORDER,
    LISTED,
    MAX_SLUG_CHARS,
    SLUG,
    Names,
    Order,
    Slugs,
    Summaries,
    line,
    matches,
)
from kb.content.files.form import Form, Reading
from kb.content.files.text import BadFile
from kb.content.model import Article, Library, Problem, Product
from kb.content.shared_text.filled_file import read_file

PRODUCTS_FILE = "products.yml"
MAX_CHARS = 200_000
"""About a thousand products."""
MAX_ALIAS_CHARS = 60
ENTRY_REMEDY = "Write `slug:` in a-z, 0-9 and single hyphens, and its `title:` indented below"
ICON_REMEDY = "Use the name of an icon, such as robot"
ALIAS_REMEDY = "Write what people call it"


def _too_long_a_name(text: str) -> InitErrorDetails | None:
    """The error of an alias that nobody would say."""
    if len(text) <= MAX_ALIAS_CHARS:
        return None
    context = {"max_length": MAX_ALIAS_CHARS, "remedy": ALIAS_REMEDY}
    return {"type": PydanticCustomError("name_too_long", "is too long", context), "input": text}


class _ProductKeys(Form):
    icon: Annotated[str, line(matches(SLUG, ICON_REMEDY))] = ""
    order: Order = DEFAULT_ORDER
    title: Names = Field(default_factory=dict)
    description: Summaries = Field(default_factory=dict)
    aliases: Annotated[tuple[Annotated[str, line(_too_long_a_name)], ...], LISTED] = ()
    former: Slugs = ()


@dataclass(frozen=True)
class Products:
    """All entries that can be used, in the order in which pages show them."""

    entries: tuple[Product, ...] = ()
    left_out: frozenset[str] = frozenset()
    """Slugs whose entries were reported and cannot be used."""
    is_readable: bool = True
    """False when something of the file cannot be read."""


def read(root: Path, languages: Sequence[str]) -> tuple[Products, tuple[Problem, ...]]:
    """The site's products and what is wrong with the file; none of both without one."""
    if not (root / PRODUCTS_FILE).exists():
        return Products(), ()
    try:
        written = read_file(root, PRODUCTS_FILE, languages, max_chars=MAX_CHARS)
    except BadFile as error:
        return Products(is_readable=False), (error.problem,)
    nodes, problems = written.keys, list(written.problems)
    entries: list[tuple[Product, Reading]] = []
    for slug, node in nodes.items():
        if not _is_slug(slug) or not isinstance(node.value, Mapping):
            message = f"`{slug[:MAX_SLUG_CHARS]}` is not a product"
            problems.append(
                Problem(PRODUCTS_FILE, node.line, message, ENTRY_REMEDY, FaultKind.BAD_VALUE)
            )
            continue
        reading = Reading(
            PRODUCTS_FILE, node.value, node.line, languages, problems, lost=written.lost
        )
        entry = _product(slug, reading)
        if any(entry.titles.values()):
            entries.append((entry, reading))
    products = _distinct(entries)
    products.sort(key=lambda entry: (entry.order, entry.slug))
    left_out = (nodes.keys() | written.lost) - {entry.slug for entry in products}
    is_whole = not written.is_broken
    return Products(tuple(products), frozenset(left_out), is_readable=is_whole), tuple(problems)


def assigned(library: Library, products: Products) -> tuple[Library, tuple[Problem, ...]]:
    """The library with articles that name only products there are, each by its present slug.

    An article that names another one stays: it is as right as before, only found on fewer pages.
    """
    present = {entry.slug: entry.slug for entry in products.entries}
    known = {old: entry.slug for entry in products.entries for old in entry.former} | present
    problems: list[Problem] = []
    kept: list[Article] = []
    for article in library.articles:
        problems += _misnamed(article, known, products)
        slugs = dict.fromkeys(known[slug] for slug in article.products if slug in known)
        is_same = tuple(slugs) == article.products
        kept.append(article if is_same else article.with_head(products=tuple(slugs)))
    return replace(library, articles=tuple(kept)), tuple(problems)


def _product(slug: str, reading: Reading) -> Product:
    form = _ProductKeys.read(reading)
    titles = reading.in_every_language("title", form.title)
    has_description = "description" in reading.keys
    return Product(
        slug=slug,
        icon=form.icon,
        order=form.order,
        titles=titles,
        descriptions=reading.in_every_language("description", form.description)
        if has_description
        else dict.fromkeys(reading.languages, ""),
        aliases=tuple(alias for alias in form.aliases if len(alias) <= MAX_ALIAS_CHARS),
        former=tuple(filter(_is_slug, form.former)),
    )


def _is_slug(text: str) -> bool:
    return bool(SLUG.fullmatch(text)) and len(text) <= MAX_SLUG_CHARS


def _distinct(entries: Sequence[tuple[Product, Reading]]) -> list[Product]:
    """Entries without the names and old slugs that another entry has too; the first keeps them."""
    slugs = {entry.slug: entry.slug for entry, _ in entries}
    names: dict[str, str] = {}
    for entry, _ in entries:
        for title in entry.titles.values():
            names.setdefault(title.casefold(), entry.slug)
    distinct = []
    for entry, reading in entries:
        titles = {title.casefold(): title for title in entry.titles.values()}
        for key, name in titles.items():
            if names[key] != entry.slug:
                message = f"the name `{name}` is that of `{names[key]}` too"
                reading.note("title", message, "Tell them apart, or make them one product")
        distinct.append(
            replace(
                entry,
                aliases=tuple(_own(reading, "aliases", entry.aliases, entry.slug, names)),
                former=tuple(_own(reading, "former", entry.former, entry.slug, slugs)),
            )
        )
    return distinct


def _own(
    reading: Reading, key: str, texts: Sequence[str], slug: str, owners: dict[str, str]
) -> Iterator[str]:
    """Those of `texts` that nobody else has; they are noted in `owners`."""
    for text in texts:
        owner = owners.setdefault(text.casefold(), slug)
        is_itself = key == "former" and text == slug
        if owner == slug and not is_itself:
            yield text
        else:
            message = f"`{key}` has `{text}`, which is that of `{owner}`"
            reading.note(key, message, "Remove it from one of them")


def _misnamed(article: Article, known: Mapping[str, str], products: Products) -> Iterator[Problem]:
    line = article.key_lines.get("products", 1)
    for slug in article.products:
        now = known.get(slug)
        if now is not None and now != slug:
            message = f"the product `{slug}` is called `{now}` now"
            yield Problem(article.path, line, message, f"Write `{now}`", FaultKind.UNKNOWN_PRODUCT)
        elif now is None and products.is_readable and slug not in products.left_out:
            message = f"the product `{slug}` is not in {PRODUCTS_FILE}"
            yield Problem(article.path, line, message, UNKNOWN_REMEDY, FaultKind.UNKNOWN_PRODUCT)


UNKNOWN_REMEDY = "Add it there with a `title`, or mend the slug"
