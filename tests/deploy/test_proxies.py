"""nginx and Caddy with the files of `deploy/`, in front of a site that tells what it was asked.

Each where it is installed; `tests/campaigns` puts nginx up whatever this machine has.
"""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import subprocess
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import urllib3

from bench.server import reserved_port
from tests.support.fixtures.encoder_fixture import REPOSITORY
from tests.support.patience import wait_until

HOST = "help.example.com"
DEPLOY = REPOSITORY / "deploy"
FORGED = {
    "X-Forwarded-For": "10.9.9.9",
    "X-Forwarded-Host": "shop.example:9999",
    "X-Forwarded-Proto": "gopher",
}


@dataclass(frozen=True)
class Front:
    """A proxy that runs; `http` and `https` are its ports."""

    http: int
    https: int
    folder: Path

    def get(self, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
        with (
            urllib3.HTTPSConnectionPool(
                "127.0.0.1", self.https, server_hostname=HOST, cert_reqs="CERT_NONE", retries=False
            ) as pool,
            warnings.catch_warnings(action="ignore"),
        ):
            return pool.request("GET", path, headers={"Host": HOST, **headers})

    def is_up(self) -> bool:
        try:
            return self.get("/up").status == 200
        except urllib3.exceptions.HTTPError:
            return False


class _Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        told = {name.lower(): value for name, value in self.headers.items()}
        body = json.dumps({"path": self.path, "headers": told}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def write_certificate(folder: Path) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def nginx_settings(folder: Path, site: int, http: int, https: int) -> Path:
    """The file of `deploy/` inside the least that nginx needs, with our places and ports."""
    text = (DEPLOY / "nginx/otvet.conf").read_text("utf-8")
    for theirs, ours in (
        (r"listen 80;", f"listen 127.0.0.1:{http};"),
        (r"listen \[::\]:80;", ""),
        (r"listen 443", f"listen 127.0.0.1:{https}"),
        (r"listen \[::\]:443 ssl http2;", ""),
        (r"/etc/otvet/tls", str(folder)),
        (r"/var/log/nginx", str(folder)),
        (r"127\.0\.0\.1:8000;", f"127.0.0.1:{site};"),
    ):
        text, count = re.subn(theirs, ours, text)
        assert count, theirs
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.getuid() == 0 else ""
    path = folder / "nginx.conf"
    path.write_text(
        f"{user} pid {folder}/pid; error_log {folder}/error.log; daemon off;"
        f" events {{}} http {{ {temporary}\n{text} }}"
    )
    return path


def caddy_settings(folder: Path, site: int, http: int, https: int) -> Path:
    """The file of `deploy/` with a certificate of Caddy's own, as its first lines say."""
    text = (DEPLOY / "caddy/Caddyfile").read_text("utf-8")
    assert "127.0.0.1:8000" in text
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{site}", 2)
    text = text.replace(f"{HOST} {{", f"{HOST} {{\n\ttls internal", 1)
    own = f"admin off\n http_port {http}\n https_port {https}\n skip_install_trust\n"
    path = folder / "Caddyfile"
    path.write_text(f"{{\n{own} storage file_system {folder}\n default_bind 127.0.0.1\n}}\n{text}")
    return path


def program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")


@contextmanager
def front(name: str, folder: Path, site: int) -> Iterator[Front | None]:
    """The proxy, started with its file; None where it is not installed."""
    found = program(name)
    if found is None:
        yield None
        return
    with ExitStack() as stack:
        http, https = (stack.enter_context(reserved_port()) for _ in range(2))
        write_certificate(folder)
        if name == "nginx":
            path = nginx_settings(folder, site, http, https)
            command = [found, "-c", str(path), "-p", str(folder)]
            subprocess.run([*command, "-t"], check=True, capture_output=True)
        else:
            path = caddy_settings(folder, site, http, https)
            command = [found, "run", "--config", str(path), "--adapter", "caddyfile"]
        process = subprocess.Popen(
            command,
            env=os.environ | {"HOME": str(folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            one = Front(http, https, folder)
            wait_until(one.is_up)
            yield one
        finally:
            process.terminate()
            process.wait()


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def proxy(
    request: pytest.FixtureRequest, site: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front | None]:
    with front(request.param, tmp_path_factory.mktemp(request.param), site) as one:
        yield one


def test_what_a_client_says_of_itself_is_not_passed_on(proxy: Front | None) -> None:
    if proxy:
        told = json.loads(proxy.get("/en/?q=zanzibar", **FORGED).data)
        assert told["path"] == "/en/?q=zanzibar"
        headers = told["headers"]
        assert headers["x-forwarded-for"] == "127.0.0.1"
        assert headers["x-forwarded-proto"] == "https"
        assert headers["x-forwarded-host"] == HOST
        assert headers["host"] == HOST


def test_metrics_are_not_for_everybody(proxy: Front | None) -> None:
    if proxy:
        assert proxy.get("/metrics").status == 404


def test_without_tls_readers_are_sent_to_it(proxy: Front | None) -> None:
    if proxy:
        reply = urllib3.request(
            "GET", f"http://127.0.0.1:{proxy.http}/en/?q=a", headers={"Host": HOST}, redirect=False
        )
        assert reply.status in (301, 308)
        assert re.fullmatch(rf"https://{HOST}(:\d+)?/en/\?q=a", reply.headers["Location"])


def test_no_log_holds_what_was_asked_or_by_whom(proxy: Front | None) -> None:
    if proxy:
        assert proxy.get("/en/search?q=zanzibar").status == 200
        logs = "".join(path.read_text() for path in proxy.folder.glob("*.log"))
        assert "zanzibar" not in logs
        assert "127.0.0.1" not in logs
