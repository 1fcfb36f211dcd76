"""Headers every response carries, and requests that are not answered."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask, Response, url_for
from flask.testing import FlaskClient

from kb.build import build
from kb.web.http.security import DATA_POLICY, PAGE_POLICY, PICTURE_POLICY, is_trusted_host
from tests.support.libraries import api_library
from tests.support.libraries.api_library import REFUND


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    root: Path = tmp_path_factory.mktemp("security")
    api_library.build(root)
    app = api_library.application(root)

    @app.get("/en/picture")
    def picture() -> Response:
        return Response("<svg/>", mimetype="image/svg+xml")

    yield app
    api_library.close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


PATHS = (
    "/",
    "/en/",
    "/en/faq/",
    "/en/faq/returns/",
    "/en/faq/returns/refund-timing",
    "/en/search?q=refund",
    "/en/contact",
    "/en/nope",
    f"/a/{REFUND}",
    "/robots.txt",
    "/static/style.css",
    "/healthz",
    "/readyz",
    "/metrics",
    "/api/v1/search?q=x",
    "/api/v1/nope",
    "/problems/not-found",
)


@pytest.mark.parametrize("path", PATHS)
def test_every_response_protects_the_browser(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    response.close()
    policy = response.headers["Content-Security-Policy"]
    assert policy == (PAGE_POLICY if response.mimetype == "text/html" else DATA_POLICY)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "geolocation=()" in response.headers["Permissions-Policy"]
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Server" not in response.headers
    assert "Set-Cookie" not in response.headers


def test_the_page_policy_allows_nothing_inline_and_no_other_host() -> None:
    directives = dict(part.split(" ", 1) for part in PAGE_POLICY.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["base-uri"] == directives["frame-ancestors"] == "'none'"
    assert directives["form-action"] == "'self'"
    assert "unsafe" not in PAGE_POLICY
    assert "http" not in PAGE_POLICY
    assert "*" not in PAGE_POLICY


def test_a_picture_opened_by_itself_can_do_nothing(client: FlaskClient) -> None:
    policy = client.get("/en/picture").headers["Content-Security-Policy"]
    assert policy == PICTURE_POLICY
    assert "sandbox" in policy
    assert "script-src" not in policy


def test_the_api_may_be_embedded_and_pages_may_not(client: FlaskClient) -> None:
    assert client.get("/en/").headers["Cross-Origin-Resource-Policy"] == "same-origin"
    api = client.get("/api/v1/site")
    assert api.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize(
    ("host", "is_known"),
    [
        ("localhost", True),
        ("LOCALHOST:8000", True),
        ("localhost.", True),
        ("127.0.0.1:5000", True),
        ("[::1]:8000", True),
        ("[::1]", True),
        ("help.example.com", True),
        ("a.b.example.org", True),
        ("example.org", True),
        ("evil.com", False),
        ("localhost.evil.com", False),
        ("evil-help.example.com", False),
        ("badexample.org", False),
        ("localhost@evil.com", False),
        ("", False),
        ("[::2]", False),
    ],
)
def test_hosts_are_compared_whole(host: str, is_known: bool) -> None:
    trusted = ("localhost", "127.0.0.1", "[::1]", "Help.Example.com", ".example.org")
    assert is_trusted_host(host, trusted) is is_known


@pytest.mark.parametrize(
    "host",
    ["evil.com", "evil.com:8000", "localhost@evil.com", "a b", "löcalhost", "localhost,evil"],
)
@pytest.mark.parametrize("path", ["/en/", "/api/v1/search?q=x", "/healthz", "/nope"])
def test_a_foreign_host_gets_nothing(client: FlaskClient, host: str, path: str) -> None:
    response = client.get(path, environ_overrides={"HTTP_HOST": host})
    assert response.status_code == 400
    assert response.mimetype == "text/plain"
    assert "evil" not in response.text
    assert response.headers["Cache-Control"] == "no-store"


def test_the_host_of_the_public_url_is_known(tmp_path: Path) -> None:
    app = api_library.application(tmp_path, public_url="https://help.example.com")
    try:
        client = app.test_client()
        assert client.get("/healthz", headers={"Host": "help.example.com"}).status_code == 200
        assert client.get("/healthz", headers={"Host": "example.com"}).status_code == 400
    finally:
        api_library.close(app)


FORGED = {
    "X-Forwarded-Host": "evil.com",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "10.1.2.3",
    "X-Forwarded-Prefix": "/evil",
}


def test_forwarded_headers_mean_nothing_without_a_proxy(client: FlaskClient) -> None:
    response = client.get("/api/v1/site", headers=FORGED)
    assert response.status_code == 200
    assert response.get_json()["url"] == "http://localhost/"
    assert "Strict-Transport-Security" not in response.headers


def test_forwarded_headers_of_a_configured_proxy_count(tmp_path: Path) -> None:
    api_library.build(tmp_path)
    app = api_library.application(
        tmp_path, trusted_proxies=1, trusted_hosts=("localhost", "help.example.com")
    )
    client = app.test_client()
    try:
        known = client.get(
            "/api/v1/site",
            headers=FORGED | {"X-Forwarded-Host": "evil.com, help.example.com"},
        )
        foreign = client.get("/api/v1/site", headers=FORGED)
    finally:
        api_library.close(app)
    assert known.get_json()["url"] == "https://help.example.com/"
    assert "max-age=31536000" in known.headers["Strict-Transport-Security"]
    assert foreign.status_code == 400


def test_forms_are_bounded(app: Flask, client: FlaskClient) -> None:
    address = f"/en/vote/{REFUND}"
    own = {"Origin": "http://localhost"}
    large = client.post(address, data={"value": "no", "comment": "x" * 40_000}, headers=own)
    assert large.status_code == 413
    part = '--x\r\nContent-Disposition: form-data; name="value"\r\n\r\nyes\r\n'
    many = client.post(
        address,
        data=part * 40 + "--x--",
        content_type="multipart/form-data; boundary=x",
        headers=own,
    )
    assert many.status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/.env",
        "/var/otvet.sqlite",
        "/otvet.sqlite",
        "/secret_key",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/media/../secret_key",
        "/media/%2e%2e%2f%2e%2e%2fsecret_key",
        "/articles/categories.yml",
        "/app.py",
        "/index/current/manifest.json",
        "/static/",
    ],
)
def test_files_of_the_site_itself_are_never_served(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


ASKED, CANARY = "qwertzword", "zyxwvcanary"
"""Both are in every hidden article; only the first is ever sent, so the second can be no echo."""
HIDDEN = {"draft": "d4r7t", "internal": "n8t3r"}


def write_article(folder: Path, slug: str, id_: str, text: str, *, status: str) -> None:
    (folder / f"{slug}.md").write_text(
        f"---\nid: {id_}\ntitle: {text} title\nsummary: {text} summary\ntags: [{text}]\n"
        f"questions: ['{text} question']\nstatus: {status}\n---\n\n## {text} heading\n\n{text}.\n",
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def site_with_drafts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    root = tmp_path_factory.mktemp("drafts")
    folder = root / "articles/en/faq/returns"
    folder.mkdir(parents=True)
    write_article(folder, "refund", "k2m7p", "Refund", status="published")
    for status, id_ in HIDDEN.items():
        write_article(folder, f"hidden-{status}", id_, f"{ASKED} {CANARY}", status=status)
    (root / "articles/categories.yml").write_text(
        "faq:\n  returns: {icon: return, order: '10', title: {en: Returns},"
        " description: {en: All of it}}\n",
        encoding="utf-8",
    )
    settings: dict[str, Any] = {
        "languages": ("en",),
        "articles_dir": root / "articles",
        "encoder": "none",
    }
    build.build(api_library.config(root, **settings))
    app = api_library.application(root, **settings)
    yield app
    api_library.close(app)


def addresses(app: Flask) -> Iterator[str]:
    """Every GET route of the site, filled with all that could lead to a hidden article."""
    values = {
        "lang": ["en"],
        "section": ["faq"],
        "category": ["returns"],
        "slug": ["refund", *(f"hidden-{status}" for status in HIDDEN)],
        "article_id": ["k2m7p", *HIDDEN.values()],
        "article": ["k2m7p", "refund", *HIDDEN.values(), *(f"hidden-{s}" for s in HIDDEN)],
        "filename": ["style.css"],
        "name": ["hidden-draft.md"],
    }
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        names = sorted(rule.arguments)
        choices = [values.get(name, ["x"]) for name in names]
        for chosen in itertools.product(*choices):
            with app.test_request_context():
                path = url_for(rule.endpoint, **cast(Any, dict(zip(names, chosen, strict=True))))
            for query in ("", f"?q={ASKED}", "?limit=20&q=heading", "?format=text"):
                yield path + query


def test_what_is_not_published_appears_nowhere(site_with_drafts: Flask) -> None:
    client = site_with_drafts.test_client()
    crawled = list(addresses(site_with_drafts))
    assert len(crawled) > 60
    for address in crawled:
        response = client.get(address)
        text = f"{response.get_data().decode(errors='replace')} {response.headers}"  # pictures too
        response.close()
        assert CANARY not in text, address
        without_echo = text.replace(address.partition("?")[0], "")
        assert not any(id_ in without_echo for id_ in HIDDEN.values()), address
        assert "hidden-" not in without_echo, address
    suggested = client.post("/api/v1/suggest", json={"message": f"{ASKED} question", "limit": 5})
    assert CANARY not in suggested.text


def test_the_crawl_would_see_a_hidden_article(site_with_drafts: Flask) -> None:
    found = site_with_drafts.test_client().get("/api/v1/search?q=refund+heading").text
    assert "Refund heading" in found
