"""A policy of limits, and what is left of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    """At most `quota` requests of one client in a window of `window_s` from its first one.

    With `is_per_key` those of all clients with one key are counted together.
    """

    name: str
    quota: int
    window_s: int
    is_per_key: bool = False


@dataclass(frozen=True)
class Usage:
    """A client's rest of one policy; `is_exceeded` when this request was one too many."""

    policy: Policy
    remaining: int
    reset_s: int
    is_exceeded: bool = False
