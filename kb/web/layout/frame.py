"""The frame around every page's content, and the addresses and words that all pages share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from flask import request, url_for

from kb.addresses import category_path, contact_path, home_path, products_path, section_path
from kb.branding.previews import HEIGHT, WIDTH
from kb.config import Config
from kb.labels import SECTION_LABELS
from kb.web.layout import open_graph
from kb.web.layout.addresses import absolute
from kb.web.layout.branding import look
from kb.web.layout.contexts import Alternate, Frame, LanguageLink, Link, Quoted, SectionLink
from kb.web.layout.locale import direction, language_name, translated, with_territory
from kb.web.layout.locale import gettext as _
from kb.web.services import services

STATIC_EXPORT = "otvet.static"
"""Key of the environment of a request for a page that is to be a plain file."""
ICONS = frozenset(
    (
        *("compass", "cart", "truck", "pin", "card", "tag", "return", "shield"),
        *("briefcase", "user", "robot", "router", "headphones", "coffee", "wrench", "book"),
    )
)
"""Pictures that `categories.yml` and `products.yml` may name; all are in `static/icons.svg`."""


def frame(
    config: Config,
    lang: str,
    *,
    title: str = "",
    description: str = "",
    query: str = "",
    address: Callable[[str], str] | None = None,
    translations: Sequence[str] | None = None,
    canonical_lang: str = "",
    view: Callable[[str], str] | None = None,
    is_indexable: bool = True,
    section: str = "",
    picture: str = "",
    modified: datetime | None = None,
) -> Frame:
    """The frame of one page, which belongs to `section`.

    `address` gives the page's path in a language; without it the page has none of its own (an
    error) and the language switch leads to the home pages. `translations` are the languages it
    exists in, all by default; `canonical_lang` is the one for search engines, its own by default.
    `view` is where a part of it is seen, such as a filtered list: the language switch leads there,
    search engines to the whole. `picture` is the address of its preview, the home page's by
    default; `modified` makes it an article for other programs.
    """
    languages = _language_links(config, lang, view or address or home_path)
    bare = _without_address(config, lang, title, description, query, section, languages)
    if address is None:
        return bare
    existing = config.languages if translations is None else translations
    main_lang = canonical_lang or lang
    canonical = absolute(config, address(main_lang))
    return replace(
        bare,
        alternates=_alternates(config, existing, address) if is_indexable else (),
        canonical=canonical,
        is_indexable=is_indexable,
        quoted=_quoted(
            main_lang,
            title=title or config.site_name,
            url=canonical,
            existing=existing,
            modified=modified,
            image=absolute(config, picture or open_graph.home_picture(config, lang)),
        ),
    )


def _without_address(
    config: Config,
    lang: str,
    title: str,
    description: str,
    query: str,
    section: str,
    languages: tuple[LanguageLink, ...],
) -> Frame:
    """The frame of a page that has no address of its own: no search engine is to keep it."""
    return Frame(
        lang=lang,
        direction=direction(lang),
        look=look(config, lang),
        site_name=config.site_name,
        title=f"{title}\u00a0— {config.site_name}" if title else config.site_name,
        description=description,
        query=query,
        home_url=home_path(lang),
        search_url=url_for("site.search", lang=lang),
        contact_url=_letter_to(config) if is_static() else contact_path(lang),
        instant_url=url_for("site.instant", lang=lang),
        changes_url=url_for("feeds.changes", lang=lang),
        opensearch_url=url_for("feeds.opensearch", lang=lang),
        halves=_section_links(lang, section),
        languages=languages,
        alternates=(),
        canonical="",
        is_indexable=False,
        quoted=None,
        is_static=is_static(),
    )


def is_static() -> bool:
    """True while a page is made for an export; no client can send this, it is no header."""
    return bool(request.environ.get(STATIC_EXPORT))


def _letter_to(config: Config) -> str:
    """The way to people where no form can be sent; "" for none."""
    return f"mailto:{config.contact_email}" if config.contact_email else ""


def _language_links(
    config: Config, lang: str, address: Callable[[str], str]
) -> tuple[LanguageLink, ...]:
    return tuple(
        LanguageLink(code, language_name(code), address(code), code == lang)
        for code in config.languages
    )


def _quoted(
    lang: str,
    *,
    title: str,
    url: str,
    existing: Sequence[str],
    modified: datetime | None,
    image: str,
) -> Quoted:
    return Quoted(
        kind="article" if modified else "website",
        title=title,
        url=url,
        locale=with_territory(lang),
        other_locales=tuple(with_territory(code) for code in existing if code != lang),
        modified=modified.isoformat() if modified else "",
        image=image,
        image_alt=title,
        image_width=WIDTH,
        image_height=HEIGHT,
    )


def section_tagline(section: str) -> str:
    """For whom a section is, from the reader's side."""
    return translated(SECTION_LABELS[section].tagline)


def section_title(section: str) -> str:
    return translated(SECTION_LABELS[section].title)


def home_crumb(lang: str) -> Link:
    return Link(_("Help"), home_path(lang))


def section_crumb(section: str, lang: str) -> Link:
    return Link(section_title(section), section_path(section, lang))


def category_crumb(title: str, section: str, category: str, lang: str) -> Link:
    return Link(title, category_path(section, category, lang))


def products_crumb(lang: str) -> Link:
    return Link(_("Products"), products_path(lang))


def icon_name(name: str) -> str:
    """A picture's name; the book stands in for one that is not in the sprite."""
    return name if name in ICONS else "book"


def with_default(config: Config, addresses: Mapping[str, str]) -> dict[str, str]:
    """Language → address, and under `x-default` the one for readers of all other languages.

    That is the site's first language which the page exists in. Alone, a page has no alternates.
    """
    if len(addresses) < 2:
        return {}
    main = next((code for code in config.languages if code in addresses), next(iter(addresses)))
    return {**addresses, "x-default": addresses[main]}


def _alternates(
    config: Config, existing: Sequence[str], address: Callable[[str], str]
) -> tuple[Alternate, ...]:
    addresses = {code: absolute(config, address(code)) for code in existing}
    return tuple(Alternate(code, url) for code, url in with_default(config, addresses).items())


def _section_links(lang: str, current: str) -> tuple[SectionLink, ...]:
    loaded = services().library.get()
    if loaded is None:
        return ()
    return tuple(_half(section, lang, current) for section in loaded.catalog.sections)


def _half(section: str, lang: str, current: str) -> SectionLink:
    url = section_path(section, lang)
    is_here = request.path == url
    return SectionLink(
        section,
        section_tagline(section),
        SECTION_LABELS[section].icon,
        url,
        "page" if is_here else "true" if section == current else "",
    )
