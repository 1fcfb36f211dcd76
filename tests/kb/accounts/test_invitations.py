"""Invitations: one link, one person, one use, some days; and the record of what was done."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from kb.accounts import audit, invitations, staff
from kb.accounts.invitations import NoInvitation
from kb.accounts.staff import AccountExists, InvalidAccount, LastLead, NoSuchAccount
from kb.database.engine import Database
from kb.database.tables import staff_invitations

EMAIL, PASSWORD = "anna@shop.example", "long enough to be one"
NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    database.migrate()
    yield database
    database.close()


def invite(db: Database, email: str = EMAIL) -> str:
    return invitations.invite(db, email=email, role="author", now=NOW, actor="st_lead")[1]


def accept(db: Database, token: str, now: datetime = NOW) -> staff.Account:
    return invitations.accept(db, token, name="Anna", password=PASSWORD, now=now)


def test_who_is_invited_gets_an_account_of_that_role(db: Database) -> None:
    token = invite(db, " Anna@Shop.Example")
    found = invitations.of_token(db, token, now=NOW)
    assert found is not None
    assert (found.email, found.role, found.invited_by) == (EMAIL, "author", "st_lead")
    made = accept(db, token)
    assert (made.email, made.name, made.role) == (EMAIL, "Anna", "author")
    assert staff.authenticate(db, email=EMAIL, password=PASSWORD, now=NOW) is not None


def test_an_invitation_works_once(db: Database) -> None:
    token = invite(db)
    accept(db, token)
    assert invitations.of_token(db, token, now=NOW) is None
    with pytest.raises(NoInvitation):
        accept(db, token)


def test_two_who_accept_at_once_make_one_account(db: Database) -> None:
    token = invite(db)

    def attempt(_: int) -> str:
        try:
            return accept(db, token).id
        except (NoInvitation, AccountExists):
            return ""

    with ThreadPoolExecutor(2) as pool:
        made = list(filter(None, pool.map(attempt, range(2))))
    assert len(made) == 1
    assert len(staff.accounts(db)) == 1


def test_an_invitation_ends_after_three_days(db: Database) -> None:
    token = invite(db)
    last = NOW + invitations.VALID
    assert invitations.of_token(db, token, now=last - timedelta(seconds=1)) is not None
    with pytest.raises(NoInvitation):
        accept(db, token, now=last)
    assert invitations.waiting(db, now=last) == ()


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "é" * 43, "x" * 10_000, "\0", "%" * 43])
def test_a_forged_link_opens_nothing(db: Database, token: str) -> None:
    invite(db)
    assert invitations.of_token(db, token, now=NOW) is None
    with pytest.raises(NoInvitation):
        accept(db, token)


def test_the_token_is_nowhere_in_the_database(db: Database) -> None:
    token = invite(db)
    rows = db.query(lambda connection: connection.execute(select(staff_invitations)).all())
    assert token not in str(rows)


def test_a_new_invitation_ends_the_one_before(db: Database) -> None:
    first = invite(db)
    second = invite(db)
    assert invitations.of_token(db, first, now=NOW) is None
    assert invitations.of_token(db, second, now=NOW) is not None
    assert len(invitations.waiting(db, now=NOW)) == 1


def test_an_invitation_taken_back_opens_nothing(db: Database) -> None:
    token = invite(db)
    (waiting,) = invitations.waiting(db, now=NOW)
    assert invitations.take_back(db, waiting.id, now=NOW, actor="st_lead")
    assert not invitations.take_back(db, waiting.id, now=NOW, actor="st_lead")
    with pytest.raises(NoInvitation):
        accept(db, token)


@pytest.mark.parametrize("password", ["short", "password1234", "anna@shop.example", "a" * 201])
def test_a_weak_password_is_refused_and_the_link_stays_good(db: Database, password: str) -> None:
    token = invite(db)
    with pytest.raises(InvalidAccount):
        invitations.accept(db, token, name="Anna", password=password, now=NOW)
    assert accept(db, token).is_active


def test_who_can_sign_in_already_is_not_invited(db: Database) -> None:
    accept(db, invite(db))
    with pytest.raises(AccountExists):
        invite(db)


def test_who_was_removed_can_be_invited_again(db: Database) -> None:
    before = accept(db, invite(db))
    staff.deactivate(db, email=EMAIL)
    again = accept(db, invite(db))
    assert again.id == before.id
    assert again.is_active


@pytest.mark.parametrize("email", ["", "anna", "anna@shop.example\nBcc: x@y.example", "a@b"])
def test_only_an_address_is_invited(db: Database, email: str) -> None:
    with pytest.raises(InvalidAccount):
        invite(db, email)


def test_roles_are_given_and_the_last_lead_stays(db: Database) -> None:
    staff.add(db, email=EMAIL, name="Anna", password=PASSWORD, now=NOW, role="lead")
    with pytest.raises(LastLead):
        staff.set_role(db, email=EMAIL, role="author", now=NOW, keeps_a_lead=True)
    with pytest.raises(LastLead):
        staff.deactivate(db, email=EMAIL, now=NOW, keeps_a_lead=True)
    staff.add(db, email="b@shop.example", name="Ben", password=PASSWORD, now=NOW, role="lead")
    staff.set_role(db, email=EMAIL, role="author", now=NOW, keeps_a_lead=True)
    assert [account.role for account in staff.accounts(db)] == ["author", "lead"]
    with pytest.raises(NoSuchAccount):
        staff.set_role(db, email="nobody@shop.example", role="author", now=NOW)


def test_accounts_of_before_are_agents(db: Database) -> None:
    staff.add(db, email=EMAIL, name="Anna", password=PASSWORD, now=NOW)
    assert [account.role for account in staff.accounts(db)] == ["agent"]


def test_what_was_done_to_accounts_is_recorded(db: Database) -> None:
    lead = staff.add(
        db, email="lead@shop.example", name="Lena", password=PASSWORD, now=NOW, role="lead"
    )
    _, token = invitations.invite(db, email=EMAIL, role="author", now=NOW, actor=lead.id)
    accept(db, token)
    staff.set_role(db, email=EMAIL, role="reviewer", now=NOW, actor=lead.id)
    staff.deactivate(db, email=EMAIL, now=NOW + timedelta(1), actor=lead.id)
    found = audit.latest(db, most=10)
    assert found[0].action == "removed"
    assert {(event.actor, event.action, event.email, event.detail) for event in found} == {
        ("command", "added", "lead@shop.example", "lead"),
        ("lead@shop.example", "invited", EMAIL, "author"),
        (EMAIL, "accepted", EMAIL, "author"),
        ("lead@shop.example", "role", EMAIL, "reviewer"),
        ("lead@shop.example", "removed", EMAIL, ""),
    }
