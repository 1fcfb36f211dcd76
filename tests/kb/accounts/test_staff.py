"""Accounts of staff: who gets in, who does not, what ends a session, and how long refusals take."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters
from sqlalchemy import event, select

from kb.accounts import staff
from kb.accounts.staff import AccountExists, InvalidAccount, NoSuchAccount
from kb.database.engine import Database
from kb.database.tables import staff as table
from kb.errors import DatabaseUnavailable

EMAIL, PASSWORD = "anna@shop.example", "long enough to be one"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    database.migrate()
    yield database
    database.close()


def add(db: Database, email: str = EMAIL, password: str = PASSWORD) -> staff.Account:
    return staff.add(db, email=email, name="Anna", password=password, now=NOW)


def enter(db: Database, email: str = EMAIL, password: str = PASSWORD) -> staff.Account | None:
    return staff.authenticate(db, email=email, password=password, now=NOW)


def stored_hash(db: Database) -> str:
    return str(db.query(lambda connection: connection.execute(select(table)).one().password_hash))


def test_the_right_password_opens_whatever_the_case_of_the_address(db: Database) -> None:
    made = add(db, email=" Anna@Shop.Example ")
    found = enter(db, email="ANNA@shop.example")
    assert found is not None
    assert (found.id, found.email) == (made.id, EMAIL)
    assert found.signed_in_at == NOW


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, "long enough to be two"),
        (EMAIL, ""),
        (EMAIL, PASSWORD + " "),
        (EMAIL, PASSWORD.upper()),
        (EMAIL, PASSWORD + "\0"),
        (EMAIL, "\ud800" * 20),
        (EMAIL, "x" * 100_000),
        ("nobody@shop.example", PASSWORD),
        ("", PASSWORD),
        ("%", PASSWORD),
        ("\0", PASSWORD),
        ("x" * 100_000, PASSWORD),
    ],
)
def test_everything_else_is_refused(db: Database, email: str, password: str) -> None:
    add(db)
    assert enter(db, email, password) is None


def test_passwords_are_kept_as_argon2id_hashes_only(db: Database, tmp_path: Path) -> None:
    add(db)
    assert stored_hash(db).startswith("$argon2id$v=19$m=19456,t=3,p=1$")
    for path in tmp_path.glob("*"):
        assert PASSWORD.encode() not in path.read_bytes()


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("password", {"password": "x" * 11}),
        ("password", {"password": "elevenchars"}),
        ("password", {"password": "a" * 40}),
        ("password", {"password": "abcdefghijkl" * 17}),
        ("password", {"password": "new\nline in the middle"}),
        ("email", {"email": "anna"}),
        ("email", {"email": "anna@shop"}),
        ("email", {"email": "a\nb@shop.example"}),
        ("email", {"email": f"{'a' * 250}@shop.example"}),
        ("name", {"name": "  "}),
        ("name", {"name": "Anna\x1b[31m"}),
        ("name", {"name": "A" * 101}),
    ],
)
def test_what_cannot_be_an_account_is_refused(
    db: Database, field: str, values: dict[str, str]
) -> None:
    given: dict[str, Any] = {"email": EMAIL, "name": "Anna", "password": PASSWORD} | values
    with pytest.raises(InvalidAccount) as caught:
        staff.add(db, **given, now=NOW)
    assert caught.value.field == field
    assert staff.accounts(db) == ()


def test_an_address_has_one_account(db: Database) -> None:
    add(db)
    with pytest.raises(AccountExists):
        add(db, email=EMAIL.upper())


def test_a_new_password_ends_every_session_and_the_old_one(db: Database) -> None:
    before = add(db)
    assert staff.of_session(db, before.id, before.session_key)
    staff.set_password(db, email=EMAIL, password="another long password")
    assert staff.of_session(db, before.id, before.session_key) is None
    assert enter(db) is None
    assert enter(db, password="another long password")


def test_a_deactivated_account_is_out_at_once(db: Database) -> None:
    before = add(db)
    staff.deactivate(db, email=EMAIL)
    assert staff.of_session(db, before.id, before.session_key) is None
    assert enter(db) is None
    with pytest.raises(NoSuchAccount):
        staff.set_password(db, email=EMAIL, password="another long password")
    with pytest.raises(NoSuchAccount):
        staff.deactivate(db, email=EMAIL)


def test_a_deactivated_account_comes_back_without_its_sessions(db: Database) -> None:
    before = add(db)
    staff.deactivate(db, email=EMAIL)
    after = add(db, password="another long password")
    assert after.id == before.id
    assert staff.of_session(db, before.id, before.session_key) is None
    assert enter(db) is None


def test_sessions_of_others_are_not_ended(db: Database) -> None:
    anna, boris = add(db), add(db, email="boris@shop.example")
    staff.end_sessions(db, anna.id)
    assert staff.of_session(db, anna.id, anna.session_key) is None
    assert staff.of_session(db, boris.id, boris.session_key)
    assert staff.of_session(db, boris.id, "") is None
    assert staff.of_session(db, anna.id, boris.session_key) is None


def test_a_weaker_hash_is_renewed_when_the_password_is_known(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(staff, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        add(db)
    assert "m=8,t=1" in stored_hash(db)
    assert enter(db, password="wrong in any case") is None
    assert "m=8,t=1" in stored_hash(db)
    assert enter(db)
    assert "m=19456,t=3" in stored_hash(db)
    assert enter(db)


def test_letters_typed_in_another_way_are_the_same_password(db: Database) -> None:
    add(db, password="пароль с буквой й")
    assert enter(db, password="пароль с буквой и\u0306")


class RecordingHasher(PasswordHasher):
    """Notes with which parameters, so with how much work, passwords are verified."""

    def __init__(self, like: PasswordHasher) -> None:
        super().__init__(like.time_cost, like.memory_cost, like.parallelism)
        self.verified: list[Parameters] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.verified.append(extract_parameters(str(hash)))
        return super().verify(hash, password)


@pytest.mark.parametrize("password", ["a wrong password", "", "long " * 10_000])
def test_unknown_addresses_are_refused_after_the_same_work(
    db: Database, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    add(db)
    add(db, email="gone@shop.example")
    staff.deactivate(db, email="gone@shop.example")
    hasher = RecordingHasher(staff.HASHER)
    monkeypatch.setattr(staff, "HASHER", hasher)
    staff._nobodys_hash()  # made once a process
    statements: list[str] = []
    event.listen(db._engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    work = []
    for email in (EMAIL, "nobody@shop.example", "gone@shop.example", "no address"):
        hasher.verified, found = [], len(statements)
        assert enter(db, email=email, password=password) is None
        work.append((hasher.verified, len(statements) - found))
    assert len(work[0][0]) == 1
    assert all(one == work[0] for one in work)


def test_a_crowd_at_the_door_is_turned_away(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff, "HASHING_PATIENCE_S", 0.01)
    taken = [staff._hashing.acquire(timeout=5) for _ in range(staff.AT_ONCE)]
    try:
        with pytest.raises(DatabaseUnavailable):
            enter(db)
    finally:
        for _ in taken:
            staff._hashing.release()
