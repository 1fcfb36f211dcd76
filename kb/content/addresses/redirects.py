"""Judging of the file of old addresses: what each target is, and whether readers get there.

A target is an article (`k2m7p`, `k2m7p/en#money`), a category or section (`faq/delivery`,
`en/guides`), a path of this site, or an https address. What stands in the file is all that a
redirect can lead to: nothing of it comes from a request.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from kb.content.addresses.site_paths import SitePaths
from kb.content.fault_kinds import FaultKind
from kb.content.files import old_paths, redirects_file
from kb.content.files.fields import ID
from kb.content.files.old_paths import OldPath, OldPathTable, Redirect
from kb.content.files.redirects_file import REDIRECTS_FILE, RedirectLine, shown
from kb.content.model import Library, Problem, Product

SAFE = "%/:@!$&'()*+,;=-._~?"
LOCALE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{2,4})?", re.IGNORECASE)
LANGUAGE_PARAMETERS = frozenset({"hl", "lang", "language", "locale"})
TARGET_REMEDY = "Use an article's id, a category such as faq/delivery, a /path or https://…"
MOST_NAMED = 3
LEAD_REMEDY = "Lead it elsewhere, or remove the line"


@dataclass(frozen=True)
class JudgedRedirects:
    """Redirects that can be used, and what is wrong with the others."""

    entries: tuple[Redirect, ...]
    problems: tuple[Problem, ...]


class _BadTarget(Exception):
    """A target that leads nowhere: message and remedy."""

    def __init__(self, message: str, remedy: str = LEAD_REMEDY) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def read(
    root: Path, library: Library, products: Sequence[Product], languages: Sequence[str]
) -> JudgedRedirects:
    """The redirects of the site's file; none without one."""
    lines, unread = redirects_file.read(root)
    judge = _Judge(lines, library, products, languages)
    entries: list[Redirect] = []
    problems = list(unread)
    for line in lines:
        try:
            entries.append(judge.redirect(line))
        except _BadTarget as error:
            message = error.message.replace("{old}", shown(line.written))
            found = Problem(
                REDIRECTS_FILE, line.line, message, error.remedy, FaultKind.BAD_REDIRECT
            )
            problems.append(found)
    return JudgedRedirects(tuple(entries), tuple(problems))


def dead_anchors(
    root: Path, entries: Sequence[Redirect], anchors: Mapping[str, Mapping[str, Collection[str]]]
) -> Iterator[Problem]:
    """Problems of targets that name a heading which no version of their article has.

    `anchors` holds article → language → anchors of its headings.
    """
    named = [entry for entry in entries if _is_dead(entry, anchors)]
    lines = {line.old: line for line in redirects_file.read(root)[0]} if named else {}
    for entry in named:
        known = _known(entry, anchors[entry.article])
        if line := lines.get(entry.old):
            message = (
                f"`{shown(line.written)}` leads to #{shown(entry.anchor)}, which is no heading"
            )
            remedy = f"Use one of {_some(known)}"
            yield Problem(REDIRECTS_FILE, line.line, message, remedy, FaultKind.BROKEN_ANCHOR)


def without_dead_anchors(
    entries: Sequence[Redirect], anchors: Mapping[str, Mapping[str, Collection[str]]]
) -> tuple[Redirect, ...]:
    """The entries, those to a heading that is not there leading to its page instead."""
    return tuple(
        replace(entry, anchor="") if _is_dead(entry, anchors) else entry for entry in entries
    )


def _is_dead(entry: Redirect, anchors: Mapping[str, Mapping[str, Collection[str]]]) -> bool:
    if not entry.anchor or entry.article not in anchors:
        return False
    return entry.anchor not in _known(entry, anchors[entry.article])


def _known(entry: Redirect, versions: Mapping[str, Collection[str]]) -> Collection[str]:
    """Anchors to which an entry may lead: of its language, of all without one."""
    own = versions.get(entry.lang)
    return own if own is not None else {it for some in versions.values() for it in some}


def _some(known: Collection[str]) -> str:
    """Some anchors of an article, for a remedy."""
    return ", ".join(sorted(known)[:MOST_NAMED]) or "none: leave # out"


class _Judge:
    """Knows the site that all lines lead to."""

    def __init__(
        self,
        lines: Sequence[RedirectLine],
        library: Library,
        products: Sequence[Product],
        languages: Sequence[str],
    ) -> None:
        self._paths = SitePaths(library, products, languages)
        self._library = library
        self._languages = tuple(languages)
        self._lines = OldPathTable((line.old, line) for line in lines)

    def redirect(self, line: RedirectLine) -> Redirect:
        """The line with its target, through other lines if need be. Raises _BadTarget."""
        old = line.old
        if not old.is_prefix and self._paths.is_page(old.path) and not self._is_there(line):
            message = "`{old}` is a page of this site, so it never leads on"
            raise _BadTarget(message, "Remove the line")
        if old.is_prefix and self._is_everything(old.path):
            raise _BadTarget("`{old}` would hide every wrong address", "Write a longer path")
        found = self._followed(line)
        return replace(found, old=old, lang=found.lang or self._named_language(old))

    def _is_there(self, line: RedirectLine) -> bool:
        """True for the address of an article that moved in one language only: it is still there."""
        article = self._paths.article(line.old.path)[0]
        return bool(article) and line.target.partition("#")[0].partition("/")[0] == article

    def _followed(self, line: RedirectLine) -> Redirect:
        seen = [line.old]
        while True:
            target = line.target
            if not target.startswith("/"):
                return self._named(line)
            path, _, anchor = target.partition("#")
            path, _, query = _path_of_site(path).partition("?")
            aim = old_paths.normal(old_paths.decoded(path))
            article, lang = self._paths.article(aim)
            if article and article in self._paths.ids:
                return Redirect(line.old, article=article, lang=lang, anchor=unquote(anchor))
            if self._paths.is_page(aim):
                return Redirect(line.old, address=_ascii(target))
            following = self._lines.find(aim, query)
            if following is None:
                raise _BadTarget(f"`{{old}}` leads to {shown(target)}, which does not exist")
            if following.old in seen:
                raise _BadTarget("`{old}` leads back to itself", LEAD_REMEDY)
            seen.append(following.old)
            line = following

    def _named(self, line: RedirectLine) -> Redirect:
        """The aim of a target that is no path. Raises _BadTarget."""
        target = line.target
        if "://" in target.partition("#")[0]:
            return Redirect(line.old, address=_other_site(target))
        name, _, anchor = target.partition("#")
        anchor = unquote(anchor)
        parts = name.rstrip("/").split("/")
        if ID.fullmatch(parts[0]) and len(parts) <= 2 and parts[0] not in self._languages:
            lang = self._language(parts[1]) if len(parts) == 2 else ""
            return Redirect(line.old, article=self._article(parts[0]), lang=lang, anchor=anchor)
        lang = parts.pop(0) if parts[0] in self._languages else ""
        place = "/".join(parts)
        if place not in self._paths.places:
            message = f"`{{old}}` leads to `{shown(target)}`, which is nothing published here"
            raise _BadTarget(message, TARGET_REMEDY)
        return Redirect(line.old, place=place, lang=lang)

    def _article(self, article_id: str) -> str:
        """Of one that was retired too: its readers are told that it is gone."""
        if article_id in self._paths.ids or article_id in self._library.retired:
            return article_id
        known = next((it for it in self._library.articles if it.id == article_id), None)
        if not known and (path := self._library.unread_path(article_id)):
            message = f"`{{old}}` leads to the article {article_id}, which cannot be read"
            raise _BadTarget(message, f"Mend {path}")
        fault = f"which is {known.status}" if known else "which does not exist"
        remedy = "Publish that article, or lead it elsewhere" if known else LEAD_REMEDY
        raise _BadTarget(f"`{{old}}` leads to the article {article_id}, {fault}", remedy)

    def _language(self, lang: str) -> str:
        if lang in self._languages:
            return lang
        known = ", ".join(self._languages)
        raise _BadTarget(f"`{shown(lang)}` is not a language of the site", f"Use one of {known}")

    def _is_everything(self, prefix: str) -> bool:
        first, _, rest = prefix.strip("/").partition("/")
        return not rest and (not first or first in self._languages)

    def _named_language(self, old: OldPath) -> str:
        """The language of this site that an old path names, as `/hc/en-us/…`; "" for none."""
        named = [value for name, value in old.parameters if name in LANGUAGE_PARAMETERS]
        for part in (*old.path.split("/"), *named):
            locale = LOCALE.fullmatch(part)
            if locale and locale[1].lower() in self._languages:
                return locale[1].lower()
        return ""


def _path_of_site(target: str) -> str:
    """The same. Raises _BadTarget for what browsers would take for another site."""
    if target.startswith(("//", "/\\")) or "\\" in target:
        raise _BadTarget("`{old}` leads to another site by //", "Write https://…")
    return target


def _other_site(target: str) -> str:
    """An https address as browsers send it. Raises _BadTarget."""
    try:
        parts = urlsplit(target)
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        parts, host, port = urlsplit(""), "", ""
    is_plain = "@" not in parts.netloc and "\\" not in target and " " not in target
    if parts.scheme != "https" or not host or not is_plain:
        message = f"`{{old}}` leads to `{shown(target)}`, which is no https address"
        raise _BadTarget(message, "Write https://host/path, without a name or password")
    rest = target.split(parts.netloc, 1)[1]
    return f"https://{host}{port}{_ascii(rest)}"


def _ascii(text: str) -> str:
    path, mark, anchor = text.partition("#")
    return quote(path, safe=SAFE) + mark + quote(anchor, safe=SAFE)
