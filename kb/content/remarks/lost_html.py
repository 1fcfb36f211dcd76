"""HTML that the cleaner leaves out of a page: tags that go, and attributes that mattered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.content.fault_kinds import FaultKind
from kb.content.remarks.leftover import Leftover, Proof
from kb.content.sanitize import TAGS

TAG = re.compile(r"<(?P<name>[a-zA-Z][a-zA-Z0-9]{0,15})(?P<rest>(?:\s[^<>]{0,2000})?)/?>")
ATTRIBUTE = re.compile(r"\s(?P<name>style|id|name|on[a-z]{3,20})\s{0,9}=", re.IGNORECASE)
PLACE = re.compile(r"\s(?:id|name)=([\"'])[\w-]{1,120}\1")
"""Attributes of an `<a>` that is kept, for links to lead to."""
LOST_TAGS = frozenset("big center font marquee picture strike tt".split())
"""Known to Markdown's rules, not to the cleaner, and missed by readers."""
WITH_ATTRIBUTES = TAGS | frozenset("article aside footer header main nav section span".split())
"""Tags whose text stays, and whose attributes may be missed."""
REMEDY = "Write it in Markdown; an anchor is ## Heading {#name}"


def leftovers(proof: Proof) -> Iterator[Leftover]:
    """One an article, which names everything that goes."""
    lost: dict[str, int] = {}
    for number, line in enumerate(proof.source.prose):
        for match in TAG.finditer(line):
            name = match["name"].lower()
            if name in LOST_TAGS:
                lost.setdefault(f"<{name}>", number)
            elif name in WITH_ATTRIBUTES and not (name == "a" and PLACE.fullmatch(match["rest"])):
                for attribute in ATTRIBUTE.finditer(match["rest"]):
                    lost.setdefault(f"{attribute['name'].lower()}= of <{name}>", number)
    if lost:
        first = proof.source.file_line(min(lost.values()))
        message = f"the page leaves out {', '.join(lost)}"
        yield Leftover(FaultKind.LOST_HTML, "", message, REMEDY, first)
