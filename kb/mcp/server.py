"""The Model Context Protocol: gives AI agents the tools of `kb.mcp.tools`, over stdio or HTTP.

The only module that knows the protocol's library. It reads arguments, calls a tool and tells the
outcome; it has no credentials, keeps no session and stores nothing of what agents send.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import anyio
import uvicorn
from anyio import CapacityLimiter, to_thread
from mcp import MCPError, types
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import ValidationError
from uvicorn.protocols.http.h11_impl import H11Protocol

from kb import logs, validation
from kb.config import LOCAL_HOSTS, Config
from kb.mcp import http_guard
from kb.mcp.schemas import (
    ArticleAsked,
    ArticleReply,
    Asking,
    Reply,
    SearchAsked,
    SearchReply,
    SuggestAsked,
    SuggestReply,
)
from kb.mcp.tools import ARTICLE_URI, Refused, Told, Tools, opened
from search.errors import IndexMissing

log = logging.getLogger(__name__)

PATH = "/mcp"
MAX_BODY_BYTES = 64 * 1024
"""The longest message with every character escaped twice over takes half of it."""
HEAD_DEADLINE_S = 10.0
"""For a connection to ask something: checked so often, so that twice as long may pass."""
GRACE_S = 10
"""For calls under way when the server is told to stop."""
WAITING_PER_THREAD = 8
"""Calls that may wait: better to turn some away at once than to answer all late."""
LISTED = 100
"""Articles in one window of the list of resources."""
MARKDOWN = "text/markdown"

A = TypeVar("A", bound=Asking)
T = TypeVar("T")
Context = ServerRequestContext[Any]


@dataclass(frozen=True)
class _Tool:
    """A tool as agents see it, and how it is called."""

    name: str
    title: str
    description: str
    asking: type[Asking]
    reply: type[Reply]
    prepare: Callable[[dict[str, Any]], Callable[[], Told]]
    """Checks the arguments, starts the clock, and returns the work, which blocks."""

    def described(self) -> types.Tool:
        return types.Tool(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=self.asking.model_json_schema(),
            output_schema=self.reply.model_json_schema(),
            annotations=types.ToolAnnotations(
                read_only_hint=True,
                destructive_hint=False,
                idempotent_hint=True,
                open_world_hint=False,
            ),
        )


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


def serve_stdio(config: Config) -> None:
    """Speak the protocol on standard input and output until the input ends; logs go to stderr."""
    logs.configure(config.log_format)
    # A thread waits for input and cannot be woken: an orderly end would wait for it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with opened(config) as tools:
        anyio.run(_speak, make_server(config, tools))


def serve_http(config: Config, *, host: str, port: int) -> None:
    """Serve the protocol at `/mcp` until SIGTERM, then exit with 0; with another code on failure.

    Calls under way get GRACE_S to finish.
    """
    logs.configure(config.log_format)
    # uvicorn raises the signal again once it has drained: then this is met.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with opened(config) as tools:
        app = http_app(config, make_server(config, tools))
        http_server(app, host=host, port=port).run()


def http_app(config: Config, server: Server[Any]) -> http_guard.AsgiApp:
    """The server as an ASGI application: every call by itself, without sessions or streams."""
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        max_request_body_size=MAX_BODY_BYTES,
        transport_security=transport_security(config),
    )
    return http_guard.Guard(
        app,
        trusted_proxies=config.trusted_proxies,
        per_minute=http_guard.PER_MINUTE if config.rate_limits else None,
        exchange_s=http_guard.EXCHANGE_S,
    )


def http_server(app: http_guard.AsgiApp, *, host: str, port: int) -> uvicorn.Server:
    """What serves `app`; quiet about who asks, and closes connections that do not."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=_Impatient,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
    )


def transport_security(config: Config) -> TransportSecuritySettings:
    """Requests for other hosts and from pages of other origins are refused (DNS rebinding)."""
    hosts = dict.fromkeys((*LOCAL_HOSTS, *config.hosts))
    origins = [f"{scheme}://{host}" for scheme in ("https", "http") for host in hosts]
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=[*hosts, *(f"{host}:*" for host in hosts)],
        allowed_origins=[*origins, *(f"{origin}:*" for origin in origins)],
    )


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
        self._by_name = {tool.name: tool for tool in _tools(tools)}

    async def list_tools(
        self, _: Context, __: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[tool.described() for tool in self._by_name.values()])

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
        return self._tools.read_article(_checked(ArticleAsked, {"id_or_address": uri}))

    async def _told(self, work: Callable[[], T]) -> T:
        """As `_in_thread`; refusals become errors of the protocol."""
        try:
            return await self._in_thread(work)
        except Refused as error:
            raise MCPError(types.INVALID_PARAMS, str(error)) from error

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """What `work` returns. Raises Refused when too many calls wait, or there is no index."""
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


class _Impatient(H11Protocol):
    """A connection that is closed when it asks nothing: uvicorn itself would wait for ever.

    A head sent byte by byte counts as nothing; `mcp_guard` times what comes after it.
    """

    _answered: object = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn narrows it
        super().connection_made(transport)
        self.loop.call_later(HEAD_DEADLINE_S, self._close_if_silent)

    def _close_if_silent(self) -> None:
        if self.transport.is_closing():
            return
        is_idle = self.cycle is None or self.cycle.response_complete
        if is_idle and self.cycle is self._answered:
            self.transport.close()
            return
        self._answered = self.cycle
        self.loop.call_later(HEAD_DEADLINE_S, self._close_if_silent)


def _instructions(config: Config) -> str:
    return (
        f"The published help articles of {config.site_name}, in: {', '.join(config.languages)}. "
        "To answer a customer, give `suggest` the message: it decides whether an article answers, "
        "and quotes it. To look something up, `search`, then `read_article`. Quote exactly, give "
        "the addresses as sources, and say so when nothing was found."
    )


def _tools(tools: Tools) -> tuple[_Tool, ...]:
    def search(arguments: dict[str, Any]) -> Callable[[], Told]:
        asked = _checked(SearchAsked, arguments)
        return lambda: tools.search(asked)

    def read_article(arguments: dict[str, Any]) -> Callable[[], Told]:
        asked = _checked(ArticleAsked, arguments)
        return lambda: tools.read_article(asked)

    def suggest(arguments: dict[str, Any]) -> Callable[[], Told]:
        asked, budget = _checked(SuggestAsked, arguments), tools.budget()
        return lambda: tools.suggest(asked, budget)

    return (
        _Tool(
            name="search",
            title="Search the help articles",
            description="Finds published help articles by meaning and by words, in any language "
            "of the site. Gives titles, the section that fits with an excerpt, and links; "
            "`read_article` gives the whole text.",
            asking=SearchAsked,
            reply=SearchReply,
            prepare=search,
        ),
        _Tool(
            name="read_article",
            title="Read a help article",
            description="Gives one published help article as Markdown, with its address and when "
            "it was last changed.",
            asking=ArticleAsked,
            reply=ArticleReply,
            prepare=read_article,
        ),
        _Tool(
            name="suggest",
            title="Decide about a customer's message",
            description="Decides what to do with a customer's message: give an answer that is "
            "quoted word for word from an article, offer articles, or hand off to a person. The "
            "probabilities are calibrated, and what the site wants a person to handle is handed "
            "off. Nothing of the message is stored.",
            asking=SuggestAsked,
            reply=SuggestReply,
            prepare=suggest,
        ),
    )


def _checked(model: type[A], arguments: dict[str, Any]) -> A:
    """The arguments as `model`; raises Refused with every fault, repeating nothing sent."""
    try:
        return model.model_validate(arguments)
    except ValidationError as error:
        found = [_fault(model, item) for item in error.errors(include_url=False)]
        raise Refused("; ".join(dict.fromkeys(found))) from error


def _fault(model: type[Asking], item: Mapping[str, Any]) -> str:
    if item["type"] == "extra_forbidden":
        return f"the arguments are {', '.join(model.model_fields)}"
    name = ".".join(str(part) for part in item["loc"])
    return f"{name}: {validation.detail(item)}"


def _refusal(text: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(text=text)], is_error=True)
