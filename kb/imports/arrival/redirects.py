"""Old addresses of imported pages and of their lists, as entries of `redirects.yml`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from kb.content.addresses.site_paths import FILES, PAGES, RESERVED
from kb.content.files.old_paths import MAX_PATH_CHARS, PREFIX_MARK, decoded, normal
from kb.imports.arrival.folder_places import FolderPlaces
from kb.imports.arrival.plan import ImportPlan, PlannedPage
from kb.imports.arrival.record import SourceRecord
from kb.imports.arrival.targets import TargetFinder
from kb.imports.model import ImportFinding, SourceTree

SAFE = "/@:+,;=&~!$'()%-._"
TAKEN = "Old addresses of two pages"
OWN = "Old addresses at which this site has a page of its own"
LOST = "Redirects of the old site that lead nowhere"


def old_addresses(
    tree: SourceTree,
    plan: ImportPlan,
    finder: TargetFinder,
    known: SourceRecord,
    languages: Sequence[str],
    anchor_of: Callable[[PlannedPage, str], str] = lambda _, anchor: anchor,
) -> tuple[dict[str, str], list[ImportFinding]]:
    """Old path → target, of addresses that no earlier import has put there; `anchor_of` gives an
    anchor of the source as it is here, or "" ."""
    work = _OldAddresses(plan, languages)
    for one in plan.pages:
        if one.page.status == "published":  # others nobody could open
            former = known.pages.get(one.page.key)
            work.add_page(one, former.addresses if former else ())
    for old, new in sorted(tree.redirects.items()):
        work.add_redirect(old, new, _target_of(new, finder, plan, anchor_of))
    places = FolderPlaces(tree, plan)
    for folder in tree.folders.values():
        if folder.addresses and (place := places.of(folder.key)):
            work.add(folder.addresses, place)
    for address, lang in tree.homes.items():
        work.add((address,), f"/{lang}/" if lang else "/")
    return work.found, work.findings


@dataclass
class _OldAddresses:
    """Entries as they are found, the first for a path staying."""

    plan: ImportPlan
    languages: Sequence[str]
    found: dict[str, str] = field(default_factory=dict)
    findings: list[ImportFinding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._public = [one for one in self.plan.pages if one.page.status == "published"]
        self._own = {f"/{one.path.removesuffix('.md')}" for one in self.plan.pages}
        self._own |= {f"/{one.page.lang}/{one.category}" for one in self._public}

    def add_page(self, one: PlannedPage, done: Collection[str]) -> None:
        """The addresses of a page, those left out that an earlier import has put there."""
        target = f"{one.id}/{one.page.lang}"
        for address in one.page.old_addresses:
            path = _path(address)
            if address in done or not path or normal(path) in self._own:
                continue  # an article's address here too, and that comes first
            if self._is_ours(path):
                remedy = "Change links to it where you can"
                self.findings.append(ImportFinding(OWN, one.page.path, 0, path, remedy))
            elif self.found.setdefault(path, target) != target:
                remedy = f"It leads to {self.found[path]}"
                self.findings.append(ImportFinding(TAKEN, one.page.path, 0, path, remedy))

    def add_redirect(self, old: str, new: str, target: str) -> None:
        """A redirect that the old site had."""
        path = _path(old)
        if path and not target:
            message = f"{path} led to {new}"
            self.findings.append(ImportFinding(LOST, "", 0, message, "Add it to redirects.yml"))
        elif path and not self._is_ours(path):
            self.found.setdefault(path, target)

    def add(self, addresses: Sequence[str], target: str) -> None:
        """Addresses of a list, where nothing else has them."""
        for address in addresses:
            path = _path(address)
            if path and not self._is_ours(path):
                self.found.setdefault(path, target)

    def _is_ours(self, path: str) -> bool:
        """True for the address of a page that this site has whatever is imported."""
        if path.endswith(PREFIX_MARK):
            return False
        name = normal(decoded(path.partition("?")[0]))
        first, _, rest = name.lstrip("/").partition("/")
        if name in FILES or name in self._own or first in (*RESERVED, "a"):
            return True
        return first in self.languages and (rest in PAGES or rest.split("/")[0] == "products")


def _target_of(
    new: str,
    finder: TargetFinder,
    plan: ImportPlan,
    anchor_of: Callable[[PlannedPage, str], str],
) -> str:
    """The target here of what a redirect of the old site led to; "" for nothing."""
    by_path = {one.page.path: one for one in plan.pages}
    name, _, anchor = new.partition("#")
    page = by_path.get(name)
    if page is None and plan.pages:
        found = finder.target(plan.pages[0].page, new)
        page = found.page
        if found.kind == "category":
            return found.path
        if found.kind in ("outside", "own-host") and new.startswith(("https://", "http://")):
            return new
    if page is None or page.page.status != "published":
        return ""
    here = anchor_of(page, anchor) if anchor else ""
    return f"{page.id}/{page.page.lang}#{here}" if here else f"{page.id}/{page.page.lang}"


def _path(address: str) -> str:
    """An address as an entry's key; "" for one that cannot be a key."""
    is_beginning = address.endswith(PREFIX_MARK)
    written = _written(address.removesuffix(PREFIX_MARK))
    if not written.strip("/?") or len(written) >= MAX_PATH_CHARS:
        return ""
    return f"{written}{PREFIX_MARK}" if is_beginning else written


def _written(address: str) -> str:
    """Path and query of an address, percent-encoded where they must be."""
    address = address.partition("#")[0]
    if "://" in address.partition("?")[0]:
        parts = urlsplit(address)
        address = parts.path + (f"?{parts.query}" if parts.query else "")
    path, mark, query = address.strip().partition("?")
    return _encoded("/" + path.lstrip("/"), SAFE) + (mark and f"?{_encoded(query, f'{SAFE}?')}")


def _encoded(text: str, safe: str) -> str:
    is_plain = text.isascii() and text.isprintable() and not any(c in text for c in ' *"<>\\^`{|}')
    return text if is_plain else quote(text, safe=safe)
