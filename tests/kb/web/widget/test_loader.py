"""The files of the widget as shops get them: sizes, headers, integrity; and the demo shop."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.web.widget.demo import policy
from kb.web.widget.loader import ASIDES, BOOT, read_modules
from tests.support.fixtures.encoder_fixture import REPOSITORY
from tests.support.libraries.site_library import application, close

MAX_LOADER_BYTES = 4_200
"""About 4 KB: the digests in it are new with each change of a module, and compress by chance."""
MAX_PANEL_BYTES = 26 * 1024
SOURCE = REPOSITORY / "static" / "widget"
SECRET = "a-secret-that-is-long-enough-for-tests"
HELP = "https://help.example.com"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = application(
        tmp_path, contact_email="help@example.com", secret_key=SECRET, demo=True, public_url=HELP
    )
    yield app
    close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def boot_of(client: FlaskClient) -> dict[str, object]:
    """The facts that the loader carries."""
    text = client.get("/widget/v1.js").text
    found = re.search(r"const boot = (\{.*\});", text)
    assert found
    boot: dict[str, object] = json.loads(found[1])
    return boot


def test_loader_is_small(client: FlaskClient) -> None:
    assert len(gzip.compress(client.get("/widget/v1.js").data, 9)) <= MAX_LOADER_BYTES


def test_panel_is_small() -> None:
    files = read_modules(SOURCE).files
    assert sum(len(gzip.compress(file, 9)) for file in files.values()) <= MAX_PANEL_BYTES


def test_loader_may_be_used_by_any_site_and_is_asked_for_again(client: FlaskClient) -> None:
    response = client.get("/widget/v1.js")
    assert response.content_type == "text/javascript; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=300"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in response.headers
    again = client.get("/widget/v1.js", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_loader_knows_the_contact(client: FlaskClient) -> None:
    boot = boot_of(client)
    assert boot["email"] == "help@example.com"
    assert boot["contact"] == "/*/contact"
    assert boot["languages"] == ["ru", "en"]
    assert BOOT not in client.get("/widget/v1.js").text


def test_loader_is_ascii_but_for_its_own_words(client: FlaskClient) -> None:
    assert json.dumps(boot_of(client), ensure_ascii=True).isascii()
    assert "charset=utf-8" in client.get("/widget/v1.js").headers["Content-Type"]


def test_modules_are_what_the_loader_says(client: FlaskClient) -> None:
    boot = boot_of(client)
    modules = boot["modules"]
    assert isinstance(modules, dict)
    assert {path.stem for path in SOURCE.glob("*.js")} == {*modules, "loader"}
    for name, digest in modules.items():
        response = client.get(f"/widget/{boot['version']}/{name}.js")
        assert base64.b64encode(hashlib.sha256(response.data).digest()).decode() == digest
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize("address", ["{v}/nothing.js", "000000000000/panel.js", "{v}/loader.js"])
def test_other_versions_and_files_are_not_found(client: FlaskClient, address: str) -> None:
    response = client.get(f"/widget/{address.format(v=boot_of(client)['version'])}")
    assert response.status_code == 404
    assert "immutable" not in response.headers["Cache-Control"]


def test_version_changes_with_any_module(tmp_path: Path) -> None:
    (tmp_path / "loader.js").write_text(f"const boot = {BOOT};")
    (tmp_path / "panel.js").write_text("export const a = 1;")
    before = read_modules(tmp_path).version
    (tmp_path / "panel.js").write_text("export const a = 2;")
    assert read_modules(tmp_path).version != before


def test_a_loader_without_a_place_for_the_facts_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loader.js").write_text("const boot = {};")
    with pytest.raises(ValueError, match="must hold"):
        read_modules(tmp_path)


def test_only_comments_on_their_own_lines_are_left_out() -> None:
    text = '// a\n  const x = "// b"; // c\n/** d\n * e */\n  /** f */\n`\n  g`;\n'
    assert ASIDES.sub("", text) == 'const x = "// b"; // c\n`\ng`;\n'


FORBIDDEN = (
    *("innerHTML", "outerHTML", "insertAdjacentHTML", "DOMParser", "document.write", "srcdoc"),
    *("eval(", "new Function", "localStorage", "document.cookie", "createContextualFragment"),
)


@pytest.mark.parametrize("path", sorted(SOURCE.glob("*.js")), ids=lambda path: path.name)
def test_scripts_use_nothing_that_a_strict_policy_forbids(path: Path) -> None:
    text = path.read_text("utf-8")
    assert [word for word in FORBIDDEN if word in text] == []


def test_both_languages_say_everything() -> None:
    text = (SOURCE / "words.js").read_text("utf-8")
    english, russian = (re.findall(r"^  +(\w+):", part, re.M) for part in _languages(text))
    assert english == russian
    assert "!" not in re.sub(r"[!=]==?|<!--", "", "".join(_languages(text)))


def _languages(text: str) -> tuple[str, str]:
    en, ru = text.index("const en = {"), text.index("const ru = {")
    return text[en:ru], text[ru : text.index("/** The form")]


# The demo shop


def test_shop_has_the_tag_and_the_strict_policy(client: FlaskClient) -> None:
    response = client.get("/demo/shop?lang=en&mode=ask-first&handoff=event")
    assert response.headers["Content-Security-Policy"] == policy(HELP)
    assert "Set-Cookie" not in response.headers
    tag = re.search(r"<script async [^>]*>", response.text)
    assert tag
    assert f'src="{HELP}/widget/v1.js"' in tag[0]
    assert re.search(r'data-key="pk_demo_\w+"', tag[0])
    for attribute in ('data-locale="en"', 'data-mode="ask-first"', 'data-handoff="event"'):
        assert attribute in tag[0]


def test_shop_takes_no_other_values(client: FlaskClient) -> None:
    response = client.get('/demo/shop?lang=xx&mode="><script>&handoff=nothing')
    tag = re.search(r"<script async [^>]*>", response.text)
    assert tag
    for attribute in ('data-locale="ru"', 'data-mode="neutral"', 'data-handoff="form"'):
        assert attribute in tag[0]


def test_shop_of_its_own_address_without_a_public_one(tmp_path: Path) -> None:
    app = application(tmp_path, secret_key=SECRET, demo=True)
    response = app.test_client().get("/demo/shop")
    assert "script-src http://localhost;" in response.headers["Content-Security-Policy"]
    close(app)


def test_there_is_no_shop_unless_asked_for(tmp_path: Path) -> None:
    app = application(tmp_path)
    assert app.test_client().get("/demo/shop").status_code == 404
    close(app)
