"""`:::note Title` … `:::`, as Docusaurus, VitePress, Starlight and Pandoc write it."""

from __future__ import annotations

import re

from kb.imports.callout_kinds import outside_github
from kb.imports.dialects.signs import Directive, DirectiveSigns

LINE = re.compile(
    r"^([ \t>]{0,80}(?:[-*+][ \t]{1,4}|\d{1,9}[.)][ \t]{1,4})?)(:{3,20})[ \t]{0,20}(.{0,500})$",
    re.MULTILINE,
)
NAME = re.compile(r"\{?[ \t]{0,9}\.?([A-Za-z][\w-]{0,40})[ \t]{0,9}")
LABEL = re.compile(r"\[([^\[\]]{0,300}(?:\[[^\[\]]{0,300}\][^\[\]]{0,300})?)\]")
ATTRIBUTES = re.compile(r"\{([^{}]{0,300})\}")
TITLE = re.compile(r"\btitle=(?:\"([^\"]{0,300})\"|'([^']{0,300})')")
NAME_OF_ALL = ":::"
FOLDED = frozenset({"details", "collapse", "spoiler", "accordion", "expander"})


def translated(text: str, signs: DirectiveSigns) -> str:
    """`text` with directives in place of the colons."""
    if ":::" not in text:
        return text
    return LINE.sub(lambda match: _directive(match, signs), text)


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
