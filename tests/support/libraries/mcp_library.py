"""Asking the MCP server with its library's own client, inside this process."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import anyio
from mcp import Client, MCPError
from pydantic import BaseModel

from kb.config import Config
from kb.mcp import server
from kb.mcp.tools import Tools, opened

T = TypeVar("T")

LISTS = ("tools", "resources", "templates", "server")
READ = "resource"


@dataclass(frozen=True)
class ToolAsk:
    """A call of a tool; or one of LISTS; or READ with the `uri` of a resource."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sent(self) -> str:
        """All that the call itself says."""
        return f"{self.name} {json.dumps(dict(self.arguments), ensure_ascii=False)}"


def talk(config: Config, tools: Tools, work: Callable[[Client], Awaitable[T]]) -> T:
    """Result or error of `work`, given a client of a server over `tools`."""

    async def main() -> T:
        async with Client(server.make_server(config, tools)) as client:
            try:
                return await work(client)
            except MCPError as error:
                fault = error
        raise fault  # within the block it would come as one of a group

    return run(main)


def run(main: Callable[[], Awaitable[T]]) -> T:
    """Result of `main`; in a thread of its own, for the driver of browsers keeps a loop here."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(anyio.run, main).result()


def crawl(
    config: Config, asks: Callable[[Mapping[str, Iterable[str]]], Iterable[ToolAsk]]
) -> list[tuple[ToolAsk, str]]:
    """All that is told when all is asked that `asks` makes of tools and their arguments' names."""

    async def work(client: Client) -> list[tuple[ToolAsk, str]]:
        tools = (await client.list_tools()).tools
        names = {tool.name: list(tool.input_schema["properties"]) for tool in tools}
        return [(ask, await answer(client, ask)) for ask in asks(names)]

    with opened(config) as tools:
        return talk(config, tools, work)


async def answer(client: Client, ask: ToolAsk) -> str:
    """Everything that is told, data and text, an error as well."""
    try:
        return _written(await _asked(client, ask))
    except MCPError as error:
        return f"{error.error.code} {error.error.message} {error.error.data}"


async def _asked(client: Client, ask: ToolAsk) -> BaseModel | str | None:
    match ask.name:
        case "tools":
            return await client.list_tools()
        case "resources":
            return await client.list_resources()
        case "templates":
            return await client.list_resource_templates()
        case "server":
            return f"{client.server_info} {client.instructions}"
        case "resource":
            return await client.read_resource(ask.arguments["uri"])
    return await client.call_tool(ask.name, dict(ask.arguments))


def _written(told: BaseModel | str | None) -> str:
    if isinstance(told, BaseModel):
        return json.dumps(told.model_dump(mode="json"), ensure_ascii=False)
    return str(told)
