"""What the pages for staff show, and how it is put together: one frozen dataclass per template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from markupsafe import Markup

from kb.addresses import article_path, staff_article_path
from kb.catalog import staff_search
from kb.catalog.catalog import ArticleVersion
from kb.catalog.generation import Loaded
from kb.catalog.staff_search import WANTED, AgentFindings, AgentHit, Wanted
from kb.config import Config
from kb.handoffs.channels.packet import ShownArticle
from kb.handoffs.history import HandoffRecord
from kb.web.layout.addresses import absolute
from kb.web.layout.branding import look
from kb.web.layout.contexts import Direction, LanguageLink, Look
from kb.web.layout.frame import section_title
from kb.web.layout.locale import date_in_words, direction, language_name, name_in
from kb.web.layout.locale import gettext as _
from kb.web.layout.markup import markup
from search.model import Segment

PER_PAGE = 10
MAX_OFFSET = 190


@dataclass(frozen=True)
class StaffSearchParams:
    """What the address asks for, checked. `lang` is "" unless the address names it."""

    text: str = ""
    reader: str = ""
    """Language the customer reads."""
    wanted: Wanted = "all"
    handoff_id: str = ""
    offset: int = 0
    lang: str = ""


@dataclass(frozen=True)
class AgentFrame:
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


@dataclass(frozen=True)
class SignInPage:
    frame: AgentFrame
    email: str
    wanted: str
    """Where to go then."""
    error: str


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class AgentItem:
    """One result. `link`, `markdown` and `text` are what can be copied, "" for internal ones."""

    title: tuple[Segment, ...]
    plain_title: str
    url: str
    path: tuple[str, ...]
    heading: str
    snippet: tuple[Segment, ...]
    lang: str
    lang_name: str
    is_other_language: bool
    is_internal: bool
    is_seen: bool
    updated_at: datetime
    updated: str
    link: str
    markdown: str
    text: str


@dataclass(frozen=True)
class AgentResults:
    query: str
    searched: str
    """What was searched for instead, "" when that is `query`."""
    total: int
    first_number: int
    items: tuple[AgentItem, ...]
    is_degraded: bool
    previous_url: str
    next_url: str


@dataclass(frozen=True)
class SeenArticle:
    """An article the customer was shown, with what became of it, in words."""

    title: str
    url: str
    fate: str
    is_rejected: bool
    is_opened: bool


@dataclass(frozen=True)
class AskedQuestion:
    """What the customer asked, and what was shown for it."""

    asked: str
    shown: tuple[SeenArticle, ...]


@dataclass(frozen=True)
class HandoffPanel:
    id: str
    message: str
    created: str
    created_at: datetime
    reason: str
    status: str
    is_failed: bool
    page_title: str
    questions: tuple[AskedQuestion, ...]
    searches: tuple[str, ...]


@dataclass(frozen=True)
class AgentPage:
    frame: AgentFrame
    query: str
    readers: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    handoff_id: str
    is_handoff_missing: bool
    handoff: HandoffPanel | None
    results: AgentResults | None


@dataclass(frozen=True)
class AgentArticlePage:
    """`link` and `public_url` are "" for internal articles."""

    frame: AgentFrame
    back_url: str
    path: tuple[str, ...]
    lang: str
    title: str
    summary: str
    html: Markup
    is_internal: bool
    updated_at: datetime
    updated: str
    versions: tuple[LanguageLink, ...]
    link: str
    markdown: str
    public_url: str


def agent_frame(
    config: Config,
    lang: str,
    *,
    title: str,
    name: str = "",
    lang_asked: str = "",
    here: str,
) -> AgentFrame:
    """`here` is the page's own path with its parameters, `lang` left out."""
    joint = "&" if "?" in here else "?"
    return AgentFrame(
        lang=lang,
        direction=direction(lang),
        look=look(config, lang),
        title=f"{title}\u00a0— {config.site_name}",
        site_name=config.site_name,
        site_url=url_for("site.home", lang=lang),
        name=name,
        languages=tuple(
            LanguageLink(code, language_name(code), f"{here}{joint}lang={code}", code == lang)
            for code in config.languages
        ),
        lang_asked=lang_asked,
    )


def search_page(
    config: Config,
    loaded: Loaded,
    asked: StaffSearchParams,
    *,
    lang: str,
    name: str,
    handoff: HandoffRecord | None,
    findings: AgentFindings | None,
) -> AgentPage:
    return AgentPage(
        frame=agent_frame(
            config,
            lang,
            title=_("Answers for agents"),
            name=name,
            lang_asked=asked.lang,
            here=_address(asked, lang=None),
        ),
        query=asked.text,
        readers=tuple(
            Choice(code, language_name(code), code == asked.reader) for code in config.languages
        ),
        kinds=_kinds(asked.wanted),
        handoff_id=asked.handoff_id,
        is_handoff_missing=bool(asked.handoff_id) and handoff is None,
        handoff=_panel(loaded, handoff, asked, lang) if handoff else None,
        results=_results(config, asked, findings, lang) if findings else None,
    )


def article_page(
    config: Config,
    loaded: Loaded,
    page: ArticleVersion,
    asked: StaffSearchParams,
    *,
    lang: str,
    name: str,
) -> AgentArticlePage:
    """An article as staff read it, public or not."""
    is_internal = staff_search.visibility_of(loaded, page) == "internal"
    category = loaded.catalog.category(page.section, page.category)
    site = absolute(config, "")
    link = "" if is_internal else staff_search.permanent_link(site, page.id, lang=page.lang)
    return AgentArticlePage(
        frame=agent_frame(
            config,
            lang,
            title=page.title,
            name=name,
            lang_asked=asked.lang,
            here=url_for("agent.article", article_id=page.id, reader=page.lang),
        ),
        back_url=_address(asked),
        path=(section_title(page.section), category.title(lang) if category else page.category),
        lang=page.lang,
        title=page.title,
        summary=page.summary,
        html=markup(loaded.catalog.linkable_html(page)),
        is_internal=is_internal,
        updated_at=page.updated_at,
        updated=date_in_words(page.updated_at, lang),
        versions=tuple(
            LanguageLink(
                one.lang,
                language_name(one.lang),
                staff_article_path(one.id, one.lang, asked.lang),
                one.lang == page.lang,
            )
            for one in loaded.catalog.translations(page.id)
        ),
        link=link,
        markdown=staff_search.markdown_link(page.title, link) if link else "",
        public_url="" if is_internal else article_path(page, page.lang),
    )


def _address(asked: StaffSearchParams, **changes: object) -> str:
    """The search's address with some of its parameters changed."""
    values: dict[str, object] = {
        "q": asked.text or None,
        "reader": asked.reader,
        "show": asked.wanted if asked.wanted != "all" else None,
        "handoff": asked.handoff_id or None,
        "offset": asked.offset or None,
        "lang": asked.lang or None,
    } | changes
    return url_for("agent.search", **values)  # type: ignore[arg-type]  # takes any value


def _kinds(wanted: Wanted) -> tuple[Choice, ...]:
    labels = {"all": _("All"), "public": _("Public"), "internal": _("Internal")}
    return tuple(Choice(value, labels[value], value == wanted) for value in WANTED)


def _results(
    config: Config, asked: StaffSearchParams, findings: AgentFindings, lang: str
) -> AgentResults:
    following = asked.offset + PER_PAGE
    has_next = following < findings.total and following <= MAX_OFFSET
    return AgentResults(
        query=findings.query,
        searched=findings.repair.text if findings.repair else "",
        total=findings.total,
        first_number=asked.offset + 1,
        items=tuple(_item(config, asked, hit, lang) for hit in findings.hits),
        is_degraded=findings.is_degraded,
        previous_url=_address(asked, offset=max(0, asked.offset - PER_PAGE) or None)
        if asked.offset
        else "",
        next_url=_address(asked, offset=following) if has_next else "",
    )


def _item(config: Config, asked: StaffSearchParams, hit: AgentHit, lang: str) -> AgentItem:
    found, page = hit.found, hit.found.page
    insert = staff_search.insert(hit, site=absolute(config, ""), lang=asked.reader)
    return AgentItem(
        title=found.title,
        plain_title=page.title,
        url=staff_article_path(page.id, page.lang, asked.lang, found.anchor),
        path=(section_title(page.section), found.category_title),
        heading=found.heading,
        snippet=found.snippet,
        lang=page.lang,
        lang_name=name_in(page.lang, lang),
        is_other_language=found.is_other_language,
        is_internal=hit.visibility == "internal",
        is_seen=hit.is_seen,
        updated_at=page.updated_at,
        updated=date_in_words(page.updated_at, lang),
        link=insert.link if insert else "",
        markdown=insert.markdown if insert else "",
        text=insert.text if insert else "",
    )


def _panel(
    loaded: Loaded, handoff: HandoffRecord, asked: StaffSearchParams, lang: str
) -> HandoffPanel:
    return HandoffPanel(
        id=handoff.id,
        message=handoff.message,
        created=date_in_words(handoff.created_at, lang),
        created_at=handoff.created_at,
        reason=_reason(handoff.reason),
        status=_status(handoff.status),
        is_failed=handoff.status == "failed",
        page_title=handoff.page_title,
        questions=tuple(
            AskedQuestion(one.asked, tuple(_seen(loaded, shown, asked) for shown in one.shown))
            for one in handoff.tried
        ),
        searches=handoff.searches,
    )


def _seen(loaded: Loaded, shown: ShownArticle, asked: StaffSearchParams) -> SeenArticle:
    """Its link is ours, whatever the row says; none for an article that is gone."""
    article_id = shown.article_id.removeprefix("art_")
    page = loaded.catalog.page_for(article_id, asked.reader)
    return SeenArticle(
        title=shown.title or (page.title if page else article_id),
        url=staff_article_path(page.id, page.lang, asked.lang) if page else "",
        fate="; ".join(_fates(shown)),
        is_rejected=shown.verdict == "not_solved",
        is_opened=shown.opened,
    )


def _fates(shown: ShownArticle) -> Sequence[str]:
    if not shown.opened:
        fates = [_("not opened")]
    elif shown.seconds:
        fates = [_("opened for %(num)d s", num=shown.seconds)]
    else:
        fates = [_("opened")]
    if shown.verdict == "solved":
        fates.append(_("helped"))
    elif shown.verdict == "not_solved":
        why = _verdict_reason(shown.reason or "")
        fates.append(_("did not help: %(why)s", why=why) if why else _("did not help"))
    return fates


def _verdict_reason(reason: str) -> str:
    return {
        "not_related": _("about something else"),
        "related_not_answered": _("on the topic, but no answer"),
        "outdated": _("out of date"),
        "unclear": _("hard to understand"),
    }.get(reason, "")


def _reason(reason: str) -> str:
    """Why the conversation came to a person; an unknown code is shown as it is."""
    return {
        "not_solved": _("The articles did not help"),
        "low_confidence": _("No article was likely to help"),
        "no_results": _("Nothing was found"),
        "partial": _("Articles answered in part only"),
        "ambiguous": _("The question was not clear"),
        "user_requested": _("The customer asked for a person"),
        "sensitive_topic": _("A topic for a person"),
        "repeat_failed": _("Two suggestions did not help"),
        "too_short": _("The question was too short"),
        "unsupported_locale": _("Asked in another language"),
        "holdout": _("Picked at random, to measure"),
        "greeting": _("Only a greeting so far"),
        "unavailable": _("Search was not available"),
    }.get(reason, reason)


def _status(status: str) -> str:
    return {
        "queued": _("On its way"),
        "delivered": _("Delivered"),
        "fallback_email": _("Delivered by e-mail"),
        "failed": _("Not delivered"),
        "client": _("Passed on in the chat"),
    }.get(status, status)
