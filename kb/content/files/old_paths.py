"""Old addresses in the one form in which they are compared, however they were written. Pure.

Percent-encoding, the form of Unicode and a slash at the end make no difference. What is not UTF-8
is read as Windows-1251, in which old Russian sites wrote their addresses.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
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


def read(text: str) -> OldPath:
    """The old path that an author has written, with or without a query."""
    path, _, query = text.partition("?")
    is_prefix = path.endswith(PREFIX_MARK) and not query
    if is_prefix:
        return OldPath(decoded(path.removesuffix(PREFIX_MARK)), is_prefix=True)
    return OldPath(normal(decoded(path)), parameters(query))


def decoded(path: str | bytes) -> str:
    """A path without percent-encoding, in composed Unicode."""
    raw = unquote_to_bytes(path)
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
