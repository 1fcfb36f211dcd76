"""Pictures on other hosts: a page never loads them, and shows their alternative text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from kb.content.fault_kinds import FaultKind
from kb.content.remarks.leftover import MOST_NAMES, Leftover, Proof

ADDRESS = r"(?:[a-z][a-z0-9+.-]{1,20}:|//)[^\s<>()\"']{1,2000}"
ELSEWHERE = re.compile(ADDRESS, re.IGNORECASE)
INLINE = re.compile(
    rf"!\[[^\[\]]{{0,500}}(?:\[[^\[\]]{{0,200}}\][^\[\]]{{0,300}})?\]\(\s{{0,9}}<?({ADDRESS})",
    re.IGNORECASE,
)
BY_REFERENCE = re.compile(r"!\[([^\[\]\n]{0,500})\](?:\[([^\[\]\n]{0,200})\])?(?!\()")
DEFINITION = re.compile(
    rf"[ ]{{0,3}}\[([^\[\]\n]{{1,200}})\]:\s{{0,9}}<?({ADDRESS})", re.IGNORECASE
)
TAG = re.compile(rf"<img\s[^<>]{{0,2000}}?\bsrc\s{{0,9}}=\s{{0,9}}[\"']?({ADDRESS})", re.IGNORECASE)
REMEDY = "Readers see its words only: copy it to media/ and name it relative to this file"


def leftovers(proof: Proof) -> Iterator[Leftover]:
    """Every address once, at its first line."""
    source = proof.source
    text = "\n".join(source.prose)
    defined = {
        " ".join(match[1].lower().split()): match[2]
        for line in source.prose
        if (match := DEFINITION.match(line))
    }
    found = [(match.start(), match[1]) for form in (INLINE, TAG) for match in form.finditer(text)]
    for match in BY_REFERENCE.finditer(text) if defined else ():
        address = defined.get(" ".join((match[2] or match[1]).lower().split()))
        found += [(match.start(), address)] if address else []
    first = {address: at for at, address in sorted(found, reverse=True)}
    for address, at in islice(sorted(first.items(), key=lambda it: it[1]), MOST_NAMES):
        line = source.file_line(text.count("\n", 0, at))
        message = "shows {shown} of another host"
        yield Leftover(FaultKind.FOREIGN_PICTURE, address, message, REMEDY, line)
