"""Parts of pages that lie in other files, put in their place."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kb.imports.callout_kinds import named
from kb.imports.dialects.liquid import PICTURES, arguments
from kb.imports.dialects.masks import CodeMasks, without_signs
from kb.imports.dialects.parts import mdx
from kb.imports.dialects.parts.parameters import with_parameters
from kb.imports.dialects.parts.sections import TAGGED, section_of, tagged
from kb.imports.formats import front
from kb.imports.html.tags import FoundTag
from kb.imports.model import ImportFinding
from kb.imports.sources.files import SourceFiles

MAX_DEPTH = 6
MAX_CHARS = 200_000
"""Of one page with its includes."""
INCLUDE = re.compile(
    r"^(?P<lead>[ \t>]{0,80}(?:[-*+][ \t]{1,4}|\d{1,9}[.)][ \t]{1,4})?)(?:"
    r"-{1,3}8<-{1,3}[ \t]{1,4}[\"'](?P<snippet>[^\"'\n]{1,400})[\"']"
    r"|\{%-?[ \t]{0,4}(?:include|include_relative|include-markdown|include_cached)[ \t]{1,"
    r"4}(?:\[[^\]\n]{0,300}\]\()?[\"']?(?P<liquid>[^\s\"'()%{}]{1,400}\.(?:md|markdown|mdx"
    r"|html|txt)(?:\#[\w-]{1,100})?)[\"']?\)?(?P<args>(?:[^%\n]|%(?!\})){0,900}?)-?%\}"
    r"|\{include\((?P<braces>[^()\n]{1,400})\)(?:\[tags=(?P<tags>[\w, .-]{1,300})\])?[^{}"
    r"\n]{0,60}\}"
    r"|\{\{[<%][ \t]{0,4}(?:include|readfile|readFile|snippet|includemd|md-include)[ \t]{1"
    r",4}(?:file=|path=|name=)?[\"'`]?(?P<hugo>[^\s\"'`<>%]{1,400})[\"'`]?[^\n]{0,100}?[>%"
    r"]\}\}"
    r"|\{\{\#include[ \t]{1,4}(?P<book>[^\s{}]{1,400})\}\}"
    r"|<!--@include:[ \t]{0,4}(?P<vite>[^\s<>]{1,400})[ \t]{0,4}-->"
    r"|!\[\[(?P<embed>[^\[\]|\n]{1,300})(?:\|[^\[\]\n]{0,200})?\]\]"
    r")[ \t]{0,20}$",
    re.MULTILINE,
)
INLINE = re.compile(
    r"\{include\((?P<braces>[^()\n]{1,400})\)(?:\[tags=(?P<tags>[\w, .-]{1,300})\])?[^{}\n]{0,60}\}"
)
LIQUID = re.compile(
    r"\{%-?[ \t]{0,4}include(?:_relative|_cached)?[ \t]{1,4}(?P<liquid>[^\s\"'()%{}]{1,300}\.(?:md"
    r"|markdown|html|txt|liquid))(?P<args>(?:[^%\n]|%(?!\})){0,900}?)-?%\}"
)
"""Within a line."""
OVER_LINES = re.compile(r"\{%-?[ \t\n]{0,9}include(?:_relative|_cached)?[ \t\n][^{}]{0,1500}?%\}")
REFERENCE = re.compile(r"([\w-]{1,60})[ ]{0,4}=[ ]{0,4}([A-Za-z_][\w.]{0,60})(?=[ \t]|$)")
BLOCK = re.compile(
    r"^([ \t]{0,40})-{1,3}8<-{1,3}[ \t]{0,9}\n((?:[^\n]{0,400}\n){1,100}?)[ \t]{0,40}-{1,3"
    r"}8<-{1,3}[ \t]{0,9}$",
    re.MULTILINE,
)
TARGET = re.compile(
    r"(\]\(<?|\]:[ ]{1,4}<?|\{linkto\(|\{include\(|(?:src|href)=[\"'])(\.{1,2}/[^\s()<>\"'"
    r"\]]{0,500}|[\w-][\w./%-]{0,300}\.(?:md|mdx|png|jpe?g|gif|svg|webp)(?=[\s)#>\"']))"
)
PICTURE = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif")
MARKDOWN = (".md", ".mdx", ".markdown")


@dataclass(frozen=True)
class IncludePlace:
    """A page or part that includes others: its file, and those around it."""

    path: str
    above: tuple[str, ...] = ()


class Includer:
    """Puts included files in their places, for one page."""

    def __init__(
        self,
        files: SourceFiles,
        roots: Sequence[str],
        masks: CodeMasks,
        find_page: Callable[[str], str | None],
    ) -> None:
        self._files = files
        self._roots = roots
        self._masks = masks
        self._find_page = find_page
        self.findings: list[ImportFinding] = []
        self.used: set[str] = set()
        self.constants: dict[str, str] = {}
        """Texts that pages of MDX export."""
        self._size = 0

    def expanded(self, text: str, place: IncludePlace, *, is_mdx: bool) -> str:
        """`text` without code (by signs), with all that it includes."""
        self._size += len(text)
        text = self._masks.mask_fences(text)
        parts = mdx.imported(text) if is_mdx else {}
        if is_mdx:
            self.constants |= mdx.constants(text)
            if named := self._pictures(text, place):
                text = mdx.with_pictures(self._masks.mask_spans(text), named)
            text = mdx.without_imports(text)
        if "{%" in text:
            text = OVER_LINES.sub(lambda match: " ".join(match[0].split()), text)
        text = BLOCK.sub(lambda match: self._several(match, place), text)
        text = INCLUDE.sub(lambda match: self._one(match, place), text)
        text = INLINE.sub(
            lambda match: self._part(match["braces"], match["tags"] or "", place).strip(), text
        )
        if "{%" in text:
            text = LIQUID.sub(lambda match: self._with_arguments(match, place).strip(), text)
        return self._with_components(text, parts, place) if parts else text

    def _pictures(self, text: str, place: IncludePlace) -> dict[str, str]:
        """Names of pictures that a file imports → their addresses on the page."""
        own, page = posixpath.dirname(place.path), (*place.above, place.path)[0]
        return {
            name: posixpath.relpath(posixpath.join(own, path), posixpath.dirname(page) or ".")
            if path.startswith(".")
            else path
            for name, path in mdx.pictures(text).items()
        }

    def _several(self, match: re.Match[str], place: IncludePlace) -> str:
        names = [name.strip() for name in match[2].split("\n")]
        kept = [name for name in names if name and not name.startswith((";", "#"))]
        return _indented("\n\n".join(self._part(name, "", place) for name in kept), match[1])

    def _with_components(self, text: str, parts: dict[str, str], place: IncludePlace) -> str:
        """`text` with the parts of MDX that it imported, by the properties of their tags."""

        def part(target: str, tag: FoundTag, inner: str) -> str:
            values = {**tag.attributes, "children": inner.strip("\n").strip()}
            told = {name: value or "true" for name, value in values.items() if name != "children"}
            found = self._part(target, "", place, {**told, "children": values["children"]})
            line = masked[masked.rfind("\n", 0, tag.start) + 1 : tag.start]
            return _indented(found, " " * len(line) if not line.strip() else "").lstrip(" ")

        masked = self._masks.mask_spans(text)
        return mdx.with_parts(masked, parts, part)

    def _with_arguments(self, match: re.Match[str], place: IncludePlace) -> str:
        """An include of Jekyll with arguments; those that say it all by themselves stay."""
        written = match["args"] or ""
        _, keyed = arguments(REFERENCE.sub(_reference, written))
        stem = posixpath.basename(match["liquid"]).partition(".")[0].lower()
        words = stem.replace("_", "-").split("-")
        has_text = any(keyed.get(key) for key in ("content", "text", "message", "body"))
        is_told = any(word in PICTURES for word in words) or (
            has_text and named(keyed.get("type", ""), keyed.get("kind", ""), *words)
        )
        if ("=" in written and is_told) or self.resolved(match["liquid"], place.path) is None:
            return match[0]
        return self._part(match["liquid"], "", place, keyed)

    def _one(self, match: re.Match[str], place: IncludePlace) -> str:
        lead = match["lead"]
        if match["embed"]:
            return self._embedded(match, place)
        if match["args"] and "=" in match["args"]:
            found = self._with_arguments(match, place)
            return found if found == match[0] else _indented(found, lead)
        target = next(
            match[name]
            for name in ("snippet", "liquid", "braces", "hugo", "book", "vite")
            if match[name]
        )
        if match["snippet"] and match["snippet"].startswith(("http:", "https:")):
            self._note("Includes from other hosts", place, target)
            return ""
        text = self._part(target, match["tags"] or "", place)
        return _indented(text, lead)

    def _embedded(self, match: re.Match[str], place: IncludePlace) -> str:
        """A note embedded in another one; pictures are links, and found as such."""
        target, _, heading = match["embed"].partition("#")
        if target.lower().endswith(PICTURE) or not target.strip():
            return match[0]
        path = self._find_page(target.strip())
        if path is None:
            return match[0]
        return _indented(self._read(path, "", heading, place), match["lead"])

    def _part(
        self,
        target: str,
        tags: str,
        place: IncludePlace,
        values: Mapping[str, str] | None = None,
    ) -> str:
        name, section = target.split("#", 1) if "#" in target else (target, "")
        path = self.resolved(name.strip(), place.path)
        if path is None and ":" in name:
            name, _, section = name.partition(":")
            path = self.resolved(name.strip(), place.path)
        if path is None:
            self._note("Included files that are not there", place, name.strip())
            return ""
        return self._read(path, tags, section, place, values)

    def _read(
        self,
        path: str,
        tags: str,
        section: str,
        place: IncludePlace,
        values: Mapping[str, str] | None = None,
    ) -> str:
        if path in (*place.above, place.path) or len(place.above) >= MAX_DEPTH:
            self._note("Files that include themselves", place, path)
            return ""
        text = self._files.text(path)
        if text is None or self._size + len(text) > MAX_CHARS:
            self._note("Included files that are too large", place, path)
            return ""
        self.used.add(path)
        text = without_signs(text)
        body = front.split(text).body if path.endswith((*MARKDOWN, ".html")) else text
        body = tagged(body, tags) if tags else TAGGED.sub("", body)
        body = section_of(body, section) if section else body
        inner = IncludePlace(path, (*place.above, place.path))
        if not path.endswith((*MARKDOWN, ".html", ".txt")):
            return self._masks.keep_fence(posixpath.splitext(path)[1].lstrip("."), body)
        body = self._rebased(body, path, (*place.above, place.path)[0])
        body = body.strip("\n")
        is_mdx = path.endswith(".mdx") or (values is not None and "children" in values)
        if is_mdx and values is not None:
            body = self._masks.mask_spans(self._masks.mask_fences(body))
            body = mdx.with_properties(body, values)
        elif path.endswith((".html", ".md", ".markdown")) and "include." in body:
            body = with_parameters(body, values or {})
        return self.expanded(body, inner, is_mdx=is_mdx)

    def resolved(self, target: str, path: str) -> str | None:
        """The file that an include names: beside the page, or below a root."""
        name = target.replace("\\", "/").strip()
        folders = [posixpath.dirname(path), *self._roots]
        for folder in folders if not name.startswith("/") else self._roots:
            for end in ("", ".md", ".mdx", ".markdown", ".html"):
                full = posixpath.normpath(posixpath.join(folder, name.lstrip("/") + end))
                if not full.startswith("..") and (found := self._files.named(full)):
                    return found
        return None

    def _rebased(self, text: str, path: str, page: str) -> str:
        """`text` of an included file whose relative addresses hold where it is put in.

        Some systems read them from the page already: what exists decides.
        """
        own, other = posixpath.dirname(path), posixpath.dirname(page)
        if own == other:
            return text

        def moved(match: re.Match[str]) -> str:
            target, mark, anchor = match[2].partition("#")
            full = posixpath.normpath(posixpath.join(own, target))
            of_page = posixpath.normpath(posixpath.join(other, target))
            is_there = self._is_there(full) or not self._is_there(of_page)
            if full.startswith("..") or not is_there:
                return match[0]
            return match[1] + posixpath.relpath(full, other or ".") + mark + anchor

        return TARGET.sub(moved, text)

    def _is_there(self, path: str) -> bool:
        ends = ("", ".md", ".mdx", f"/{posixpath.basename(path)}.md", "/index.md")
        return any(self._files.named(path + end) for end in ends)

    def _note(self, kind: str, place: IncludePlace, target: str) -> None:
        text = self._files.text(place.path) or ""
        at = text.find(target)
        line = text.count("\n", 0, at) + 1 if at >= 0 else 0
        self.findings.append(
            ImportFinding(kind, place.path, line, target, "Put its text into the article")
        )


def _reference(match: re.Match[str]) -> str:
    """An argument that names a variable, as its value will be."""
    if match[2] in ("true", "false", "nil"):
        return match[0]
    return f'{match[1]}="{{{{ {match[2]} }}}}"'


def _indented(text: str, lead: str) -> str:
    if not lead:
        return text
    below = "".join(char if char in ">\t" else " " for char in lead)
    return lead + f"\n{below}".join(text.split("\n"))
