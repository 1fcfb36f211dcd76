"""A small site behind the MCP server, and what every way of asking must tell."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult

from kb.config import Config
from kb.mcp.schemas import ArticleAsked
from kb.mcp.tools import Told, Tools
from tests.support.fixtures.encoder_fixture import REPOSITORY
from tests.support.libraries import api_library
from tests.support.libraries.api_library import REFUND

BASE = "https://help.example.com"
CARD = f"{BASE}/en/faq/returns/refund-timing#card"
QUESTION = "refunds reach the card in how many days"


def config(root: Path, **settings: Any) -> Config:
    return api_library.config(root, **{"public_url": BASE} | settings)


def told(one: Told) -> dict[str, Any]:
    return one.reply.model_dump(mode="json") | {"said": one.text}


def read(tools: Tools, name: str, language: str = "") -> dict[str, Any]:
    return told(tools.read_article(ArticleAsked(id_or_address=name, language=language)))


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
