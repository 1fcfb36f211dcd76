"""Pictures without a text in their place, or with the name of a file for one.

`alt=""` that an author writes in HTML says that a picture only adorns; that is left alone.
"""

from __future__ import annotations

import html as html_entities
import re
from collections.abc import Iterator

from kb.content.advice.page import ReadPage
from kb.content.fault_kinds import FaultKind
from kb.content.remarks.leftover import Leftover

ALT = re.compile(r'<img\b[^<>]*? ?\balt="([^"<>]*)"')
"""Of the canonical HTML of a page."""
FILE_NAME = re.compile(r"\S{1,200}\.(?:png|jpe?g|gif|webp|svg|avif|bmp)", re.IGNORECASE)
EMPTY = re.compile(r"!\[\s{0,99}\](?:\(|\[)")
TAG = re.compile(r"<img\b(?P<rest>[^<>]{0,2000})>", re.IGNORECASE)
HAS_ALT = re.compile(r"\balt\s{0,9}=", re.IGNORECASE)
REMEDY = "Say between [ and ] what it shows: who cannot see it, and search, read that"


def leftovers(page: ReadPage) -> Iterator[Leftover]:
    """Each picture that is shown."""
    shown = [html_entities.unescape(alt).strip() for alt in ALT.findall(page.html)]
    if "" in shown:
        yield from _without(page, shown.count(""))
    for alt in shown:
        if FILE_NAME.fullmatch(alt):
            message = "a picture's alt text is the name of a file, `{shown}`"
            yield Leftover(FaultKind.MISSING_ALT, alt, message, REMEDY)


def _without(page: ReadPage, most: int) -> Iterator[Leftover]:
    """Pictures of the source that have no text; no more than the page shows."""
    text = "\n".join(page.source.prose)
    places = [match.start() for match in EMPTY.finditer(text)]
    places += [it.start() for it in TAG.finditer(text) if not HAS_ALT.search(it["rest"])]
    for at in sorted(places)[:most]:
        line = page.source.file_line(text.count("\n", 0, at))
        message = "a picture has no alt text"
        yield Leftover(FaultKind.MISSING_ALT, "", message, REMEDY, line, name=str(line))
