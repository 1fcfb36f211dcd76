"""Rate limits: policies, the check of each client, and what responses say of it.

A limit belongs to the work, not to a path: the decorators wrap views, so no spelling of an address
goes around them. The networks around a client have limits, too (`limits.networks`), and a public
key is shared fairly (`limits.fair_share`). Counts are shared by the worker processes
(`limits.store`); when they cannot be, votes and readings are closed (503) and everything else is
counted by each process alone.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, g, request
from flask_limiter import Limiter, RateLimitExceeded, RequestLimit
from werkzeug.exceptions import ServiceUnavailable, TooManyRequests

from kb.client_ip import network
from kb.config import Config
from kb.web.http.limits import fair_share, networks, store
from kb.web.http.limits.policies import Policy, Usage
from kb.web.http.limits.salt import DailySalt
from kb.web.http.limits.store import SYSTEM_CLOCK, Clock, SharedStorage

MINUTE_S = 60
HOUR_S = 3600

View = TypeVar("View", bound=Callable[..., Any])

_EXTENSION = "otvet_limits"
_RETRY_AFTER_DOWN_S = 2


# The figures are those of docs/api.md and docs/operations.md; all policies of a group hold at once.
POLICIES: dict[str, tuple[Policy, ...]] = {
    "search": (Policy("search", 60, MINUTE_S),),
    "suggest": (Policy("suggest", 20, MINUTE_S), Policy("suggest-hour", 200, HOUR_S)),
    "autocomplete": (Policy("autocomplete", 300, MINUTE_S),),
    "instant": (Policy("instant", 240, MINUTE_S),),
    "vote": (Policy("vote", 30, HOUR_S),),
    # A reader sends one in five seconds at most; of an office behind one address not all count.
    "view": (Policy("view", 30, MINUTE_S), Policy("view-day", 300, 24 * HOUR_S)),
    "feedback": (Policy("feedback", 30, HOUR_S),),
    "events": (Policy("events", 60, MINUTE_S),),
    "handoff": (Policy("handoff", 5, HOUR_S), Policy("handoff-day", 10, 24 * HOUR_S)),
    "handoff-status": (Policy("handoff-status", 60, MINUTE_S),),
    "suggest-key": (Policy("suggest-key", 600, MINUTE_S, is_per_key=True),),
    "preview": (Policy("preview", 60, MINUTE_S),),
    "export": (Policy("export", 20, MINUTE_S),),
    "agent": (Policy("agent", 600, MINUTE_S),),
    # Forms that are parsed before it is known who sends them; an office shares one address.
    "contact": (Policy("contact", 60, MINUTE_S),),
    "sign-in-form": (Policy("sign-in-form", 60, MINUTE_S),),
    "sign-in": (Policy("sign-in", 10, 15 * MINUTE_S),),
}


class LimitExceeded(TooManyRequests):
    """The client used up `policy`; `retry_after_s` (≥ 1) is when its window ends."""

    def __init__(self, policy: str, retry_after_s: int) -> None:
        super().__init__(retry_after=retry_after_s)
        self.policy = policy
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class _Limits:
    """State that `install` leaves in the app; `checks` holds a counting function for each group."""

    limiter: Limiter
    storage: SharedStorage
    salt: DailySalt
    clock: Clock
    checks: dict[str, Callable[[], None]]


def reset(config: Config) -> None:
    """Forget all counts: call once at start, before the worker processes are made."""
    store.wipe(_run_dir(config))


def install(app: Flask, config: Config, *, clock: Clock = SYSTEM_CLOCK) -> Limiter:
    """Make the decorators of this module work in `app`, and its responses tell what is left.

    Clients are told apart by `request.remote_addr`: put werkzeug's ProxyFix around the app for
    exactly `config.trusted_proxies` proxies. With `config.rate_limits` off nothing is counted.
    """
    options: dict[str, Any] = {"run_dir": str(_run_dir(config)), "clock": clock}
    salt = DailySalt(_run_dir(config), clock=clock.wall)
    limiter = Limiter(
        key_func=lambda: client_key(request.remote_addr, salt=salt.today()),
        app=app,
        storage_uri=f"{store.SCHEME}://",
        storage_options=options,
        strategy="fixed-window",
        enabled=config.rate_limits,
    )
    if config.rate_limits:
        storage = cast(SharedStorage, limiter.storage)
        checks = {group: _check(limiter, group) for group in POLICIES}
        app.extensions[_EXTENSION] = _Limits(limiter, storage, salt, clock, checks)
        app.after_request(_add_headers)
    return limiter


def limit_search(view: View) -> View:
    return _limited(view, "search")


def count(group: str, key_id: str = "") -> None:
    """Count a request inside a view, where it is known who asks. Raises LimitExceeded.

    Policies of a group that count by key need its id.
    """
    limits: _Limits | None = current_app.extensions.get(_EXTENSION)
    if limits is not None:
        g.limited_key = key_id
        _count(limits, group)


def count_shared(group: str, key_id: str) -> None:
    """Count a request with a public key, of which everybody has a share. Raises LimitExceeded."""
    limits: _Limits | None = current_app.extensions.get(_EXTENSION)
    if limits is None:
        return
    for policy in POLICIES[group]:
        _refuse(
            fair_share.refused(
                limits.storage,
                limits.clock,
                policy,
                key_id=key_id,
                address=request.remote_addr,
                salt=limits.salt.today(),
            )
        )


def limit_autocomplete(view: View) -> View:
    return _limited(view, "autocomplete")


def limit_instant(view: View) -> View:
    return _limited(view, "instant")


def limit_vote(view: View) -> View:
    """As the others, but closed while counts are not shared, as votes are written for good."""
    return _limited(view, "vote", is_closed_when_down=True)


def limit_view(view: View) -> View:
    """Closed, as votes are, while counts are not shared: readings are written for good too."""
    return _limited(view, "view", is_closed_when_down=True)


def limit_export(view: View) -> View:
    """Of all texts at once."""
    return _limited(view, "export")


def limit_staff(view: View) -> View:
    return _limited(view, "agent")


def limit_contact(view: View) -> View:
    """Of all forms sent, whatever becomes of them; hand-offs have a limit of their own."""
    return _limited(view, "contact")


def limit_sign_in_form(view: View) -> View:
    """Of all forms sent, those of known browsers too: who it is stands inside."""
    return _limited(view, "sign-in-form")


def limit_sign_in(view: View) -> View:
    """Closed, as votes are, while counts are not shared: guesses would count once a process."""
    return _limited(view, "sign-in", is_closed_when_down=True)


def shared_counts() -> SharedStorage | None:
    """The store for further counts of short life; None when nothing is counted."""
    limits: _Limits | None = current_app.extensions.get(_EXTENSION)
    return limits.storage if limits else None


def client_key(address: str | None, *, salt: bytes) -> str:
    """A key for the client at `address`: keyed hash of the IPv4 address or the IPv6 /64.

    One household or one machine commonly has a whole /64. What is no address, such as a Unix
    socket's, is one client.
    """
    return hmac.new(salt, network(address).encode(), hashlib.sha256).hexdigest()


def headers(usages: Sequence[Usage], policies: Sequence[Policy]) -> dict[str, str]:
    """`RateLimit-Policy` with every policy, `RateLimit` with the one that binds first.

    Source: draft-ietf-httpapi-ratelimit-headers-10.
    """
    if not usages:
        return {}
    nearest = min(usages, key=lambda usage: (usage.remaining, -usage.reset_s))
    return {
        "RateLimit-Policy": ", ".join(
            f'"{policy.name}";q={policy.quota};w={policy.window_s}' for policy in policies
        ),
        "RateLimit": f'"{nearest.policy.name}";r={nearest.remaining};t={nearest.reset_s}',
    }


def _limited(view: View, group: str, *, is_closed_when_down: bool = False) -> View:
    @functools.wraps(view)
    def limited(*args: Any, **kwargs: Any) -> Any:
        limits: _Limits | None = current_app.extensions.get(_EXTENSION)
        if limits is not None:
            _count(limits, group)
            if is_closed_when_down and limits.storage.is_down:
                raise ServiceUnavailable(retry_after=_RETRY_AFTER_DOWN_S)
        return current_app.ensure_sync(view)(*args, **kwargs)

    return cast(View, limited)


def _count(limits: _Limits, group: str) -> None:
    """Count for the networks only what the client itself may still do, and the other way round."""
    around = networks.network_counts(POLICIES[group], request.remote_addr, salt=limits.salt.today())
    _refuse(networks.exhausted(limits.storage, around, limits.clock.monotonic()))
    before: tuple[Usage, ...] = g.get("limit_usages", ())
    try:
        limits.checks[group]()
    except RateLimitExceeded as error:
        g.limit_usages = before + _usages(limits, group)
        exceeded = next(usage for usage in g.limit_usages if usage.is_exceeded)
        raise LimitExceeded(exceeded.policy.name, exceeded.reset_s) from error
    g.limit_usages = before + _usages(limits, group)
    _refuse(networks.add(limits.storage, around, limits.clock.monotonic()))


def _refuse(usage: Usage | None) -> None:
    """Raises LimitExceeded for a policy that is used up."""
    if usage is not None:
        g.limit_usages = (*g.get("limit_usages", ()), usage)
        raise LimitExceeded(usage.policy.name, usage.reset_s)


def _check(limiter: Limiter, group: str) -> Callable[[], None]:
    """A function that counts one request of the group; Flask-Limiter tells them apart by name."""

    def count() -> None:
        """Everything is done by Flask-Limiter's wrapper."""

    count.__name__ = count.__qualname__ = f"count_{group}"
    text = ";".join(f"{policy.quota} per {policy.window_s} second" for policy in POLICIES[group])
    is_per_key = any(policy.is_per_key for policy in POLICIES[group])
    key_func = (lambda: f"key {g.limited_key}") if is_per_key else None
    return limiter.shared_limit(text, scope=group, key_func=key_func)(count)


def _usages(limits: _Limits, group: str) -> tuple[Usage, ...]:
    policies = {(policy.quota, policy.window_s): policy for policy in POLICIES[group]}
    now = limits.clock.wall()
    return tuple(
        _usage(policies[(limit.limit.amount, limit.limit.get_expiry())], limit, now)
        for limit in limits.limiter.current_limits
    )


def _usage(policy: Policy, limit: RequestLimit, now: float) -> Usage:
    reset_at, remaining = limit.window
    return Usage(
        policy,
        remaining=0 if limit.breached else remaining,
        reset_s=max(1, math.ceil(reset_at - now)),
        is_exceeded=limit.breached,
    )


def _add_headers(response: Response) -> Response:
    usages: tuple[Usage, ...] = g.get("limit_usages", ())
    if usages:
        response.headers.update(headers(usages, [usage.policy for usage in usages]))
    for usage in usages:
        if usage.is_exceeded:
            response.headers.setdefault("Retry-After", str(usage.reset_s))
    return response


def _run_dir(config: Config) -> Path:
    return config.data_dir / "run"
