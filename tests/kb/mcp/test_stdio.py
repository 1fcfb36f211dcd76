"""The program over stdio, as docs/mcp.md says."""

from __future__ import annotations

import json
from pathlib import Path

from mcp import Client
from mcp.client.stdio import stdio_client
from mcp.types import CallToolResult

from tests.support.libraries import mcp_library
from tests.support.libraries.mcp_site import check_every_tool, every_tool, program, running
from tests.support.patience import PATIENCE_S


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
