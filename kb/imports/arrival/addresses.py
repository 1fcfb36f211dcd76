"""Links of imported texts, led to articles and pictures here; what leads nowhere is told."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urljoin

from kb.content.media import MEDIA_DIR
from kb.imports.arrival.names import slug_of
from kb.imports.arrival.pictures import PictureStore
from kb.imports.arrival.plan import PlannedPage
from kb.imports.arrival.targets import FoundTarget, TargetFinder
from kb.imports.dialects.headings import PageHeading
from kb.imports.dialects.links import NewTarget, rewritten
from kb.imports.dialects.masks import CodeMasks
from kb.imports.model import ImportFinding, SourcePage

PICTURE = {"ru": "Рисунок", "en": "Picture"}
"""Words of a link to a picture without any."""
UP = "../../../"
"""From an article's file to the folder of articles."""
BLANKS = re.compile(r"\n{3,}")
STRAY_SPACE = re.compile(r"\n\n (?=[^\s\d*+-])")
"""Left by a picture that is not there any more."""
WORDLESS = re.compile(r"!\[[ ]{0,9}\]\(<?[^\s()<>]{0,500}/([^\s()<>/]{1,300})")
TOP = frozenset({"", "top", "_top"})


@dataclass
class AddressWriter:
    """Writes the addresses of all pages of an import."""

    finder: TargetFinder
    pictures: PictureStore
    headings: Mapping[str, Sequence[PageHeading]]
    """By key of the page."""
    tops: Mapping[str, frozenset[str]]
    """Anchors of titles, by key of the page."""
    old_site: str
    findings: list[ImportFinding] = field(default_factory=list)
    _forms: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def addressed(self, planned: PlannedPage, markdown: str) -> str:
        """The text with addresses that hold in the article's file."""
        masks = CodeMasks()
        masked = masks.mask(markdown)

        def resolve(address: str, is_picture: bool) -> NewTarget:
            return self._resolved(planned, address, is_picture=is_picture)

        text = rewritten(masked, resolve)
        self._tell_wordless(planned, text)
        return masks.unmask(STRAY_SPACE.sub("\n\n", BLANKS.sub("\n\n", text)))

    def _tell_wordless(self, planned: PlannedPage, text: str) -> None:
        for name in dict.fromkeys(WORDLESS.findall(text)):
            kind = "Pictures without a description"
            told = ImportFinding(kind, planned.path, 0, name, "Say what it shows, in its brackets")
            self.findings.append(told)

    def _resolved(self, planned: PlannedPage, address: str, *, is_picture: bool) -> NewTarget:
        page = planned.page
        if address.startswith("data:"):
            self._note(planned, "Pictures inside of the text", address[:40], "Save it as a file")
            return NewTarget(None)
        target = self.finder.target(page, address, is_picture=is_picture)
        if is_picture:
            return self._picture(planned, address, target)
        if target.kind == "outside":
            return NewTarget(address)
        if target.kind == "page" and target.page is not None:
            return NewTarget(self._to_page(planned, target, address), target.page.page.title)
        if target.kind == "category":
            return NewTarget(self._to_category(planned, target.path))
        if target.kind == "file":
            return self._to_file(planned, address, target)
        return self._elsewhere(planned, address, target)

    def _picture(self, planned: PlannedPage, address: str, target: FoundTarget) -> NewTarget:
        line = _line(planned.page, address)
        if target.kind in ("outside", "own-host"):
            self._note(
                planned, "Pictures on other hosts, now links", address, f"Put it into {MEDIA_DIR}/"
            )
            whole = f"https:{address}" if address.startswith("//") else address
            words = PICTURE.get(planned.page.lang, PICTURE["en"])
            return (
                NewTarget(whole, words) if not address.lower().endswith(".svg") else NewTarget(None)
            )
        if target.kind != "file":
            self._note(
                planned,
                "Pictures that the source lacks",
                address,
                "Take it out, or mend its address",
            )
            return NewTarget(None)
        name = self.pictures.name_of(target.path, planned.page.path, line)
        return NewTarget(f"{UP}{MEDIA_DIR}/{name}" if name else None)

    def _to_page(self, planned: PlannedPage, target: FoundTarget, address: str) -> str | None:
        other = target.page
        if other is None:
            return None
        anchor = self._anchor(planned, other, target.anchor, address)
        if other.path == planned.path and (anchor or address.startswith("#")):
            return f"#{anchor}" if anchor else None
        # In the own language, even where that is still to be translated: readers get another
        there = f"{planned.page.lang}/{other.path.partition('/')[2]}"
        path = posixpath.relpath(there, posixpath.dirname(planned.path))
        return f"{path}#{anchor}" if anchor else path

    def _anchor(self, planned: PlannedPage, other: PlannedPage, anchor: str, address: str) -> str:
        """The anchor here of a heading that the source calls `anchor`; "" for none."""
        anchor = anchor.lstrip("^")
        if anchor.lower() in TOP or anchor.startswith((":~:", "/")):
            return ""
        if any(_loose(anchor) == _loose(top) for top in self.tops.get(other.page.key, ())):
            return ""
        found = self.anchor_in(other, anchor)
        if not found:
            remedy = (
                "Name another heading of it"
                if other.path != planned.path
                else "Name another heading"
            )
            self._note(planned, "Links to headings that are not there", address, remedy)
        return found

    def anchor_in(self, page: PlannedPage, anchor: str) -> str:
        """The anchor that a page has here for one of the source; "" for none."""
        key = page.page.key
        if key not in self._forms:
            self._forms[key] = forms_of(self.headings.get(key, ()))
        return matching(anchor, self._forms[key])

    def _to_category(self, planned: PlannedPage, category: str) -> str:
        folder = posixpath.dirname(planned.path)
        return posixpath.relpath(f"{planned.page.lang}/{category}", folder) + "/"

    def _to_file(self, planned: PlannedPage, address: str, target: FoundTarget) -> NewTarget:
        self._note(
            planned,
            "Links to files, which articles cannot hold",
            address,
            "Put it where readers can load it",
        )
        return NewTarget(self._on_old_site(address))

    def _elsewhere(self, planned: PlannedPage, address: str, target: FoundTarget) -> NewTarget:
        remedy = "Link to an article here, or take it out"
        if target.kind == "own-host":
            self._note(planned, "Links to the old site that lead to no article", address, remedy)
            return NewTarget(address)
        old = self._on_old_site(address)
        kind = (
            "Links to the old site that lead to no article"
            if old
            else "Links that lead nowhere, now plain words"
        )
        self._note(planned, kind, address, remedy)
        return NewTarget(old)

    def _on_old_site(self, address: str) -> str | None:
        """The address on the old site, where that is known and the address is one of a site."""
        if not self.old_site or not address.startswith("/"):
            return None
        return urljoin(self.old_site, quote(address, safe="/#?&=%+:@,;~"))

    def _note(self, planned: PlannedPage, kind: str, address: str, remedy: str) -> None:
        page = planned.page
        self.findings.append(
            ImportFinding(
                kind, page.path, _line(page, address), address.removeprefix("wiki:"), remedy
            )
        )


def matching(anchor: str, forms: Mapping[str, str]) -> str:
    """The anchor of the heading that another system calls `anchor`; "" for none."""
    loose = _loose(anchor)
    slug = slug_of(anchor, limit=200).replace("-", "")
    for wanted in (f"#{anchor}", loose, slug, loose.rstrip("0123456789")):
        if wanted and wanted in forms:
            return forms[wanted]
    return ""


def forms_of(headings: Sequence[PageHeading]) -> Mapping[str, str]:
    """Forms in which other systems may write the anchors of headings → our anchors."""
    forms = {f"#{heading.anchor}": heading.anchor for heading in headings}
    for heading in headings:
        for form in (heading.anchor, heading.words):
            forms.setdefault(_loose(form), heading.anchor)
            forms.setdefault(slug_of(form, limit=200).replace("-", ""), heading.anchor)
    return forms


def _loose(text: str) -> str:
    normal = unicodedata.normalize("NFKC", text).lower()
    return "".join(char for char in normal if char.isalnum())


def _line(page: SourcePage, address: str) -> int:
    if page.is_html:
        return 0
    wanted = address.removeprefix("wiki:")
    at = page.body.find(f"({wanted}")
    at = page.body.find(wanted) if at < 0 else at
    if at < 0:
        at = page.body.find(wanted.partition("#")[0])
    return page.body_line + page.body.count("\n", 0, at) if at >= 0 else 0
