"""The hand-off beside the search of staff."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kb.handoffs.encryption import Sealer
from kb.secret_key import SecretKeys
from tests.support.libraries import agent_library
from tests.support.libraries.agent_library import HANDOFF, REFUND, close, services_of, sign_in


def test_a_handoff_shows_what_the_customer_did(agent: FlaskClient) -> None:
    text = agent.get(f"/agent?handoff={HANDOFF}", headers={"Accept-Language": "en"}).text
    for words in (
        "Вернул чайник, где мои &lt;i&gt;деньги&lt;/i&gt;?",
        "где мои деньги",
        "opened for 34 s; did not help: on the topic, but no answer",
        "&lt;b&gt;Доставка&lt;/b&gt; курьером",
        "not opened",
        "срок возврата",
        "Заказ 17",
        "The articles did not help",
        "Delivered",
        "Статья, которой нет",
    ):
        assert words in text, words
    assert "javascript:" not in text


def test_what_was_shown_is_marked_among_the_results(agent: FlaskClient) -> None:
    headers = {"Accept-Language": "en"}
    text = agent.get(f"/agent?q=деньги&handoff={HANDOFF}", headers=headers).text
    marked = [part for part in text.split("<li class=")[1:] if "already seen" in part]
    assert any(f"/a/{REFUND}/" in part for part in marked)
    assert not any("badge-internal" in part for part in marked)
    assert "already seen" not in agent.get("/agent?q=деньги", headers=headers).text


def test_the_customers_language_is_that_of_the_handoff(tmp_path: Path) -> None:
    app = agent_library.built(tmp_path)
    agent_library.put_handoff(
        services_of(app).database,
        id="ho_2",
        idempotency_key="2",
        lang="en",
        tried=[1, {}, {"shown": "x"}],
    )
    client = app.test_client()
    try:
        sign_in(client)
        text = client.get("/agent?handoff=ho_2", headers={"Accept-Language": "ru"}).text
    finally:
        close(app)
    assert re.search(r'name="reader" value="en" checked', text)


@pytest.mark.parametrize(("lang", "expected"), [("en", "Another reason"), ("ru", "Другая причина")])
def test_the_reason_other_is_said_in_words(tmp_path: Path, lang: str, expected: str) -> None:
    app = agent_library.built(tmp_path)
    agent_library.put_handoff(
        services_of(app).database, id="ho_3", idempotency_key="3", reason="other"
    )
    client = app.test_client()
    try:
        sign_in(client)
        text = client.get("/agent?handoff=ho_3", headers={"Accept-Language": lang}).text
    finally:
        close(app)
    assert expected in text
    assert not re.search(r">\s*other\s*<", text)


def test_a_customer_is_named_as_far_as_the_shop_signed(tmp_path: Path) -> None:
    """Whoever they say they are, and for as long as the key is there."""
    app = agent_library.built(tmp_path)
    database, sealer = services_of(app).database, services_of(app).sealer
    contact = {"name": "zyxname", "email": "zyx@example.org"}
    signed = {"user_id": "u_<991>", "email": "zyx@example.org", "name": ""}
    others = Sealer(SecretKeys("o" * 40))
    sealed = {
        "ho_4": sealer.seal({"contact": contact, "identity": signed}),
        "ho_5": sealer.seal({"contact": contact, "identity": None}),
        "ho_6": sealer.seal({"contact": contact | {"is_verified": True}}),
        "ho_7": others.seal({"contact": contact, "identity": signed}),
    }
    for handoff_id, text in sealed.items():
        agent_library.put_handoff(database, id=handoff_id, idempotency_key=handoff_id, sealed=text)
    client = app.test_client()
    try:
        sign_in(client)
        pages = {one: client.get(f"/agent?handoff={one}&lang=en").text for one in sealed}
    finally:
        close(app)
    assert "u_&lt;991&gt;</bdi> <small>signed by the shop" in pages["ho_4"]
    assert [one for one, text in pages.items() if "signed by the shop" in text] == ["ho_4"]
    assert not any("zyx" in text for text in pages.values())


@pytest.mark.parametrize("handoff_id", ["ho_none", "x", "ho_" + "x" * 500, "ho_'%00", "ho_%D0%B0"])
def test_an_unknown_handoff_is_said_to_be_gone(agent: FlaskClient, handoff_id: str) -> None:
    response = agent.get(f"/agent?handoff={handoff_id}", headers={"Accept-Language": "en"})
    assert response.status_code == 200
    assert "There is no hand-off with this number" in response.text
