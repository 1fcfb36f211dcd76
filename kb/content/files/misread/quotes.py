"""Values of front matter that YAML takes for something else, for want of quotes or for their own.

`title: Error #5` is "Error" to YAML, `- Error: what now` a mapping, and `"a "b" c"` nothing at all.
Only values that stand on one line are looked at; anything else is for the reader of YAML to tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kb.content.fault_kinds import FaultKind
from kb.content.files.misread import lines as line_faults
from kb.content.model import Problem

ENTRY = re.compile(r"(?P<before>(?P<key>title|summary):[ \t]+)(?P<value>\S.*)$")
LIST = re.compile(r"(?P<key>[A-Za-z][\w-]{0,40}):[ \t]*(?:#.*)?$")
ITEM = re.compile(r"(?P<before>[ \t]*-[ \t]+)(?P<value>\S.*)$")
COMMENT = re.compile(r"(?<![ \t])[ \t]{2,}+#[ \t].*$")
SURELY_CUT = re.compile(r"[ \t]#(?=\S|[ \t]+\d)")
"""Signs that nobody sets before a comment; a # between two spaces may begin one."""
ANY_COMMENT = re.compile(r"[ \t]#")
HALF_QUOTE = re.compile(r'(?<!\\)"')
NOUNS = {"title": "title", "summary": "summary", "questions": "question", "tags": "tag"}
OTHER_THAN_TEXT = "|>[{&*!%@`#?-"
"""First characters of values that YAML doesn't take for plain text."""
FLOW = re.compile(r"(?P<before>(?P<key>tags|questions):[ \t]+\[)")
FLOW_ITEM = re.compile(r"[ \t]*+(?P<value>[^,\[\]{}]*+)")
PHRASE_END = re.compile(r"[^\s][\"'][\s.,;:!?]")
BRACKETED = re.compile(r"\[[^\[\]]{1,60}\][ \t]{0,9}[^\W_]")
SIGN = "sign"
"""In place of a mark: the value begins with what YAML takes for a sign."""
MAX_SHOWN_CHARS = 60


@dataclass(frozen=True)
class QuoteFault:
    """A value that needs quotes, or others than it has."""

    line: int
    """From 0, of the front matter."""
    key: str
    before: str
    value: str
    """As it is written, a comment behind it left out."""
    mark: str
    """Character by which YAML is misled: # : " or ', or SIGN."""
    is_certain: bool = True
    """False where what YAML leaves out may be a comment."""

    @property
    def text(self) -> str:
        """The value as its author meant it."""
        if self.mark == '"':
            return HALF_QUOTE.sub('"', self.value[1:-1]).replace('\\"', '"')
        return self.value[1:-1].replace("''", "'") if self.mark == "'" else self.value

    def problem(self, path: str, first_line: int) -> Problem:
        noun = NOUNS[self.key]
        shown = self.text if len(self.text) < MAX_SHOWN_CHARS else f"{self.text[:MAX_SHOWN_CHARS]}…"
        remedy = 'Put the whole into "double quotes"'
        if self.mark == "#":
            kept = ANY_COMMENT.split(self.value, maxsplit=1)[0].strip()
            message = f"the {noun} `{shown}` is cut at #, readers get `{kept[:MAX_SHOWN_CHARS]}`"
            remedy += "" if self.is_certain else ", or two spaces before a comment"
        elif self.mark == ":":
            message = f"the {noun} `{shown}` is cut at its colon"
        else:
            message = f"the {noun} has {self.mark} within {self.mark}quotes{self.mark}"
            remedy = 'Write \\" within "double quotes"'
        line = first_line + self.line
        if self.mark == SIGN and (told := line_faults.fault(f"{self.before}{self.value}")):
            return Problem(path, line, *told, FaultKind.BAD_YAML)
        return Problem(path, line, message, remedy, FaultKind.CUT_VALUE)


def faults(front: str) -> Iterator[QuoteFault]:
    """Every value that YAML would take for something else, of titles, summaries and lists."""
    key = ""
    for number, line in enumerate(front.split("\n")):
        entry = ENTRY.match(line)
        if not entry and (opened := LIST.match(line)):
            key = opened["key"]
            continue
        found = entry or (ITEM.match(line) if key in ("questions", "tags") else None)
        if found is None and (flow := FLOW.match(line)):
            yield from _in_flow(number, flow)
        if found is None:
            key = key if line[:1] in ("", " ", "\t", "#") else ""
            continue
        name = entry["key"] if entry else key
        value = COMMENT.sub("", found["value"]).rstrip()
        if value and (mark := _mark(value)):
            is_certain = mark != "#" or bool(SURELY_CUT.search(value))
            yield QuoteFault(number, name, found["before"], value, mark, is_certain)


def mended(lines: Sequence[str], faults: Iterable[QuoteFault]) -> list[str]:
    """The lines with the whole values of these faults in quotes."""
    new = list(lines)
    # From the right, so that what stands before a value is as it was
    for fault in sorted(faults, key=lambda it: -len(it.before)):
        line = new[fault.line]
        behind = line[len(fault.before) + len(fault.value) :]
        text = fault.text.replace("\\", "\\\\").replace('"', '\\"')
        new[fault.line] = f'{fault.before}"{text}"{behind}'
    return new


def _in_flow(number: int, flow: re.Match[str]) -> Iterator[QuoteFault]:
    """Items between brackets on one line that YAML takes for mappings."""
    line, at = flow.string, flow.end()
    found: list[QuoteFault] = []
    while item := FLOW_ITEM.match(line, at):
        value, at = item["value"].rstrip(), item.end()
        if value and value[0] in "\"'":
            end = line_faults.closing_quote(line[item.start("value") :])
            if end < 0:
                return
            at = item.start("value") + end + 1
            at += len(line[at:]) - len(line[at:].lstrip())
        elif ": " in value or value.endswith(":"):
            found.append(QuoteFault(number, flow["key"], line[: item.start("value")], value, ":"))
        elif ANY_COMMENT.search(value):
            return
        if line[at : at + 1] != ",":
            break
        at += 1
    if line[at : at + 1] == "]":
        yield from found


def _begins_with_sign(value: str) -> bool:
    """True for text that no YAML begins so: quoted or bracketed words that go on, `@`, `{{`."""
    first = value[0]
    if first in "\"'":
        end = line_faults.closing_quote(value)
        if end < 0 or line_faults.COMMENT.fullmatch(value[end + 1 :]):
            return False
        return value[-1] != first or bool(PHRASE_END.match(value, end - 1))
    if first == "[":
        return bool(BRACKETED.match(value))
    return first in "%@`" or value.startswith("{{") or (first == "*" and " " in value)


def _mark(value: str) -> str:
    quote = value[0]
    if _begins_with_sign(value):
        return SIGN
    if quote in "\"'":
        inner = value[1:-1]
        if len(value) < 2 or value[-1] != quote:
            return ""
        is_broken = HALF_QUOTE.search(inner) if quote == '"' else "'" in inner.replace("''", "")
        return quote if is_broken else ""
    if quote in OTHER_THAN_TEXT:
        return ""
    if ANY_COMMENT.search(value):
        return "#"
    return ":" if ": " in value or value.endswith(":") else ""
