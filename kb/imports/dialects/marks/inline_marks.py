"""Marks within lines: highlights, keys, sub- and superscript, changes, icons."""

from __future__ import annotations

import re

from kb.imports.model import SourceMarkup

HIGHLIGHT = re.compile(r"==(?![=\s])([^=\n]{1,500}?)(?<![\s])==")
ICON = re.compile(
    r"(?P<before>[ ]?)(?<![\w:]):(?:material|fontawesome|octicons|simple)-[a-z0-9-]{1,80}:"
    r"(?:\{[^{}\n]{0,200}\})?(?P<after>[ ]{0,2})"
)
KEYS = re.compile(r"\+\+([a-z0-9\"+-]{1,60})\+\+")
INSERTED = re.compile(r"(?<![+\\])\+\+(?![+\s])([^+\n]{1,300}?)(?<!\s)\+\+(?!\+)")
CRITIC = re.compile(
    r"\{(?:--(?P<gone>[^{}\n]{1,500}?)--|\+\+(?P<new>[^{}\n]{1,500}?)\+\+|>>[^{}\n]{0,500}?<<"
    r"|==(?P<lit>[^{}\n]{1,500}?)==|~~(?P<old>[^{}~\n]{1,300}?)~>(?P<by>[^{}~\n]{0,300}?)~~)\}"
)
SUBSCRIPT = re.compile(r"(?<![~\\/])~(?![~\s])([^~\s]{1,80})(?<!\\)~(?!~)")
PAIR = re.compile(r"(?<![~\\/])~(?![~\s])([^~\n]{1,300}?)(?<![\s~/])~(?!~)")
SUPERSCRIPT = re.compile(r"(?<![\^\\\[])\^(?![\^\s\[])([^\^\s\[\]]{1,80})(?<!\\)\^(?!\^)")
UNDERLINED = re.compile(r"(?<![\^\\])\^\^(?![\^\s])([^\^\n]{1,300}?)(?<!\s)\^\^(?!\^)")
ABBREVIATION = re.compile(r"^\*\[[^\[\]\n]{1,80}\]:[ \t][^\n]{0,500}\n?", re.MULTILINE)


def translated(text: str, markup: SourceMarkup) -> str:
    """`text` with these marks as we write them."""
    if "{" in text:
        text = CRITIC.sub(_critic, text)
    if "==" in text:
        text = HIGHLIGHT.sub(r"<mark>\1</mark>", text)
    if "++" in text:
        if markup.plus == "inserted":
            text = INSERTED.sub(r"<ins>\1</ins>", text)
        text = KEYS.sub(_keys, text)
    if "~" in text:
        text = _with_tildes(text, markup)
    if "^" in text and markup.caret == "superscript":
        text = UNDERLINED.sub(r"<ins>\1</ins>", text)
        text = SUPERSCRIPT.sub(r"<sup>\1</sup>", text)
    return ICON.sub(lambda match: match["before"], text)


def _with_tildes(text: str, markup: SourceMarkup) -> str:
    if markup.tilde == "struck":
        return text
    if markup.tilde == "subscript":
        text = SUBSCRIPT.sub(r"<sub>\1</sub>", text)
    return PAIR.sub(r"\\~\1\\~", text)


def _critic(match: re.Match[str]) -> str:
    if match["old"]:
        return f"<del>{match['old']}</del><ins>{match['by']}</ins>"
    for name, tag in (("gone", "del"), ("new", "ins"), ("lit", "mark")):
        if match[name]:
            return f"<{tag}>{match[name]}</{tag}>"
    return ""


def without_abbreviations(text: str) -> tuple[str, int]:
    """`text` without lines that only say what letters stand for, and how many there were."""
    return ABBREVIATION.subn("", text) if "*[" in text else (text, 0)


def _keys(match: re.Match[str]) -> str:
    names = [name.strip('"') for name in match[1].split("+") if name.strip('"')]
    return "+".join(
        f"<kbd>{name.capitalize() if len(name) > 1 else name.upper()}</kbd>" for name in names
    )
