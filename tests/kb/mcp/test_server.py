"""The protocol: schemas, refusals, resources, with the protocol's own client."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import anyio
import pytest
from mcp import Client, MCPError
from mcp.types import CallToolResult, TextContent, TextResourceContents

from kb.mcp import server as mcp_server
from kb.mcp.article_lookup import Refused
from kb.mcp.schemas import SearchAsked
from kb.mcp.tools import Told, Tools, opened
from tests.support.libraries import api_library, mcp_library
from tests.support.libraries.api_library import CARE, COURIER, REFUND, RUSSIAN_ONLY
from tests.support.libraries.mcp_site import config, read
from tests.support.libraries.site_library import page
from tests.support.patience import PATIENCE_S, wait_until

T = TypeVar("T")


def ask(built: Path, tools: Tools, work: Callable[[Client], Awaitable[T]]) -> T:
    return mcp_library.talk(config(built), tools, work)


def call(built: Path, tools: Tools, name: str, arguments: dict[str, Any]) -> CallToolResult:
    return ask(built, tools, lambda client: client.call_tool(name, arguments))


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


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
