"""Routes of the pages for staff: sign in, search, read, hand-offs. No files, SQL or scores.

Every view but signing in stands behind `sessions.for_staff`; nothing here may be kept by a cache.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import structlog
from flask import Blueprint, Response, abort, request

from kb.accounts import openings, staff
from kb.catalog import staff_search
from kb.catalog.staff_search import WANTED
from kb.handoffs import history, resend
from kb.handoffs.history import HandoffRecord
from kb.handoffs.operation import register
from kb.languages.detection import written_in
from kb.web.auth import login_throttle, sessions
from kb.web.http.rate_limits import LimitExceeded, limit_sign_in, limit_sign_in_form, limit_staff
from kb.web.layout.locale import gettext as _
from kb.web.services import services
from kb.web.staff.article import article_page
from kb.web.staff.frame import staff_frame
from kb.web.staff.handoff_list import PER_PAGE as HANDOFFS_PER_PAGE
from kb.web.staff.handoff_list import list_address, list_page, list_params
from kb.web.staff.params import MAX_OFFSET, PER_PAGE, StaffSearchParams
from kb.web.staff.search import search_page
from kb.web.staff.sign_in import SignInPage
from kb.web.staff.views import go, in_own_language, keep_private, lang_asked, page_language, show
from search.text.analysis import clean

MAX_ID_CHARS = 64
"""Of a hand-off's id that pages repeat."""

log = structlog.get_logger(__name__)

# Templates of sites name its endpoints: they keep the name of the address.
staff_pages = Blueprint("agent", __name__)


staff_pages.after_request(keep_private)


@staff_pages.get("/agent/sign-in")
@in_own_language
def sign_in() -> Response:
    wanted = sessions.safe_address(request.args.get("next", ""))
    if sessions.current():
        return go(_then(wanted))
    return _sign_in_form(wanted)


@staff_pages.post("/agent/sign-in")
@limit_sign_in_form
@in_own_language
def check_password() -> Response:
    """Browsers that are known have counts of their own: an office shares one address."""
    is_known = login_throttle.is_known_browser(request.form.get("email", ""))
    return _check_password() if is_known else _check_strangers_password()


def _check_password() -> Response:
    email, password = request.form.get("email", ""), request.form.get("password", "")
    wanted = sessions.safe_address(request.form.get("next", ""))
    try:
        attempt = login_throttle.begin(email)
    except LimitExceeded as error:
        log.warning("sign_in_waits", wait_s=error.retry_after_s)
        response = _sign_in_form(wanted, email=email, error=_wait(error.retry_after_s), status=429)
        response.headers["Retry-After"] = str(error.retry_after_s)
        return response
    account = staff.authenticate(
        services().database, email=email, password=password, now=datetime.now(UTC)
    )
    if account is None:
        log.warning("sign_in_refused")
        error_text = _("This address and password do not belong together. Check both.")
        return _sign_in_form(wanted, email=email, error=error_text, status=403)
    login_throttle.succeed(attempt)
    sessions.begin(account)
    log.info("signed_in", account=account.id)
    if lang := lang_asked():
        sessions.keep_language(lang)
    response = go(_then(wanted))
    login_throttle.remember_browser(response, account.email)
    return response


def _then(wanted: str) -> str:
    """The address that was asked for; the usual one is that of the role."""
    return sessions.home() if wanted == sessions.HOME else wanted


_check_strangers_password = limit_sign_in(_check_password)


@staff_pages.post("/agent/sign-out")
def sign_out() -> Response:
    account, lang = sessions.current(), sessions.kept_language()
    if account:
        sessions.end(account)
        log.info("signed_out", account=account.id)
    return go(f"{sessions.SIGN_IN}?lang={lang}" if lang else sessions.SIGN_IN)


@staff_pages.get("/agent/handoffs")
@sessions.for_staff
@limit_staff
@in_own_language
def handoffs() -> Response:
    """All hand-offs, the newest first, or those of one view."""
    asked = list_params(request.args, lang=lang_asked())
    found = register.page(
        services().database, asked.view, offset=asked.offset, limit=HANDOFFS_PER_PAGE
    )
    page = list_page(
        services().config, asked, found, lang=page_language(), name=sessions.signed_in().name
    )
    return show("agent_handoffs.html", page)


@staff_pages.post("/agent/handoffs")
@sessions.for_staff
@limit_staff
def deliver_handoff() -> Response:
    """Try one again that nobody has received, or send one again that somebody has."""
    act = {"retry": resend.retry, "resend": resend.resend}.get(request.form.get("do", ""))
    handoff = history.of_handoff(services().database, request.form.get("handoff", ""))
    if act is None or handoff is None:
        abort(404)
    is_done = act(services().database, handoff.id, now=datetime.now(UTC))
    if is_done:
        account = sessions.signed_in().id
        log.info("handoff_requeued", handoff=handoff.id, account=account, way=request.form["do"])
    asked = list_params(request.args, lang=lang_asked())
    return go(list_address(asked, done=request.form["do"] if is_done else "nothing"))


@staff_pages.get("/agent")
@sessions.for_staff
@limit_staff
@in_own_language
def search() -> Response:
    """The search page; with `part=results` only what its script puts in place of the results."""
    handoff_id = request.args.get("handoff", "").strip()
    handoff = history.of_handoff(services().database, handoff_id) if handoff_id else None
    if handoff:
        _record_opening(handoff)
    asked = _asked(handoff_id, handoff)
    loaded = services().staff_loaded()
    findings = None
    if asked.text:
        findings = staff_search.find(
            loaded,
            asked.text,
            lang=asked.searched_in,
            wanted=asked.wanted,
            seen=handoff.seen if handoff else (),
            limit=PER_PAGE,
            offset=asked.offset,
        )
    page = search_page(
        services().config,
        loaded,
        asked,
        lang=page_language(),
        name=sessions.signed_in().name,
        handoff=handoff,
        findings=findings,
    )
    is_part = request.args.get("part") == "results"
    return show("_agent_results.html" if is_part else "agent.html", page)


@staff_pages.get("/agent/a/<article_id>")
@sessions.for_staff
@limit_staff
@in_own_language
def article(article_id: str) -> Response:
    """An article, public or internal, in the language the customer reads if there is one."""
    loaded = services().staff_loaded()
    asked = _asked("", None)
    page = loaded.catalog.page_for(article_id, asked.reader) or abort(404)
    shown = article_page(
        services().config,
        loaded,
        page,
        asked,
        lang=page_language(),
        name=sessions.signed_in().name,
    )
    return show("agent_article.html", shown)


def _record_opening(handoff: HandoffRecord) -> None:
    """Before the hand-off is shown: one that cannot be noted is not."""
    account = sessions.signed_in()
    openings.record(
        services().database,
        handoff.id,
        reader_id=account.id,
        way="page",
        now=datetime.now(UTC),
    )
    log.info("handoff_opened", handoff=handoff.id, account=account.id)


def _asked(handoff_id: str, handoff: HandoffRecord | None) -> StaffSearchParams:
    """Of repeated parameters the first counts, unknown values none."""
    languages = services().config.languages
    usual = handoff.lang if handoff and handoff.lang in languages else page_language()
    reader = request.args.get("reader", "")
    if reader not in languages:
        reader = usual
    text = clean(request.args.get("q", ""))
    is_kept = request.args.get("keep") == "1"
    is_chosen = is_kept or reader != usual  # the form always names one
    wanted = request.args.get("show", "all")
    offset = request.args.get("offset", "0")
    number = int(offset) if re.fullmatch(r"[0-9]{1,3}", offset) else 0
    return StaffSearchParams(
        text=text,
        reader=reader,
        wanted=wanted if wanted in WANTED else "all",
        handoff_id=handoff_id[:MAX_ID_CHARS],
        offset=min(number, MAX_OFFSET),
        lang=lang_asked(),
        is_reader_kept=is_kept,
        searched_in=reader if is_chosen else written_in(text, languages, reader),
    )


def _sign_in_form(wanted: str, *, email: str = "", error: str = "", status: int = 200) -> Response:
    here = sessions.sign_in_address(wanted)
    frame = staff_frame(
        services().config, page_language(), title=_("Sign in"), lang_asked=lang_asked(), here=here
    )
    page = SignInPage(frame, email[: staff.MAX_EMAIL_CHARS], wanted, error)
    return show("agent_sign_in.html", page, status=status)


def _wait(wait_s: int) -> str:
    if wait_s <= 90:
        return _("Too many wrong passwords. Try again in %(num)d seconds.", num=wait_s)
    minutes = -(-wait_s // 60)
    return _("Too many wrong passwords. Try again in %(num)d minutes.", num=minutes)
