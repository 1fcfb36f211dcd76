"""Limits of the networks around a client, for whoever has many addresses.

What a policy lets one client do, the IPv6 /56 around it may do twice, the /48 four times and the
IPv4 /24, which may hide hundreds of households, sixteen times. Who is refused by a narrower limit
is not counted in a wider one, so that a single client uses up nothing of its neighbours'; and what
a network is refused makes no new rows.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kb.client_ip import CLIENTS_WORTH, wider_networks
from kb.web.http.limits.memory import Window
from kb.web.http.limits.policies import Policy, Usage
from kb.web.http.limits.store import Addition, SharedStorage


@dataclass(frozen=True)
class NetworkCount:
    """The count of one network for one policy."""

    policy: Policy
    """With the network's own quota."""
    key: str


def network_counts(
    policies: Sequence[Policy], address: str | None, *, salt: bytes
) -> tuple[NetworkCount, ...]:
    """The counts of a request from `address` beside the client's own, narrow networks first."""
    return tuple(
        NetworkCount(network_policy(policy, length), f"network/{policy.name}/{_hash(salt, name)}")
        for length, name in wider_networks(address).items()
        for policy in policies
        if not policy.is_per_key
    )


def network_policy(policy: Policy, prefix_length: int) -> Policy:
    """The policy of a network, named as `suggest-48`."""
    quota = policy.quota * CLIENTS_WORTH[prefix_length]
    return replace(policy, name=f"{policy.name}-{prefix_length}", quota=quota)


def exhausted(storage: SharedStorage, counts: Sequence[NetworkCount], now: float) -> Usage | None:
    """The first of the counts that has nothing left; nothing is counted."""
    windows = storage.look_all([count.key for count in counts]) if counts else {}
    return _exceeded(counts, [windows.get(count.key, (0, now)) for count in counts], now, least=0)


def add(storage: SharedStorage, counts: Sequence[NetworkCount], now: float) -> Usage | None:
    """Count the request; returns the first of the counts for which it was one too many."""
    if not counts:
        return None
    windows = storage.add_all([Addition(count.key, count.policy.window_s) for count in counts])
    return _exceeded(counts, windows, now, least=1)


def _exceeded(
    counts: Sequence[NetworkCount], windows: Sequence[Window], now: float, *, least: int
) -> Usage | None:
    for count, (number, ends_at) in zip(counts, windows, strict=True):
        if number >= count.policy.quota + least:
            reset_s = max(1, math.ceil(ends_at - now))
            return Usage(count.policy, remaining=0, reset_s=reset_s, is_exceeded=True)
    return None


def _hash(salt: bytes, name: str) -> str:
    return hmac.new(salt, name.encode(), hashlib.sha256).hexdigest()
