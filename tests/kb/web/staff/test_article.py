"""Articles as staff read them."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.support.libraries.agent_library import DRAFT, REFUND, SECRET
from tests.support.web.staff_pages import PAGES


def test_staff_read_internal_articles_and_public_ones(agent: FlaskClient) -> None:
    headers = {"Accept-Language": "en"}
    secret = agent.get(f"/agent/a/{SECRET}", headers=headers).text
    assert "zyxsecret" in secret
    assert "Customers cannot open this article" in secret
    assert f'href="/agent/a/{SECRET}?reader=ru"' in secret  # links to itself as an article does
    assert 'href="/ru/faq/returns/refund"' in secret
    public = agent.get(f"/agent/a/{REFUND}?reader=en", headers=headers).text
    assert "Banks take up to ten days" in public
    assert "As customers see it" in public


@pytest.mark.parametrize("article_id", [DRAFT, "zzzzz", "x", "a" * 300])
def test_drafts_and_unknown_articles_are_not_found(agent: FlaskClient, article_id: str) -> None:
    assert agent.get(f"/agent/a/{article_id}").status_code == 404


@pytest.mark.parametrize("address", [*PAGES, "/agent/sign-in", "/agent/a/zzzzz"])
def test_nothing_may_be_kept_or_framed(agent: FlaskClient, address: str) -> None:
    response = agent.get(address)
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Referrer-Policy"] == "same-origin"
    policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "'unsafe" not in policy
    assert not re.search(r"<script(?! type=\"module\" src=)| style=| on\w+=", response.text)
