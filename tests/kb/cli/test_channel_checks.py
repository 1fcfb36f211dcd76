"""`kb doctor` on channels: reached or not, with a remedy; a test that goes through them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli.main import main
from kb.handoffs.channels.webhook.channel import new_secret
from tests.support.libraries.channel_library import LocalServer, answering, local_server


@pytest.fixture
def desk() -> Iterator[LocalServer]:
    body = b'{"external_id": "42", "url": "https://desk.example/42"}'
    with local_server(answering(body)) as server:
        yield server


def lines(root: Path, *options: str, subject: str, **settings: str) -> tuple[int, list[str]]:
    """Exit code, and lines on a subject."""
    (root / "articles").mkdir(exist_ok=True)
    environ = {
        "KB_ARTICLES_DIR": str(root / "articles"),
        "KB_DATA_DIR": str(root / "var"),
        "KB_LANGUAGES": "en,ru",
        "KB_ALLOWED_NETWORKS": "127.0.0.0/8",
        "KB_WEBHOOK_SECRET": "",
    }
    result = CliRunner().invoke(main, ["doctor", *options], env=environ | settings)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    found = result.output.splitlines()
    return result.exit_code, [one for one in found if f"  {subject}: " in one]


def webhook(desk: LocalServer) -> dict[str, str]:
    url = desk.url("/hook", host="127.0.0.1")
    return {"KB_WEBHOOK_URL": url, "KB_WEBHOOK_SECRET": new_secret()}


MAIL = {"KB_SMTP_URL": "smtp://127.0.0.1:1", "KB_HANDOFF_EMAIL": "desk@example.com"}


def test_without_a_channel_it_is_advised_to_set_one_up(tmp_path: Path) -> None:
    code, (line,) = lines(tmp_path, subject="channels")
    assert (code, line[:4]) == (0, "good")
    assert "see docs/channels.md" in line


def test_each_channel_is_reached_or_told_with_a_remedy(tmp_path: Path, desk: LocalServer) -> None:
    code, found = lines(tmp_path, subject="channels", **webhook(desk), **MAIL)
    assert (code, desk.requests) == (1, [])
    assert found == [
        f"good  channels: webhook: 127.0.0.1:{desk.port} can be connected to without TLS",
        "BAD   channels: email: 127.0.0.1 cannot be connected to"
        " → see that it runs and lets this machine in, or mend KB_SMTP_URL",
    ]


def test_a_test_goes_by_the_channel_and_by_its_fallback(tmp_path: Path, desk: LocalServer) -> None:
    settings = webhook(desk) | MAIL
    code, found = lines(tmp_path, "--send-test", subject="test", **settings)
    assert code == 1
    assert "was delivered by webhook in " in found[0]
    assert found[0].endswith(", there 42 https://desk.example/42")
    assert "was not delivered by email: 127.0.0.1 cannot be connected to → " in found[1]
    (request,) = desk.requests
    data = json.loads(request.body)["data"]
    assert data["message"].startswith("Test of hand-offs: nobody has asked anything")
    assert (data["attributes"], data["contact"]) == ({"test": True}, None)
    assert data["id"] in found[0]
    assert not (tmp_path / "var").exists()


def test_a_test_without_a_channel_is_refused(tmp_path: Path) -> None:
    code, (line,) = lines(tmp_path, "--send-test", subject="test")
    assert (code, line[:4]) == (1, "BAD ")


def test_a_test_is_in_the_language_of_the_site(tmp_path: Path, desk: LocalServer) -> None:
    settings = webhook(desk) | {"KB_LANGUAGES": "ru,en"}
    assert lines(tmp_path, "--send-test", subject="test", **settings)[0] == 0
    assert json.loads(desk.requests[0].body)["data"]["message"].startswith("Проверка")
