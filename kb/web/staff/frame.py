"""The frame around every page for staff."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from kb.accounts import roles
from kb.addresses import home_path
from kb.config import Config
from kb.web.auth import sessions
from kb.web.layout.branding import look
from kb.web.layout.contexts import Direction, LanguageLink, Look
from kb.web.layout.locale import direction, language_name


@dataclass(frozen=True)
class StaffFrame:
    """Around every page for staff. `name` is that of who is signed in, "" when nobody is."""

    lang: str
    direction: Direction
    look: Look
    title: str
    site_name: str
    site_url: str
    name: str
    languages: tuple[LanguageLink, ...]
    lang_asked: str
    """To be sent along by forms; "" when the browser decides."""
    articles_url: str = ""
    """Of the list of articles; "" for who may not write, and without a clone to write to."""


def staff_frame(
    config: Config,
    lang: str,
    *,
    title: str,
    name: str = "",
    lang_asked: str = "",
    here: str,
) -> StaffFrame:
    """`here` is the page's own path with its parameters, `lang` left out."""
    joint = "&" if "?" in here else "?"
    return StaffFrame(
        lang=lang,
        direction=direction(lang),
        look=look(config, lang),
        title=f"{title}\u00a0— {config.site_name}",
        site_name=config.site_name,
        site_url=home_path(lang),
        name=name,
        languages=tuple(
            LanguageLink(code, language_name(code), f"{here}{joint}lang={code}", code == lang)
            for code in config.languages
        ),
        lang_asked=lang_asked,
        articles_url=_articles_url(config) if name else "",
    )


def _articles_url(config: Config) -> str:
    account = sessions.current()
    if not config.content_repository or account is None:
        return ""
    return url_for("articles.listed") if roles.may(account.role, "articles.read") else ""
