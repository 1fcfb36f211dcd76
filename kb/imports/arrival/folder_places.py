"""Categories here that hold what lay in a folder of the source, and the pages that listed it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import unquote

from kb.imports.arrival.plan import ImportPlan
from kb.imports.model import SourceTree

LISTED = re.compile(
    r"/(sections|categories|collections|category|collection)/(\w{1,40}?)(?=[-/?#.]|$)"
)
KINDS = {"sections": "section", "categories": "category", "collections": "collection"}
SUFFIXES = (".html", ".htm", ".md", ".mdx")


class FolderPlaces:
    """Finds the place of a folder, by its key or by an address of the page that listed it."""

    def __init__(self, tree: SourceTree, plan: ImportPlan) -> None:
        self._base = tree.base
        self._category_of = {
            key.rpartition("\n")[2]: address for key, address in plan.category_of.items()
        }
        self._public = [one for one in plan.pages if one.page.status == "published"]
        self._places: dict[str, Counter[str]] = {}
        for one in self._public:
            for key in one.page.folders:
                self._places.setdefault(key, Counter())[one.category] += 1
        self._own: dict[str, set[str]] = {}
        for key, address in plan.category_of.items():
            folder = key.rpartition("\n")[2]
            if address in self._places.get(folder, ()):
                self._own.setdefault(folder, set()).add(address)
        self._lists = {
            normal(address.removesuffix("-*")): folder.key
            for folder in tree.folders.values()
            for address in folder.addresses
        }

    def of(self, folder: str) -> str:
        """The category that holds what lay in a folder, or the section of several; "" for none."""
        places = self._places.get(folder, Counter())
        own = self._own.get(folder)
        if len(own or places) == 1:
            return next(iter(own or places))
        sections = Counter(one.category.partition("/")[0] for one in self._public)
        mine = Counter(place.partition("/")[0] for place in places) or sections
        return mine.most_common(1)[0][0] if mine else ""

    def listed_at(self, path: str) -> str:
        """The category of the folder that was listed at an address; "" for none, or several."""
        for key in self._keys(path):
            if place := self._category_of.get(key):
                return place
            if key in self._places and "/" in (place := self.of(key)):
                return place
        return ""

    def _keys(self, path: str) -> Iterator[str]:
        """Keys of the folder, by its number and by the addresses that it had."""
        addresses = [path, f"{self._base}{path}"]
        if match := LISTED.search(path):
            yield f"{KINDS.get(match[1], match[1])}:{match[2]}"
            addresses.insert(0, path[: match.end()])
        for one in addresses:
            if key := self._lists.get(normal(one)):
                yield key


def normal(path: str) -> str:
    """An address as addresses are compared."""
    name = unquote(path).rstrip("/").casefold()
    for ending in SUFFIXES:
        name = name.removesuffix(ending)
    return name.removesuffix("/index").rstrip("/") or "/"
