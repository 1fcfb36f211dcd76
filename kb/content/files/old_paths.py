"""Old addresses in the one form in which they are compared, and where they lead. Pure.

Percent-encoding, the form of Unicode and a slash at the end make no difference. What is not UTF-8
is read as Windows-1251, in which old Russian sites wrote their addresses.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import parse_qsl, unquote_to_bytes

MAX_PATH_CHARS = 1000
"""Keys of YAML that stand on their line end at 1,024."""
MAX_PARAMETERS = 50
PREFIX_MARK = "*"
NOT_UTF8 = "cp1251"

Parameters = tuple[tuple[str, str], ...]
"""Names and values of a query, sorted."""


@dataclass(frozen=True)
class OldPath:
    """A path that once led somewhere. With `is_prefix` every path that begins with it."""

    path: str
    parameters: Parameters = ()
    """What the query must hold; it may hold more, as what counts clicks is added to links."""
    is_prefix: bool = False


@dataclass(frozen=True)
class Redirect:
    """An old path and where it leads: an article, a place of the site, or an address."""

    old: OldPath
    article: str = ""
    """Id."""
    place: str = ""
    """Section, or section and category."""
    address: str = ""
    """A path of this site or an https address, as browsers send it."""
    lang: str = ""
    """Of article or place; "" for the reader's."""
    anchor: str = ""


Found = TypeVar("Found")


class OldPathTable(Generic[Found]):
    """Values by old path, found as a browser asks. Immutable after construction.

    A path that is written out counts before one that is covered by another's beginning, the longest
    beginning first; more parameters before fewer; the same letters before those in another case.
    """

    def __init__(self, entries: Iterable[tuple[OldPath, Found]]) -> None:
        self._exact: dict[str, list[tuple[OldPath, Found]]] = {}
        self._folded: dict[str, list[tuple[OldPath, Found]]] = {}
        self._prefixes: dict[str, Found] = {}
        for old, value in entries:
            if old.is_prefix:
                self._prefixes.setdefault(old.path.casefold(), value)
                continue
            self._exact.setdefault(old.path, []).append((old, value))
            self._folded.setdefault(old.path.casefold(), []).append((old, value))
        self._lengths = sorted({len(prefix) for prefix in self._prefixes}, reverse=True)

    def find(self, path: str, query: str) -> Found | None:
        """The value for a decoded path and a query as it was sent."""
        name = normal(path)
        for known, key in ((self._exact, name), (self._folded, name.casefold())):
            if found := _fitting(known.get(key, []), query):
                return found[1]
        whole = f"{name}/".casefold()
        for length in self._lengths:
            if len(whole) >= length and (covered := self._prefixes.get(whole[:length])):
                return covered
        return None


def _fitting(entries: list[tuple[OldPath, Found]], query: str) -> tuple[OldPath, Found] | None:
    """The entry with the most parameters, all of which the query holds."""
    sent = set(parameters(query)) if any(old.parameters for old, _ in entries) else set()
    fitting = [entry for entry in entries if sent.issuperset(entry[0].parameters)]
    return max(fitting, key=lambda entry: len(entry[0].parameters), default=None)


def read(text: str) -> OldPath:
    """The old path that an author has written, with or without a query."""
    path, _, query = text.partition("?")
    is_prefix = path.endswith(PREFIX_MARK) and not query
    if is_prefix:
        return OldPath(decoded(path.removesuffix(PREFIX_MARK)), is_prefix=True)
    return OldPath(normal(decoded(path)), parameters(query))


def decoded(path: str) -> str:
    """A path without percent-encoding, in composed Unicode."""
    return composed(unquote_to_bytes(path))


def composed(raw: bytes) -> str:
    """The text of a path whose percent-encoding is undone, in composed Unicode."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode(NOT_UTF8, "replace")
    return unicodedata.normalize("NFC", text)


def normal(path: str) -> str:
    """A decoded path without slashes at its end; the root is "/"."""
    return path.rstrip("/") or "/"


def parameters(query: str) -> Parameters:
    """Names and values of a query; none of one that no browser would send."""
    try:
        found = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    except ValueError:
        return ()
    return tuple(sorted(found))
