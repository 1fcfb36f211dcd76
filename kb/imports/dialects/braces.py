"""Directives in single braces, `{note:info}` … `{/note}`, as VK Cloud's documentation has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from kb.imports.callout_kinds import named
from kb.imports.dialects.signs import Directive, DirectiveSigns
from kb.imports.html.inline import destination

SIGN = re.compile(
    r"\{(heading|linkto|ifdef|ifndef|note|tabs|tab|cut|caption|include|includetag|var|/[a-"
    r"z]{2,12})[(:}\[]"
)
CONDITION = re.compile(r"\{(/?)(ifdef|ifndef)(?:\(([\w., -]{0,300})\))?\}")
CONDITION_LINE = re.compile(
    r"^[ \t]{0,60}((?:\{/?(?:ifdef|ifndef)(?:\([\w., -]{0,300}\))?\}[ \t]{0,9}){1,6})\n",
    re.MULTILINE,
)
"""A line of nothing but conditions: without its line end it leaves no trace."""
PARAMETERS = re.compile(
    r"\{params\[[^\]\n]{0,300}\]\}|\{counter\([^)\n]{0,60}\)(?:\[[^\]\n]{0,300}\])?\}"
)
HEADING = re.compile(
    r"\{heading\(([^\n]{1,500}?)\)\[id=([\w.-]{1,100})[^\]\n]{0,100}\]\}|\{heading\(([^\n]"
    r"{1,500}?)\)\}"
)
LINK = re.compile(
    r"\{linkto\(([^()\n]{0,500})\)(?:\[text=((?:[^\[\]\n]|\[[^\[\]\n]{0,200}\]){0,500})\])"
    r"?[^{}\n]{0,60}\}"
)
PART = re.compile(
    r"\{(?P<end>/)?(?P<name>note|tabs|tab|cut|caption|includetag|details)"
    r"(?::(?P<kind>\w{1,20})|\((?P<title>(?:[^()\n]|\([^()\n]{0,200}\)){0,500})\)(?:\[[^\]"
    r"\n]{0,200}\])?)?\}"
)
VIDEO = re.compile(r"\{video\(([^()\n]{1,500})\)(?:\[[^\]\n]{0,200}\])?\}")
WITHOUT_WORDS = ("", "%text", "%number", "%title")


def is_used(text: str) -> bool:
    """True for a text that has any of these directives."""
    return "{" in text and SIGN.search(text) is not None


def for_editions(text: str, editions: Collection[str]) -> str:
    """`text` with the parts that hold for one of `editions`, without those for others only."""
    if "{if" not in text:
        return text
    found: list[str] = []
    shown = [True]
    at = 0
    for match in CONDITION.finditer(text):
        if all(shown):
            found.append(text[at : match.start()])
        at = match.end()
        if match[1]:
            if len(shown) > 1:
                shown.pop()
        elif match[3] is not None:
            names = {name.strip() for name in match[3].split(",")}
            holds = bool(names & set(editions))
            shown.append(holds if match[2] == "ifdef" else not holds)
    if all(shown) or len(shown) > 1:
        found.append(text[at:])
    return "".join(found)


def translated(text: str, signs: DirectiveSigns, title_of: Callable[[str], str]) -> str:
    """`text` with Markdown and directives; `title_of` gives the words of a link without any."""
    text = PARAMETERS.sub("", text)
    text = HEADING.sub(_heading, text)
    text = LINK.sub(lambda match: _link(match, title_of), text)
    text = VIDEO.sub(lambda match: f"[▶ Video]({destination(match[1])})", text)
    return PART.sub(lambda match: _part(match, signs), text)


def _heading(match: re.Match[str]) -> str:
    return f"{match[1]} {{#{match[2]}}}" if match[1] else match[3]


def _link(match: re.Match[str], title_of: Callable[[str], str]) -> str:
    target = match[1].strip()
    words = (match[2] or "").strip()
    shown = title_of(target) if words in WITHOUT_WORDS else words
    return f"[{shown or target}]({destination(target)})"


def _part(match: re.Match[str], signs: DirectiveSigns) -> str:
    name, title = match["name"], (match["title"] or "").strip()
    if name == "includetag":
        return ""
    if match["end"]:
        return "" if name == "caption" else signs.close(name)
    if name == "note":
        kind = named(match["kind"] or "") or "note"
        return signs.sign(Directive("callout", name, title, kind))
    if name in ("cut", "details"):
        return signs.sign(Directive("details", name, title))
    if name == "caption":
        return f"\n\n*{title}*\n\n" if title else ""
    return signs.sign(Directive("tab" if name == "tab" else "tabs", name, title))
