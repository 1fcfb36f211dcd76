"""Names of files that no system should be asked to make."""

from __future__ import annotations

import unicodedata

MAX_NAME_BYTES = 255
MAX_PATH_CHARS = 1_000
RESERVED = frozenset({"con", "prn", "aux", "nul"}) | {
    f"{name}{number}" for name in ("com", "lpt") for number in range(1, 10)
}
"""Names of devices on Windows, with any suffix."""


def fault_of_name(path: str) -> str:
    """The reason why a relative path cannot be used; "" for a good one."""
    if "\0" in path:
        return "has a NUL in its name"
    if "\\" in path:
        return "has a backslash in its name"
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return "has a name that is not valid text"
    if any(unicodedata.category(char) in ("Cc", "Co") for char in path):
        return "has a control character in its name"
    if path.startswith("/") or path[1:2] == ":":
        return "has an absolute path"
    parts = path.split("/")
    if ".." in parts or "." in parts:
        return "has a path that leaves the archive" if ".." in parts else "has a dot as a folder"
    if len(path) > MAX_PATH_CHARS or any(len(p.encode()) > MAX_NAME_BYTES for p in parts):
        return "has a name that is too long"
    if any(part.partition(".")[0].strip().casefold() in RESERVED for part in parts):
        return "has a name that Windows reserves"
    return ""
