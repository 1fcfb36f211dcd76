"""A site's own templates: read once, compiled to see whether they can be used at all.

A file of the same name replaces ours everywhere; `{% extends "otvet:article.html" %}` leads to the
original. What does not compile is left out and reported, and ours stands. Nothing is rendered here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

from kb.branding.site_folder import TEMPLATES, located
from kb.content.fault_kinds import FaultKind
from kb.content.files.text import BadFile, read_text
from kb.content.files.tree import walk
from kb.content.model import Problem

BAD_TEMPLATE = FaultKind.BAD_TEMPLATE
ORIGINAL = "otvet"
SEPARATOR = ":"
OURS = Path(__file__).parents[3] / "templates"


NOT_GIVEN = frozenset(("config", "request", "session", "g", "get_flashed_messages"))
"""Names that Flask gives to templates, and we do not: they lead to secrets and to visitors."""


@dataclass(frozen=True)
class SiteTemplates:
    """Sources, and paths as the operator knows them, by name."""

    sources: Mapping[str, str]
    paths: Mapping[str, str]
    problems: tuple[Problem, ...]


def read(site: Path) -> SiteTemplates:
    """The templates in the folder `site`; a missing folder holds none. Never raises for content."""
    root = site / TEMPLATES
    problems: list[Problem] = []
    found: dict[str, str] = {}
    for name, _ in walk(root, "", problems) if root.is_dir() else ():
        try:
            found[name] = read_text(root, name)
        except BadFile as error:
            problems.append(error.problem)
    ours = {path.name for path in OURS.glob("*.html")}
    environment = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    known = ours | found.keys() | {f"{ORIGINAL}{SEPARATOR}{name}" for name in ours}
    for name, source in list(found.items()):
        faults = list(_faults(environment, name, source, known))
        if faults:
            problems += faults
            del found[name]
    return SiteTemplates(
        sources=found,
        paths={name: f"{site.name}/{TEMPLATES}/{name}" for name in found},
        problems=tuple(located(site, TEMPLATES, one) for one in problems),
    )


def _faults(environment: Environment, name: str, source: str, known: Set[str]) -> Iterator[Problem]:
    try:
        tree = environment.parse(source, name)
        environment.compile(source, name)
        used = set(meta.find_referenced_templates(tree))
    except TemplateSyntaxError as error:
        yield Problem(
            name, error.lineno, f"is no template: {error.message}", "Mend that line", BAD_TEMPLATE
        )
    except RecursionError:
        yield Problem(name, 1, "is nested too deep", "Use simpler expressions", BAD_TEMPLATE)
    else:
        yield from _forbidden(name, tree)
        for other in sorted(one for one in used if one is not None):
            if other == name:
                remedy = f'Write {{% extends "{ORIGINAL}{SEPARATOR}{name}" %}} for the original'
                yield Problem(name, 1, "refers to itself", remedy, BAD_TEMPLATE)
            elif other not in known:
                remedy = "Use a name of ours or of this folder"
                message = f"refers to {other}, which does not exist"
                yield Problem(name, 1, message, remedy, BAD_TEMPLATE)


def _forbidden(name: str, tree: nodes.Template) -> Iterator[Problem]:
    """Problems with what the sandbox would refuse, as far as reading tells."""
    unset = meta.find_undeclared_variables(tree) & NOT_GIVEN
    for node in tree.find_all(nodes.Name):
        if node.name in unset:
            detail = f"uses `{node.name}`, which templates do not get"
            remedy = "Use what `page` holds; see docs/theming.md"
            yield Problem(name, node.lineno, detail, remedy, BAD_TEMPLATE)
    for line, wanted in _accesses(tree):
        if wanted.startswith("_"):
            message = f"uses `{wanted}`, which is private"
            yield Problem(name, line, message, "Leave it out", BAD_TEMPLATE)


def _accesses(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Line and name of everything that is taken out of a value by a name that stands there."""
    for attribute in tree.find_all(nodes.Getattr):
        yield attribute.lineno, attribute.attr
    for item in tree.find_all(nodes.Getitem):
        if isinstance(item.arg, nodes.Const) and isinstance(item.arg.value, str):
            yield item.lineno, item.arg.value
