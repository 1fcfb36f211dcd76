"""Named parts of a file that is included: between marks, in lines, below a heading."""

from __future__ import annotations

import re

from kb.imports.formats.titles import plain_words

SECTION = re.compile(
    r"--8<--[ \t]{0,4}\[[ ]{0,4}(start|end):[ ]{0,4}([\w-]{1,100})[ ]{0,4}\]|(\#region|\#e"
    r"ndregion|ANCHOR:|ANCHOR_END:)[ ]{0,4}([\w-]{1,100})"
)
TAGGED = re.compile(r"\{(/?)includetag(?:\(([\w.-]{1,100})\))?\}")


def tagged(text: str, tags: str) -> str:
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


def section_of(text: str, name: str) -> str:
    """The named part of a file: between marks, in lines, or below a heading."""
    if name.startswith("^"):
        return _block(text, name)
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


def _block(text: str, name: str) -> str:
    """The paragraph or list that Obsidian knows by a name; the whole text without it."""
    lines = text.split("\n")
    end = next((at for at, line in enumerate(lines) if line.rstrip().endswith(name)), None)
    if end is None:
        return text
    if lines[end].strip() == name:  # on a line of its own, below its block
        end = next((at for at in range(end - 1, -1, -1) if lines[at].strip()), end)
    start = end
    while start > 0 and lines[start - 1].strip() and not _is_item(lines[end]):
        start -= 1
    return "\n".join(lines[start : end + 1])


def _is_item(line: str) -> bool:
    return line.lstrip(" \t")[:2] in ("- ", "* ", "+ ")


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
