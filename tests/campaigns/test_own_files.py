"""No file of the site's own is served, however its address is spelt."""

from __future__ import annotations

import http.client
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from tests.support.fixtures.campaigns import Campaign
from tests.support.libraries import api_library
from tests.support.libraries.leak_library import (
    root_of,
)
from tests.support.patience import PATIENCE_S

REPOSITORY = Path(__file__).parents[2]
UPWARDS = (
    *("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "%2E%2E%2F", ".%2e/", "%252e%252e%252f", "..%252f"),
    *("..\\", "..%5c", "%2e%2e%5c", "....//", "..;/", "%c0%ae%c0%ae/", "%e0%80%ae%e0%80%ae%2f"),
    *("..%00/", "./../", "%2e/../", "..//", "%u002e%u002e/", "..%ef%bc%8f", "\uff0e\uff0e/"),
)


class Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """A thousand refusals need no lines."""


@contextmanager
def serving(application: Any) -> Iterator[tuple[str, int]]:
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield "127.0.0.1", server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def own_files(root: Path, app: Flask) -> dict[str, bytes]:
    """Path → a stretch of content that must never be sent, of everything that lies around."""
    services = api_library.services_of(app)
    var = services.config.data_dir
    generation = services.loaded().media.parent.parent
    for name in (".env", "kb.log", "otvet.sqlite.bak"):
        (var / name).write_text(f"TOKEN={name}-zyxfile\n", encoding="utf-8")
    (root / ".git").mkdir(exist_ok=True)
    (root / ".git/config").write_text("[core]\n\tzyxfile = 1\n", encoding="utf-8")
    paths = [
        *(var / ".env", var / "kb.log", var / "otvet.sqlite", var / "otvet.sqlite.bak"),
        *(var / "secret_key", root / ".git/config", Path("/etc/passwd")),
        *(root / "articles/en/faq/returns/hidden-draft.md", root / "articles/categories.yml"),
        *(generation / "manifest.json", generation / "content/catalog.json"),
        *(REPOSITORY / "app.py", REPOSITORY / "kb/config.py", REPOSITORY / "templates/base.html"),
        *(p for name in ("requirements.txt", "Makefile") if (p := REPOSITORY / name).exists()),
        *(p for p in sorted(generation.rglob("*")) if p.is_file() and p.suffix != ".svg"),
    ]
    contents = {str(path): path.read_bytes()[:40] for path in dict.fromkeys(paths)}
    return {path: content for path, content in contents.items() if len(content) > 8}


def attempts(files: Iterable[str], starts: Mapping[str, Path]) -> Iterator[str]:
    """Addresses that would reach the files if something joined them to its folder.

    `starts` holds addresses that serve files, and their folders.
    """
    for path in files:
        name = Path(path).name
        for plain in (name, path.lstrip("/"), f"/{path}", f"var/{name}", f"articles/{name}"):
            yield f"/{plain}"
        for address, folder in starts.items():
            yield f"{address}{path}"
            yield f"{address}{quote(path, safe='')}"
            relative = os.path.relpath(path, folder)
            for step in UPWARDS:
                hops = relative.count("../")
                yield address + quote(step, safe="%/.;\\") * hops + relative.replace("../", "")


NAMED = (
    *("/.git/HEAD", "/.git/index", "/.git/", "/.env", "/.env.local", "/.gitignore", "/.htaccess"),
    *("/var/", "/var/index/current", "/index/current/manifest.json", "/otvet.sqlite-wal"),
    *("/otvet.sqlite-shm", "/secret_key", "/logs/", "/backup.zip", "/dump.sql", "/run/limits"),
    *("/app.py", "/app.pyc", "/kb/", "/search/", "/templates/", "/tests/", "/docs/", "/articles/"),
    *("/media/", "/static/", "/static", "/media", "/static/.", "/media/.", "/static/style.css~"),
    *("/server-status", "/phpinfo.php", "/config.json", "/pyproject.toml", "/console", "/debug"),
)


def get(server: tuple[str, int], address: str) -> tuple[int, bytes]:
    """One GET with exactly this path, one redirect followed; status, headers and body."""
    for _ in range(2):
        connection = http.client.HTTPConnection(*server, timeout=PATIENCE_S)
        connection.putrequest("GET", address.encode().decode("latin-1"), skip_accept_encoding=True)
        connection.endheaders()
        answer = connection.getresponse()
        content = str(answer.headers).encode() + answer.read()
        connection.close()
        location = answer.headers.get("Location")
        if not location:
            break
        address = urlsplit(location).path or "/"
    return answer.status, content


@pytest.fixture(scope="module")
def own(hiding: Flask) -> dict[str, bytes]:
    return own_files(root_of(hiding), hiding)


@pytest.mark.campaign
def test_no_file_of_the_site_itself_is_served(
    hiding: Flask, own: dict[str, bytes], campaign: Campaign
) -> None:
    starts = {
        "/static/": REPOSITORY / "static",
        "/media/": api_library.services_of(hiding).loaded().media,
    }
    assert len(own) > 14
    with serving(hiding) as server:
        tried = campaign.some(list(attempts(own, starts)), 300)
        for address in dict.fromkeys((*NAMED, *tried)):
            status, content = get(server, address)
            assert status in (400, 404, 405), (address, status)
            assert not [path for path, start in own.items() if start in content], address


def test_the_attempts_reach_the_files_of_a_careless_server(
    hiding: Flask, own: dict[str, bytes]
) -> None:
    """The oracle's own proof."""
    folder = api_library.services_of(hiding).loaded().media

    @Request.application
    def careless(request: Request) -> Response:
        path = folder / unquote(request.path.removeprefix("/media/"))
        try:
            return Response(path.read_bytes())
        except (OSError, ValueError):
            return Response(status=404)

    reached = set()
    with serving(careless) as server:
        for address in attempts(own, {"/media/": folder}):
            _, content = get(server, address)
            reached |= {path for path, start in own.items() if start in content}
    assert reached == set(own)


def test_the_files_that_may_be_served_are(hiding: Flask) -> None:
    media = api_library.services_of(hiding).loaded().media
    picture = next(path.name for path in media.iterdir() if "plan" in path.name)
    with serving(hiding) as server:
        assert get(server, "/static/style.css")[0] == 200
        assert get(server, f"/media/{picture}")[0] == 200
