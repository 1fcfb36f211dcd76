"""Parts of pages that lie in other files, put in their place."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kb.imports.dialects.masks import CodeMasks, without_signs
from kb.imports.formats import front
from kb.imports.formats.titles import plain_words
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
    r"|html|txt)(?:\#[\w-]{1,100})?)[\"']?\)?(?P<args>[^%\n]{0,300}?)-?%\}"
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
BLOCK = re.compile(
    r"^([ \t]{0,40})-{1,3}8<-{1,3}[ \t]{0,9}\n((?:[^\n]{0,400}\n){1,100}?)[ \t]{0,40}-{1,3"
    r"}8<-{1,3}[ \t]{0,9}$",
    re.MULTILINE,
)
IMPORT = re.compile(
    r"^import[ ]{1,4}(\w{1,60})[ ]{1,4}from[ ]{1,4}[\"']([^\"'\n]{1,300})[\"'];?[ \t]{0,9}$",
    re.MULTILINE,
)
ESM = re.compile(
    r"^(?:import\s{1,4}(?:[\w{*\"']|$)|export\s{1,4}(?:const|let|default|function|\{))"
)
LATE = re.compile(r"^[ \t]{0,40}<(\w{1,60})(?:[ \t][^<>\n]{0,500})?/>[ \t]{0,9}$", re.MULTILINE)
SECTION = re.compile(
    r"--8<--[ \t]{0,4}\[[ ]{0,4}(start|end):[ ]{0,4}([\w-]{1,100})[ ]{0,4}\]|(\#region|\#e"
    r"ndregion|ANCHOR:|ANCHOR_END:)[ ]{0,4}([\w-]{1,100})"
)
TAGGED = re.compile(r"\{(/?)includetag(?:\(([\w.-]{1,100})\))?\}")
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
        self._size = 0

    def expanded(self, text: str, place: IncludePlace, *, is_mdx: bool) -> str:
        """`text` without code (by signs), with all that it includes."""
        self._size += len(text)
        text = self._masks.mask_fences(text)
        parts = _imported(text) if is_mdx else {}
        if is_mdx:
            text = without_imports(text)
        text = BLOCK.sub(lambda match: self._several(match, place), text)
        text = INCLUDE.sub(lambda match: self._one(match, place), text)
        text = INLINE.sub(
            lambda match: self._part(match["braces"], match["tags"] or "", place).strip(), text
        )
        if parts:
            text = LATE.sub(lambda match: self._component(match, parts, place), text)
        return text

    def _several(self, match: re.Match[str], place: IncludePlace) -> str:
        names = [name.strip() for name in match[2].split("\n")]
        kept = [name for name in names if name and not name.startswith((";", "#"))]
        return _indented("\n\n".join(self._part(name, "", place) for name in kept), match[1])

    def _component(self, match: re.Match[str], parts: dict[str, str], place: IncludePlace) -> str:
        target = parts.get(match[1])
        lead = match[0][: len(match[0]) - len(match[0].lstrip(" \t"))]
        return _indented(self._part(target, "", place), lead) if target else match[0]

    def _one(self, match: re.Match[str], place: IncludePlace) -> str:
        lead = match["lead"]
        if match["embed"]:
            return self._embedded(match, place)
        if match["args"] and "=" in match["args"]:
            return match[0]  # with a text of its own: a callout
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
        return _indented(self._read(path, "", heading.lstrip("^"), place), match["lead"])

    def _part(self, target: str, tags: str, place: IncludePlace) -> str:
        name, section = target.split("#", 1) if "#" in target else (target, "")
        path = self.resolved(name.strip(), place.path)
        if path is None and ":" in name:
            name, _, section = name.partition(":")
            path = self.resolved(name.strip(), place.path)
        if path is None:
            self._note("Included files that are not there", place, name.strip())
            return ""
        return self._read(path, tags, section, place)

    def _read(self, path: str, tags: str, section: str, place: IncludePlace) -> str:
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
        body = _tagged(body, tags) if tags else TAGGED.sub("", body)
        body = _section(body, section) if section else body
        inner = IncludePlace(path, (*place.above, place.path))
        if not path.endswith((*MARKDOWN, ".html", ".txt")):
            return self._masks.keep_fence(posixpath.splitext(path)[1].lstrip("."), body)
        body = self._rebased(body, path, (*place.above, place.path)[0])
        return self.expanded(body.strip("\n"), inner, is_mdx=path.endswith(".mdx"))

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


def _imported(text: str) -> dict[str, str]:
    """Names of components that are parts in Markdown → their files."""
    return {
        name: path.removeprefix("@site/") if path.startswith("@site/") else path
        for name, path in IMPORT.findall(text)
        if path.lower().endswith(MARKDOWN)
    }


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


def _indented(text: str, lead: str) -> str:
    if not lead:
        return text
    below = "".join(char if char in ">\t" else " " for char in lead)
    return lead + f"\n{below}".join(text.split("\n"))


def _tagged(text: str, tags: str) -> str:
    """The parts of `text` that stand between one of the tags and its end."""
    wanted = {tag.strip() for tag in tags.split(",")}
    found: list[str] = []
    opened: list[tuple[str, int]] = []
    for match in TAGGED.finditer(text):
        if not match[1]:
            opened.append((match[2] or "", match.end()))
        elif opened:
            name, start = opened.pop()
            if name in wanted and not any(one in wanted for one, _ in opened):
                found.append(text[start : match.start()])
    return "\n".join(_unindented(TAGGED.sub("", part)) for part in found)


def _unindented(text: str) -> str:
    lines = text.strip("\n").split("\n")
    cut = min((len(it) - len(it.lstrip(" ")) for it in lines if it.strip()), default=0)
    return "\n".join(line[cut:] for line in lines)


def _section(text: str, name: str) -> str:
    """The named part of a file: between marks, in lines, or below a heading."""
    starts: dict[str, int] = {}
    for match in SECTION.finditer(text):
        mark, part = (match[1] or match[3]).lower(), match[2] or match[4]
        if mark in ("start", "#region", "anchor:"):
            starts.setdefault(part, match.end())
        elif part in starts and part == name:
            inner = text[starts[part] : match.start()]
            return SECTION.sub("", inner.partition("\n")[2].rpartition("\n")[0])
    numbers = name.split(":")
    if all(one.isdigit() or not one for one in numbers) and any(numbers):
        first = int(numbers[0] or 1)
        last = int(numbers[1]) if len(numbers) > 1 and numbers[1] else None
        return "\n".join(text.split("\n")[first - 1 : last])
    return _below_heading(text, name)


def _below_heading(text: str, name: str) -> str:
    wanted = _loose(name)
    found: list[str] = []
    level = 0
    for line in text.split("\n"):
        marks = len(line) - len(line.lstrip("#"))
        is_heading = 0 < marks <= 6 and line[marks : marks + 1] == " "
        if level and is_heading and marks <= level:
            break
        if level:
            found.append(line)
        elif is_heading and _loose(plain_words(line.lstrip("# "))) == wanted:
            level = marks
    return "\n".join(found).strip("\n") if level else text


def _loose(words: str) -> str:
    return "".join(char for char in words.lower() if char.isalnum())


TARGET = re.compile(
    r"(\]\(<?|\]:[ ]{1,4}<?|\{linkto\(|\{include\(|(?:src|href)=[\"'])(\.{1,2}/[^\s()<>\"'"
    r"\]]{0,500}|[\w-][\w./%-]{0,300}\.(?:md|mdx|png|jpe?g|gif|svg|webp)(?=[\s)#>\"']))"
)
