"""Reads `products.yml`: the things a shop sells, by slug, and what articles say of them.

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

from kb.content import articles, front_matter
from kb.content.articles import (
    DEFAULT_ORDER,
    MAX_SLUG_CHARS,
    MAX_SUMMARY_CHARS,
    SLUG,
    SLUG_REMEDY,
    BadFile,
    Form,
)
from kb.content.front_matter import BadYaml, Fault, Node
from kb.content.model import Article, Library, Problem, Product

PRODUCTS_FILE = "products.yml"
MAX_CHARS = 200_000
"""About a thousand products."""
MAX_TITLE_CHARS = 60
MAX_ALIAS_CHARS = 60
KEYS = frozenset("icon order title description aliases former".split())


@dataclass(frozen=True)
class Products:
    """All entries that can be used, in the order in which pages show them."""

    entries: tuple[Product, ...] = ()
    left_out: frozenset[str] = frozenset()
    """Slugs whose entries were reported and cannot be used."""
    is_readable: bool = True
    """False when nothing of the file can be trusted."""


def read(root: Path, languages: Sequence[str]) -> tuple[Products, tuple[Problem, ...]]:
    """The site's products and what is wrong with the file; none of both without one."""
    if not (root / PRODUCTS_FILE).exists():
        return Products(), ()
    try:
        text = articles.read_text(root, PRODUCTS_FILE)
        nodes, unread = front_matter.read_mapping(text, max_chars=MAX_CHARS)
    except (BadFile, BadYaml) as error:
        return Products(is_readable=False), (_problem(error.fault),)
    faults = list(unread)
    entries = [
        entry
        for slug, node in nodes.items()
        if (entry := _product(slug, node, languages, faults)) is not None
    ]
    entries = _distinct(entries, nodes, faults)
    entries.sort(key=lambda entry: (entry.order, entry.slug))
    left_out = nodes.keys() - {entry.slug for entry in entries}
    return Products(tuple(entries), frozenset(left_out)), tuple(map(_problem, faults))


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


def _problem(fault: Fault) -> Problem:
    return Problem(PRODUCTS_FILE, fault.line, fault.message, fault.remedy)


def _product(
    slug: str, node: Node, languages: Sequence[str], faults: list[Fault]
) -> Product | None:
    """None for an entry that has no address or no name."""
    if not _is_slug(slug) or not isinstance(node.value, Mapping):
        faults.append(Fault(node.line, f"`{slug[:MAX_SLUG_CHARS]}` is not a product", ENTRY_REMEDY))
        return None
    form = Form(node.value, faults, node.line)
    form.require_known(KEYS, ())
    titles = form.by_language("title", languages, max_chars=MAX_TITLE_CHARS)
    has_description = "description" in node.value
    entry = Product(
        slug=slug,
        icon=form.matching("icon", SLUG, "Use the name of an icon, such as robot"),
        order=form.number("order", DEFAULT_ORDER),
        titles=titles,
        descriptions=form.by_language("description", languages, max_chars=MAX_SUMMARY_CHARS)
        if has_description
        else dict.fromkeys(languages, ""),
        aliases=_short_enough(form),
        former=tuple(filter(_is_slug, form.texts_matching("former", SLUG, SLUG_REMEDY))),
    )
    return entry if any(titles.values()) else None


ENTRY_REMEDY = "Write `slug:` in a-z, 0-9 and single hyphens, and its `title:` indented below"


def _is_slug(text: str) -> bool:
    return bool(SLUG.fullmatch(text)) and len(text) <= MAX_SLUG_CHARS


def _short_enough(form: Form) -> tuple[str, ...]:
    aliases = form.texts("aliases")
    for alias in aliases:
        if len(alias) > MAX_ALIAS_CHARS:
            message = f"`aliases` has a name of more than {MAX_ALIAS_CHARS} characters"
            form.fault("aliases", message, "Write what people call it")
    return tuple(alias for alias in aliases if len(alias) <= MAX_ALIAS_CHARS)


def _distinct(
    entries: Sequence[Product], nodes: Mapping[str, Node], faults: list[Fault]
) -> list[Product]:
    """Entries without the names and old slugs that another entry has too; the first keeps them."""
    slugs = {entry.slug: entry.slug for entry in entries}
    names: dict[str, str] = {}
    for entry in entries:
        for title in entry.titles.values():
            names.setdefault(title.casefold(), entry.slug)
    distinct = []
    for entry in entries:
        form = Form(_inner(nodes[entry.slug]), faults, nodes[entry.slug].line)
        titles = {title.casefold(): title for title in entry.titles.values()}
        for key, name in titles.items():
            if names[key] != entry.slug:
                message = f"the name `{name}` is that of `{names[key]}` too"
                form.fault("title", message, "Tell them apart, or make them one product")
        distinct.append(
            replace(
                entry,
                aliases=tuple(_own(form, "aliases", entry.aliases, entry.slug, names)),
                former=tuple(_own(form, "former", entry.former, entry.slug, slugs)),
            )
        )
    return distinct


def _inner(node: Node) -> Mapping[str, Node]:
    return node.value if isinstance(node.value, Mapping) else {}


def _own(
    form: Form, key: str, texts: Sequence[str], slug: str, owners: dict[str, str]
) -> Iterator[str]:
    """Those of `texts` that nobody else has; they are noted in `owners`."""
    for text in texts:
        owner = owners.setdefault(text.casefold(), slug)
        is_itself = key == "former" and text == slug
        if owner == slug and not is_itself:
            yield text
        else:
            message = f"`{key}` has `{text}`, which is that of `{owner}`"
            form.fault(key, message, "Remove it from one of them")


def _misnamed(article: Article, known: Mapping[str, str], products: Products) -> Iterator[Problem]:
    line = article.key_lines.get("products", 1)
    for slug in article.products:
        now = known.get(slug)
        if now is not None and now != slug:
            message = f"the product `{slug}` is called `{now}` now"
            yield Problem(article.path, line, message, f"Write `{now}`")
        elif now is None and products.is_readable and slug not in products.left_out:
            message = f"the product `{slug}` is not in {PRODUCTS_FILE}"
            yield Problem(article.path, line, message, UNKNOWN_REMEDY)


UNKNOWN_REMEDY = "Add it there with a `title`, or mend the slug"
