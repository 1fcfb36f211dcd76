"""One line of YAML by itself: what about it cannot be read, and what to write. Pure."""

from __future__ import annotations

import re
import unicodedata

Explanation = tuple[str, str]
"""Message and remedy."""

TAB_INDENT = re.compile(r" *\t")
CONFLICT = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?: |$)")
INDENT = re.compile(r" *(?:-(?: +|$))*")
KEY = re.compile(r"""(?P<key>[^\s:"'\[\]{}#&*!|>%@`,-][^:\n]{0,200}):(?:[ \t]+|$)""")
TIGHT_KEY = re.compile(r"(?P<key>[A-Za-z_][\w-]{0,60}):(?=[^\s/:])")
HARD_SPACE = re.compile(r"[\w-]{1,60}:[\u00a0\u2007\u202f\u3000]")
COMMENT = re.compile(r"[ \t]+#.*|[ \t]*")
ESCAPE = re.compile(
    r"""\\(?:[0abtnvfre "/\\N_LP\t]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|$)"""
)
BLOCK_MARK = re.compile(r"[|>][-+\d]{0,2}(?:[ \t]+#.*|[ \t]*)")
QUOTES = 'Put the whole into "double quotes"'
INNER_QUOTES = 'Put the whole into "double quotes", those within it as \\"'
CLOSING = {"[": "]", "{": "}"}
SIGNS = "%@`*&!|>,"
MAX_SHOWN_CHARS = 40


def fault(line: str) -> Explanation | None:
    """Everything that can be told of a line without the others; None where it may be fine."""
    if TAB_INDENT.match(line):
        return "is indented by a tab", "Indent by spaces"
    if CONFLICT.match(line):
        return "has a mark of a merge that was not finished", "Keep one side, remove the marks"
    if line.rstrip() == "...":
        return "is ..., at which YAML ends", "Remove the line"
    if bad := next((it for it in line if unicodedata.category(it) == "Cc" and it != "\t"), ""):
        return f"holds a character that cannot be shown (U+{ord(bad):04X})", "Remove it"
    return _fault_of_entry(_entry(line))


def _entry(line: str) -> str:
    """The line without its indent and the dashes of items."""
    return INDENT.sub("", line, count=1)


def _fault_of_entry(entry: str) -> Explanation | None:
    if HARD_SPACE.match(entry):
        return "has a no-break space behind its colon", "Type a plain space there"
    if tight := TIGHT_KEY.match(entry):
        key = tight["key"]
        return f"has no space behind the colon of `{key}`", f"Write `{key}: …`"
    named = KEY.match(entry)
    value = entry[named.end() :] if named else entry
    name = f"`{shown(named['key'])}`" if named else f"`{shown(entry)}`"
    told = _fault_of_value(value.strip())
    return (f"{name} {told[0]}", told[1]) if told else None


def is_entry(line: str) -> bool:
    """True for a line that names a key, begins an item, or says nothing."""
    entry = _entry(line)
    return bool(KEY.match(entry)) or not entry.strip() or entry != line.lstrip(" ")


def _fault_of_value(value: str) -> Explanation | None:
    first = value[:1]
    if first in ('"', "'") and first:
        return _fault_of_quoted(value, first)
    if first in CLOSING and first:
        return _fault_of_brackets(value)
    if first and first in SIGNS and not BLOCK_MARK.fullmatch(value):
        return f"begins with {first}, which YAML reads as a sign", QUOTES
    if value.startswith(("- ", "? ")):
        return f"begins with {first} and a space, which YAML reads as a sign", QUOTES
    plain = value.partition(" #")[0].rstrip()
    if ": " in plain or plain.endswith(":"):
        return "has a colon, which YAML takes for that of a key", QUOTES
    return None


def _fault_of_quoted(value: str, quote: str) -> Explanation | None:
    end = closing_quote(value)
    if end < 0:
        return f"has a {quote} that is not closed", f"Write {quote} at its end too, or at neither"
    if not COMMENT.fullmatch(value[end + 1 :]):
        return f"goes on behind its closing {quote}", INNER_QUOTES
    inner = value[1:end]
    if quote == '"' and "\\" in ESCAPE.sub("", inner):
        return "has a \\ that means nothing", "Write \\\\ for it, or use 'single quotes'"
    return None


def closing_quote(value: str) -> int:
    """Place of the quote that closes the one `value` begins with; -1 without one."""
    quote, at = value[0], 1
    while at < len(value):
        if quote == '"' and value[at] == "\\":
            at += 2
        elif value[at] != quote:
            at += 1
        elif quote == "'" and value[at + 1 : at + 2] == quote:
            at += 2
        else:
            return at
    return -1


def _fault_of_brackets(value: str) -> Explanation | None:
    if value.startswith("{{"):
        return "begins with {{, which YAML reads as a sign", QUOTES
    open_ones: list[str] = []
    at = 0
    while at < len(value):
        char = value[at]
        if char in CLOSING:
            open_ones.append(CLOSING[char])
        elif char in "]}":
            if not open_ones or char != open_ones.pop():
                return f"has a {char} too many", QUOTES
            if not open_ones and not COMMENT.fullmatch(value[at + 1 :]):
                return f"goes on behind its {char}", QUOTES
            if not open_ones:
                return None
        elif char in "\"'" and value[at - 1] in "[{, ":
            length = closing_quote(value[at:])
            if length < 0:
                return f"has a {char} that is not closed", f"Write {char} at its end too"
            at += length
        at += 1
    return f"has a {value[0]} that is not closed", f"Write {CLOSING[value[0]]} at its end"


def shown(text: str) -> str:
    """A text in a message: its beginning."""
    text = text.strip()
    return text if len(text) <= MAX_SHOWN_CHARS else f"{text[: MAX_SHOWN_CHARS - 1].rstrip()}…"
