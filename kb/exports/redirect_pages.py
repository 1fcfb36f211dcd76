"""Small pages that only lead on: from permanent links and old addresses, by no server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from kb.content.files.old_paths import OldPath

MAX_NAME_BYTES = 200
"""Of a part of a path: file systems take 255."""


@dataclass(frozen=True)
class Lead:
    """One way on: where it leads from its page, in which language, and what it is called."""

    url: str
    lang: str
    title: str


def leading_page(leads: Sequence[Lead], script: str, *, canonical: str = "") -> str:
    """A page that leads to the first, or to that of the reader's language; `script` helps it."""
    first = leads[0]
    refresh = f'<meta http-equiv="refresh" content="0; url={escape(first.url)}">'
    links = " ".join(
        f'<a data-lead lang="{escape(it.lang)}" href="{escape(it.url)}">{escape(it.title)}</a>'
        for it in leads
    )
    return (
        f'<!doctype html>\n<html lang="{escape(first.lang)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(first.title)}</title>\n"
        f'<meta name="robots" content="noindex">\n'
        + (f'<link rel="canonical" href="{escape(canonical)}">\n' if canonical else "")
        + (f"<noscript>{refresh}</noscript>\n" if len(leads) > 1 else f"{refresh}\n")
        + (f'<script defer src="{escape(script)}"></script>\n' if script else "")
        + f"</head>\n<body>\n<p>{links}</p>\n</body>\n</html>\n"
    )


def file_of_old_path(old: OldPath) -> str:
    """The file that a host of files answers an old path with; "" where there can be none."""
    if old.parameters or old.is_prefix:
        return ""
    parts = old.path.strip("/").split("/")
    is_plain = all(
        part not in ("", ".", "..")
        and len(part.encode()) <= MAX_NAME_BYTES
        and part.isprintable()
        and not set(part) & set('\\:*?"<>|')
        for part in parts
    )
    if not is_plain or len(parts) > 20:
        return ""
    name = "/".join(parts)
    return name if name.endswith((".html", ".htm")) else f"{name}/index.html"


def rules(redirects: Mapping[str, str]) -> str:
    """The same for hosts that read a file `_redirects`, by which they answer 301.

    Such a host takes the first rule that fits, so whole paths come first, then the longest.
    """
    ordered = sorted(redirects, key=lambda old: (old.endswith("*"), -len(old), old))
    return "".join(f"{old} {redirects[old]} 301\n" for old in ordered)
