"""Log lines: one an event, with the route and never with what a reader typed."""

from __future__ import annotations

import io
import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from flask import Flask

from kb import logs
from tests.support.libraries import api_library


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Logging as the server sets it up, into a string; everything is put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logs.QUIET}
    written = io.StringIO()
    logs.configure("json", stream=written)
    yield written
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)


@pytest.fixture
def app(tmp_path: Path, stream: io.StringIO) -> Iterator[Flask]:
    api_library.build(tmp_path)
    app = api_library.application(tmp_path)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @app.get("/api/v1/broken")
    def broken() -> str:
        raise RuntimeError("canary-message") from KeyError("canary-cause")

    yield app
    api_library.close(app)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def requests(stream: io.StringIO) -> list[dict[str, Any]]:
    return [line for line in lines(stream) if line["event"] == "request"]


def test_a_request_is_one_line_by_its_route(app: Flask, stream: io.StringIO) -> None:
    started = time.perf_counter()
    response = app.test_client().get("/api/v1/articles/art_k2m7p?locale=ru")
    passed_ms = (time.perf_counter() - started) * 1000
    [line] = requests(stream)
    assert line["method"] == "GET"
    assert line["route"] == "/api/v1/articles/<article>"
    assert line["status"] == 200
    assert line["bytes"] == len(response.data)
    assert line["request_id"] == response.headers["X-Request-Id"]
    assert line["degraded"] is False
    assert 0 < line["duration_ms"] <= passed_ms + 0.1  # it is rounded to that


def test_nothing_typed_and_no_address_gets_into_the_log(app: Flask, stream: io.StringIO) -> None:
    client = app.test_client()
    outside: dict[str, Any] = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.77"}}
    client.get("/api/v1/search?q=canary-query&locale=canary", **outside)
    client.get("/en/search?q=canary-query", **outside)
    client.get("/en/canary-path", **outside)
    client.get("/api/v1/autocomplete?q=canary-query", **outside)
    client.post("/api/v1/suggest", json={"message": "canary-message"}, **outside)
    client.post("/api/v1/suggest", data="canary-broken", content_type="application/json")
    client.get("/en/", headers={"X-Request-Id": "canary-id", "User-Agent": "canary-agent"})
    assert len(requests(stream)) == 7
    assert "canary" not in stream.getvalue()
    assert "203.0.113.77" not in stream.getvalue()


def test_ids_of_clients_are_not_taken_over(app: Flask) -> None:
    client = app.test_client()
    first = client.get("/healthz", headers={"X-Request-Id": "mine"}).headers["X-Request-Id"]
    second = client.get("/healthz").headers["X-Request-Id"]
    assert first.startswith("req_")
    assert first != second


def test_probes_leave_no_lines(app: Flask, stream: io.StringIO) -> None:
    client = app.test_client()
    for path in ("/healthz", "/readyz", "/metrics"):
        client.get(path)
    assert requests(stream) == []


def test_a_fault_is_logged_by_type_and_place_without_its_message(
    app: Flask, stream: io.StringIO
) -> None:
    response = app.test_client().get("/api/v1/broken")
    assert response.status_code == 500
    [fault] = [line for line in lines(stream) if line["level"] == "error"]
    assert fault["exception"] == "RuntimeError from KeyError"
    assert any("test_logs.py" in place for place in fault["traceback"])
    assert "canary" not in stream.getvalue()
    assert requests(stream)[0]["status"] == 500


def test_a_degraded_search_is_marked(app: Flask, stream: io.StringIO) -> None:
    library = api_library.services_of(app).library
    api_library.wait_for_encoder(app)
    assert library._fence is not None
    library._fence.close()
    app.test_client().get("/api/v1/search?q=refund")
    assert requests(stream)[0]["degraded"] is True


def test_lines_of_the_standard_library_have_the_same_form(stream: io.StringIO) -> None:
    logging.getLogger("kb.anything").warning("disk is %d%% full", 93)
    [line] = lines(stream)
    assert line["event"] == "disk is 93% full"
    assert line["logger"] == "kb.anything"
    assert line["level"] == "warning"
    assert line["timestamp"].endswith("Z")


def test_line_breaks_cannot_forge_a_line(stream: io.StringIO) -> None:
    logging.getLogger("kb.anything").warning("name: %s", 'x\n{"event": "forged"}')
    assert len(lines(stream)) == 1


def test_the_console_form_is_readable(stream: io.StringIO) -> None:
    logs.configure("console", stream=stream)
    logging.getLogger("kb.anything").warning("hello")
    assert "hello" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


class _Terminal(io.StringIO):
    """A stream that people look at."""

    def isatty(self) -> bool:
        return True


@pytest.mark.usefixtures("stream")
def test_a_terminal_gets_lines_for_people_and_a_file_json() -> None:
    told = []
    for written in (_Terminal(), io.StringIO()):
        logs.configure("auto", stream=written)
        logging.getLogger("kb.test").warning("built")
        told.append(written.getvalue().strip())
    assert "built" in told[0]
    assert not told[0].startswith("{")
    assert json.loads(told[1])["event"] == "built"
