"""Article → what its page shows: clean HTML with addresses of this site, headings, reading time.

Holds the resolver of relative links and pictures.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from kb.addresses import article_path, staff_article_path
from kb.content.addresses.reach import Reach
from kb.content.fault_kinds import FaultKind
from kb.content.media import MEDIA_DIR, Media
from kb.content.model import SECTIONS, Address, Article, Library, Problem
from kb.content.remarks.likeness import NEAREST, nearest
from kb.content.remarks.pictures import ELSEWHERE
from kb.content.sanitize import (
    CALLOUT_TITLES,
    Callout,
    Heading,
    ImageSource,
    MarkupRefused,
    headings,
    sections,
    to_html,
)
from kb.content.shared_text.snippets import ABSOLUTE, is_snippet
from kb.languages import records

UNREACHABLE = frozenset((("draft", "published"), ("internal", "published"), ("draft", "internal")))
"""Status of an article linked to, and of one that must not: its readers cannot open the other."""
LEAST_LIKENESS = 0.7
"""Of the slug of an article to the one in a dead link, to be named; 1 is the same."""
WORDS_PER_MINUTE = 180
"""Silent reading of Russian and English prose lies between 180 and 240 words a minute."""


@dataclass(frozen=True)
class SectionLinkTarget:
    """A link to a section of a page that was rendered, for checking its anchor."""

    href: str
    path: str
    """File of the article linked to."""
    anchor: str


@dataclass(frozen=True)
class RenderedArticle:
    """`problems` are dead links and pictures: on the page they are plain text."""

    html: str
    headings: tuple[Heading, ...]
    minutes: int
    problems: tuple[Problem, ...] = ()
    links: tuple[SectionLinkTarget, ...] = ()


class CannotRender(Exception):
    """An article whose Markdown is refused; carries the problem to report."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class DeadLink(Exception):
    """A target that does not exist: message, and remedy with a place for paths to write instead.

    Paths are relative to the article's file.
    """

    def __init__(self, message: str, remedy: str, paths: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message, self.remedy, self.paths = message, remedy, tuple(paths)


class LinkResolver:
    """Turns relative links between files into addresses of the site, in the reader's language.

    Only published articles can be reached from a published one, and no draft from an internal one:
    staff read it. Drafts may link to anything. Without a `reach` links that begin with / stay.
    """

    def __init__(self, library: Library, media: Media, reach: Reach | None = None) -> None:
        self._reach = reach
        self._likely: dict[str, list[str]] = {}
        """Slugs most alike to those of dead links."""
        self._by_path = {article.path: article for article in library.articles}
        self._media = media
        self._by_address: dict[tuple[str, ...], list[Article]] = {}
        for article in library.articles:
            self._by_address.setdefault(article.address, []).append(article)
        for article in library.articles:
            for address in article.alias_addresses:
                self._by_address.setdefault(address, [article])
        self._moved = _moved(library)
        self._unread = library.unread
        self._bad_pictures = {problem.path for problem in media.problems}
        self._former = _former_folders(library)
        self._folders = {(category.section, category.slug) for category in library.categories}

    def article(self, source: Article, path: str) -> Article:
        """The article that a relative path ending in .md names; in another language if need be.

        Raises DeadLink.
        """
        name = _inside(source, path)
        target = self._by_path.get(name)
        if target is None and (meant := self._before_move(source, path)):
            message = "links to {href} as from its old folder"
            raise DeadLink(message, "Write {paths} (`kb mv` moves links too)", [meant])
        if target is None:
            target = self._in_any_language(source, name.removesuffix(".md").split("/"))
        if (target.status, source.status) in UNREACHABLE:
            message = f"links to {target.path}, which is {target.status}"
            raise DeadLink(message, "Publish that article, or remove the link")
        return target

    def _in_any_language(self, source: Article, parts: list[str]) -> Article:
        found = self._by_address.get(tuple(parts[1:])) or self._moved.get(tuple(parts[1:]), [])
        if not found:
            name = "/".join(parts) + ".md"
            if name in self._unread:
                raise DeadLink("links to {href}, which cannot be read", f"Mend {name}")
            message = "links to {href}, which does not exist"
            near = self._nearest(source, parts[-1])
            raise DeadLink(message, "Nearest: {paths}" if near else "Mend the path", near)
        return min(found, key=lambda it: (it.lang != parts[0], it.lang != source.lang, it.lang))

    def _before_move(self, source: Article, path: str) -> str:
        """The path to write for one that was right where the article lay before; "" for others."""
        for lang, (section, category, _) in self._former.get((source.lang, source.id), ()):
            name = posixpath.normpath(posixpath.join(lang, section, category, path))
            if name in self._by_path and tuple(name.split("/")[:3]) != tuple(
                _inside(source, path).split("/")[:3]
            ):
                return posixpath.relpath(name, posixpath.dirname(source.path))
        return ""

    def _nearest(self, source: Article, slug: str) -> list[str]:
        """Paths, relative to `source`, of articles whose slugs are most alike."""
        if slug not in self._likely:
            known = {address[-1] for address in self._by_address}
            self._likely[slug] = nearest(slug, known, least=LEAST_LIKENESS)
        slugs = self._likely[slug]
        folder = posixpath.dirname(source.path)
        alike = [one for slug in slugs for one in self._by_path.values() if one.slug == slug]
        own = {one.address for one in alike if one.lang == source.lang}
        found = [
            posixpath.relpath(one.path, folder)
            for one in alike
            if one.lang == source.lang or one.address not in own
        ]
        return found[:NEAREST]

    def new_path(self, source: Article, href: str) -> str:
        """`href` with the new path of an article whose file has left the one that it names.

        "" for what has not moved, and for what its author gave as an alias.
        """
        written, mark, anchor = href.partition("#")
        path = unquote(written.partition("?")[0])
        if href.startswith("/") or not path.lower().endswith(".md"):
            return ""
        name = _inside(source, path)
        address = tuple(name.removesuffix(".md").split("/")[1:])
        if name in self._by_path or address in self._by_address or address not in self._moved:
            return ""
        target = self.article(source, path)
        return posixpath.relpath(target.path, posixpath.dirname(source.path)) + mark + anchor

    def link(self, source: Article, href: str) -> tuple[str, SectionLinkTarget | None]:
        """Address on the site, and the anchor to check. Raises DeadLink."""
        if not href.strip():
            raise DeadLink("a link has no address", EMPTY_REMEDY)
        path, _, anchor = href.partition("#")
        path, anchor = unquote(path.partition("?")[0]), unquote(anchor)
        if href.startswith("/"):
            if self._reach and not self._reach.leads(href):
                raise DeadLink("links to {href}, which is nowhere on this site", SITE_REMEDY)
            return href, None
        if not path.lower().endswith(".md"):
            return self._folder(source, path), None
        target = self.article(source, path)
        if target.status == "internal":
            address = staff_article_path(target.id, source.lang)
        else:
            address = article_path(target, source.lang)
        suffix = f"#{anchor}" if anchor else ""
        return address + suffix, SectionLinkTarget(href, target.path, anchor) if anchor else None

    def _folder(self, source: Article, path: str) -> str:
        """Address of a section or category that a relative folder names."""
        parts = _inside(source, path).split("/")
        is_section = len(parts) == 2 and parts[1] in SECTIONS
        if not is_section and tuple(parts[1:]) not in self._folders:
            raise DeadLink("links to {href}, which is neither article nor category", MD_REMEDY)
        return "/".join(("", source.lang, *parts[1:], ""))

    def image(self, source: Article, src: str) -> ImageSource:
        """The picture that a relative path below the media folder names. Raises DeadLink."""
        if not src.strip():
            raise DeadLink("a picture has no address", EMPTY_REMEDY)
        if bad := self.bad_picture(source, src):
            raise bad
        name = _picture_name(source, src)
        folder, _, file_name = name.partition("/")
        file = self._media.files.get(file_name)
        if folder != MEDIA_DIR or file is None:
            raise DeadLink("shows {href}, which is not there or cannot be used", PICTURE_REMEDY)
        return ImageSource(file.url, file.width, file.height)

    def bad_picture(self, source: Article, src: str) -> DeadLink | None:
        """The fault of a picture that is there, but cannot be used; None for any other."""
        name = _picture_name(source, src)
        if name not in self._bad_pictures:
            return None
        return DeadLink("shows {href}, which cannot be used", f"Mend {name}: its fault is told too")


SITE_REMEDY = "Name a file relative to this one, or the whole address with its host"
SCHEME_REMEDY = "Begin it with https:, mailto: or tel:, or put it into code"
EMPTY_REMEDY = "Write the address between ( and )"
PICTURE_REMEDY = f"Put it into {MEDIA_DIR}/ and name it relative to this file"
MD_REMEDY = "Name a file that ends in .md, relative to this one"


def _former_folders(library: Library) -> Mapping[tuple[str, str], list[tuple[str, Address]]]:
    """Language and id → places, with their language, that the article has left."""
    found: dict[tuple[str, str], list[tuple[str, Address]]] = {}
    for (lang, address), article in library.former.items():
        found.setdefault((lang, article), []).append((lang, address))
    return found


def _moved(library: Library) -> Mapping[tuple[str, ...], list[Article]]:
    """Former address → the language versions of the article that stood there."""
    versions: dict[str, list[Article]] = {}
    for article in library.articles:
        versions.setdefault(article.id, []).append(article)
    former = library.former.items()
    return {address: versions[it] for (_, address), it in former if it in versions}


def _inside(source: Article, path: str) -> str:
    """Path below the folder of articles that `path`, relative to `source`, means."""
    name = posixpath.normpath(posixpath.join(posixpath.dirname(source.path), path))
    if name.startswith(("..", "/")):
        raise DeadLink("links to {href}, which leaves the folder of articles", MD_REMEDY)
    return name


def _picture_name(source: Article, src: str) -> str:
    """Path below the folder of articles; one that leaves it keeps its dots."""
    path = unquote(src.partition("#")[0].partition("?")[0])
    return posixpath.normpath(posixpath.join(posixpath.dirname(source.path), path))


def render(article: Article, links: LinkResolver) -> RenderedArticle:
    """HTML of the article's page below its title. Raises CannotRender."""
    recorder = _Recorder(article, links)
    try:
        html = to_html(
            article.body,
            resolve_link=recorder.link,
            resolve_image=recorder.image,
            refused=recorder.refused,
            callout_titles=_callout_titles(article.lang),
        )
    except MarkupRefused as error:
        remedy = "Split it, or put such text into a fenced code block"
        problem = Problem(
            article.path, article.body_line, f"the text {error}", remedy, FaultKind.UNRENDERABLE
        )
        raise CannotRender(problem) from error
    recorder.note_own_anchors(html)
    return RenderedArticle(
        html=html,
        headings=headings(html),
        minutes=_minutes(html),
        problems=tuple(dict.fromkeys(recorder.problems)),
        links=tuple(dict.fromkeys(recorder.links)),
    )


def _callout_titles(lang: str) -> Mapping[Callout, str]:
    """Titles in a language we have the words of, else in English."""
    known = records().get(lang)
    own = known.callouts if known else {}
    return {kind: own.get(kind, title) for kind, title in CALLOUT_TITLES.items()}


class _Recorder:
    """Resolves for one article and notes what is dead, with its line."""

    def __init__(self, article: Article, resolver: LinkResolver) -> None:
        self._article = article
        self._resolver = resolver
        self.problems: list[Problem] = []
        self.links: list[SectionLinkTarget] = []

    def link(self, href: str) -> str | None:
        try:
            address, link = self._resolver.link(self._article, href)
        except DeadLink as error:
            self._note(href, error, FaultKind.BROKEN_LINK)
            return None
        if link:
            self.links.append(link)
        if new_path := self._resolver.new_path(self._article, href):
            moved = "links to {href}, which has moved"
            old = DeadLink(moved, "Write {paths}", [new_path])
            self._note(href, old, FaultKind.MOVED_TARGET)
        return address

    def image(self, src: str) -> ImageSource | None:
        try:
            return self._resolver.image(self._article, src)
        except DeadLink as error:
            self._note(src, error, FaultKind.BROKEN_PICTURE)
            return None

    def refused(self, kind: Literal["link", "picture"], address: str) -> None:
        """Note an address that no page may hold; pictures of other hosts are told elsewhere."""
        if kind == "link":
            error = DeadLink("links to {href}, which no page can open", SCHEME_REMEDY)
            self._note(address, error, FaultKind.BROKEN_LINK)
        elif not ELSEWHERE.match(address):
            message = "shows {href}, which is not below this folder"
            error = self._resolver.bad_picture(self._article, address) or DeadLink(
                message, PICTURE_REMEDY
            )
            self._note(address, error, FaultKind.BROKEN_PICTURE)

    def note_own_anchors(self, html: str) -> None:
        """Links within the page, those of footnotes apart."""
        for anchor in OWN_ANCHOR.findall(html):
            self.links.append(SectionLinkTarget(f"#{anchor}", self._article.path, unquote(anchor)))

    def _note(self, href: str, error: DeadLink, kind: FaultKind) -> None:
        file, line = place_of(self._article, href or ")")
        message = error.message.replace("{href}", written_in(file, self._article, href))
        paths = ", ".join(written_in(file, self._article, path) for path in error.paths)
        remedy = error.remedy.replace("{paths}", paths)
        self.problems.append(Problem(file, line, message, remedy, kind))


def written_in(file: str, article: Article, href: str) -> str:
    """A relative path as it is written in `file`, which may be a snippet of the article."""
    if not href or not is_snippet(file) or ABSOLUTE.match(href):
        return href
    path, mark, anchor = href.partition("#")
    inside = posixpath.normpath(posixpath.join(posixpath.dirname(article.path), path))
    return posixpath.relpath(inside, posixpath.dirname(file)) + mark + anchor


OWN_ANCHOR = re.compile(r'<a href="#([^"]+)"')


def place_of(article: Article, text: str) -> tuple[str, int]:
    """File and line in which `text` is linked to first; the body's first line if nowhere."""
    at = article.body.find(f"({text}")
    at = article.body.find(text) if at < 0 else at
    return article.place(article.body.count("\n", 0, at) if at > 0 else 0)


def _minutes(html: str) -> int:
    words = sum(len(block.text.split()) for part in sections(html) for block in part.blocks)
    return max(1, -(-words // WORDS_PER_MINUTE))
