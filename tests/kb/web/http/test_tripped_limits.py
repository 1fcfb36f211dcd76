"""Each rate limit, tripped over HTTP with the figures that we ship."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.config import Config
from kb.web.http.rate_limits import POLICIES
from tests.support.web.limited_site import Hands, Site, serving


@pytest.mark.parametrize(
    ("group", "method", "path"),
    [
        ("search", "GET", "/ru/search"),
        ("suggest", "POST", "/api/v1/suggest"),
        ("vote", "POST", "/ru/vote/k2m7p"),
        ("autocomplete", "GET", "/api/v1/autocomplete"),
    ],
)
def test_every_limit_trips_at_its_figure(
    config: Config, group: str, method: str, path: str
) -> None:
    quota = POLICIES[group][0].quota
    with serving(config) as site:
        assert set(site.statuses(quota, path, method)) == {200}
        refused = site.ask(path, method)
        assert refused.status == 429
        assert json.loads(refused.body)["policy"] == group
        assert site.ask("/free").status == 200


def test_the_figures_are_those_of_the_api() -> None:
    assert {
        policy.name: (policy.quota, policy.window_s)
        for group in POLICIES.values()
        for policy in group
    } == {
        "search": (60, 60),
        "suggest": (20, 60),
        "suggest-hour": (200, 3600),
        "suggest-key": (600, 60),
        "autocomplete": (300, 60),
        "instant": (240, 60),
        "vote": (30, 3600),
        "feedback": (30, 3600),
        "events": (60, 60),
        "handoff": (5, 3600),
        "handoff-day": (10, 86400),
        "handoff-status": (60, 60),
        "preview": (60, 60),
        "export": (20, 60),
        "view": (30, 60),
        "view-day": (300, 86400),
        "agent": (600, 60),
        "sign-in": (10, 900),
        "sign-in-form": (60, 60),
        "contact": (60, 60),
    }


def test_all_policies_of_a_group_hold(site: Site, hands: Hands) -> None:
    """2 in two seconds and 3 in an hour: waiting for the next window does not bring the fourth."""
    assert site.statuses(3, "/api/v1/suggest", "POST") == [200, 200, 429]
    hands.move(2)
    assert site.ask("/api/v1/suggest", "POST").status == 200
    refused = site.ask("/api/v1/suggest", "POST")
    assert refused.status == 429
    assert json.loads(refused.body)["policy"] == "suggest-hour"
    assert refused.headers["Retry-After"] == "3598"


def test_a_key_has_a_limit_of_its_own(site: Site, hands: Hands) -> None:
    """2 a client, 1 a key: another key is another count, and what is left of both is told."""
    first = site.ask("/api/v1/keyed/a", "POST")
    assert first.status == 200
    assert '"suggest-key";q=1;w=60' in first.headers["RateLimit-Policy"]
    refused = site.ask("/api/v1/keyed/a", "POST")
    assert (refused.status, json.loads(refused.body)["policy"]) == (429, "suggest-key")
    hands.move(2)
    assert site.ask("/api/v1/keyed/b", "POST").status == 200


def test_a_window_ends(site: Site, hands: Hands) -> None:
    assert site.statuses(3, "/api/v1/suggest", "POST")[-1] == 429
    hands.move(1.5)
    assert site.ask("/api/v1/suggest", "POST").status == 429
    hands.move(0.5)
    assert site.ask("/api/v1/suggest", "POST").status == 200


def test_responses_say_what_is_left(site: Site) -> None:
    answer = site.ask("/api/v1/suggest", "POST")
    assert answer.headers["RateLimit-Policy"] == '"suggest";q=2;w=2, "suggest-hour";q=3;w=3600'
    assert answer.headers["RateLimit"] == '"suggest";r=1;t=2'
    assert "Retry-After" not in answer.headers
    assert "RateLimit" not in site.ask("/free").headers


def test_a_refusal_says_when_to_come_back(site: Site, hands: Hands) -> None:
    site.statuses(3, "/ru/search")
    hands.move(20.5)
    refused = site.ask("/ru/search")
    assert refused.headers["RateLimit-Policy"] == '"search";q=3;w=60'
    assert refused.headers["RateLimit"] == '"search";r=0;t=40'
    assert refused.headers["Retry-After"] == "40"
    assert json.loads(refused.body) == {"policy": "search", "status": 429, "retry_after_s": 40}


def test_limits_can_be_turned_off(tmp_path: Path, small: None) -> None:
    with serving(Config(data_dir=tmp_path, rate_limits=False)) as site:
        assert set(site.statuses(10, "/ru/search")) == {200}
        assert "RateLimit" not in site.ask("/ru/search").headers
