"""Modules a serving process loads, and whom it connects to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.support.libraries import api_library
from tests.support.libraries.server_library import ROOT
from tests.support.patience import PATIENCE_S

ASK_EVERYTHING = """
import json, os, sys
connections = []
sys.addaudithook(
    lambda event, args: connections.append(repr(args[1])) if event == "socket.connect" else None
)
from app import create_app
app = create_app()
client = app.test_client()
from kb.web.services import EXTENSION
library = app.extensions[EXTENSION].library
library._fence.wait_until_ready(60)
paths = ["/en/", "/en/search?q=refund", "/en/faq/returns/refund-timing", "/api/v1/search?q=refund",
         "/api/v1/autocomplete?q=ref", "/api/v1/articles/k2m7p?format=markdown", "/readyz"]
statuses = [client.get(path).status_code for path in paths]
from kb.accounts.api_keys import demo_key
shop = {"Origin": "http://localhost:1", "Authorization": "Bearer " + demo_key(app.secret_key)}
body = {"message": "refund card"}
statuses.append(client.post("/api/v1/suggest", json=body, headers=shop).status_code)
print(json.dumps({"statuses": statuses, "modules": sorted(sys.modules), "to": connections}))
"""


@pytest.fixture(scope="module")
def serving_process(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Modules and connections of a process that answered everything."""
    root = tmp_path_factory.mktemp("modules")
    api_library.build(root)
    done = subprocess.run(
        [sys.executable, "-c", ASK_EVERYTHING],
        cwd=ROOT,
        env=os.environ | {"KB_DATA_DIR": str(root), "KB_LANGUAGES": "en,ru", "KB_DEMO": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=2 * PATIENCE_S,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert set(found["statuses"]) == {200}
    return found


@pytest.mark.parametrize(
    "module",
    [
        *("torch", "transformers", "sentence_transformers", "whoosh", "markdown", "onnx"),
        *("watchfiles", "mcp", "mcp_types", "uvicorn", "starlette", "opentelemetry"),
    ],
)
def test_serving_does_not_load_what_other_commands_need(
    serving_process: dict[str, Any], module: str
) -> None:
    assert module not in serving_process["modules"]


def test_serving_connects_to_nobody(serving_process: dict[str, Any]) -> None:
    assert serving_process["to"] == []
