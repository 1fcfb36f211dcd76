"""MDX: what a page imports and exports, parts with their properties, expressions in braces."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping

from kb.imports.html.tags import FoundTag, tags

SUFFIXES = (".md", ".mdx", ".markdown")
IMPORT = re.compile(
    r"^import[ ]{1,4}(\w{1,60})(?:[ ]{0,4},[ ]{0,4}\{[^{}\n]{0,300}\})?[ ]{1,4}from[ ]{1,4}"
    r"[\"']([^\"'\n]{1,300})[\"'];?[ \t]{0,9}$",
    re.MULTILINE,
)
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif")
NAMED_PICTURE = re.compile(
    r"(?P<before>=\{[ ]{0,4}|\b(?:light|dark|src)[ ]{0,4}:[ ]{0,4})(?P<name>[A-Za-z_$]\w{0,60})"
    r"(?:\.(?:src|default))?(?P<after>[ ]{0,4}[,}])"
)
CONSTANT = re.compile(
    r"^export[ ]{1,4}(?:const|let|var)[ ]{1,4}(\w{1,60})[ ]{0,4}=[ ]{0,4}"
    r"(?:\"([^\"\n]{0,500})\"|'([^'\n]{0,500})'|`([^`$\n]{0,500})`|(\d[\d.]{0,30}));?[ \t]{0,9}$",
    re.MULTILINE,
)
ESM = re.compile(
    r"^(?:import\s{1,4}(?:[\w{*\"']|$)|export\s{1,4}(?:const|let|default|function|\{))"
)
PROPERTY = re.compile(
    r"(?P<is>=)?\{[ ]{0,4}(?:props\.|props\[[\"'])?(?P<name>\w{1,60})(?:[\"']\])?[ ]{0,4}(?P<rest>"
    r"(?:&&|\|\||\?\?|\?)[^{}\n]{0,500})?\}"
)
LITERAL = re.compile(
    r"(?<![\\=\w${])\{[ ]{0,4}(?:\"([^\"{}\n]{0,500})\"|'([^'{}\n]{0,500})'|`([^`{}\n]{0,500})`"
    r"|(-?\d[\d.,]{0,30}))[ ]{0,4}\}"
)
EXPRESSION = re.compile(
    r"(?<![\\=${])\{(?![#:.%{*])[ ]{0,4}([A-Za-z_](?!\w{0,40}:[ ])[^{}\n]{0,200})\}"
)
NAME = re.compile(r"[A-Za-z_]\w{0,60}")
QUOTES = "\"'`"


def imported(text: str) -> dict[str, str]:
    """Names of components that are parts in Markdown → their files."""
    return {
        name: path.removeprefix("@site/") if path.startswith("@site/") else path
        for name, path in IMPORT.findall(text)
        if path.lower().endswith(SUFFIXES)
    }


def pictures(text: str) -> dict[str, str]:
    """Names that a page gives to pictures → their files."""
    return {name: path for name, path in IMPORT.findall(text) if path.lower().endswith(PICTURES)}


def with_pictures(text: str, names: Mapping[str, str]) -> str:
    """`text` with the files of pictures in place of their names; code is put aside before."""

    def named(match: re.Match[str]) -> str:
        path = names.get(match["name"])
        return match[0] if path is None else f'{match["before"]}"{path}"{match["after"]}'

    text = NAMED_PICTURE.sub(named, text)
    drawings = {name: path for name, path in names.items() if path.lower().endswith(".svg")}
    found: list[str] = []
    at = 0
    for tag in tags(text) if drawings else ():
        if tag.name in drawings and tag.is_alone:
            words = tag.get("title", "alt", "aria-label")
            found += [text[at : tag.start], f'<img src="{drawings[tag.name]}" alt="{words}" />']
            at = tag.end
    return "".join((*found, text[at:]))


def constants(text: str) -> dict[str, str]:
    """Texts and numbers that a page gives a name."""
    return {
        name: next((one for one in values if one), "") for name, *values in CONSTANT.findall(text)
    }


def with_parts(
    text: str, names: Mapping[str, str], part: Callable[[str, FoundTag, str], str]
) -> str:
    """`text` with what `part` gives for a component's file, tag and inner text."""
    found: list[str] = []
    at = 0
    opened: list[FoundTag] = []
    for tag in [one for one in tags(text) if one.name in names]:
        if tag.is_end:
            if not opened or opened[-1].name != tag.name:
                continue
            start = opened.pop()
        elif tag.is_alone:
            start = tag
        else:
            opened.append(tag)
            continue
        if opened:
            continue  # inside of another one, and put in its place with that
        inner = "" if start is tag else text[start.end : tag.start]
        found += [text[at : start.start], part(names[start.name], start, inner)]
        at = tag.end
    return "".join((*found, text[at:]))


def with_properties(text: str, values: Mapping[str, str]) -> str:
    """`text` of a part with the values that its tag gives; code is put aside before."""

    def value(match: re.Match[str]) -> str:
        told = values.get(match["name"])
        is_property = "props" in match[0] or match["name"] == "children"
        if told is None and not is_property:
            return match[0]
        shown = _chosen(told, (match["rest"] or "").strip())
        if match["is"]:
            return '="{}"'.format(shown.replace('"', "'"))
        return shown

    return PROPERTY.sub(value, text)


def _chosen(told: str | None, rest: str) -> str:
    """The value of `x`, `x || "other"`, `x && "text"` or `x ? "a" : "b"`."""
    is_true = told is not None and told not in ("false", "0", "null", "undefined")
    mark = next((one for one in ("&&", "||", "??", "?") if rest.startswith(one)), "")
    if mark == "&&":
        return _word(rest[2:]) if is_true else ""
    if mark in ("||", "??"):
        return told if told and is_true else _word(rest[2:])
    if mark == "?":
        yes, _, no = rest[1:].partition(":")
        return _word(yes if is_true else no)
    return "" if told is None or told in ("true", "false", "null", "undefined") else told


def _word(code: str) -> str:
    stripped = code.strip().removeprefix("(").removesuffix(")").strip()
    for start, end in (("<>", "</>"), *((mark, mark) for mark in QUOTES)):
        if stripped.startswith(start) and stripped.endswith(end) and len(stripped) > 1:
            return stripped[len(start) : -len(end)]
    return ""


def expressions(text: str, known: Mapping[str, str], unknown: Counter[str]) -> str:
    """`text` with the values of its expressions; those that only a program knows are counted."""
    text = LITERAL.sub(lambda match: next((one for one in match.groups() if one), ""), text)

    def value(match: re.Match[str]) -> str:
        code = match[1].strip()
        if NAME.fullmatch(code) and code in known:
            return known[code]
        if not code.startswith(("props.", "frontMatter.", "metadata.", "site.")):
            unknown[f"{{{code}}}"] += 1
        return match[0]

    return EXPRESSION.sub(value, text)


def without_imports(text: str) -> str:
    """`text` of MDX without its imports and exports."""
    lines = text.split("\n")
    found: list[str] = []
    at = 0
    while at < len(lines):
        is_start = ESM.match(lines[at]) and (not found or not found[-1].strip())
        if not is_start:
            found.append(lines[at])
            at += 1
            continue
        depth = 0
        while at < len(lines):
            line = lines[at]
            depth += sum(line.count(it) for it in "{([") - sum(line.count(it) for it in "})]")
            at += 1
            follows = at < len(lines) and ESM.match(lines[at])
            if depth <= 0 and (
                follows
                or at >= len(lines)
                or not lines[at].strip()
                or line.rstrip().endswith((";", "'", '"'))
            ):
                break
    return "\n".join(found)
