"""Old addresses of imported pages, as entries of `redirects.yml`."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from kb.content.files.old_paths import MAX_PATH_CHARS
from kb.imports.arrival.plan import ImportPlan, PlannedPage
from kb.imports.arrival.record import SourceRecord
from kb.imports.arrival.targets import TargetFinder
from kb.imports.model import ImportFinding, SourceTree

SAFE = "/@:+,;=&~!$'()%-._"


def old_addresses(
    tree: SourceTree, plan: ImportPlan, finder: TargetFinder, known: SourceRecord
) -> tuple[dict[str, str], list[ImportFinding]]:
    """Old path → target, of addresses that no earlier import has put there."""
    found: dict[str, str] = {}
    findings: list[ImportFinding] = []
    own = {f"/{one.path.removesuffix('.md')}" for one in plan.pages}
    for one in plan.pages:
        if one.page.status != "published":
            continue  # nobody could open it
        former = known.pages.get(one.page.key)
        done = set(former.addresses) if former else set()
        target = f"{one.id}/{one.page.lang}"
        for address in one.page.addresses:
            if address in done:
                continue
            path = _path(address)
            if not path or path.rstrip("/") in own:
                continue  # an article's address here too, and that comes first
            if found.setdefault(path, target) != target:
                findings.append(
                    ImportFinding(
                        "Old addresses of two pages",
                        one.page.path,
                        0,
                        path,
                        f"It leads to {found[path]}",
                    )
                )
    for old, new in _of_the_source(tree, finder, plan):
        found.setdefault(old, new)
    return found, findings


def _of_the_source(
    tree: SourceTree, finder: TargetFinder, plan: ImportPlan
) -> Iterator[tuple[str, str]]:
    """Redirects that the old site had itself."""
    if not plan.pages:
        return
    first: PlannedPage = plan.pages[0]
    by_path = {one.page.path: one for one in plan.pages}
    for old, new in sorted(tree.redirects.items()):
        target = by_path.get(new) or finder.target(first.page, new).page
        path = _path(old)
        if target is not None and path and target.page.status == "published":
            yield path, f"{target.id}/{target.page.lang}"


def _path(address: str) -> str:
    """An address as an entry's key; "" for one that cannot be a key."""
    parts = urlsplit(address) if "://" in address else None
    path = (parts.path if parts else address.partition("#")[0].partition("?")[0]) or "/"
    path = "/" + path.strip().lstrip("/")
    written = (
        quote(path, safe=SAFE)
        if not path.isascii() or not path.isprintable() or any(c in path for c in ' *"<>\\^`{|}')
        else path
    )
    return written if path.strip("/") and len(written) <= MAX_PATH_CHARS else ""
