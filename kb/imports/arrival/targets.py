"""Targets of the source's links: pages, categories, pictures, other hosts, or nothing."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from kb.imports.arrival.folder_places import FolderPlaces, normal
from kb.imports.arrival.names import slug_of
from kb.imports.arrival.picture_files import ATTACHMENT, PICTURES, PictureFiles
from kb.imports.arrival.plan import ImportPlan, PlannedPage
from kb.imports.model import ImportOptions, SourcePage, SourceTree
from kb.imports.sources.files import SourceFiles

TargetKind = Literal["page", "category", "file", "outside", "own-host", "nothing"]

SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,30}:", re.IGNORECASE)
NUMBERED = re.compile(
    r"/(?:articles?|questions)/(?:[a-z]{2}(?:-[a-z]{2})?/)?(\w{4,40}?)(?=[-/?#.]|$)"
)
ENDINGS = (
    "",
    ".md",
    ".mdx",
    ".markdown",
    ".html",
    "/index.md",
    "/index.mdx",
    "/_index.md",
    "/README.md",
    "/readme.md",
    "/index.html",
)
EXPORTS = frozenset({"zendesk", "intercom", "helpscout"})
MARKDOWN = (".md", ".mdx", ".markdown", ".qmd")


@dataclass(frozen=True)
class FoundTarget:
    """The target of an address of the source."""

    kind: TargetKind
    page: PlannedPage | None = None
    anchor: str = ""
    path: str = ""
    """Of a file in the source; of a category here; of an address on the old host."""


class TargetFinder:
    """Finds targets for all pages of an import."""

    def __init__(
        self, files: SourceFiles, tree: SourceTree, plan: ImportPlan, options: ImportOptions
    ) -> None:
        self._files = files
        self._tree = tree
        self._folder_category = {
            key.partition("/")[2] or key: address
            for keys, address in plan.category_of.items()
            if ":" not in (key := keys.rpartition("\n")[2])
        }
        self._langs = {one.page.lang for one in plan.pages}
        self._hosts = {_host(one) for one in (*tree.hosts, options.old_site) if one}
        self._base = tree.base or urlsplit(options.old_site).path.rstrip("/")
        self._by_path: dict[str, list[PlannedPage]] = {}
        self._by_end: dict[str, list[PlannedPage]] = {}
        """By path and by each end of it."""
        self._by_address: dict[str, list[PlannedPage]] = {}
        self._by_name: dict[str, list[PlannedPage]] = {}
        self._by_slug: dict[str, list[PlannedPage]] = {}
        self._groups: dict[str, list[PlannedPage]] = {}
        for one in plan.pages:
            self._note(one)
        self._pictures = PictureFiles(files, tree.attachments)
        self._places = FolderPlaces(tree, plan)

    def _note(self, one: PlannedPage) -> None:
        page = one.page
        self._by_path.setdefault(page.path, []).append(one)
        parts = page.path.casefold().split("/")
        for at in range(len(parts) - 1):
            self._by_end.setdefault("/".join(parts[at:]), []).append(one)
        self._groups.setdefault(page.group, []).append(one)
        for address in page.addresses:
            self._by_address.setdefault(normal(urlsplit(address).path), []).append(one)
        for name in (*page.names, page.title):
            self._by_name.setdefault(name.casefold(), []).append(one)
            self._by_slug.setdefault(slug_of(name, limit=1_000), []).append(one)

    def page_named(self, name: str) -> str | None:
        """The file of the page that a wiki link names."""
        found = self._named(name)
        return found[0].page.path if found else None

    def target(self, page: SourcePage, href: str, *, is_picture: bool = False) -> FoundTarget:
        """The target of an address on a page."""
        written = href.strip().replace("\\", "/")
        if written.startswith("wiki:"):
            return self._wiki(page, written.removeprefix("wiki:"), is_picture=is_picture)
        address, _, anchor = written.partition("#")
        anchor = unquote(anchor)
        if not address:
            own = next(
                (it for it in self._by_path.get(page.path, []) if it.page.key == page.key), None
            )
            return FoundTarget("page", own, anchor)
        if address.startswith("//") or SCHEME.match(address):
            return self._absolute(page, address, anchor, is_picture=is_picture)
        path = unquote(address.partition("?")[0])
        for prefix in ("@site/", "~/", "~@/", "pathname://"):
            path = path.removeprefix(prefix) if not path.startswith("~@/") else path[3:]
        if is_picture or path.lower().endswith(PICTURES) or ATTACHMENT.search(path):
            return self._file(page, path)
        return self._below(page, path, anchor)

    def _absolute(
        self, page: SourcePage, address: str, anchor: str, *, is_picture: bool
    ) -> FoundTarget:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https", ""):
            return FoundTarget("outside")
        path = unquote(parts.path)
        is_own = _host(address) in self._hosts
        if ("/hc/" in path or is_own) and (found := self._numbered(path)):
            return FoundTarget("page", self._in(page.lang, found), anchor)
        is_ours = is_own or self._tree.format in EXPORTS
        if is_ours and ATTACHMENT.search(path):
            return self._file(page, path)
        if is_picture and self._tree.format in EXPORTS and (saved := self._pictures.saved(address)):
            return FoundTarget("file", path=saved)
        if not is_own or self._is_beside(path):
            return FoundTarget("outside")
        if path.lower().endswith(PICTURES):
            found_file = self._file(page, path)
            return found_file if found_file.path in self._files else FoundTarget("own-host")
        target = self._below(page, path or "/", anchor)
        return target if target.kind in ("page", "category") else FoundTarget("own-host", path=path)

    def _is_beside(self, path: str) -> bool:
        """True for a path of the old host at which another site lay, not the help centre."""
        is_below = f"{path.rstrip('/')}/".startswith(f"{self._base.rstrip('/')}/")
        return not is_below and normal(path) not in self._by_address

    def _below(self, page: SourcePage, path: str, anchor: str) -> FoundTarget:
        found = self._of_path(page, path) or self._of_address(page, path)
        if found:
            return FoundTarget("page", self._in(page.lang, found), anchor)
        if found := self._numbered(path):
            return FoundTarget("page", self._in(page.lang, found), anchor)
        if category := self._category(page, path):
            return FoundTarget("category", path=category)
        if (
            "/" not in path.strip("/")
            and (found := self._named(_stem(path)))
            and path.lower().endswith(MARKDOWN)
        ):
            return FoundTarget("page", self._in(page.lang, found), anchor)
        suffix = posixpath.splitext(path)[1].lower()
        if (
            suffix
            and suffix not in (*MARKDOWN, ".html", ".htm", ".php", ".aspx")
            and len(suffix) < 6
        ):
            for full in self._candidates(page, path):
                if full in self._files:
                    return FoundTarget("file", path=full)
        return FoundTarget("nothing", path=path)

    def _numbered(self, path: str) -> list[PlannedPage]:
        """The page of an address with a number, or with words behind it that are a page's name."""
        match = NUMBERED.search(path)
        if match is None:
            return []
        found = self._by_name.get(match[1].casefold(), [])
        words = slug_of(path[match.end() :].partition("/")[0], limit=1_000)
        return found or (self._by_slug.get(words, []) if words else [])

    def _of_path(self, page: SourcePage, path: str) -> list[PlannedPage]:
        for full in self._candidates(page, path.rstrip("/")):
            stem = posixpath.basename(full)
            for ending in (*ENDINGS, f"/{stem}.md"):
                named = self._files.named(full + ending)
                if named in self._by_path and named is not None:
                    return self._by_path[named]
        return []

    def _candidates(self, page: SourcePage, path: str) -> Iterable[str]:
        """Paths in the source that a path may mean, the nearest first."""
        if path.startswith("/"):
            for root in self._tree.roots:
                yield posixpath.normpath(posixpath.join(root, path.lstrip("/"))).lstrip("/")
            if self._base and path.startswith(f"{self._base}/"):
                for root in self._tree.roots:
                    yield posixpath.normpath(posixpath.join(root, path[len(self._base) + 1 :]))
            locale = _locale(page)
            for root in self._tree.roots if locale else ():
                yield posixpath.normpath(posixpath.join(root, locale, path.lstrip("/")))
        else:
            own = posixpath.normpath(posixpath.join(posixpath.dirname(page.path), path))
            yield own
            yield from self._of_other_languages(page, own)
            for root in self._tree.roots:
                yield posixpath.normpath(posixpath.join(root, path))

    def _of_other_languages(self, page: SourcePage, path: str) -> Iterator[str]:
        """The path in the folders of other languages: not every page is translated."""
        for root in sorted(self._tree.roots, key=len, reverse=True):
            if root and path.startswith(f"{root}/"):
                yield from (
                    posixpath.join(other, path[len(root) + 1 :]) for other in self._tree.roots
                )
                break
        locale = _locale(page)
        if locale and f"/{locale}/" in f"/{path}":
            before, _, rest = f"/{path}".partition(f"/{locale}/")
            yield f"{before}/{rest}".lstrip("/")
            yield from (f"{before}/{other}/{rest}".lstrip("/") for other in self._langs - {locale})

    def _of_address(self, page: SourcePage, path: str) -> list[PlannedPage]:
        if path.startswith("/"):
            tried = [
                path,
                f"{self._base}{path}",
                f"/{page.lang}{path}",
                path.removeprefix(self._base),
            ]
        else:
            own = urlsplit(page.addresses[0]).path if page.addresses else "/"
            tried = [posixpath.join(own, path), posixpath.join(posixpath.dirname(own), path)]
            tried.append(posixpath.join(posixpath.dirname(own.rstrip("/")), path))
        locales = {f"/{it}/" for it in (page.lang, _locale(page)) if it}
        tried += [one.replace(it, "/", 1) for one in tried for it in locales if it in one]
        for one in tried:
            found = self._by_address.get(normal(posixpath.normpath(one)))
            if found:
                return found
        return []

    def _category(self, page: SourcePage, path: str) -> str:
        if listed := self._places.listed_at(path):
            return listed
        for full in self._candidates(page, path.rstrip("/")):
            for root in self._tree.roots:
                prefix = f"{root}/" if root else ""
                if not full.startswith(prefix):
                    continue
                rest = full[len(prefix) :].removeprefix(f"{_locale(page)}/")
                if rest and (address := self._folder_category.get(rest)):
                    return address
        return ""

    def _wiki(self, page: SourcePage, name: str, *, is_picture: bool) -> FoundTarget:
        target, _, anchor = unquote(name).partition("#")
        if is_picture or target.lower().endswith(PICTURES):
            nearest = self._pictures.nearest(target, page.path)
            return FoundTarget("file", path=nearest) if nearest else self._file(page, target)
        if not target:
            return self.target(page, f"#{anchor}")
        found = self._named(target)
        if not found:
            return FoundTarget("nothing", path=target)
        return FoundTarget("page", self._in(page.lang, found), anchor)

    def _named(self, name: str) -> list[PlannedPage]:
        path = name.strip().strip("/")
        if "/" in path:
            for ending in (".md", ".mdx"):
                if found := self._by_end.get(f"{path}{ending}".casefold()):
                    return found
        stem = posixpath.basename(path).removesuffix(".md")
        return self._by_name.get(stem.casefold(), [])

    def _file(self, page: SourcePage, path: str) -> FoundTarget:
        """A picture: at its place, below a root, by its number, or by its name where only one
        has it."""
        found = (
            self._pictures.at_place(self._candidates(page, path))
            or self._pictures.attached(path, page.group.rpartition(":")[2])
            or self._pictures.named_alike(path)
            or self._pictures.without_suffix(self._candidates(page, path))
            or self._pictures.expected(path)
        )
        if found is not None:
            return FoundTarget("file", path=found)
        first = next(iter(self._candidates(page, path)), path)
        return FoundTarget("file", path=first if not first.startswith("..") else path.strip("./"))

    def _in(self, lang: str, found: Sequence[PlannedPage]) -> PlannedPage:
        """The version of a page in a language, the one that was named without it."""
        same = next((one for one in found if one.page.lang == lang), None)
        if same:
            return same
        group = self._groups[found[0].page.group]
        return next((one for one in group if one.page.lang == lang), found[0])


def _host(address: str) -> str:
    parts = urlsplit(address if "//" in address else f"//{address}")
    return parts.netloc.lower().removeprefix("www.")


def _stem(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0]


def _locale(page: SourcePage) -> str:
    """The folder of the page's language in the source; "" without one."""
    return next(
        (part for part in page.path.split("/")[:-1] if part.lower().partition("-")[0] == page.lang),
        "",
    )


def anchors_used(bodies: Iterable[str]) -> frozenset[str]:
    """Anchors that any text of the source links to."""
    return frozenset(unquote(name) for body in bodies for name in ANCHOR.findall(body))


ANCHOR = re.compile(r"#\^?([\w%.:-]{1,200})(?=[\s\"')>\]}|])")
