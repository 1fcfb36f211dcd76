"""Words, links and pictures of HTML as Markdown on one line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.imports.html.tree import HtmlNode

SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
SPECIAL = re.compile(
    r"\\(?=[!-/:-@\[-`{-~])|[*`]|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])"
    r"|\[(?=[\[!^\]]|[ xX]\])|(?<=\])[(\[:]|~(?=~)|(?<!\s)~|\{(?=[{%#:])|(?<=\})\}"
)
ENTITY = re.compile(r"&(?=#?\w{1,32};)")
LINE_START = re.compile(
    r"(#{1,6}|[-+>]|={1,200}|!{3}|\?{3}\+?|:{3,}|:)(?=[ \t]|$|:|\w)|(\d{1,9})([.)])(?=[ \t]|$)"
)
PICTURE_FILE = re.compile(r"\.(?:png|jpe?g|gif|webp|svg)(?=[?#]|$)", re.IGNORECASE)
MARKS = {
    **dict.fromkeys(("strong", "b"), "**"),
    **dict.fromkeys(("em", "i", "cite", "dfn", "var"), "*"),
    **dict.fromkeys(("del", "s", "strike"), "~~"),
}
KEPT = frozenset({"kbd", "sub", "sup", "mark"})
"""Tags that our Markdown takes as they are."""
CODE = frozenset({"code", "samp", "tt"})
PLAYERS = frozenset({"iframe", "video", "audio", "embed", "object"})
YOUTUBE = re.compile(r"(?:https?:)?//(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]{1,20})")


def inline(nodes: Sequence[HtmlNode]) -> str:
    """One line of Markdown; `<br>` becomes a line end after a backslash."""
    pieces: list[str] = []
    for node in nodes:
        piece = _piece(node)
        if pieces and piece.startswith("**") and pieces[-1].endswith("**") and len(piece) > 4:
            pieces[-1], piece = pieces[-1][:-2], piece[2:]
        if piece:
            pieces.append(piece)
    return SPACES_KEPT.sub(" ", "".join(pieces))


SPACES_KEPT = re.compile(r" {2,}")


def paragraph(nodes: Sequence[HtmlNode]) -> str:
    """A paragraph: nothing at its line starts is taken for a list, heading or quote."""
    lines = [line.strip() for line in inline(nodes).split("\n")]
    while lines and lines[-1].strip("\\ ") == "":
        lines.pop()
    while lines and lines[0].strip("\\ ") == "":
        lines.pop(0)
    if lines:
        lines[-1] = (
            lines[-1].removesuffix("\\").rstrip() if not lines[-1].endswith("\\\\") else lines[-1]
        )
    return "\n".join(_escaped_start(line) for line in lines)


def _escaped_start(line: str) -> str:
    """A line whose first signs are text, not a mark of a list, heading or quote."""
    match = LINE_START.match(line)
    if match is None:
        return line
    rest = line[match.end() :]
    if match[2]:
        return f"{match[2]}\\{match[3]}{rest}"
    mark = match[1]
    sign = {":": "&#58;", "?": "&#63;"}.get(mark[0])
    return f"{sign}{mark[1:]}{rest}" if sign else f"\\{mark}{rest}"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return SPECIAL.sub(lambda match: f"\\{match[0]}", ENTITY.sub("&amp;", text))


def _piece(node: HtmlNode) -> str:
    if not node.tag:
        return escaped(SPACES.sub(" ", node.text))
    if node.tag == "br":
        return "\\\n"
    if node.tag == "img":
        return image(node)
    if node.tag == "a":
        return _link(node)
    if node.tag in CODE:
        return code_span("".join(one.text for one in node.walk()))
    if node.tag in PLAYERS:
        return player(node)
    if node.tag == "q":
        return f"“{inline(node.children)}”"
    if node.tag == "input":
        is_box = node.get("type") == "checkbox"
        return ("[x] " if "checked" in node.attributes else "[ ] ") if is_box else ""
    text = inline(node.children)
    if node.tag in KEPT and text.strip():
        return f"<{node.tag}>{text}</{node.tag}>"
    return _marked(MARKS[node.tag], text) if node.tag in MARKS else text


def _marked(mark: str, text: str) -> str:
    """`text` within marks, that stand at its words: spaces and line ends go outside."""
    core = text.strip(" \n\\") if text.endswith("\\\n") or text.startswith("\\\n") else text.strip()
    if not core or (core.startswith(mark) and core.endswith(mark)) or core.startswith("!["):
        return text
    before, _, after = text.partition(core)
    lines = [f"{mark}{line}{mark}" if line else "" for line in core.split("\\\n")]
    return f"{before}{f'{chr(92)}{chr(10)}'.join(lines)}{after}"


def _link(node: HtmlNode) -> str:
    text = inline(node.children).replace("\\\n", " ")
    href = SPACES.sub("%20", node.get("href").strip())
    if not href or not text.strip():
        return text
    core = text.strip()
    if PICTURE_FILE.search(href) and not node.words():
        return text  # to the picture itself: ours opens in full size without a link
    before, _, after = text.partition(core)
    return f"{before}[{core}]({destination(href)}){after}"


def destination(href: str) -> str:
    """An address as a link writes it: in angle brackets where it would end too early."""
    if any(char in href for char in "() <>") or not href:
        return "<{}>".format(href.replace("<", "%3C").replace(">", "%3E"))
    return href


def image(node: HtmlNode) -> str:
    src = (node.get("src") or node.get("data-src")).strip()
    if not src:
        return ""
    alt = SPACES.sub(" ", node.get("alt")).strip()
    title = SPACES.sub(" ", node.get("title")).strip().replace('"', "'")
    caption = f' "{title}"' if title and title != alt else ""
    shown = alt.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return f"![{shown}]({destination(SPACES.sub('%20', src))}{caption})"


def player(node: HtmlNode) -> str:
    """A link in place of a player."""
    sources = [node, *node.walk()]
    src = next(
        (
            one.get("src") or one.get("data-src")
            for one in sources
            if one.get("src") or one.get("data-src")
        ),
        "",
    )
    if not src:
        return ""
    match = YOUTUBE.match(src)
    address = f"https://www.youtube.com/watch?v={match[1]}" if match else src
    address = f"https:{address}" if address.startswith("//") else address
    return f"[▶ {escaped(node.get('title').strip()) or 'Video'}]({destination(address)})"


def code_span(text: str) -> str:
    words = " ".join(text.replace("\xa0", " ").split())
    if not words:
        return ""
    ticks = "`"
    while ticks in words:
        ticks += "`"
    pad = " " if words.startswith("`") or words.endswith("`") else ""
    return f"{ticks}{pad}{words}{pad}{ticks}"
