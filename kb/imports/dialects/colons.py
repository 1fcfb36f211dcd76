"""`:::note Title` … `:::`, as Docusaurus, VitePress, Starlight and Pandoc write it."""

from __future__ import annotations

import re

from kb.imports.callout_kinds import outside_github
from kb.imports.dialects.signs import Directive, DirectiveSigns

LINE = re.compile(
    r"^([ \t>]{0,80}(?:[-*+][ \t]{1,4}|\d{1,9}[.)][ \t]{1,4})?)(:{3,20})[ \t]{0,20}(.{0,500})$",
    re.MULTILINE,
)
SLASHES = re.compile(
    r"^(?P<lead>[ \t]{0,80})(?P<width>/{3,20})(?:[ \t]{1,9}(?P<name>[A-Za-z][\w-]{0,40})"
    r"[ \t]{0,9}(?:\|(?P<title>[^\n]{0,300}))?"
    r"(?P<options>(?:\n[ \t]{4,80}[a-z_-]{1,30}:[^\n]{0,200}){0,9})\n?)?[ \t]{0,9}$",
    re.MULTILINE,
)
OPTION_TYPE = re.compile(r"\btype:[ ]{0,4}([\w-]{1,30})")
NAME = re.compile(r"\{?[ \t]{0,9}\.?([A-Za-z][\w-]{0,40})[ \t]{0,9}")
LABEL = re.compile(r"\[([^\[\]]{0,300}(?:\[[^\[\]]{0,300}\][^\[\]]{0,300})?)\]")
ATTRIBUTES = re.compile(r"\{([^{}]{0,300})\}")
TITLE = re.compile(r"\btitle=(?:\"([^\"]{0,300})\"|'([^']{0,300})')")
NAME_OF_ALL = ":::"
FOLDED = frozenset({"details", "collapse", "spoiler", "accordion", "expander"})


def translated(text: str, signs: DirectiveSigns) -> str:
    """`text` with directives in place of the colons, and of slashes."""
    if "///" in text:
        text = SLASHES.sub(lambda match: _of_slashes(match, signs), text)
    if ":::" not in text:
        return text
    return LINE.sub(lambda match: _directive(match, signs), text)


def _of_slashes(match: re.Match[str], signs: DirectiveSigns) -> str:
    """`/// note | Title` of PyMdown's blocks, with the options right below it."""
    lead, name, title = match["lead"], (match["name"] or "").lower(), (match["title"] or "").strip()
    width = len(match["width"])
    if not name:
        return lead + signs.close(NAME_OF_ALL, width=width)
    kind = OPTION_TYPE.search(match["options"] or "")
    if name == "admonition":
        name = kind[1].lower() if kind else "note"
    return lead + signs.sign(_known(name, title, width)) + "\n"


def _directive(match: re.Match[str], signs: DirectiveSigns) -> str:
    lead, width, rest = match[1], len(match[2]), match[3].strip()
    if not rest:
        return lead + signs.close(NAME_OF_ALL, width=width)
    name = NAME.match(rest)
    if name is None:
        return match[0]
    words = rest[name.end() :].strip()
    inner = ""
    if words.endswith(":::"):  # begins and ends on one line
        words, inner = "", words.removesuffix(":::").strip()
    title = _title(rest if rest.startswith("{") else words)
    directive = _known(name[1].lower(), title, width)
    if directive.kind == "tabs" and name[1].lower() not in (
        "tabs",
        "steps",
        "code-group",
        "tabset",
    ):
        signs.unknown[f":::{name[1]}"] += 1
    sign = lead + signs.sign(directive)
    return f"{sign}{inner}{signs.close(NAME_OF_ALL, width=width)}" if inner else sign


def _title(words: str) -> str:
    if label := LABEL.match(words):
        return label[1]
    attributes = ATTRIBUTES.search(words)
    named_title = TITLE.search(attributes[1]) if attributes else None
    if named_title:
        return named_title[1] or named_title[2] or ""
    return ATTRIBUTES.sub("", words).strip().strip('"}').strip()


def _known(name: str, title: str, width: int) -> Directive:
    if name in FOLDED:
        return Directive("details", NAME_OF_ALL, title, width=width)
    if name in ("tab", "tab-item", "tabitem", "step"):
        return Directive("tab", NAME_OF_ALL, title, width=width)
    word = name.removeprefix("callout-")
    if kind := outside_github(word):
        return Directive("callout", NAME_OF_ALL, title, kind, width, word)
    return Directive("tabs", NAME_OF_ALL, width=width)
