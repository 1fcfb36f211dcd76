"""Hand-offs as they are kept, on both databases: what was tried, idempotency, personal data."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from kb.config import Config
from kb.database import retention
from kb.database.engine import Database
from kb.database.tables import deliveries, events, metadata, suggestions
from kb.database.tables import handoffs as handoffs_table
from kb.handoffs import handoffs, outbox, outcomes
from kb.handoffs.encryption import CannotUnseal, Sealer
from kb.handoffs.handoffs import AlreadyMade, KeyReused
from kb.handoffs.tried import SuggestionClaim
from kb.secret_key import SecretKeys
from kb.suggestions import log
from kb.suggestions.log import Event, Feedback
from tests.support.libraries.handoff_library import (
    ANNA,
    KEY,
    NOW,
    PLACE,
    REFUND,
    SESSION,
    SHOWN,
    SUGGESTION,
    logged,
    make,
    wanted,
)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    database.migrate()
    yield database
    database.close()


def everything(db: Database) -> str:
    """Every row of every table as text."""
    with db.read() as connection:
        return "\n".join(
            str(tuple(row))
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
        )


def count(db: Database, table: Any) -> int:
    return db.query(
        lambda connection: connection.execute(select(func.count()).select_from(table)).scalar_one()
    )


def event(type_: str, **changes: Any) -> Event:
    fields: dict[str, Any] = {"id": f"evt_{type_}{len(changes)}", "type": type_, "at": NOW}
    return Event(**(fields | changes))


def record(db: Database, *found: Event) -> None:
    log.record_events(db, session_id=SESSION, key_id=KEY, found=found, now=NOW)


def feedback(db: Database, verdict: str = "not_solved", **changes: Any) -> int:
    fields: dict[str, Any] = {
        "suggestion_id": SUGGESTION,
        "article_id": REFUND,
        "verdict": verdict,
        "reason": None,
        "comment": "",
        "session_id": SESSION,
        "given_at": NOW,
    }
    return log.record_feedback(db, Feedback(**(fields | changes)), now=NOW)


# --- what was tried


def test_what_was_tried_is_rebuilt_from_our_own_log(db: Database) -> None:
    log.record_suggestions(db, [logged()])
    record(
        db,
        event("result.opened", suggestion_id=SUGGESTION, article_id=REFUND),
        event("article.dwell", suggestion_id=SUGGESTION, article_id=REFUND, seconds=34),
        event("search.performed", query="refund status"),
    )
    feedback(db, reason="related_not_answered")
    packet = make(db, shown=(SHOWN,)).packet
    (tried,) = packet.tried
    (shown,) = tried.shown
    assert (tried.asked, tried.action, tried.confidence) == ("where is my money", "answer", 0.83)
    assert (shown.article_id, shown.title) == (f"art_{REFUND}", "When the refund arrives")
    assert (shown.opened, shown.seconds) == (True, 34)
    assert (shown.verdict, shown.reason) == ("not_solved", "related_not_answered")
    assert packet.searches == ("refund status",)
    assert "where is my money" in packet.agent_note
    assert "opened 34 s" in packet.agent_note
    assert packet.record_url == f"https://help.example/agent?handoff={packet.id}"


def test_what_was_not_kept_is_rebuilt_from_the_signed_token(db: Database) -> None:
    packet = make(db, shown=(SHOWN,)).packet
    (tried,) = packet.tried
    assert (tried.asked, tried.action) == ("", "answer")
    assert tried.shown[0].title == "When the refund arrives"
    assert tried.shown[0].url == f"https://help.example/en/{REFUND}"


def test_a_suggestion_of_another_key_is_not_read(db: Database) -> None:
    log.record_suggestions(db, [logged(key_id="key_2")])
    assert make(db, shown=(SHOWN,)).packet.tried[0].asked == ""


def test_the_note_is_in_the_customers_language(db: Database) -> None:
    log.record_suggestions(db, [logged(asked="где деньги", lang="ru")])
    assert "Спрашивал: «где деньги»" in make(db, lang="ru", shown=(SHOWN,)).packet.agent_note


# --- once and only once


def test_the_same_request_again_gives_the_same_hand_off(db: Database) -> None:
    first = make(db)
    again = handoffs.make(db, wanted(id="ho_other"), PLACE, now=NOW)
    assert (again.id, again.packet) == (first.id, first.packet)
    assert count(db, deliveries) == 1


def test_another_request_with_the_same_key_is_refused(db: Database) -> None:
    make(db)
    with pytest.raises(KeyReused):
        make(db, digest="f" * 64)


def test_keys_of_two_sites_do_not_meet(db: Database) -> None:
    make(db)
    make(db, id="ho_other", key_id="key_2", digest="f" * 64)
    assert count(db, deliveries) == 2


def test_what_was_handed_off_is_not_handed_off_again(db: Database) -> None:
    log.record_suggestions(db, [logged(), logged(id="sug_2")])
    first = make(db, shown=(SHOWN,))
    with pytest.raises(AlreadyMade) as raised:
        make(db, 1, shown=(SHOWN,))
    assert raised.value.handoff_id == first.id
    second = SuggestionClaim("sug_2", "en", "offer", 0.5, ())
    assert make(db, 2, shown=(SHOWN, second)).id != first.id  # something new was tried


def test_what_a_chat_in_the_page_declined_comes_to_us(db: Database) -> None:
    log.record_suggestions(db, [logged()])
    offered = make(db, channel="client", contact=None, consent=None, shown=(SHOWN,))
    assert (offered.status, count(db, deliveries)) == ("client", 0)
    taken = make(db, 1, shown=(SHOWN,))
    assert (taken.status, count(db, deliveries)) == ("queued", 1)
    assert taken.packet.tried[0].asked == "where is my money"


def test_a_crowd_with_one_key_makes_one_hand_off(db: Database) -> None:
    made: list[str] = []

    def ask(number: int) -> None:
        made.append(handoffs.make(db, wanted(id=f"ho_{number}"), PLACE, now=NOW).id)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1
    assert count(db, deliveries) == 1


# --- personal data


def test_nothing_that_identifies_anybody_lies_open(db: Database) -> None:
    packet = make(db).packet
    stored = everything(db)
    for private in ("anna@example.org", "Anna", "4111", "48213"):
        assert private not in stored
    assert packet.contact == ANNA
    assert packet.message == "My card [card] and order 48213"
    assert packet.page_url == "https://shop.example/orders/48213"
    assert packet.attributes == {"plan": "pro", "order": "48213"}


def test_without_consent_there_is_the_masked_message_and_nothing_else(db: Database) -> None:
    packet = make(db, contact=None, consent=None).packet
    assert packet.contact is None
    assert packet.message == "My card [card] and order [number]"
    assert packet.attributes == {"plan": "pro"}
    assert "48213" not in str(packet)


def test_with_another_secret_key_there_is_no_packet_rather_than_half_of_one(db: Database) -> None:
    made = make(db)
    place = handoffs.SiteContext(PLACE.describe, Sealer(SecretKeys("o" * 40)))
    found = handoffs.find(db, made.id, place)
    assert found
    assert found.status == "queued"  # what may be known of it without a key
    with pytest.raises(CannotUnseal):
        _ = found.packet


def test_while_it_is_tried_a_failed_hand_off_keeps_its_contact(db: Database) -> None:
    made = make(db)
    assert outcomes.mark_failed(db, made.id)
    config = Config(contact_days=30, log_days=90)
    assert retention.sweep(db, config, now=NOW + timedelta(days=31)) == retention.Swept(0, 0)
    (due,) = outbox.take(db, "webhook", owner="w:1:1", now=NOW, limit=1)
    outcomes.give_up(db, due, "away", now=NOW)
    assert retention.sweep(db, config, now=NOW + timedelta(days=31)) == retention.Swept(1, 0)


def test_contacts_are_forgotten_and_later_all_of_it(db: Database) -> None:
    log.record_suggestions(db, [logged()])
    feedback(db)
    record(db, event("widget.opened"))
    made = make(db, shown=(SHOWN,))
    assert handoffs.find(db, made.id, PLACE)

    def sweep(days: int) -> retention.Swept:
        now = NOW + timedelta(days=days)
        return retention.sweep(db, Config(contact_days=30, log_days=90), now=now)

    assert sweep(29) == retention.Swept(0, 0)
    assert sweep(31) == retention.Swept(0, 0)  # still being delivered
    db.transact(
        lambda connection: connection.execute(handoffs_table.update().values(status="delivered"))
    )
    assert sweep(31) == retention.Swept(1, 0)
    found = handoffs.find(db, made.id, PLACE)
    assert found
    assert found.packet.contact is None
    assert sweep(91).rows == 5
    assert everything(db).count("\n") <= 1  # the version of the tables


def test_what_was_made_of_the_words_is_forgotten_with_them(db: Database) -> None:
    made = make(db, idempotency_key="ses_1.0123456789abcdef")
    assert wanted().digest in everything(db)
    db.transact(
        lambda connection: connection.execute(handoffs_table.update().values(status="delivered"))
    )
    retention.sweep(db, Config(contact_days=30), now=NOW + timedelta(days=31))
    assert wanted().digest not in everything(db)
    assert "0123456789abcdef" not in everything(db).replace(SESSION, "")
    assert handoffs.find(db, made.id, PLACE)


def test_attributes_in_clear_are_masked(db: Database) -> None:
    attributes = {"plan": "pro", "phone": 79161234567, "note": "anna@example.org", "orders": 3}
    place = handoffs.SiteContext(
        PLACE.describe, PLACE.sealer, stored_attributes=tuple(attributes), base_url=PLACE.base_url
    )
    made = handoffs.make(db, wanted(attributes=attributes, consent=None), place, now=NOW)
    kept = {"plan": "pro", "phone": "[phone]", "note": "[email]", "orders": 3}
    assert made.record.attributes == kept


# --- the conversation


def test_two_failures_are_counted_in_one_conversation(db: Database) -> None:
    log.record_suggestions(db, [logged(), logged(id="sug_2")])
    assert feedback(db) == 1
    assert feedback(db) == 1  # the same again
    assert feedback(db, suggestion_id="sug_2") == 2
    now = NOW + timedelta(minutes=1)
    assert log.rejected_lately(db, SESSION, now=now) == 2
    assert log.rejected_lately(db, "ses_of_another", now=now) == 0
    assert log.rejected_lately(db, SESSION, now=NOW + log.EPISODE) == 0


def test_a_yes_and_a_hand_off_begin_anew(db: Database) -> None:
    log.record_suggestions(db, [logged(), logged(id="sug_2")])
    feedback(db)
    assert feedback(db, "solved", suggestion_id="sug_2") == 0
    feedback(db, given_at=NOW + timedelta(seconds=1))
    assert log.rejected_lately(db, SESSION, now=NOW) == 1
    make(db, shown=(SHOWN,))
    assert log.rejected_lately(db, SESSION, now=NOW) == 0


def test_the_last_verdict_wins(db: Database) -> None:
    log.record_suggestions(db, [logged()])
    feedback(db, reason="outdated")
    feedback(db, "solved")
    shown = make(db, shown=(SHOWN,)).packet.tried[0].shown[0]
    assert (shown.verdict, shown.reason) == ("solved", None)


def test_an_event_counts_once(db: Database) -> None:
    dwell = event("article.dwell", suggestion_id=SUGGESTION, article_id=REFUND, seconds=10)
    log.record_suggestions(db, [logged()])
    record(db, dwell, dwell)
    record(db, dwell)
    assert make(db, shown=(SHOWN,)).packet.tried[0].shown[0].seconds == 10


def test_a_clock_that_is_wrong_is_not_believed(db: Database) -> None:
    record(db, event("widget.opened", at=NOW + timedelta(days=400)))
    at = db.query(lambda connection: connection.execute(select(events.c.at)).scalar_one())
    assert at == NOW


def test_a_suggestion_kept_twice_is_one(db: Database) -> None:
    log.record_suggestions(db, [logged(), logged(id="sug_2")])
    log.record_suggestions(db, [logged(asked="another")])
    assert count(db, suggestions) == 2
