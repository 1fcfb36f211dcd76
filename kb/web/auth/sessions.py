"""Sessions of staff: the cookie, and views that only staff may see.

The cookie is signed, not encrypted, and holds the account's id and session key: changing the
key ends the session wherever its cookie may be. It ends SESSION_S after signing in, however much
it is used, and sooner when it is not used for `KB_STAFF_IDLE_MINUTES`. "Remember me" does not
exist. Passwords are in `kb.accounts.passwords`.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

import flask_login  # type: ignore[import-untyped]  # ships no types
from flask import Flask, Response, redirect, request, session
from flask.sessions import SecureCookieSessionInterface

from kb.accounts import roles, staff
from kb.accounts.staff import Account
from kb.web.services import services

SESSION_S = 12 * 3600
COOKIE = "otvet_staff"
SIGN_IN = "/agent/sign-in"
HOME = roles.SEARCH_PAGE
DESK = "/staff/"
"""Beginning of the addresses where articles are written."""
MAX_ADDRESS_CHARS = 2000

View = TypeVar("View", bound=Callable[..., Any])

_SINCE, _SEEN, _LANG = "since", "seen", "lang"
_RENEWED_EVERY_S = 60
"""Time within which requests are one use: not every response needs a cookie of its own."""


class _SignedIn(flask_login.UserMixin):  # type: ignore[misc]  # its base is untyped
    """An account, as Flask-Login sees one."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def get_id(self) -> str:
        return f"{self.account.id}.{self.account.session_key}"


class _StaffLogins(flask_login.LoginManager):  # type: ignore[misc]  # its base is untyped
    def _update_remember_cookie(self, response: Response) -> Response:
        """Nothing is remembered. The original looks into the session of every request, which
        would make every public page `Vary: Cookie`."""
        return response


class _Cookie(SecureCookieSessionInterface):
    """Over TLS, a name that browsers take from this host alone; so the two never mix."""

    def get_cookie_name(self, app: Flask) -> str:
        return f"__Host-{COOKIE}" if request.is_secure else COOKIE

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def install(app: Flask) -> None:
    """Make sessions work in `app`. No request of others than staff gets a cookie by it."""
    app.session_interface = _Cookie()
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_DOMAIN=None,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=SESSION_S),
    )
    logins = _StaffLogins()
    logins.session_protection = None  # it would keep a hash of the address, and end sessions
    logins.user_loader(_load)
    logins.init_app(app, add_context_processor=False)


def begin(account: Account) -> None:
    """Start a session of its own for the account; whatever the browser had is gone."""
    lang = kept_language()
    session.clear()
    if lang:
        session[_LANG] = lang
    session[_SINCE] = session[_SEEN] = int(time.time())
    flask_login.login_user(_SignedIn(account), remember=False)


def end(account: Account) -> None:
    """End every session of the account, so that no copy of a cookie stays good.

    Raises DatabaseUnavailable.
    """
    staff.end_sessions(services().database, account.id)
    flask_login.logout_user()
    session.clear()


def keep_language(lang: str) -> None:
    """Let the pages of who is signed in speak `lang`, until they choose another or sign out."""
    if current() is not None and session.get(_LANG) != lang:
        session[_LANG] = lang


def kept_language() -> str:
    """The language that was chosen in this session, "" for none."""
    return str(session.get(_LANG, ""))


def home() -> str:
    """First page of who is signed in, by their role."""
    account = current()
    has_clone = bool(services().config.content_repository)
    return roles.first_page(account.role, has_clone=has_clone) if account else HOME


def current() -> Account | None:
    """The account signed in. Raises DatabaseUnavailable for somebody who brings a cookie."""
    user = flask_login.current_user
    return cast(Account, user.account) if user.is_authenticated else None


def signed_in() -> Account:
    """The account that is signed in, in a view for staff."""
    account = current()
    assert account is not None  # noqa: S101 – `for_staff` has seen to it
    return account


def for_staff(view: View) -> View:
    """A view for who is signed in; others are sent to sign in first."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if current() is None:
            return redirect(sign_in_address(request.full_path.rstrip("?")), 303)
        return view(*args, **kwargs)

    return cast(View, guarded)


def sign_in_address(wanted: str) -> str:
    """Address to sign in at, to see `wanted` then."""
    wanted = safe_address(wanted)
    return SIGN_IN if wanted == HOME else f"{SIGN_IN}?{urlencode({'next': wanted}, safe='/')}"


def safe_address(wanted: str) -> str:
    """`wanted` if it is a path of the pages for staff, else their first page."""
    is_ours = wanted == HOME or wanted.startswith((f"{HOME}/", f"{HOME}?", DESK))
    is_plain = wanted.isascii() and wanted.isprintable() and not set("\\ ") & set(wanted)
    is_elsewhere = "/../" in f"{wanted}/" or wanted.startswith(SIGN_IN)
    fits = len(wanted) <= MAX_ADDRESS_CHARS
    return wanted if is_ours and is_plain and fits and not is_elsewhere else HOME


def _load(user_id: str) -> _SignedIn | None:
    now = int(time.time())
    since = session.get(_SINCE)
    seen = session.get(_SEEN, since)  # cookies of before say nothing of it
    idle_s = services().config.staff_idle_minutes * 60
    if not _is_within(now, since, SESSION_S) or not _is_within(now, seen, idle_s):
        return None
    account_id, _, key = user_id.partition(".")
    account = staff.of_session(services().database, account_id, key)
    if account is None:
        return None
    if now - seen >= _RENEWED_EVERY_S:
        session[_SEEN] = now
    return _SignedIn(account)


def _is_within(now: int, since: object, limit_s: int) -> bool:
    """True when `since` is a time less than `limit_s` ago; clocks may differ by a minute."""
    return isinstance(since, int) and -60 <= now - since < limit_s
