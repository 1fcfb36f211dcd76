"""Visits that are held out from suggestions."""

from __future__ import annotations

from kb.web.conversation import suggest as suggesting


def test_a_share_of_visits_is_held_out_and_always_the_same() -> None:
    drawn = [
        session
        for session in (f"ses_{number:08}" for number in range(2000))
        if suggesting.is_held_out(session, 0.05, "k" * 40)
    ]
    assert 60 <= len(drawn) <= 140
    assert all(suggesting.is_held_out(session, 0.05, "k" * 40) for session in drawn)
    assert not any(suggesting.is_held_out(session, 0.0, "k" * 40) for session in drawn)
