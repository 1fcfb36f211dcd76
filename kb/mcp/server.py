"""The Model Context Protocol: gives AI agents the tools of `kb.mcp.tools`, over stdio or HTTP.

It has no credentials, keeps no session and stores nothing of what agents send.
"""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import anyio
from anyio import CapacityLimiter, to_thread
from mcp import MCPError, types
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server

from kb import logs
from kb.config import Config
from kb.mcp.article_lookup import ARTICLE_URI, Refused
from kb.mcp.http_transport import http_app, http_server
from kb.mcp.schemas import ArticleAsked
from kb.mcp.tool_definitions import ToolDefinition, checked, tool_definitions
from kb.mcp.tools import Told, Tools, opened
from search.errors import IndexMissing

log = logging.getLogger(__name__)

WAITING_PER_THREAD = 8
"""Calls that may wait: better to turn some away at once than to answer all late."""
LISTED = 100
"""Articles in one window of the list of resources."""
MARKDOWN = "text/markdown"

T = TypeVar("T")
Context = ServerRequestContext[Any]


def make_server(config: Config, tools: Tools) -> Server[Any]:
    """The protocol's side of `tools`. Raises nothing: whatever goes wrong is told to the agent."""
    handlers = _Handlers(config, tools)
    return Server(
        "otvet",
        title=config.site_name,
        description=f"The help centre of {config.site_name}",
        instructions=_instructions(config),
        website_url=config.public_url or None,
        on_list_tools=handlers.list_tools,
        on_call_tool=handlers.call_tool,
        on_list_resources=handlers.list_resources,
        on_list_resource_templates=handlers.list_templates,
        on_read_resource=handlers.read_resource,
    )


def _instructions(config: Config) -> str:
    return (
        f"The published help articles of {config.site_name}, in: {', '.join(config.languages)}. "
        "To answer a customer, give `suggest` the message: it decides whether an article answers, "
        "and quotes it. To look something up, `search`, then `read_article`. Quote exactly, give "
        "the addresses as sources, and say so when nothing was found."
    )


def serve_stdio(config: Config) -> None:
    """Speak the protocol on standard input and output until the input ends; logs go to stderr."""
    logs.configure(config.log_format)
    # A thread waits for input and cannot be woken: an orderly end would wait for it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with opened(config) as tools:
        anyio.run(_speak, make_server(config, tools))


def serve_http(config: Config, *, host: str, port: int) -> None:
    """Serve the protocol at `/mcp` until SIGTERM, then exit with 0; with another code on failure.

    Calls under way get `http_transport.GRACE_S` to finish.
    """
    logs.configure(config.log_format)
    # uvicorn raises the signal again once it has drained: then this is met.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with opened(config) as tools:
        app = http_app(config, make_server(config, tools))
        http_server(app, host=host, port=port).run()


async def _speak(server: Server[Any]) -> None:
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


class _Handlers:
    """Answers requests of the protocol. The tools block, so each call gets a thread."""

    def __init__(self, config: Config, tools: Tools) -> None:
        self._tools = tools
        self._threads = config.threads
        self._limiter: CapacityLimiter | None = None
        self._pending = 0
        self._by_name = {tool.name: tool for tool in tool_definitions(tools)}

    async def list_tools(
        self, _: Context, __: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_described(tool) for tool in self._by_name.values()])

    async def call_tool(
        self, _: Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        tool = self._by_name.get(params.name)
        if tool is None:
            raise MCPError(types.INVALID_PARAMS, f"the tools are {', '.join(self._by_name)}")
        try:
            told = await self._in_thread(tool.prepare(params.arguments or {}))
        except Refused as error:
            return _refusal(str(error))
        except Exception:
            log.exception("tool_failed")
            return _refusal("the tool failed; the fault has been logged")
        return types.CallToolResult(
            content=[types.TextContent(text=told.text)],
            structured_content=told.reply.model_dump(mode="json"),
        )

    async def list_resources(
        self, _: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        after = (params.cursor if params else None) or ""
        listed = await self._told(lambda: self._tools.articles(after=after, limit=LISTED + 1))
        return types.ListResourcesResult(
            resources=[
                types.Resource(
                    uri=one.uri, name=one.title, description=one.summary, mime_type=MARKDOWN
                )
                for one in listed[:LISTED]
            ],
            next_cursor=(
                listed[LISTED - 1].uri.removeprefix(ARTICLE_URI) if len(listed) > LISTED else None
            ),
        )

    async def list_templates(
        self, _: Context, __: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        template = types.ResourceTemplate(
            uri_template=ARTICLE_URI + "{id}",
            name="article",
            title="Article",
            description="An article of the help centre by its id, in the site's first language.",
            mime_type=MARKDOWN,
        )
        return types.ListResourceTemplatesResult(resource_templates=[template])

    async def read_resource(
        self, _: Context, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        uri = str(params.uri)
        if not uri.startswith(ARTICLE_URI):
            raise MCPError(types.INVALID_PARAMS, f"resources are named {ARTICLE_URI}<id>")
        told = await self._told(lambda: self._read(uri))
        content = types.TextResourceContents(uri=uri, text=told.text, mime_type=MARKDOWN)
        return types.ReadResourceResult(contents=[content])

    def _read(self, uri: str) -> Told:
        return self._tools.read_article(checked(ArticleAsked, {"id_or_address": uri}))

    async def _told(self, work: Callable[[], T]) -> T:
        """As `_in_thread`; refusals become errors of the protocol."""
        try:
            return await self._in_thread(work)
        except Refused as error:
            raise MCPError(types.INVALID_PARAMS, str(error)) from error

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """Do `work` in a thread. Raises Refused when too many calls wait, or there is no index."""
        if self._limiter is None:  # it belongs to the event loop, which runs only now
            self._limiter = CapacityLimiter(self._threads)
        if self._pending >= (1 + WAITING_PER_THREAD) * self._threads:
            raise Refused("too many calls wait; try again in a moment")
        self._pending += 1
        try:
            return await to_thread.run_sync(work, limiter=self._limiter)
        except IndexMissing as error:
            raise Refused(f"the help centre has nothing to read yet: {error}") from error
        finally:
            self._pending -= 1


def _described(tool: ToolDefinition) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.asking.model_json_schema(),
        output_schema=tool.reply.model_json_schema(),
        annotations=types.ToolAnnotations(
            read_only_hint=True,
            destructive_hint=False,
            idempotent_hint=True,
            open_world_hint=False,
        ),
    )


def _refusal(text: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(text=text)], is_error=True)
