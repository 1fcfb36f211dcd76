"""Expiry of signed tokens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kb.web.auth import signed_tokens


def test_expiry_is_a_day_from_now() -> None:
    now = datetime(2026, 11, 22, 9, 0, 0, 5, tzinfo=UTC)
    assert signed_tokens.expiry(now) == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert signed_tokens.expiry(now) - now < timedelta(days=1)
