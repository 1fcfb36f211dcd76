"""Addresses and settings that documents name are those of the program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Map

from app import create_app
from kb.config import Config
from kb.setting_types import variable
from kb.settings.settings_file import FILE_VARIABLE
from tests.support.documents import PAGES, inline_code, shell_lines

PREFIXES = ("", "/api/v1", "/api/v1/agent")
"""Documents of the API leave out what all its addresses begin with."""
FOLDERS = (
    "/tmp",
    "/srv/",
    "/etc/",
    "/var/",
    "/run/",
    "/opt/",
    "/usr/",
    "/home/",
    "/dev/",
    "/cache",
)
ELSEWHERE = {"/app/accounts/", "/mcp"}
"""Of Chatwoot's own site, and of `kb mcp --http`."""
PARTS = {"/limit"}
"""Pointers into a body."""
METHOD = re.compile(r"(?:(GET|POST|PUT|DELETE|HEAD) )?(/[^\s?#]*)[^\s]*")
_PLACEHOLDER = re.compile(r"<[^>]*>|\{[^}]*\}")
_FEW = {"<language:lang>": "(?:en|ru|x)", "<section:section>": "(?:faq|guides|x)"}
"""Placeholders that take few values; x is one of a document's own."""
OWN_HOST = re.compile(
    r"https?://(?:127\.0\.0\.1|localhost|help\.example\.com)(?::\d+)?(/[^\s\"'?#]*)"
)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Map:
    config = Config(data_dir=tmp_path_factory.mktemp("rules"), languages=("en", "ru"), demo=True)
    app: Flask = create_app(config)
    return app.url_map


def named(page: Path) -> Iterator[tuple[str | None, str]]:
    """Method and address of every request that a document tells of."""
    for text in inline_code(page):
        if match := METHOD.fullmatch(text):
            yield match[1], match[2]
    for text in (*inline_code(page), *shell_lines(page)):
        for path in OWN_HOST.findall(text):
            yield None, path


def leads(rules: Map, method: str | None, path: str) -> bool:
    """True for an address of the site; without a method for the beginning of one, too."""
    return any(
        _begins(rule.rule, prefix + path) and (not method or method in (rule.methods or ()))
        for rule in rules.iter_rules()
        for prefix in PREFIXES
        if not method or rule.rule.count("/") == (prefix + path).count("/")
    )


def _begins(rule: str, path: str) -> bool:
    """True when the parts of `path` are the first ones of `rule`; both have placeholders."""
    parts, given = rule.split("/"), path.rstrip("/").rstrip(".,").split("/")
    return len(given) <= len(parts) and all(
        "\N{HORIZONTAL ELLIPSIS}" in one or re.fullmatch(_pattern(part), _PLACEHOLDER.sub("x", one))
        for part, one in zip(parts, given, strict=False)
    )


def _pattern(part: str) -> str:
    """A part of a rule as an expression."""
    pieces = re.split(r"(<[^>]*>)", part)
    return "".join(
        _FEW.get(one, "[^/]+") if one.startswith("<") else re.escape(one) for one in pieces
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_address_of_a_document_leads_somewhere(rules: Map, page: Path) -> None:
    wrong = [
        f"{method or ''} {path}".strip()
        for method, path in named(page)
        if not path.startswith(FOLDERS)
        and path not in ELSEWHERE | PARTS
        and not leads(rules, method, path)
    ]
    assert wrong == []


def test_documents_name_addresses() -> None:
    assert sum(len(list(named(page))) for page in PAGES) > 70


@pytest.mark.parametrize(
    ("method", "path"), [(None, "/admin/handoffs/h1"), ("POST", "/suggestt"), ("PUT", "/suggest")]
)
def test_an_address_of_nothing_is_seen(rules: Map, method: str | None, path: str) -> None:
    assert not leads(rules, method, path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_of_a_document_exists(page: Path) -> None:
    known = {variable(name) for name in Config.model_fields}
    known |= {f"{name}_FILE" for name in known} | {"KB_X_FILE", FILE_VARIABLE}
    found = set(re.findall(r"\bKB_[A-Z][A-Z_]*[A-Z]\b", page.read_text("utf-8")))
    assert found <= known
