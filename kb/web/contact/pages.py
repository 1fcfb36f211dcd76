"""The contact page in all its states, and the pages of thanks after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import url_for

from kb.addresses import article_path
from kb.catalog.quoted_blocks import QuotedBlock, quoted_blocks
from kb.config import Config
from kb.ids import new_id
from kb.suggestions.decision import Suggested
from kb.web.auth import signed_tokens
from kb.web.contact import safety
from kb.web.contact.form import Typed, article_about
from kb.web.contact.offers import Offer
from kb.web.contact.safety import SafetyNotice
from kb.web.conversation import handoff
from kb.web.layout.contexts import Frame, Link
from kb.web.layout.frame import frame, home_crumb
from kb.web.layout.locale import gettext as _
from kb.web.layout.locale import name_in
from kb.web.services import services
from search.model import Quotation

NOTHING_TYPED = Typed()


@dataclass(frozen=True)
class OfferedPassage:
    """An article that may answer a message being written, with what it says."""

    title: str
    heading: str
    url: str
    quotation: str
    """Words that answer, without their layout; of what is only offered its summary."""
    blocks: tuple[QuotedBlock, ...]
    """Those words as they are laid out; none of what is only offered."""
    lang: str
    """"" unless it is in another language than the page."""
    lang_name: str


@dataclass(frozen=True)
class ContactOffer:
    """Passages offered before a message is sent. At least one, the answer included."""

    answer: OfferedPassage | None
    passages: tuple[OfferedPassage, ...]
    """Besides the answer."""
    count: int
    token: str
    lang: str
    """Language of the page."""


@dataclass(frozen=True)
class ContactField:
    """A field with what was typed; `error` is "" when nothing is wrong with it."""

    name: str
    value: str
    error: str


@dataclass(frozen=True)
class ContactForm:
    action: str
    suggestions_url: str
    token: str
    about: Link | None
    """The article that did not help; its id is `about_id`."""
    about_id: str
    shown: tuple[str, ...]
    """Tokens of what was offered before."""
    message: ContactField
    name: ContactField
    email: ContactField
    order: ContactField
    consent: ContactField
    """Its value is "1" when the customer agreed."""
    trap: ContactField
    """For robots: nobody else sees it, unless it was filled in."""
    needs_email: bool
    consent_text: str
    errors: tuple[ContactField, ...]
    """The fields with an error, in their order."""


@dataclass(frozen=True)
class ContactPage:
    """`form` is None on a site that nothing can be sent from; `email` may be ""."""

    frame: Frame
    crumbs: tuple[Link, ...]
    email: str
    form: ContactForm | None = None
    offer: ContactOffer | None = None
    problem: str = ""
    """Why the message was not sent, when no field is to blame."""
    safety: SafetyNotice | None = None


@dataclass(frozen=True)
class ContactDonePage:
    """Thanks. `reference` is "" when nothing was sent."""

    frame: Frame
    crumbs: tuple[Link, ...]
    title: str
    happens: str
    reference: str
    safety: SafetyNotice | None = None


def contact_page(
    config: Config,
    lang: str,
    typed: Typed = NOTHING_TYPED,
    *,
    faults: Mapping[str, str] | None = None,
    problem: str = "",
    offer: Offer | None = None,
) -> ContactPage:
    """The form, or without a channel the address. `typed` comes back as it was; with `faults` or
    a `problem` the page says what to do. A form without a token is a new one."""
    title = _("Before you send") if offer else _("Contact")
    return ContactPage(
        frame=frame(
            config,
            lang,
            title=_("Error: %(title)s", title=title) if faults or problem else title,
            address=lambda code: url_for("contact.form", lang=code),
        ),
        crumbs=(home_crumb(lang),),
        email=config.contact_email,
        form=_form(config, lang, typed, faults or {}) if services().channel else None,
        offer=contact_offer(offer, lang) if offer else None,
        problem=problem,
        safety=safety.notice_for(typed.message, lang),
    )


def contact_offer(offer: Offer, lang: str) -> ContactOffer:
    """The articles of an offer; only what is sure to answer is quoted."""
    suggestion = offer.made.suggestion
    passages = [_passage(one, lang) for one in suggestion.results]
    answer = None
    if suggestion.answer:
        answer = _answer(suggestion.results[0], suggestion.answer, lang)
        passages = passages[1:]
    return ContactOffer(answer, tuple(passages), len(suggestion.results), offer.token, lang)


def sent_page(
    config: Config,
    lang: str,
    reference: str,
    *,
    is_mailed: bool,
    notice: SafetyNotice | None = None,
) -> ContactDonePage:
    page = _done(
        config,
        lang,
        _("Your message has been sent"),
        _("A colleague will answer by e-mail.") if is_mailed else _("A colleague has been told."),
        reference,
    )
    return replace(page, safety=notice)


def solved_page(config: Config, lang: str) -> ContactDonePage:
    return _done(
        config,
        lang,
        _("Good to know that it helped"),
        _("Thank you for telling us. Your message was not sent."),
    )


def _done(
    config: Config, lang: str, title: str, happens: str, reference: str = ""
) -> ContactDonePage:
    contact = Link(_("Contact"), url_for("contact.form", lang=lang))
    return ContactDonePage(
        frame=frame(config, lang, title=title, is_indexable=False),
        crumbs=(home_crumb(lang), contact),
        title=title,
        happens=happens,
        reference=reference,
    )


def _form(config: Config, lang: str, typed: Typed, faults: Mapping[str, str]) -> ContactForm:
    about = article_about(typed.about, lang)
    values = {
        "message": typed.message,
        "name": typed.name,
        "email": typed.email,
        "order": typed.order,
        "consent": "1" if typed.is_agreed else "",
        "website": typed.trap,
    }
    fields = {
        name: ContactField(name, value, faults.get(name, "")) for name, value in values.items()
    }
    return ContactForm(
        action=url_for("contact.send", lang=lang),
        suggestions_url=url_for("contact.suggestions", lang=lang),
        token=typed.token or signed_tokens.form(new_id("ses")),
        about=Link(about.title, article_path(about, lang), _foreign(about.lang, lang))
        if about
        else None,
        about_id=about.id if about else "",
        shown=typed.shown,
        message=fields["message"],
        name=fields["name"],
        email=fields["email"],
        order=fields["order"],
        consent=fields["consent"],
        trap=fields["website"],
        needs_email=services().needs_email,
        consent_text=handoff.consent_text(config, lang),
        errors=tuple(fields[name] for name in faults),
    )


def _passage(one: Suggested, lang: str) -> OfferedPassage:
    page = one.found.page
    foreign = _foreign(page.lang, lang)
    return OfferedPassage(
        title=page.title,
        heading=one.found.heading,
        url=one.found.url,
        quotation=page.summary,
        blocks=(),
        lang=foreign,
        lang_name=name_in(foreign, lang) if foreign else "",
    )


def _answer(one: Suggested, quotation: Quotation, lang: str) -> OfferedPassage:
    return replace(
        _passage(one, lang),
        heading=quotation.heading,
        url=one.found.url_of(quotation.anchor),
        quotation=quotation.text,
        blocks=quoted_blocks(quotation),
    )


def _foreign(code: str, lang: str) -> str:
    return code if code != lang else ""
