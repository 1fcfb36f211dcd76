"""The list of hand-offs: states, reasons, buttons; nothing of the customers'."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, insert, select

from kb.database.engine import Database
from kb.database.tables import deliveries
from kb.database.tables import handoffs as handoffs_table
from tests.support.libraries import agent_library
from tests.support.libraries.agent_library import FORM, NOW, services_of

LIST = "/agent/handoffs"
WAITING, FAILED, DIVERTED, CHAT = "ho_1", "ho_2", "ho_3", "ho_4"


@pytest.fixture(autouse=True)
def db(app: Flask) -> Database:
    """One in each state."""
    db = services_of(app).database
    with db.write() as connection:
        connection.execute(delete(deliveries))
        connection.execute(delete(handoffs_table))
    agent_library.put_handoff(db)
    put(db, WAITING, "queued", minutes=1)
    put_way(db, WAITING, "webhook", "pending", attempts=2, error="desk answered 502")
    put(db, FAILED, "failed", minutes=2)
    put_way(db, FAILED, "webhook", "failed", attempts=1, error="desk answered 410")
    put(db, DIVERTED, "fallback_email", minutes=3)
    put_way(db, DIVERTED, "webhook", "dropped", attempts=3, error="<b>desk</b> hangs")
    put_way(db, DIVERTED, "email", "delivered", attempts=1)
    put(db, CHAT, "client", minutes=4)
    return db


def put(db: Database, handoff_id: str, status: str, *, minutes: int, **changes: Any) -> None:
    agent_library.put_handoff(
        db,
        id=handoff_id,
        idempotency_key=handoff_id,
        status=status,
        created_at=NOW + timedelta(minutes=minutes),
        **changes,
    )


def put_way(db: Database, handoff_id: str, channel: str, state: str, **changes: Any) -> None:
    row: dict[str, Any] = {
        "id": f"msg_{handoff_id}_{channel}",
        "handoff_id": handoff_id,
        "channel": channel,
        "state": state,
        "attempts": 0,
        "next_at": NOW,
        "leased_until": None,
        "leased_by": "",
        "progress": {},
        "error": "",
        "created_at": NOW,
        "finished_at": None if state == "pending" else NOW + timedelta(minutes=9),
    }
    db.transact(lambda connection: connection.execute(insert(deliveries).values(row | changes)))


def entries(agent: FlaskClient, query: str = "?lang=en") -> list[str]:
    return re.findall(
        r'<li class="entry">.*?</li>\s*(?=<li class="entry">|</ol>)', _page(agent, query), re.S
    )


def _page(agent: FlaskClient, query: str) -> str:
    response = agent.get(f"{LIST}{query}")
    assert response.status_code == 200
    return response.text


def ids(agent: FlaskClient, query: str) -> list[str]:
    return [re.findall(r"<code>(.*?)</code>", entry)[0] for entry in entries(agent, query)]


def press(agent: FlaskClient, handoff_id: str, do: str, query: str = "?lang=en") -> Any:
    data = {"handoff": handoff_id, "do": do}
    return agent.post(f"{LIST}{query}", data=data, headers=FORM)


def status(db: Database, handoff_id: str) -> str:
    statement = select(handoffs_table.c.status).where(handoffs_table.c.id == handoff_id)
    return str(db.query(lambda connection: connection.execute(statement).scalar_one()))


def test_the_newest_stands_first_and_each_view_shows_its_own(agent: FlaskClient) -> None:
    assert ids(agent, "") == [CHAT, DIVERTED, FAILED, WAITING, agent_library.HANDOFF]
    assert ids(agent, "?show=waiting") == [WAITING]
    assert ids(agent, "?show=failed") == [FAILED]
    assert ids(agent, "?show=delivered") == [CHAT, DIVERTED, agent_library.HANDOFF]
    text = _page(agent, "?show=failed&lang=en")
    assert 'aria-current="page">Not delivered <span>1</span>' in text
    assert 'href="/agent/handoffs?show=waiting&amp;lang=en">On its way <span>1</span>' in text


def test_each_tells_where_it_went_and_why_not(agent: FlaskClient) -> None:
    _, diverted, failed, waiting, _ = entries(agent)
    assert "2 attempts by webhook, the next: 22 November 2026, 09:00 UTC" in waiting
    assert "desk answered 502" in waiting
    assert "Given up after 1 attempt by webhook" in failed
    assert "Not by webhook" in diverted
    assert "&lt;b&gt;desk&lt;/b&gt; hangs" in diverted
    assert "Delivered by email: 22 November 2026, 09:09 UTC" in diverted
    assert f'href="/agent?handoff={DIVERTED}&amp;lang=en"' in diverted


def test_the_page_speaks_russian(agent: FlaskClient) -> None:
    text = _page(agent, "?lang=ru")
    assert "<h1>Обращения</h1>" in text
    assert "2 попытки через webhook, следующая: 22 ноября 2026" in text


def test_nothing_of_the_customers_stands_in_it(agent: FlaskClient) -> None:
    text = _page(agent, "")
    for private in ("деньги", "Заказ 17", "orders/17", "срок возврата"):
        assert private not in text


def test_an_address_of_the_receiver_s_is_a_link_of_the_web_or_none(
    agent: FlaskClient, db: Database
) -> None:
    for number, url in enumerate(("https://desk.example/42", "javascript:alert(1)")):
        put(db, f"ho_x{number}", "delivered", minutes=9 - number, external={"id": "42", "url": url})
    first, second, *_ = entries(agent)
    assert 'href="https://desk.example/42" rel="noopener noreferrer"' in first
    assert "javascript" not in second


def test_buttons_stand_where_something_can_be_done(agent: FlaskClient) -> None:
    chat, diverted, failed, waiting, delivered = (
        re.findall(r'name="do" value="(\w+)"', entry) for entry in entries(agent)
    )
    assert (waiting, failed, diverted) == (["retry"], ["retry"], ["resend"])
    assert (chat, delivered) == ([], [])  # the latter has no delivery of ours


def test_a_failed_one_is_tried_again(agent: FlaskClient, db: Database) -> None:
    response = press(agent, FAILED, "retry", "?show=failed&lang=en")
    assert response.status_code == 303
    assert response.headers["Location"] == f"{LIST}?show=failed&lang=en&done=retry"
    assert "It is tried again at once." in agent.get(response.headers["Location"]).text
    state = select(deliveries.c.state).where(deliveries.c.handoff_id == FAILED)
    assert db.query(lambda connection: connection.execute(state).scalar_one()) == "pending"


def test_a_delivered_one_is_sent_again(agent: FlaskClient, db: Database) -> None:
    assert press(agent, DIVERTED, "resend").headers["Location"].endswith("done=resend")
    assert status(db, DIVERTED) == "queued"
    assert press(agent, DIVERTED, "resend").headers["Location"].endswith("done=nothing")


def test_one_whose_customer_was_forgotten_is_not_sent_again(
    agent: FlaskClient, db: Database
) -> None:
    put(db, "ho_5", "delivered", minutes=9, consent_at=NOW)
    put_way(db, "ho_5", "webhook", "delivered")
    assert 'value="resend"' not in entries(agent)[0]
    assert press(agent, "ho_5", "resend").headers["Location"].endswith("done=nothing")


@pytest.mark.parametrize(
    ("handoff_id", "do"), [("ho_none", "retry"), ("\0", "retry"), (FAILED, "drop"), (FAILED, "")]
)
def test_what_there_is_not_is_not_done(
    agent: FlaskClient, db: Database, handoff_id: str, do: str
) -> None:
    assert press(agent, handoff_id, do).status_code == 404
    assert status(db, FAILED) == "failed"


def test_other_sites_press_no_button(agent: FlaskClient, db: Database) -> None:
    data = {"handoff": DIVERTED, "do": "resend"}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
        assert agent.post(LIST, data=data, headers=headers).status_code == 403
    assert status(db, DIVERTED) == "fallback_email"


def test_pages_lead_to_each_other(agent: FlaskClient, db: Database) -> None:
    for number in range(25):
        put(db, f"ho_p{number}", "failed", minutes=60 + number)
    first = _page(agent, "?show=failed")
    assert len(ids(agent, "?show=failed")) == 20
    assert 'rel="next"' in first
    assert "page=2" in first
    assert len(ids(agent, "?show=failed&page=2")) == 6
    assert 'rel="next"' not in _page(agent, "?show=failed&page=2")


@pytest.mark.parametrize(
    "query", ["?page=0", "?page=-1", "?page=99999", "?page=x", "?show=x", "?done=x", "?page=9999"]
)
def test_odd_addresses_show_a_page(agent: FlaskClient, query: str) -> None:
    assert "<h1>" in _page(agent, query)
