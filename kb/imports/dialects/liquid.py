"""Tags in braces: Liquid of Jekyll, `{% %}` of YFM and Zendesk themes, shortcodes of Hugo."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from kb.imports.callout_kinds import NAMES, named
from kb.imports.dialects.masks import CodeMasks
from kb.imports.dialects.signs import Directive, DirectiveSigns
from kb.imports.formats.titles import plain_words
from kb.imports.html.inline import destination

TAG = re.compile(
    r"\{%-?[ \t\n]{0,9}(?P<l_end>end)?(?P<l_name>[A-Za-z][\w-]{0,60})(?P<l_args>[^%\n]{0,2"
    r"000}?)-?%\}"
    r"|\{\{[<%]-?[ \t]{0,9}(?P<h_end>/)?[ \t]{0,9}(?P<h_name>[\w/.-]{1,80})(?P<h_args>[^\n"
    r"]{0,2000}?)(?P<h_alone>/)?[ \t]{0,9}[>%]\}\}"
)
ARGUMENT = re.compile(
    r"(?:([\w.-]{1,60})[ ]{0,4}[=:][ ]{0,4})?(?:\"([^\"]{0,1000})\"|'([^']{0,1000})'|([^\s"
    r"\"'=<>%]{1,300}))"
)
CODE = re.compile(
    r"(?P<lead>^[ \t]{0,60})?(?:\{%-?[ ]{0,4}highlight[ ]{1,4}(?P<l>[\w+#-]{1,40})[^%\n]{0"
    r",200}%\}|\{\{[<%][ ]{0,4}highlight[ ]{1,4}\"?(?P<h>[\w+#-]{1,40})[^\n]{0,200}?[>%]\}"
    r"\})",
    re.MULTILINE,
)
END_OF_CODE = re.compile(
    r"\{%-?[ ]{0,4}endhighlight[ ]{0,4}-?%\}|\{\{[<%][ ]{0,4}/[ ]{0,4}highlight[ ]{0,4}[>%]\}\}"
)
RAW = re.compile(r"\{%-?[ ]{0,4}raw[ ]{0,4}-?%\}")
END_OF_RAW = re.compile(r"\{%-?[ ]{0,4}endraw[ ]{0,4}-?%\}")
COMMENT = re.compile(r"\{%-?[ ]{0,4}comment[ ]{0,4}-?%\}|\{\{[<%][ ]{0,4}comment[ ]{0,4}[>%]\}\}")
END_OF_COMMENT = re.compile(
    r"\{%-?[ ]{0,4}endcomment[ ]{0,4}-?%\}|\{\{[<%][ ]{0,4}/[ ]{0,4}comment[ ]{0,4}[>%]\}\}"
)

ASSIGN = re.compile(
    r"\{%-?[ ]{0,4}assign[ ]{1,4}([\w-]{1,60})[ ]{0,4}=[ ]{0,4}"
    r"(?:\"([^\"\n]{0,500})\"|'([^'\n]{0,500})'|([\w.-]{1,100}))[^%\n]{0,200}?-?%\}[ \t]{0,9}\n?"
)
CAPTURE = re.compile(
    r"\{%-?[ ]{0,4}capture[ ]{1,4}[\"']?([\w-]{1,60})[\"']?[ ]{0,4}-?%\}"
    r"((?:[^{]|\{(?!%)){0,3000}?)\{%-?[ ]{0,4}endcapture[ ]{0,4}-?%\}[ \t]{0,9}\n?"
)
ROOT_OF_LINK = re.compile(
    r"(?:\{\{-?[ ]{0,4}site\.(?:baseurl|url)[^{}\n]{0,100}\}\}){1,2}"
    r"(?=\{%-?[ ]{0,4}(?:link|post_url)\b)"
)
TAG_OR_VARIABLE = re.compile(r"\{\{[^\n]{0,300}?\}\}|\{%[^\n]{0,300}?%\}")
ESCAPED = re.compile(r"\{\{([<%])/\*([^\n]{0,500}?)\*/([>%])\}\}")
"""A shortcode that Hugo shows as it is written."""
BOXES = frozenset("callout alert admonition notice hint message panel infobox pageinfo box".split())
FOLDED = frozenset("cut details expand collapse accordion spoiler toggle".split())
TABS = frozenset("tabs tabpane codetabs tabset".split())
TAB = frozenset("tab tabitem codetab accordion-item step".split())
SILENT = frozenset(
    "if elsif else unless case when for capture assign increment decrement cycle tablerow layout"
    " include_cached seo feed_meta toc steps columns column div section cards card_grid pagebreak"
    " clear br nbsp liquid list table_of_contents children table block row cardpane".split()
)
"""Tags that say nothing to a reader by themselves."""
CONDITIONS = frozenset("if elsif unless case when for".split())
PICTURES = frozenset(
    "figure img image picture screenshot imgproc lightbox responsive-image".split()
)
VIDEOS = {"youtube": "https://www.youtube.com/watch?v=", "vimeo": "https://vimeo.com/"}
LINKED = frozenset("ref relref link post_url".split())


class LiquidTranslator:
    """Translates the tags of one page."""

    def __init__(self, signs: DirectiveSigns, masks: CodeMasks) -> None:
        self._signs = signs
        self._masks = masks
        self.conditions = 0
        self.players = 0

    def code(self, text: str) -> str:
        """`text` with its highlighted and raw parts put aside, and without comments."""
        if "{%" not in text and "{{" not in text:
            return text
        text = _without(text, COMMENT, END_OF_COMMENT)
        text = ESCAPED.sub(lambda match: self._shown(text, match.start(), _bare(match)), text)
        text = self._each(text, CODE, END_OF_CODE, is_code=True)
        return self._each(text, RAW, END_OF_RAW, is_code=False)

    def _each(
        self, text: str, start: re.Pattern[str], end: re.Pattern[str], *, is_code: bool
    ) -> str:
        found: list[str] = []
        at = 0
        while (opened := start.search(text, at)) and (closed := end.search(text, opened.end())):
            inner = text[opened.end() : closed.start()]
            found.append(text[at : opened.start()])
            if is_code:
                lead = opened["lead"] or ""
                language = opened["l"] or opened["h"]
                code = self._masks.unmask(inner)
                found.append(lead + self._masks.keep_fence(language, code))
            else:
                found.append(self._raw(text, opened.start(), inner))
            at = closed.end()
        return "".join((*found, text[at:]))

    def _raw(self, text: str, at: int, inner: str) -> str:
        """Text in which nothing is a tag: what looks like one is code."""
        return TAG_OR_VARIABLE.sub(lambda match: self._shown(text, at, match[0]), inner)

    def _shown(self, text: str, at: int, written: str) -> str:
        """A sign for what looks like a tag and is none: as code, unless it stands in code."""
        line = text[text.rfind("\n", 0, at) + 1 : at]
        return self._masks.keep(written if line.count("`") % 2 else f"`{written}`")

    def assigned(self, text: str, known: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """`text` without the tags that give variables their values, and these values."""
        found: dict[str, str] = {}

        def assign(match: re.Match[str]) -> str:
            name, double, single, other = match.groups()
            literal = double if double is not None else single
            is_number = other is not None and other.replace(".", "").isdigit()
            value = literal if literal is not None else known.get(other, "")
            found.setdefault(name, other if is_number else value)
            return ""

        def capture(match: re.Match[str]) -> str:
            found.setdefault(match[1], match[2].strip())
            return ""

        if "{%" in text:
            text = CAPTURE.sub(capture, ASSIGN.sub(assign, ROOT_OF_LINK.sub("", text)))
        return text, {name: value for name, value in found.items() if value}

    def translated(self, text: str) -> str:
        """`text` with a directive, a link or a picture in place of each tag that is known."""
        if "{%" not in text and "{{" not in text:
            return text
        ended = {
            f"{m['l_name'] or m['h_name']}" for m in TAG.finditer(text) if m["l_end"] or m["h_end"]
        }
        return TAG.sub(lambda match: self._tag(match, ended), text)

    def _tag(self, match: re.Match[str], ended: set[str]) -> str:
        is_liquid = match["l_name"] is not None
        name = (match["l_name"] or posixpath.basename(match["h_name"])).lower()
        written = (match["l_args"] if is_liquid else match["h_args"]) or ""
        if match["l_end"] or match["h_end"]:
            return self._signs.close(name) if self._is_part(name) else ""
        positional, keyed = arguments(written)
        is_ended = (match["l_name"] or match["h_name"]) in ended and not match["h_alone"]
        if name in LINKED:
            return (positional or [keyed.get("path", "")])[0]
        if name == "list" and positional[:1] == ["tabs"]:
            return self._signs.sign(Directive("list-tabs", "list"))
        if name == "include" or name == "include_cached":
            return self._include(positional, keyed, match[0])
        if name in PICTURES:
            return _picture(positional, keyed)
        if name in VIDEOS:
            return self._video(VIDEOS[name], positional, keyed)
        if sign := self._part(name, positional, keyed, is_ended=is_ended):
            return sign
        if name in SILENT:
            self.conditions += name in CONDITIONS
            return ""
        self._signs.unknown[f"{{% {name} %}}" if is_liquid else f"{{{{< {name} >}}}}"] += 1
        return ""

    def _is_part(self, name: str) -> bool:
        return (
            name in BOXES
            or name in NAMES
            or name in FOLDED
            or name in TABS
            or name in TAB
            or name == "list"
        )

    def _part(
        self, name: str, positional: list[str], keyed: dict[str, str], *, is_ended: bool
    ) -> str:
        title = (
            keyed.get("title")
            or keyed.get("header")
            or keyed.get("name")
            or keyed.get("label")
            or keyed.get("summary")
            or keyed.get("heading")
            or ""
        )
        if name in FOLDED:
            words = title or next((one for one in positional if one), "")
            return self._signs.sign(Directive("details", name, words)) if is_ended else ""
        if name in TABS:
            return self._signs.sign(Directive("tabs", name)) if is_ended else ""
        if name in TAB:
            words = title or (positional[-1] if positional else "")
            return self._signs.sign(Directive("tab", name, words)) if is_ended else ""
        if name not in BOXES and name not in NAMES:
            return ""
        told = [
            keyed.get(key, "") for key in ("type", "kind", "color", "context", "level", "style")
        ]
        kind = named(*told, *positional) or named(name) or "note"
        words = title or next(
            (one for one in positional if named(one) is None and " " in one.strip()), ""
        )
        if not title and not words and len(positional) > 1 and named(positional[0]):
            words = positional[1]
        text = keyed.get("content") or keyed.get("text") or keyed.get("message") or ""
        if not is_ended and not text:
            text, words = words, ""
        sign = self._signs.sign(Directive("callout", name, words, kind))
        return sign if is_ended else f"{sign}{text}{self._signs.close(name)}" if text else ""

    def _include(self, positional: list[str], keyed: dict[str, str], written: str) -> str:
        """A callout for an include that has its text with it; others are files, and were sought."""
        stem = posixpath.basename(positional[0]).partition(".")[0].lower() if positional else ""
        words = stem.replace("_", "-").split("-")
        text = (
            keyed.get("content")
            or keyed.get("text")
            or keyed.get("message")
            or keyed.get("body")
            or ""
        )
        kind = named(keyed.get("type", ""), keyed.get("kind", ""), *words)
        if text and kind:
            sign = self._signs.sign(Directive("callout", "include", keyed.get("title", ""), kind))
            return f"{sign}{text}{self._signs.close('include')}"
        if any(word in PICTURES for word in words) and (keyed or positional[1:]):
            return _picture(positional[1:], keyed)
        self._signs.unknown[f"include {positional[0]}" if positional else written[:60]] += 1
        return text

    def _video(self, site: str, positional: list[str], keyed: dict[str, str]) -> str:
        number = keyed.get("id") or (positional[0] if positional else "")
        self.players += bool(number)
        return (
            f"[▶ {keyed.get('title') or 'Video'}]({destination(site + number)})" if number else ""
        )


def arguments(written: str) -> tuple[list[str], dict[str, str]]:
    """Arguments by place and by name."""
    positional: list[str] = []
    keyed: dict[str, str] = {}
    for match in ARGUMENT.finditer(written[:2_000]):
        value = next((one for one in match.groups()[1:] if one is not None), "")
        if match[1]:
            keyed.setdefault(match[1].lower(), value)
        else:
            positional.append(value)
    return positional, keyed


def _bare(match: re.Match[str]) -> str:
    return f"{{{{{match[1]}{match[2]}{match[3]}}}}}"


def _picture(positional: list[str], keyed: dict[str, str]) -> str:
    src = (
        keyed.get("src")
        or keyed.get("file")
        or keyed.get("url")
        or keyed.get("image_path")
        or (positional[0] if positional else "")
    )
    alt = plain_words(keyed.get("alt") or keyed.get("caption") or keyed.get("title") or "")
    caption = keyed.get("caption") or keyed.get("title") or ""
    words = plain_words(caption).replace('"', "'")
    shown = f' "{words}"' if words and words != alt else ""
    return f"![{alt}]({destination(src.replace(' ', '%20'))}{shown})" if src else ""


def _without(text: str, start: re.Pattern[str], end: re.Pattern[str]) -> str:
    found: list[str] = []
    at = 0
    while (opened := start.search(text, at)) and (closed := end.search(text, opened.end())):
        found.append(text[at : opened.start()])
        at = closed.end()
    return "".join((*found, text[at:]))
