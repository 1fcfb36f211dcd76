"""Components of MDX and tags of HTML in Markdown, as directives, links and pictures."""

from __future__ import annotations

import re
from collections.abc import Collection

from kb.imports.anchor_signs import anchor_sign
from kb.imports.callout_kinds import NAMES, named, outside_github
from kb.imports.dialects.masks import CodeMasks
from kb.imports.dialects.parts.tab_labels import labels_by_value
from kb.imports.dialects.parts.whole_tags import card, picture
from kb.imports.dialects.signs import Directive, DirectiveSigns
from kb.imports.html.callouts import kind_of
from kb.imports.html.conversion import convert
from kb.imports.html.inline import destination, player
from kb.imports.html.tags import FoundTag, tags
from kb.imports.html.tree import HtmlNode

CALLOUTS = frozenset(
    "aside admonition callout alert infobox hint banner notice message box".split()
)
TABS = frozenset("tabs tabgroup codegroup code-group tabpane tabpanels packagemanagertabs".split())
TAB = frozenset("tabitem tab step tabpanel accordionitem".split())
FOLDED = frozenset("details accordion expandable collapsible spoiler toggle disclosure".split())
CARDS = frozenset("linkcard card docscard linkbutton contentcard".split())
PICTURES = frozenset("img image themedimage zoomimage screenshot frame figureimage picture".split())
PLAYERS = frozenset("iframe video audio embed youtube vimeo loom".split())
INVISIBLE = frozenset(
    "steps filetree cardgrid cardgroup columns column row icon fragment accordiongroup source"
    " head toc docscardlist tableofcontents thead".split()
)
"""Components that only arrange what they hold."""
WHOLE = ("pre", "table", "dl", "figure")
"""Tags of HTML whose whole element is turned into Markdown at once."""
KEPT = frozenset(
    "br kbd sub sup mark ins abbr small b strong i em u s del code hr q samp var cite dfn".split()
)
DROPPED = frozenset(
    "div span p center font section article header footer main nav aside figure figcaption ul ol li"
    " button form label input link meta style script noscript svg path tbody tr td th colgroup col"
    " dt dd big tt picture object param html body".split()
)
HEADINGS = {f"h{level}": level for level in range(1, 7)}
MAX_HEADING_CHARS = 2_000
NAMES_INSIDE = re.compile(r"\b(?:id|name)=[\"']([\w-]{1,100})[\"']")
BOXES = ("div", "section", "ul", "ol", "center", "article")
"""Tags of HTML that are turned into Markdown at once where nothing in them is Markdown."""
MARKDOWN_INSIDE = re.compile(
    r"\]\(|\*\*|^[ ]{0,3}(?:#{1,6}|[-*+]|\d{1,3}[.)]|>|:::|!!!)[ \t]|[\ue000-\ue0ff]|\{[%{"
    r"]|\|[ ]?-{3}",
    re.MULTILINE,
)
SLOTS = {"title": ("title", "label", "name", "header", "heading", "summary", "value")}


class ComponentTranslator:
    """Translates the tags of one page; what it does not know is taken out and counted."""

    def __init__(
        self,
        signs: DirectiveSigns,
        masks: CodeMasks,
        used_anchors: Collection[str] = (),
        *,
        is_mdx: bool,
    ) -> None:
        self._signs = signs
        self._masks = masks
        self._used_anchors = used_anchors
        self._is_mdx = is_mdx
        self.players = 0
        self._slots = 0
        """Fragments that are open as tabs."""
        self._labels: dict[str, str] = {}
        """Of tabs, by their values, where the tag around them gives both."""

    def whole_elements(self, text: str) -> str:
        """`text` with tables and code of HTML turned into Markdown, each as a whole."""
        for name in WHOLE:
            if f"<{name}" not in text:
                continue
            text = self._each_whole(text, name)
        return self._boxes(text) if any(f"<{name}" in text for name in BOXES) else text

    def _boxes(self, text: str) -> str:
        """`text` with the outermost boxes of HTML that hold no Markdown as Markdown."""
        found: list[str] = []
        at = 0
        opened: list[FoundTag] = []
        for tag in tags(text):
            if tag.name not in BOXES or tag.is_alone:
                continue
            if not tag.is_end:
                opened.append(tag)
            elif any(one.name == tag.name for one in opened):
                while opened and opened[-1].name != tag.name:
                    opened.pop()
                start = opened.pop()
                if opened or (start.start and text[start.start - 1] != "\n"):
                    continue
                element = text[start.start : tag.end]
                if not MARKDOWN_INSIDE.search(element):
                    names = NAMES_INSIDE.findall(element)
                    markdown = convert(self._masks.unmask(element), names).markdown
                    found += [text[at : start.start], self._masks.mask(markdown)]
                    at = tag.end
        return "".join((*found, text[at:]))

    def _each_whole(self, text: str, name: str) -> str:
        found: list[str] = []
        at = 0
        while (start := text.find(f"<{name}", at)) >= 0:
            closing = f"</{name}>"
            end = text.find(closing, start)
            if end < 0 or text[start + len(name) + 1 : start + len(name) + 2] not in (
                " ",
                ">",
                "\n",
                "\t",
            ):
                found.append(text[at : start + 1])
                at = start + 1
                continue
            end += len(closing)
            element = text[start:end]
            found.append(text[at:start])
            found.append(
                self._converted(element, text, start) if self._is_html(element, name) else element
            )
            at = end
        return "".join((*found, text[at:]))

    def _is_html(self, element: str, name: str) -> bool:
        """True where Markdown inside is none, as behind no blank line."""
        return name == "pre" or ("\n\n" not in element and "](" not in element)

    def _converted(self, element: str, text: str, start: int) -> str:
        line = text.rfind("\n", 0, start) + 1
        lead = text[line:start]
        indent = lead if not lead.strip() else " " * len(lead)
        markdown = convert(self._masks.unmask(element)).markdown.rstrip("\n")
        body = f"\n{indent}".join(markdown.split("\n"))
        before = "" if not lead.strip() else f"\n\n{indent}"
        return f"{before}{body}\n\n"

    def translated(self, text: str) -> str:
        """`text` with every tag as a directive, a link, a picture, or gone."""
        found: list[str] = []
        at = 0
        links: list[str] = []
        for tag in tags(text):
            if tag.start < at:
                continue
            found.append(text[at : tag.start])
            at = tag.end
            if tag.name == "summary" and not tag.is_end:
                at = self._summary(text, tag.end, found)
            elif tag.name in HEADINGS:
                at = self._heading(text, tag, found)
            elif tag.name in ("a", "Link", "NavLink"):
                found.append(self._link(tag, links))
            else:
                found.append(self._place(tag) + self._tag(tag, text[tag.start : tag.end]))
        return "".join((*found, text[at:]))

    def _heading(self, text: str, tag: FoundTag, found: list[str]) -> int:
        """A heading of HTML as one of ours, or as bold words where none can begin."""
        closing = f"</{tag.name}>"
        end = text.find(closing, tag.end, tag.end + MAX_HEADING_CHARS)
        if tag.is_end or tag.is_alone or end < 0:
            return tag.end
        words = " ".join(self.translated(text[tag.end : end]).split())
        name = anchor_sign(tag.get("id"))
        before = "".join(found)[-200:].rpartition("\n")[2]
        if not words:
            found.append(name)
        elif before.strip():
            found.append(f"{name}**{words}**")
        else:
            marks = "#" * HEADINGS[tag.name]
            found.append(f"\n\n{before}{marks} {words}{name}\n\n{before}")
        return end + len(closing)

    def _place(self, tag: FoundTag) -> str:
        """A place that links of the source lead to."""
        name = "" if tag.is_end else tag.get("id")
        return anchor_sign(name) if name in self._used_anchors else ""

    def _link(self, tag: FoundTag, links: list[str]) -> str:
        if tag.is_end:
            return links.pop() if links else ""
        href, name = tag.get("href", "to"), tag.get("id", "name")
        place = anchor_sign(name) if not href else self._place(tag)
        if tag.is_alone or not href:
            if not tag.is_alone:
                links.append("")
            return place
        links.append(f"]({destination(href.strip().replace(' ', '%20'))})")
        return f"{place}["

    def _summary(self, text: str, at: int, found: list[str]) -> int:
        """Give the words of a summary to the folded text that it stands in."""
        end = text.find("</summary>", at, at + 2_000)
        if end < 0:
            return at
        words = convert(self._masks.unmask(text[at:end])).markdown
        for place in range(len(self._signs.directives) - 1, -1, -1):
            directive = self._signs.directives[place]
            if directive.kind == "details":
                title = " ".join(words.replace("\\", "").replace("#", "").replace("**", "").split())
                self._signs.directives[place] = Directive("details", directive.name, title)
                break
        return end + len("</summary>")

    def _tag(self, tag: FoundTag, written: str) -> str:
        name = tag.name.lower().rpartition(".")[2]
        if name in KEPT and tag.name.islower():
            return "<br>" if name == "br" else written
        if name in PICTURES and not tag.is_end and tag.get("src", "sources", "light"):
            return picture(tag)
        if name in PICTURES:
            return ""
        if name in PLAYERS:
            return self._player(tag, name)
        if (sign := self._directive(tag, name)) is not None:
            return sign
        if name in CARDS:
            return card(tag)
        if name in DROPPED or (tag.name.islower() and name in INVISIBLE) or name in INVISIBLE:
            return self._callout_div(tag, name)
        if name == "option":
            return "" if tag.is_end else "- "
        if tag.name[0].isupper():
            is_bare = not any(tag.attributes.values()) and not tag.is_alone and not tag.is_end
            if not self._is_mdx and is_bare:
                return f"\\{written}"  # a placeholder such as <Name>
            if not tag.is_end:
                self._signs.unknown[f"<{tag.name}>"] += 1
            return ""
        return written

    def _directive(self, tag: FoundTag, name: str) -> str | None:
        if name in KEPT:
            return None
        is_component = tag.name[0].isupper()
        if name in FOLDED and (is_component or name == "details"):
            return self._opened(tag, Directive("details", tag.name, tag.get(*SLOTS["title"])))
        if is_component and (name in CALLOUTS or name in NAMES):
            told = tag.get("type", "variant", "kind", "status", "color", "intent")
            word = told if named(told) else name
            kind, title = outside_github(word) or "note", tag.get("title", "heading")
            return self._opened(tag, Directive("callout", tag.name, title, kind, word=word))
        if is_component and name in TABS:
            self._labels |= labels_by_value(tag.get("values"))
            return self._opened(tag, Directive("tabs", tag.name))
        if is_component and (name in TAB or (name == "fragment" and tag.get("slot"))):
            self._slots += name == "fragment"
            title = tag.get("title", "label") or self._labels.get(tag.get("value"), "")
            title = title or tag.get(*SLOTS["title"], "slot")
            return self._opened(tag, Directive("tab", tag.name, title))
        if name == "fragment" and tag.is_end and self._slots:
            self._slots -= 1
            return self._signs.close(tag.name)
        return None

    def _opened(self, tag: FoundTag, directive: Directive) -> str:
        if tag.is_end:
            return self._signs.close(tag.name)
        return "" if tag.is_alone else self._signs.sign(directive)

    def _callout_div(self, tag: FoundTag, name: str) -> str:
        """A callout for a box whose class says so; nothing for any other box."""
        if name not in ("div", "aside", "section", "p"):
            return " " if name in ("br", "li", "td", "th") else ""
        if tag.is_end:
            return self._signs.close(f"<{name}>")
        kind = kind_of(
            HtmlNode(name, {"class": tag.get("class", "className"), "style": tag.get("style")})
        )
        if kind is None:
            return "" if tag.is_alone else self._signs.sign(Directive("tabs", f"<{name}>"))
        return self._signs.sign(
            Directive("callout", f"<{name}>", tag.get("data-title", "title"), kind)
        )

    def _player(self, tag: FoundTag, name: str) -> str:
        if tag.is_end:
            return ""
        video = tag.get("id", "videoId", "videoid", "embedId") if name == "youtube" else ""
        src = f"https://www.youtube.com/watch?v={video}" if video else tag.get("src", "url", "href")
        self.players += bool(src)
        return player(HtmlNode("iframe", {"src": src, "title": tag.get("title")})) if src else ""
