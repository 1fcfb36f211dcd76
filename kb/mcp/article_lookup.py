"""Articles by what agents call them: an id, a slug, a resource's name or an address of the site."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from kb.catalog.catalog import ArticleVersion, Catalog
from kb.config import LOCAL_HOSTS, Config
from kb.languages import closest

ARTICLE_URI = "otvet://article/"
"""Before an article's id: its name as a resource."""
API_PREFIX = "art_"
PERMALINK = "a"
MOVES = ("section", "category", "slug")


class Refused(Exception):
    """The call cannot be answered; the message tells the agent why and what to do instead."""


def language_of(config: Config, asked: str) -> str:
    """The language of the site for `asked`, "" for its first. Raises Refused for another one."""
    lang, is_supported = closest(config.languages, asked)
    if not is_supported:
        known = ", ".join(config.languages)
        raise Refused(f"language: this site has {known}")
    return lang


def article_called(config: Config, catalog: Catalog, name: str, language: str) -> ArticleVersion:
    """The article that `name` means, in the language asked for. Raises Refused."""
    lang = language_of(config, language)
    bare = name.strip().removeprefix(ARTICLE_URI).removeprefix(API_PREFIX)
    if "/" not in bare:
        return _by_name(catalog, bare, lang)
    parts = _path_parts(config, bare)
    if len(parts) in (2, 3) and parts[0] == PERMALINK:
        own = language_of(config, language or parts[2]) if len(parts) == 3 else lang
        return _by_name(catalog, parts[1].removesuffix(".md"), own)
    if len(parts) != 1 + len(MOVES):
        raise Refused("this address is not that of an article")
    page = _by_address(catalog, parts)
    return (catalog.page_for(page.id, lang) or page) if language else page


def _path_parts(config: Config, address: str) -> list[str]:
    """The path of an address on this site, taken apart."""
    try:
        split = urlsplit(address)
        host = split.hostname
    except ValueError as error:
        raise Refused("this is neither an id nor an address of an article") from error
    own = {one.strip("[]").lower() for one in (*config.hosts, *LOCAL_HOSTS)}
    if host is not None and host not in own:
        raise Refused("this is the address of another site; only articles of this one are read")
    return [unquote(part) for part in split.path.split("/") if part]


def _by_address(catalog: Catalog, parts: list[str]) -> ArticleVersion:
    lang, section, category, slug = parts
    page = catalog.by_address(lang, section, category, slug)
    page = page or catalog.moved(lang, slug, (section, category))
    if page is None:
        raise _unknown()
    return page


def _by_name(catalog: Catalog, name: str, lang: str) -> ArticleVersion:
    """The page of an id, or of a present or former slug."""
    found = catalog.page_for(name, lang) or catalog.moved(lang, name)
    if found:
        return found
    if name in catalog.retired:
        raise Refused("this article has been removed")
    raise _unknown()


def _unknown() -> Refused:
    return Refused("there is no such article; `search` finds what there is")
