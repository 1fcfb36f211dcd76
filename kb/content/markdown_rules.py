"""The Markdown that authors may write: Python-Markdown with our own, bounded rules.

Here: tables, footnotes, definition lists, fenced code at any depth, callouts (`!!! note`, GitHub
alerts), collapsible details (`??? note`), strikethrough, links, pictures and raw tags. The result
of `convert` is NOT safe HTML: only `kb.content.sanitize` calls it, and cleans it.

Python-Markdown alone takes quadratic time or worse on hostile text. Its rules for links, code
spans, fences and raw HTML are therefore replaced by ones whose look-ahead is bounded, and what is
left is held by limits far above any real article (held by `tests/kb/content/test_markdown.py`).
"""

from __future__ import annotations

import html as html_entities
import re
import unicodedata
import xml.etree.ElementTree as etree
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, ClassVar, Literal

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown.extensions.admonition import AdmonitionProcessor
from markdown.extensions.def_list import DefListExtension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.tables import TableExtension
from markdown.inlinepatterns import BacktickInlineProcessor, InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE, HTML_PLACEHOLDER_RE, AtomicString

Callout = Literal["note", "careful", "danger"]


@dataclass(frozen=True)
class ImageSource:
    """Where a picture is served; width and height in CSS pixels keep the page from jumping."""

    src: str
    width: int | None = None
    height: int | None = None


ResolveLink = Callable[[str], str | None]
ResolveImage = Callable[[str], ImageSource | str | None]


class MarkupRefused(ValueError):
    """The text would take too long or too deep to render; the message says why, for its author."""


CALLOUTS: Mapping[str, Callout] = {
    **dict.fromkeys(("note", "info", "tip", "hint", "success", "question", "example"), "note"),
    **dict.fromkeys(("abstract", "summary", "quote", "todo", "faq", "help", "seealso"), "note"),
    **dict.fromkeys(("warning", "caution", "attention", "careful", "important"), "careful"),
    **dict.fromkeys(("danger", "error", "bug", "failure", "fail", "missing"), "danger"),
}
ALERTS: Mapping[str, Callout] = {
    "note": "note",
    "tip": "note",
    "important": "careful",
    "warning": "careful",
    "caution": "danger",
}
CALLOUT_TITLES: Mapping[Callout, str] = {
    "note": "Note",
    "careful": "Careful",
    "danger": "Danger",
}

# Limits of one text. A real article has a few hundred lines of a few hundred characters; the
# figures let 1 MB of ordinary text through and keep each hostile generator under two seconds.
MAX_LINES = 20_000
MAX_LINE_CHARS = 20_000
MAX_DELIMITERS = 60_000
MAX_INLINE_COST = 3 * 10**8
"""Sum over inline texts of length × delimiters: each match copies the text once."""
TOO_MANY_DELIMITERS = "has too many brackets, asterisks or other marks for one article"
MAX_COUNTED_LINES = 2_000
"""Headings, rules, definitions and footnotes, each of which copies the text that follows it."""
MAX_NESTED = 12
"""Quote marks or list markers at the start of one line, indents of a line, nested brackets."""
MAX_RULE_CHARS = 200
MAX_CELLS = 20_000
MAX_LINK_CHARS = 2_000
MAX_CODE_SPAN_CHARS = 4_000
MAX_ANCHOR_CHARS = 100

DASHES = re.compile(r"[\s_‐‑-]+")


def slugify(text: str) -> str:
    """Anchor of a heading: lower case, punctuation dropped, spaces to hyphens, any script kept.

    "Когда придут деньги?" → "когда-придут-деньги". Empty text gives "section".
    """
    normal = unicodedata.normalize("NFKC", text[: 4 * MAX_ANCHOR_CHARS]).lower()
    kept = "".join(char for char in normal if _is_kept(char))
    return DASHES.sub("-", kept)[:MAX_ANCHOR_CHARS].strip("-") or "section"


def _is_kept(char: str) -> bool:
    return char in "-_‐" or char.isspace() or unicodedata.category(char)[0] in "LNM"


def convert(
    markdown_text: str,
    *,
    resolve_link: ResolveLink | None,
    resolve_image: ResolveImage | None,
    callout_titles: Mapping[Callout, str],
) -> str:
    """Markdown → HTML that still has to be cleaned. Raises MarkupRefused."""
    rules = _Rules(_Targets(resolve_link, resolve_image), callout_titles)
    footnotes = _Footnotes(SEPARATOR=":")
    tables = TableExtension(use_align_attribute=True)
    markdown = Markdown(extensions=[tables, footnotes, DefListExtension(), rules])
    try:
        return markdown.convert(markdown_text)
    except RecursionError as error:
        raise MarkupRefused("is nested too deeply") from error


class _Footnotes(FootnoteExtension):
    """Footnotes with short labels: the patterns of Python-Markdown look ahead without bound."""

    def extendMarkdown(self, md: Markdown) -> None:
        super().extendMarkdown(md)
        md.inlinePatterns["footnote"].compiled_re = re.compile(r"\[\^([^\[\]\n]{1,60})\]")
        block_rule: Any = md.parser.blockprocessors["footnote"]
        block_rule.RE = re.compile(r"^[ ]{0,3}\[\^([^\[\]\n]{1,60})\]:[ ]*(.*)$", re.MULTILINE)


class _Rules(Extension):
    def __init__(self, targets: _Targets, callout_titles: Mapping[Callout, str]) -> None:
        super().__init__()
        self._targets = targets
        self._callout_titles = callout_titles

    def extendMarkdown(self, md: Markdown) -> None:
        md.ESCAPED_CHARS.extend("~|<")
        md.preprocessors.deregister("html_block")
        md.preprocessors.register(_Lines(md), "lines", 25)
        titles = self._callout_titles
        md.parser.blockprocessors.register(_Callouts(md.parser, titles), "callout", 105)
        self._register_inline(md)
        # Python-Markdown's own inline rules run at 20; escapes are undone at 0.
        md.treeprocessors.register(_InlineLimits(md), "limits", 30)
        md.treeprocessors.register(_Alerts(md, titles), "alerts", 29)
        md.treeprocessors.register(_Details(md), "details", 28)
        md.treeprocessors.register(_Headings(md), "headings", -10)
        md.treeprocessors.register(_Tables(md), "table_scroll", -11)
        md.treeprocessors.register(_Figures(md), "figures", -12)

    def _register_inline(self, md: Markdown) -> None:
        rules = md.inlinePatterns
        for name in ("image_reference", "short_reference", "short_image_ref", "reference"):
            rules.deregister(name)
        rules.register(_CodeSpans(r"(?:(?<!\\)((?:\\{2})+)(?=`+)|(?<!\\)`)"), "backtick", 190)
        rules.register(_Images(r"!\[", md, self._targets), "image_link", 165)
        rules.register(_Links(r"(?<!!)\[", md, self._targets), "link", 160)
        rules.register(_Autolinks(AUTOLINK, md, self._targets), "autolink", 120)
        rules.register(_RawTags(RAW_TAG, md, self._targets), "html", 90)
        rules.register(_Entities(ENTITY, md), "entity", 80)
        delimiters = getattr(md, "delimiters")  # noqa: B009 - the type stubs lack it
        delimiters.add("~", "del", double=True)


DELIMITER = re.compile(r"[\[!`<&\\]|[*_~]+")


# --- lines: fences, comments, lists without a blank line before them, limits --------------------

QUOTE = r"(?:[ ]*>)*[ ]*"
FENCE = re.compile(rf"(?P<prefix>{QUOTE})(?P<fence>`{{3,}}|~{{3,}})[ ]*(?P<info>[^`\n]*)$")
LANGUAGE = re.compile(r"\{?\.?([\w+#-]{1,30})")
START_MARKS = re.compile(r"(?:[ ]*(?:>|[-*+][ ]|\d{1,9}[.)][ ]))*[ ]*")
MARK = re.compile(r">|[-*+]|\d+[.)]")
RULE = re.compile(r"[ *_-]*$")
STARTS_LIST = re.compile(r"[ ]*(?:[-*+]|1\.)[ ]+\S")
LIST_ITEM = re.compile(r"[ ]*(?:[-*+]|\d+\.)[ ]+\S")
NOT_A_PARAGRAPH = re.compile(r"[ ]*(?:[#>|:]|!!!|\?\?\?|\x02|$)")
RULE_OR_HEADING = r"(?:#{1,6}[ ]|\*[ ]*\*[ ]*\*[ *]*$|_[ ]*_[ ]*_[ _]*$|-[ ]+-[ ]+-[ -]*$)"
ALONE = re.compile(rf"[ ]{{0,3}}{RULE_OR_HEADING}")
UNDERLINE = re.compile(r"[ ]{0,3}(?:=+|-+)[ ]*$")
DEFINITION = re.compile(r"[ ]{0,3}:[ ]")
COUNTED = re.compile(rf"{QUOTE}(?:{RULE_OR_HEADING}|=+[ ]*$|-+[ ]*$|:[ ]|\[\^)")
WIDE_GAP = re.compile(rf"[ ]{{{4 * MAX_NESTED},}}")


class _Lines(Preprocessor):
    """Stash fenced code, drop comments, part blocks that touch each other, hold the line limits."""

    def run(self, lines: list[str]) -> list[str]:
        if len(lines) > MAX_LINES + 2:  # Python-Markdown adds two empty lines
            raise MarkupRefused(f"has more than {MAX_LINES:,} lines")
        last_comment_end = max((i for i, line in enumerate(lines) if "-->" in line), default=-1)
        out: list[str] = []
        at, is_in_list = 0, False
        while at < len(lines):
            line = lines[at]
            if fence := FENCE.match(line):
                end = _fence_end(lines, at, fence)
                out += self._stashed(fence, lines[at + 1 : end])
                at = end + 1
            elif line.lstrip().startswith("<!--") and _closes_comment(lines, at, last_comment_end):
                at = _skip_comment(lines, at)
            else:
                if out and _begins_block(line, out[-1], is_in_list=is_in_list):
                    out.append("")
                is_in_list = bool(line.strip()) and (is_in_list or bool(LIST_ITEM.match(line)))
                out.append(_bounded(line))
                at += 1
        _require_few_marks(out)
        return out

    def _stashed(self, fence: re.Match[str], lines: list[str]) -> list[str]:
        """Three lines that hold the code's place, at the fence's own depth."""
        prefix = fence["prefix"]
        code = "\n".join(_without_prefix(line, prefix) for line in lines)
        language = LANGUAGE.match(fence["info"])
        attribute = f' class="language-{language[1].lower()}"' if language else ""
        escaped = html_entities.escape(code, quote=False)
        placeholder = self.md.htmlStash.store(f"<pre><code{attribute}>{escaped}\n</code></pre>")
        empty = prefix.rstrip(" ")
        return [empty, _bounded(prefix) + placeholder, empty]


def _fence_end(lines: list[str], at: int, fence: re.Match[str]) -> int:
    """Index of the closing line; without one the code runs to the end of its quote or text."""
    closing = re.compile(rf"{QUOTE}{fence['fence'][0]}{{{min(len(fence['fence']), 99)},}}[ ]*$")
    is_quoted = ">" in fence["prefix"]
    for end in range(at + 1, len(lines)):
        if closing.match(lines[end]) or (is_quoted and not lines[end].lstrip().startswith(">")):
            return end
    return len(lines)


def _closes_comment(lines: list[str], at: int, last_end: int) -> bool:
    """Does the comment that opens line `at` close? `last_end` is the last line that had a mark."""
    return at < last_end or (at == last_end and "-->" in lines[at])


def _skip_comment(lines: list[str], at: int) -> int:
    """Cut the comment that opens line `at` out of `lines`; index of the line to go on with."""
    while "-->" not in lines[at]:
        at += 1
    lines[at] = lines[at].partition("-->")[2]
    return at if lines[at].strip() else at + 1


def _without_prefix(line: str, prefix: str) -> str:
    at = 0
    while at < min(len(prefix), len(line)) and line[at] in " >":
        at += 1
    if ">" in prefix and line[at : at + 1] == " " and not prefix.endswith(" "):
        at += 1
    return line[at:]


def _begins_block(line: str, before: str, *, is_in_list: bool) -> bool:
    """Does `line` begin a block of its own though `before`, right above it, is not empty?

    As in CommonMark: a list may follow a paragraph, headings and rules stand alone. A term may
    follow the definition of another.
    """
    if not before.strip():
        return False
    if ALONE.match(line) or ALONE.match(before) or UNDERLINE.match(before):
        return True
    if DEFINITION.match(before) and line[:1] not in (" ", ":", ""):
        return True
    if is_in_list or not STARTS_LIST.match(line) or RULE.match(line):
        return False
    return not NOT_A_PARAGRAPH.match(before) and _indent(line) == _indent(before)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _bounded(line: str) -> str:
    """`line` with its indent cut to the deepest one read; raises MarkupRefused."""
    if len(line) > MAX_LINE_CHARS:
        raise MarkupRefused(f"has a line of more than {MAX_LINE_CHARS:,} characters")
    start = START_MARKS.match(line)
    marks = start[0] if start else ""
    is_rule = len(line) <= MAX_RULE_CHARS and RULE.match(line)
    if not is_rule and len(MARK.findall(marks)) > MAX_NESTED:
        raise MarkupRefused(f"has a line with more than {MAX_NESTED} list or quote marks")
    return WIDE_GAP.sub(" " * 4 * MAX_NESTED, marks) + line[len(marks) :]


def _require_few_marks(lines: list[str]) -> None:
    if sum(len(DELIMITER.findall(line)) for line in lines) > MAX_DELIMITERS:
        raise MarkupRefused(TOO_MANY_DELIMITERS)
    if sum(line.count("|") for line in lines) > 2 * MAX_CELLS:
        raise MarkupRefused(f"has tables of more than {MAX_CELLS:,} cells")
    if sum(bool(COUNTED.match(line)) for line in lines) > MAX_COUNTED_LINES:
        raise MarkupRefused(f"has more than {MAX_COUNTED_LINES:,} headings, rules or footnotes")


# --- blocks: callouts and details ---------------------------------------------------------------

DETAILS = "details"
DETAILS_OPEN = "details-open"


class _Callouts(AdmonitionProcessor):
    """`!!! warning "Title"` gives a callout, `??? note "Question"` collapsible details.

    While blocks are parsed both are `div`s, to which indented blocks below are still added.
    """

    CLASSNAME = "callout"
    CLASSNAME_TITLE = "callout-title"
    RE = re.compile(r'(?:^|\n)(!!!|\?\?\?\+?)(?= ?[\w"]) ?([\w-]+)?(?: *"(.*?)")? *(?:\n|$)')

    def __init__(self, parser: BlockParser, titles: Mapping[Callout, str]) -> None:
        super().__init__(parser)
        self._titles = titles

    def get_class_and_title(self, match: re.Match[str]) -> tuple[str, str | None]:
        mark, kind_name, title = match.groups()
        kind = CALLOUTS.get((kind_name or "note").lower(), "note")
        if mark == "!!!":
            return f"callout-{kind}", (self._titles[kind] if title is None else title) or None
        return DETAILS if mark == "???" else DETAILS_OPEN, title or self._titles[kind]


class _Details(Treeprocessor):
    """Turn the `div`s of details into `details` with a `summary`."""

    def run(self, root: etree.Element) -> None:
        for div in root.iter("div"):
            kind = div.get("class", "").removeprefix("callout ")
            if kind not in (DETAILS, DETAILS_OPEN):
                continue
            div.tag = "details"
            del div.attrib["class"]
            if kind == DETAILS_OPEN:
                div.set("open", "open")
            title = div[0]
            title.tag = "summary"
            del title.attrib["class"]


class _Alerts(Treeprocessor):
    """GitHub alerts: a quote that begins with `[!NOTE]` becomes a callout."""

    ALERT = re.compile(r"\[!(\w{1,20})\][ ]*(?:\n|$)")

    def __init__(self, md: Markdown, titles: Mapping[Callout, str]) -> None:
        super().__init__(md)
        self._titles = titles

    def run(self, root: etree.Element) -> None:
        for quote in root.iter("blockquote"):
            first = quote[0] if len(quote) else None
            match = self.ALERT.match(first.text or "") if first is not None else None
            kind = ALERTS.get(match[1].lower()) if match else None
            if first is None or match is None or kind is None:
                continue
            quote.tag = "div"
            quote.set("class", f"callout callout-{kind}")
            first.text = (first.text or "")[match.end() :]
            if not first.text and not len(first):
                quote.remove(first)
            title = etree.Element("p", {"class": "callout-title"})
            title.text = self._titles[kind]
            quote.insert(0, title)


# --- inline: limits, code spans, links, pictures, raw tags, entities ----------------------------


class _InlineLimits(Treeprocessor):
    """Refuse text whose inline rules would take too long, before they run."""

    def run(self, root: etree.Element) -> None:
        delimiters = cost = cells = 0
        for element in root.iter():
            cells += element.tag in ("td", "th")
            for text in (element.text, element.tail):
                found = len(DELIMITER.findall(text)) if text else 0
                delimiters += found
                cost += found * len(text or "")
        if cells > MAX_CELLS:
            raise MarkupRefused(f"has tables of more than {MAX_CELLS:,} cells")
        if delimiters > MAX_DELIMITERS or cost > MAX_INLINE_COST:
            raise MarkupRefused(TOO_MANY_DELIMITERS)


class _CodeSpans(BacktickInlineProcessor):
    """Code spans as in CommonMark, with a bounded look-ahead."""

    def find_code_spans(  # type: ignore[override]
        self, start: int, text: str
    ) -> tuple[int, int | None]:
        opened = start
        while opened < len(text) and text[opened] == "`":
            opened += 1
        closing = re.compile(rf"(?<!`)`{{{opened - start}}}(?!`)") if opened - start < 20 else None
        match = closing.search(text, opened, opened + MAX_CODE_SPAN_CHARS) if closing else None
        return opened, match.start() if match else None

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element | str | None, int | None, int | None]:
        found = super().handleMatch(m, data)
        if found[0] is None and found[2] is not None and not m[1]:
            # Python-Markdown would give unpaired backticks to the rules that follow
            return data[m.start() : found[2]], m.start(), found[2]
        return found


DESTINATION = re.compile(
    r"\(\s{0,99}+(?:<([^<>\n]{0,2000})>|"
    r"((?:[^\s()]|\((?:[^\s()]|\([^\s()]{0,500}\)){0,500}\)){0,2000}))"
    r"(?:\s{1,99}+(\"[^\"]{0,1000}\"|'[^']{0,1000}'|\([^()]{0,1000}\)))?\s{0,99}\)"
)
REFERENCE = re.compile(r"\s?\[([^\[\]]{0,999})\]")
BRACKET = re.compile(r"[\[\]]")
INVISIBLE = re.compile(r"[\x00-\x20]+")
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
SITE_PATH = re.compile(r"(?![/\\]{2}|[#?])[^\\:\x00-\x20]*(?:[/?#][^\\\x00-\x20]*)?")


@dataclass(frozen=True)
class _Targets:
    """Gives links and pictures their addresses."""

    resolve_link: ResolveLink | None
    resolve_image: ResolveImage | None

    def link(self, href: str) -> dict[str, str] | None:
        """Attributes of `a`; None when the link is to become its text."""
        if is_external(href):
            return {"href": href, "rel": "noopener noreferrer nofollow"}
        if scheme := SCHEME.match(INVISIBLE.sub("", href)):  # browsers skip some of them
            return {"href": href} if scheme[0].lower() in ("mailto:", "tel:") else None
        if href.startswith("#") or self.resolve_link is None:
            return {"href": href}
        address = self.resolve_link(href)
        return None if address is None else {"href": address}

    def image(self, src: str) -> dict[str, str] | None:
        """Attributes of `img`; None when the picture is to become its alternative text."""
        if not SITE_PATH.fullmatch(src):
            return None
        found = self.resolve_image(src) if self.resolve_image else src
        if found is None:
            return None
        picture = ImageSource(found) if isinstance(found, str) else found
        sizes = {"width": picture.width, "height": picture.height}
        attributes = {name: str(size) for name, size in sizes.items() if size}
        return {"src": picture.src, "loading": "lazy", "decoding": "async", **attributes}


def is_external(href: str) -> bool:
    """Does `href` lead to another site? Browsers read backslashes as slashes."""
    address = href.strip().replace("\\", "/").lower()
    return address.startswith(("http:", "https:", "//"))


class _Links(InlineProcessor):
    """`[text](address "title")`, `[text][reference]` and `[reference]`."""

    ANCESTOR_EXCLUDES: ClassVar[tuple[str, ...]] = ("a",)

    def __init__(self, pattern: str, md: Markdown, targets: _Targets) -> None:
        super().__init__(pattern, md)
        self._targets = targets

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element | str | None, int | None, int | None]:
        close = _closing_bracket(data, m.end())
        if close is None:
            return None, None, None
        text = data[m.end() : close]
        found = self._address(data, close + 1, text)
        if found is None:
            return None, None, None
        address, title, end = found
        return self._element(text, address, title), m.start(), end

    def _address(self, data: str, at: int, text: str) -> tuple[str, str, int] | None:
        """Address, title and where the link ends."""
        if match := DESTINATION.match(data, at):
            address = match[1] if match[1] is not None else match[2]
            return self.unescape(address), self.unescape((match[3] or "")[1:-1]), match.end()
        if match := REFERENCE.match(data, at):
            found = self._reference(match[1] or text)
            if found is not None:
                return *found, match.end()
        found = self._reference(text)
        return None if found is None else (*found, at)

    def _reference(self, label: str) -> tuple[str, str] | None:
        found = self.md.references.get(" ".join(label.split()).lower())
        return (found[0], found[1] or "") if found else None

    def _element(self, text: str, address: str, _title: str) -> etree.Element | str:
        attributes = self._targets.link(_unescaped(address))
        element = etree.Element("a" if attributes else "span", attributes or {})
        element.text = text
        return element


class _Images(_Links):
    """`![alternative text](address "caption")`, also by reference."""

    ANCESTOR_EXCLUDES = ()

    def _element(self, text: str, address: str, title: str) -> etree.Element | str:
        alt = _unescaped(self.unescape(text))
        attributes = self._targets.image(_unescaped(address))
        if attributes is None:
            return _as_text(alt)
        caption = {"title": _unescaped(title)} if title.strip() else {}
        return etree.Element("img", {**attributes, "alt": alt, **caption})


def _closing_bracket(data: str, at: int) -> int | None:
    """Index of the bracket that closes the one before `at`; None when too far or too deep."""
    depth = 1
    for match in BRACKET.finditer(data, at, at + MAX_LINK_CHARS):
        depth += 1 if match[0] == "[" else -1
        if depth == 0:
            return match.start()
        if depth > MAX_NESTED:
            return None
    return None


ESCAPED = re.compile("\x02([0-9]{1,7})\x03")


def _unescaped(text: str) -> str:
    """Undo Python-Markdown's marks for escaped characters, and entities."""
    restored = ESCAPED.sub(lambda match: chr(int(match[1])), text)
    return html_entities.unescape(restored).strip()


def _as_text(text: str) -> str:
    """`text` so that the serialiser, which lets entities stand, shows it as it is."""
    return text.replace("&", f"{AMP_SUBSTITUTE}amp;")


AUTOLINK = r"<((?:https?://|mailto:|tel:)[^<>\s]{1,2000})>"
RAW_TAG = (
    r"<(?:(/?)([a-zA-Z][a-zA-Z0-9]{0,15})((?:\s+[^\s\"'=<>/]++(?:\s*+=\s*+"
    r"(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>]++))?+){0,30}+)\s*+/?>|!--(?:(?!-->)(?!<!--).){0,5000}-->)"
)
ENTITY = r"&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});"

# Names of HTML that authors may use raw. The cleaner decides what of them stays; any other tag is
# shown as text, so that «введите <номер заказа>» or `<script>` never vanishes.
RAW_TAGS = frozenset(
    "a abbr address article aside b bdi bdo big blockquote br caption center cite code col "
    "colgroup dd del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 "
    "header hr i img ins kbd li main mark nav ol p picture pre q s samp section small span strike "
    "strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr".split()
)
RAW_ATTRIBUTES = frozenset({"colspan", "rowspan", "open", "start"})
MAX_RAW_TAGS = 5_000


class _Autolinks(InlineProcessor):
    """`<https://…>`."""

    ANCESTOR_EXCLUDES = ("a",)

    def __init__(self, pattern: str, md: Markdown, targets: _Targets) -> None:
        super().__init__(pattern, md)
        self._targets = targets

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element, int, int]:
        address = _unescaped(self.unescape(m[1]))
        element = etree.Element("a", self._targets.link(address) or {})
        element.text = AtomicString(_as_text(address.removeprefix("mailto:").removeprefix("tel:")))
        return element, m.start(), m.end()


class _RawTags(InlineProcessor):
    """Known tags pass with a few attributes, comments vanish, anything else stays text."""

    def __init__(self, pattern: str, md: Markdown, targets: _Targets) -> None:
        super().__init__(pattern, md)
        self._targets = targets
        self._count = 0

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element | str | None, int | None, int | None]:
        slash, name, attributes = m.groups()
        if name is None:
            return "", m.start(), m.end()
        name = name.lower()
        if name not in RAW_TAGS:
            return None, None, None
        self._count += 1
        if self._count > MAX_RAW_TAGS:
            raise MarkupRefused(f"has more than {MAX_RAW_TAGS:,} HTML tags")
        if name == "img":
            return self._image(_parsed(attributes)), m.start(), m.end()
        kept = self._kept(name, _parsed(attributes))
        if name == "a" and not slash and not kept:
            return "", m.start(), m.end()  # a place to jump to; anchors are our own
        tag = f"</{name}>" if slash else f"<{name}{kept}>"
        return self.md.htmlStash.store(tag), m.start(), m.end()

    def _kept(self, name: str, attributes: Mapping[str, str]) -> str:
        kept = {key: value for key, value in attributes.items() if key in RAW_ATTRIBUTES}
        if name == "a" and "href" in attributes:
            kept |= self._targets.link(attributes["href"].strip()) or {}
        return "".join(f' {key}="{html_entities.escape(value)}"' for key, value in kept.items())

    def _image(self, attributes: Mapping[str, str]) -> etree.Element | str:
        alt = attributes.get("alt", "")
        found = self._targets.image(attributes.get("src", "").strip())
        return _as_text(alt) if found is None else etree.Element("img", {**found, "alt": alt})


class _AttributeParser(HTMLParser):
    """Reads the attributes of one tag."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            self.found.setdefault(name, value or "")


def _parsed(attributes: str) -> Mapping[str, str]:
    if not attributes.strip():
        return {}
    parser = _AttributeParser()
    parser.feed(f"<x{_unescaped_marks(attributes)}>")
    return parser.found


def _unescaped_marks(text: str) -> str:
    return (
        ESCAPED.sub(lambda match: chr(int(match[1])), text).replace("\x02", "").replace("\x03", "")
    )


class _Entities(InlineProcessor):
    """Named and numbered characters become themselves."""

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[str, int, int]:
        char = html_entities.unescape(m[0]).replace("\x02", "").replace("\x03", "")
        return _as_text(char), m.start(), m.end()


# --- the finished tree: anchors and tables ------------------------------------------------------

HEADING_TAGS = ("h1", "h2", "h3", "h4", "h5", "h6")


class _Headings(Treeprocessor):
    """Give each heading its anchor. Level 1 is the article's title, so it becomes level 2."""

    def run(self, root: etree.Element) -> None:
        used: set[str] = set()
        next_number: dict[str, int] = {}
        for element in root.iter():
            if element.tag not in HEADING_TAGS:
                continue
            element.tag = "h2" if element.tag == "h1" else element.tag
            slug = slugify(_visible(element))
            anchor, number = slug, next_number.get(slug, 2)
            while anchor in used:
                anchor, number = f"{slug}-{number}", number + 1
            next_number[slug] = number
            used.add(anchor)
            element.set("id", anchor)


class _Tables(Treeprocessor):
    """Let a wide table scroll by itself, with a name for those who cannot see it."""

    def run(self, root: etree.Element) -> None:
        for parent in list(root.iter()):
            for at, table in enumerate(list(parent)):
                if table.tag != "table":
                    continue
                label = ", ".join(filter(None, (_visible(cell) for cell in table.iter("th"))))
                wrapper = etree.Element(
                    "div", {"class": "table-scroll", "tabindex": "0", "role": "region"}
                )
                wrapper.set("aria-label", label[:100] or "…")
                wrapper.append(table)
                wrapper.tail, table.tail = table.tail, None
                parent[at] = wrapper


class _Figures(Treeprocessor):
    """Pictures that are a paragraph of their own become figures that lead to them in full size."""

    def run(self, root: etree.Element) -> None:
        for parent in list(root.iter()):
            if any(_holds_only_pictures(child) for child in parent):
                parent[:] = [
                    part
                    for child in parent
                    for part in (_figures(child) if _holds_only_pictures(child) else [child])
                ]


def _holds_only_pictures(element: etree.Element) -> bool:
    if element.tag != "p" or (element.text or "").strip():
        return False
    has_only = all(part.tag == "img" and not (part.tail or "").strip() for part in element)
    return len(element) > 0 and has_only


def _figures(paragraph: etree.Element) -> list[etree.Element]:
    found = []
    for picture in paragraph:
        figure = etree.Element("figure")
        caption = picture.attrib.pop("title", "")
        link = etree.SubElement(figure, "a", {"class": ZOOM, "href": picture.get("src", "")})
        picture.tail, figure.tail = None, paragraph.tail
        link.append(picture)
        if caption:
            etree.SubElement(figure, "figcaption").text = _as_text(caption)
        found.append(figure)
    return found


ZOOM = "zoom"
"""Class of a link from a picture to its file."""


def _visible(element: etree.Element) -> str:
    """Text of a finished element, without raw tags."""
    text = HTML_PLACEHOLDER_RE.sub("", "".join(element.itertext()))
    return _unescaped(text.replace(AMP_SUBSTITUTE, "&"))
