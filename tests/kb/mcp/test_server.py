"""The MCP server: what the tools tell, over stdio and HTTP, with the protocol's own client."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import anyio
import httpx2
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import CallToolResult, TextContent, TextResourceContents

from bench.server import reserved_port
from kb.config import Config
from kb.mcp import http_guard, http_transport
from kb.mcp import server as mcp_server
from kb.mcp.article_lookup import Refused
from kb.mcp.schemas import ArticleAsked, SearchAsked, SuggestAsked
from kb.mcp.tools import Told, Tools, opened
from kb.time_budget import Budget
from search.ranking import calibration as calibration_module
from search.ranking.confidence import Confidence
from tests.support import api_library, mcp_library
from tests.support.api_library import CARE, COURIER, REFUND, RETIRED, RUSSIAN_ONLY
from tests.support.encoder_fixture import REPOSITORY
from tests.support.patience import PATIENCE_S, wait_until
from tests.support.site_library import page

T = TypeVar("T")

BASE = "https://help.example.com"
CARD = f"{BASE}/en/faq/returns/refund-timing#card"
QUESTION = "refunds reach the card in how many days"


def config(root: Path, **settings: Any) -> Config:
    return api_library.config(root, **{"public_url": BASE} | settings)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root: Path = tmp_path_factory.mktemp("mcp")
    api_library.build(root)
    return root


@pytest.fixture(scope="module")
def tools(built: Path) -> Iterator[Tools]:
    with opened(config(built, contact_email="help@example.com")) as tools:
        yield tools


def ask(built: Path, tools: Tools, work: Callable[[Client], Awaitable[T]]) -> T:
    return mcp_library.talk(config(built), tools, work)


def call(built: Path, tools: Tools, name: str, arguments: dict[str, Any]) -> CallToolResult:
    return ask(built, tools, lambda client: client.call_tool(name, arguments))


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


# --- search


def search(tools: Tools, query: str, **more: Any) -> dict[str, Any]:
    return told(tools.search(SearchAsked(query=query, **{"language": "en"} | more)))


def told(one: Told) -> dict[str, Any]:
    return one.reply.model_dump(mode="json") | {"said": one.text}


def test_search_leads_to_the_section_that_fits(tools: Tools) -> None:
    found = search(tools, "refund to a card")
    top = found["results"][0]
    assert (top["id"], top["title"]) == (REFUND, "When the refund arrives")
    assert (top["heading"], top["address"]) == ("Refund to a card", CARD)
    assert "3 to 10" in top["excerpt"]
    assert (top["language"], top["section"], top["category"]) == ("en", "faq", "Returns")
    assert not found["is_degraded"]
    for part in (top["title"], top["heading"], top["address"], top["excerpt"], top["id"]):
        assert part in found["said"]


def test_search_says_what_it_searched_for_instead(tools: Tools) -> None:
    found = search(tools, "curier delivry")
    assert found["searched_instead"]
    assert f"“{found['searched_instead']}”" in found["said"]
    assert search(tools, "courier delivery")["searched_instead"] is None


def test_search_keeps_to_the_limit_and_the_section(tools: Tools) -> None:
    assert len(search(tools, "refund courier item", limit=1)["results"]) == 1
    found = search(tools, "error codes refund", section="guides")
    assert {one["section"] for one in found["results"]} == {"guides"}


def test_search_that_finds_nothing_says_what_to_try(tools: Tools) -> None:
    found = search(tools, " ")
    assert found["results"] == []
    assert "No article was found" in found["said"]


def test_search_prefers_the_readers_language(tools: Tools) -> None:
    assert search(tools, "курьер", language="ru-RU")["results"][0]["language"] == "ru"


def test_search_without_an_encoder_still_answers_and_says_so(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError("gone")

    monkeypatch.setattr("kb.mcp.tools.load_query_encoder", broken)
    monkeypatch.setattr("kb.mcp.tools.ENCODER_WAIT_S", 0.0)
    with opened(config(built)) as tools:
        found = search(tools, "refund card")
    assert found["is_degraded"]
    assert found["results"][0]["id"] == REFUND
    assert "Only words were compared" in found["said"]


# --- read_article


def read(tools: Tools, name: str, language: str = "") -> dict[str, Any]:
    return told(tools.read_article(ArticleAsked(id_or_address=name, language=language)))


@pytest.mark.parametrize(
    "name",
    [
        *(REFUND, f"art_{REFUND}", f" {REFUND} ", f"otvet://article/{REFUND}"),
        *("refund-timing", "money-back", CARD, "/en/faq/returns/refund-timing/?q=1#card"),
        *(f"{BASE}/en/faq/returns/money-back", "http://localhost:8000/en/faq/delivery/money-back"),
        *(f"/a/{REFUND}", f"{BASE}/a/{REFUND}/en", f"/a/{REFUND}.md", "en/faq/returns/money-back"),
    ],
)
def test_an_article_is_known_by_many_names(tools: Tools, name: str) -> None:
    assert (read(tools, name)["id"], read(tools, name)["language"]) == (REFUND, "en")


def test_an_article_comes_as_markdown_with_its_facts(tools: Tools) -> None:
    found = read(tools, REFUND)
    assert found["title"] == "When the refund arrives"
    assert found["address"] == f"{BASE}/en/faq/returns/refund-timing"
    assert (found["updated_at"], found["languages"]) == ("2026-11-02T09:14:00Z", ["en", "ru"])
    assert "## Refund to a card" in found["markdown"]
    assert f"[delivery]({BASE}/en/faq/delivery/courier)" in found["markdown"]
    for part in (found["title"], found["summary"], found["address"], "2026-11-02", "Visa & co"):
        assert part in found["said"]


def test_an_article_is_read_in_the_language_asked_for(tools: Tools) -> None:
    assert read(tools, CARD, "ru")["language"] == "ru"
    assert read(tools, f"/a/{REFUND}/ru")["language"] == "ru"
    assert read(tools, f"/a/{REFUND}/ru", "en")["language"] == "en"
    assert read(tools, "/ru/faq/returns/refund-timing")["language"] == "ru"
    assert read(tools, RUSSIAN_ONLY, "en")["language"] == "ru"


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("never-existed", "no such article"),
        ("/en/faq/returns/never-existed", "no such article"),
        (RETIRED, "has been removed"),
        (f"/a/{RETIRED}", "has been removed"),
        (f"otvet://article/{RETIRED}", "has been removed"),
        ("https://example.org/en/faq/returns/refund-timing", "another site"),
        ("//example.org/en/faq/returns/refund-timing", "another site"),
        ("http://[", "neither an id nor an address"),
        ("http://x:y:z/a/b", "another site"),
        (f"{BASE}/en/", "not that of an article"),
        ("../../etc/passwd", "no such article"),
        ("../passwd", "not that of an article"),
        (f"/a/{REFUND}/de", "this site has en, ru"),
        ("\0", "no such article"),
        ("%2e%2e/a/b/c", "no such article"),
    ],
)
def test_other_names_are_refused_with_a_reason(tools: Tools, name: str, fault: str) -> None:
    with pytest.raises(Refused, match=re.escape(fault)):
        read(tools, name)


def test_without_a_public_address_the_reply_says_that_addresses_are_paths(built: Path) -> None:
    with opened(config(built, public_url="")) as tools:
        for found in (search(tools, "refund"), read(tools, REFUND), suggested(tools, "refund")):
            assert found["addresses_are_relative"]
            assert "public address is not configured" in found["said"]
        assert read(tools, REFUND)["address"] == "/en/faq/returns/refund-timing"
        assert "](/en/faq/delivery/courier)" in read(tools, REFUND)["markdown"]


# --- suggest


def suggested(tools: Tools, message: str, **more: Any) -> dict[str, Any]:
    asked = SuggestAsked(message=message, **{"language": "en"} | more)
    return told(tools.suggest(asked, tools.budget()))


def test_an_answer_is_an_exact_quotation_with_its_address(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration_module, "confidence", lambda *_: Confidence(0.9, 0.95))
    found = suggested(tools, QUESTION)
    answer, first = found["answer"], found["articles"][0]
    assert (found["decision"], found["reason"]) == ("answer", "confident")
    assert (found["confidence"], found["list_confidence"]) == (0.9, 0.95)
    assert (answer["id"], answer["heading"]) == (REFUND, "Refund to a card")
    assert (answer["address"], first["address"]) == (CARD, CARD)
    assert answer["text"] in first["quotation"]
    assert "Refunds reach the card in 3 to 10 days." in first["quotation"]
    for part in ("Decision: answer", "90% sure", f"> {answer['text'].splitlines()[0]}", CARD):
        assert part in found["said"]


def test_an_offer_shows_articles_and_no_answer(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration_module, "confidence", lambda *_: Confidence(0.5, 0.7))
    found = suggested(tools, QUESTION)
    assert (found["decision"], found["answer"]) == ("offer", None)
    assert 1 <= len(found["articles"]) <= 3
    assert "none is sure to answer" in found["said"]


@pytest.mark.parametrize(
    ("message", "reason", "advice"),
    [
        ("Hello!", "greeting", "greet back"),
        ("?", "too_short", "ask what it is about"),
        ("I want to talk to a human", "user_requested", "asks for a person"),
    ],
)
def test_a_hand_off_tells_what_to_do(tools: Tools, message: str, reason: str, advice: str) -> None:
    found = suggested(tools, message)
    assert (found["decision"], found["reason"]) == ("handoff", reason)
    assert (found["articles"], found["answer"]) == ([], None)
    assert advice in found["said"]
    assert found["contact"] == {"page": f"{BASE}/en/contact", "email": "help@example.com"}
    assert "help@example.com" in found["said"]


def test_in_a_language_the_site_has_not_nothing_is_the_answer(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration_module, "confidence", lambda *_: Confidence(0.9, 0.95))
    found = suggested(tools, QUESTION, language="de")
    assert (found["decision"], found["reason"]) == ("offer", "unsupported_locale")


def test_past_its_time_a_message_is_handed_off(tools: Tools) -> None:
    found = told(tools.suggest(SuggestAsked(message=QUESTION), Budget(0.0)))
    assert (found["decision"], found["reason"]) == ("handoff", "unavailable")
    assert found["is_degraded"]


def test_with_little_time_the_encoder_is_not_asked(tools: Tools) -> None:
    found = told(tools.suggest(SuggestAsked(message=QUESTION), Budget(0.3)))
    assert found["is_degraded"]


# --- the protocol


def test_tools_are_read_only_and_have_schemas(built: Path, tools: Tools) -> None:
    listed = ask(built, tools, lambda client: client.list_tools()).tools
    assert [tool.name for tool in listed] == ["search", "read_article", "suggest"]
    for tool in listed:
        assert tool.annotations
        assert tool.annotations.read_only_hint
        assert tool.output_schema
        fields = tool.input_schema["properties"]
        assert all(one["description"] for one in fields.values()), tool.name


@pytest.mark.parametrize(
    ("tool", "arguments", "fault"),
    [
        ("search", {}, "query: is required"),
        ("search", {"query": ""}, "query: 0 characters; at least 1"),
        ("search", {"query": "canary" * 100}, "query: 600 characters; at most 512"),
        ("search", {"query": 7}, "query: must be text"),
        ("search", {"query": "canary", "limit": 11}, "limit: must be at most 10"),
        ("search", {"query": "canary", "limit": 0}, "limit: must be at least 1"),
        ("search", {"query": "canary", "limit": "canary"}, "limit: has the wrong type"),
        ("search", {"query": "canary", "section": "canary"}, "section: must be one of 'faq' or"),
        ("search", {"query": "canary", "language": "canary"}, "language: this site has en, ru"),
        ("search", {"query": "canary", "canary": 1}, "the arguments are query, language, section"),
        ("read_article", {"id_or_address": "canary" * 90}, "id_or_address: 540 characters"),
        ("suggest", {"message": "canary" * 400}, "message: 2400 characters; at most 2000"),
        ("suggest", {"message": "canary", "audience": "x"}, "audience: must be one of"),
        ("suggest", {"message": {"canary": []}}, "message: must be text"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_wrong_arguments_are_explained_without_repeating_them(
    built: Path, tools: Tools, tool: str, arguments: dict[str, Any], fault: str
) -> None:
    result = call(built, tools, tool, arguments)
    assert result.is_error
    assert fault in text_of(result)
    assert "canary" not in text_of(result)


def test_null_means_absent(built: Path, tools: Tools) -> None:
    arguments = {"query": "refund", "language": None, "section": None, "limit": None}
    assert not call(built, tools, "search", arguments).is_error


def test_an_unknown_tool_is_an_error_that_names_the_tools(built: Path, tools: Tools) -> None:
    with pytest.raises(MCPError, match="search, read_article, suggest"):
        call(built, tools, "canary", {})


def test_without_an_index_the_agent_is_told(tmp_path: Path) -> None:
    with opened(config(tmp_path)) as tools:
        result = call(tmp_path, tools, "search", {"query": "refund"})
    assert result.is_error
    assert "nothing to read yet" in text_of(result)


def test_a_fault_of_ours_is_logged_and_not_told(
    built: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tools: Tools
) -> None:
    def broken(*_: object) -> Told:
        raise RuntimeError("inside")

    monkeypatch.setattr(tools, "search", broken)
    result = call(built, tools, "search", {"query": "refund"})
    assert result.is_error
    assert "inside" not in text_of(result)
    assert "tool_failed" in caplog.text


def test_too_many_waiting_calls_are_turned_away(
    built: Path, monkeypatch: pytest.MonkeyPatch, tools: Tools
) -> None:
    monkeypatch.setattr(mcp_server, "WAITING_PER_THREAD", 1)
    may_go = threading.Event()
    find = tools.search

    def slow(asked: SearchAsked) -> Told:
        may_go.wait(PATIENCE_S)
        return find(asked)

    monkeypatch.setattr(tools, "search", slow)
    results: list[CallToolResult] = []

    async def crowd(client: Client) -> None:
        async def one() -> None:
            results.append(await client.call_tool("search", {"query": "refund"}))
            may_go.set()  # the one that is refused comes first

        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(one)

    mcp_library.talk(config(built, threads=1), tools, crowd)
    assert [result.is_error for result in results] == [True, False, False]
    assert "try again in a moment" in text_of(results[0])


def test_articles_are_resources(built: Path, tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mcp_server, "LISTED", 2)

    async def all_of_them(client: Client) -> list[str]:
        found, cursor = [], None
        while True:
            window = await client.list_resources(cursor=cursor)
            found += [str(one.uri) for one in window.resources]
            cursor = window.next_cursor
            if cursor is None:
                return found

    uris = ask(built, tools, all_of_them)
    ids = [REFUND, COURIER, CARE, RUSSIAN_ONLY, api_library.ROBOT]
    assert uris == [f"otvet://article/{id_}" for id_ in sorted(ids)]
    (content,) = ask(built, tools, lambda client: client.read_resource(uris[0])).contents
    assert isinstance(content, TextResourceContents)
    assert content.mime_type == "text/markdown"
    assert content.text.startswith("# ")


@pytest.mark.parametrize("uri", ["otvet://article/never", "otvet://article/", "file:///etc/passwd"])
def test_other_resources_are_refused(built: Path, tools: Tools, uri: str) -> None:
    with pytest.raises(MCPError):
        ask(built, tools, lambda client: client.read_resource(uri))


def test_new_builds_are_followed(tmp_path: Path) -> None:
    catalog = api_library.build(tmp_path)
    with opened(config(tmp_path)) as tools:
        assert read(tools, CARE)["id"] == CARE
        kept = [one for one in catalog.all_pages if one.id != CARE]
        new = page("n3w4d", "en", "faq/returns/new", "Something new")
        api_library.build(
            tmp_path, type(catalog)([*kept, new], catalog.categories, catalog.languages)
        )
        wait_until(lambda: "n3w4d" in str(tools.articles(after="", limit=10)))
        with pytest.raises(Refused, match="no such article"):
            read(tools, CARE)


# --- over stdio, as docs/mcp.md says


def documented() -> dict[str, Any]:
    """The first configuration of docs/mcp.md."""
    text = (REPOSITORY / "docs/mcp.md").read_text("utf-8")
    (server,) = json.loads(re.findall(r"```json\n(.*?)```", text, re.DOTALL)[0])[
        "mcpServers"
    ].values()
    found: dict[str, Any] = server
    return found


def program(data_dir: Path, **settings: str) -> StdioServerParameters:
    """Command that the documentation tells clients to start, with the folders of this machine."""
    server = documented()
    assert server["command"] == "/srv/otvet/.venv/bin/python"
    assert server["env"] | {"KB_DATA_DIR": ""} == {
        "PYTHONPATH": "/srv/otvet",
        "KB_DATA_DIR": "",
        "KB_PUBLIC_URL": BASE,
    }
    environ = {"PYTHONPATH": str(REPOSITORY), "KB_DATA_DIR": str(data_dir), "KB_PUBLIC_URL": BASE}
    return StdioServerParameters(
        command=sys.executable,
        args=server["args"],
        env=environ | {"KB_LANGUAGES": "en,ru", "KB_SUGGEST_BUDGET_MS": "20000"} | settings,
        cwd=data_dir,
    )


async def every_tool(client: Client) -> dict[str, CallToolResult]:
    """One call of each."""
    return {
        "search": await client.call_tool("search", {"query": "refund to a card"}),
        "read_article": await client.call_tool("read_article", {"id_or_address": CARD}),
        "suggest": await client.call_tool("suggest", {"message": QUESTION}),
    }


def check_every_tool(results: Mapping[str, CallToolResult]) -> None:
    """Check what all ways of asking must give."""
    data = {name: result.structured_content or {} for name, result in results.items()}
    assert not any(result.is_error for result in results.values())
    assert data["search"]["results"][0]["address"] == CARD
    assert data["read_article"]["id"] == REFUND
    assert CARD in {one["address"] for one in data["suggest"]["articles"]}


def test_a_client_that_starts_the_program_can_ask_everything(built: Path) -> None:
    async def main() -> dict[str, CallToolResult]:
        with open(built / "stdio.log", "w", encoding="utf-8") as log:
            transport = stdio_client(program(built), errlog=log)
            async with Client(transport) as client:
                return await every_tool(client)

    check_every_tool(mcp_library.run(main))


def test_standard_output_holds_the_protocol_and_the_log_no_words_of_readers(built: Path) -> None:
    asks = [
        {
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-11-25",
                "capabilities": {},
                "clientInfo": {"name": "canary", "version": "1"},
            },
        },
        {"method": "tools/call", "params": {"name": "search", "arguments": {"query": "canary"}}},
        {"method": "tools/call", "params": {"name": "search", "arguments": {"canary": "canary"}}},
        {"method": "tools/call", "params": {"name": "canary"}},
        {"method": "resources/read", "params": {"uri": "otvet://article/canary"}},
    ]
    lines = [json.dumps({"jsonrpc": "2.0", "id": n} | one) for n, one in enumerate(asks)]
    lines[1:1] = ['{"jsonrpc":"2.0","method":"notifications/initialized"}', "canary, no JSON"]
    with running(program(built)) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write("\n".join(lines) + "\n")
        process.stdin.flush()
        answered: set[int] = set()
        while not answered >= set(range(len(asks))):
            one = json.loads(process.stdout.readline())
            assert one["jsonrpc"] == "2.0"
            answered.add(one.get("id"))
        rest, log = process.communicate(timeout=PATIENCE_S)
    assert (rest, process.returncode) == ("", 0)
    assert "generation_loaded" in {json.loads(line)["event"] for line in log.splitlines()}
    assert "canary" not in log


@contextmanager
def running(asked: StdioServerParameters, *options: str) -> Iterator[subprocess.Popen[str]]:
    """The program as a client would start it; killed afterwards if need be."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    process = subprocess.Popen(
        [asked.command, *asked.args, *options],
        env=environ | (asked.env or {}),
        cwd=asked.cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


# --- over HTTP


@pytest.fixture(scope="module")
def address(built: Path) -> Iterator[str]:
    """A server of its own process, behind one proxy; must end well."""
    asked = program(built, KB_TRUSTED_PROXIES="1")
    with (
        reserved_port() as port,
        running(asked, "--http", "--port", str(port)) as process,
    ):
        wait_until(lambda: is_listening(port) or process.poll() is not None)
        assert process.poll() is None
        yield f"http://127.0.0.1:{port}/mcp"
        process.terminate()
        told, log = process.communicate(timeout=PATIENCE_S)
    assert (told, process.returncode) == ("", 0)
    assert "generation_loaded" in log
    assert "canary" not in log


def is_listening(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_client_at_the_address_can_ask_everything(address: str, mode: str) -> None:
    async def main() -> dict[str, CallToolResult]:
        async with Client(address, mode=mode) as client:
            return await every_tool(client)

    check_every_tool(mcp_library.run(main))


LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


def post(address: str, body: object = LIST, **headers: str) -> httpx2.Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {"accept": "application/json", "content-type": "application/json"} | given
    return httpx2.post(address, content=sent, headers=fields, timeout=PATIENCE_S)


def test_the_site_and_this_machine_are_the_hosts_answered(address: str) -> None:
    assert post(address).status_code == 200
    assert post(address, host="help.example.com").status_code == 200
    assert post(address, host="localhost:1", origin="http://localhost:1").status_code == 200
    assert post(address, host="help.example.com", origin=BASE).status_code == 200
    assert post(address, host="canary.example.org").status_code == 421
    assert post(address, host="help.example.com.canary.org").status_code == 421
    assert post(address, origin="https://canary.example.org").status_code == 403
    assert post(address, origin="null").status_code == 403
    assert "access-control-allow-origin" not in post(address, origin=BASE).headers


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b" " * (http_transport.MAX_BODY_BYTES + 1), 413),
        (b"{canary", 400),
        (b"[" * 30_000, 400),
        (b"[]", 400),
        (b"\xff\xfe", 400),
        (b'{"jsonrpc":"2.0","id":1,"method":"canary"}', 200),
    ],
    ids=["large", "no JSON", "deep", "batch", "no text", "unknown method"],
)
def test_bodies_that_are_no_question_are_refused(address: str, body: bytes, status: int) -> None:
    response = post(address, body)
    assert response.status_code == status
    assert status != 200 or "error" in response.json()


def test_a_body_without_a_length_is_bounded_too(address: str) -> None:
    pieces = (b" " * 8192 for _ in range(http_transport.MAX_BODY_BYTES // 8192 + 2))
    fields = {"accept": "application/json", "content-type": "application/json"}
    refused = httpx2.post(address, content=pieces, headers=fields, timeout=PATIENCE_S)
    assert refused.status_code == 413


@pytest.mark.parametrize("text", ["canary\0", "\ud800canary", "🙂" * 500, "<s>", "a" * 512])
def test_any_text_is_answered(address: str, text: str) -> None:
    for name, argument in (("search", "query"), ("suggest", "message")):
        params = {"name": name, "arguments": {argument: text}}
        response = post(address, {**LIST, "method": "tools/call", "params": params})
        assert response.status_code == (400 if "\ud800" in text else 200)


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "OPTIONS"])
def test_there_are_no_streams_and_no_sessions(address: str, method: str) -> None:
    response = httpx2.request(method, address, timeout=PATIENCE_S)
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert "mcp-session-id" not in post(address).headers


def test_one_client_cannot_ask_without_end_and_others_do_not_notice(address: str) -> None:
    told = "198.51.100.1, 203.0.113.9"  # the proxy's own word is the last
    with httpx2.Client(headers={"x-forwarded-for": told}, timeout=PATIENCE_S) as client:
        statuses = [client.post(address).status_code for _ in range(http_guard.PER_MINUTE + 1)]
        last = client.post(address)
    assert set(statuses[:-1]) == {400}
    assert (statuses[-1], last.status_code) == (429, 429)
    assert 1 <= int(last.headers["retry-after"]) <= 60
    assert post(address, x_forwarded_for="203.0.113.9, 198.51.100.1").status_code == 200


@contextmanager
def in_process(built: Path, tools: Tools) -> Iterator[int]:
    """A server in a thread of this process; gives its port."""
    settings = config(built)
    app = http_transport.http_app(settings, mcp_server.make_server(settings, tools))
    with reserved_port() as port:
        server = http_transport.http_server(app, host="127.0.0.1", port=port)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            wait_until(lambda: server.started)
            yield port
        finally:
            server.should_exit = True
            thread.join()


def test_connections_that_ask_nothing_are_closed(
    built: Path, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    monkeypatch.setattr(http_transport, "HEAD_DEADLINE_S", 0.2)
    with in_process(built, tools) as port:
        assert rest_of(port, b"") == b""
        assert rest_of(port, head) == b""
        asked = head + b"Accept: application/json\r\nContent-Length: 2\r\n\r\n{}"
        assert rest_of(port, asked + head).startswith(b"HTTP/1.1 400")
    monkeypatch.setattr(http_guard, "EXCHANGE_S", 0.3)
    with in_process(built, tools) as port:
        assert rest_of(port, head + b"Content-Length: 9\r\n\r\n{").startswith(b"HTTP/1.1 408")


def rest_of(port: int, sent: bytes) -> bytes:
    """All that comes until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as one:
        one.sendall(sent)
        found = b""
        while piece := one.recv(65536):
            found += piece
        return found


def test_who_asks_is_told_by_trusted_proxies_alone() -> None:
    forwarded = [(b"x-forwarded-for", b"10.0.0.1, 198.51.100.1"), (b"x-forwarded-for", b"::1")]
    scope = {"client": ("203.0.113.9", 1), "headers": forwarded}
    assert http_guard.client(scope, 0) == "203.0.113.9"
    assert http_guard.client(scope, 1) == "::/64"
    assert http_guard.client(scope, 2) == "198.51.100.1"
    assert http_guard.client(scope, 4) == "203.0.113.9"
    assert http_guard.client({"client": None, "headers": forwarded}, 0) == "unknown"
