"""Static files: sheets are joined from all of their parts, addresses do not show the folders."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.web.layout import assets
from kb.web.layout.assets import SHEETS, Asset, read_assets
from tests.support.fixtures.encoder_fixture import REPOSITORY
from tests.support.libraries import site_library

STATIC = REPOSITORY / "static"
CSS = STATIC / "css"
MAX_LINES = 300
"""A style file is one topic, to be read at one sitting."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = site_library.application(tmp_path_factory.mktemp("assets"))
    yield app
    site_library.close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that holds all style files and nothing else."""
    for number, part in enumerate(part for parts in SHEETS.values() for part in parts):
        path = tmp_path / "css" / f"{part}.css"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"a {{ order: {number}; }}\n")
        os.utime(path, (1_000, 1_000))
    return tmp_path


def address_of(app: Flask, name: str) -> str:
    with app.test_request_context():
        return assets.asset(name)


# Sources


def test_every_style_file_belongs_to_one_sheet_once() -> None:
    named = [part for parts in SHEETS.values() for part in parts]
    found = [path.relative_to(CSS).with_suffix("").as_posix() for path in CSS.rglob("*.*")]
    assert sorted(named) == sorted(found)


def test_style_files_are_short_and_say_what_they_are_about() -> None:
    for path in CSS.rglob("*.css"):
        text = path.read_text("utf-8")
        assert re.match(r"/\* [A-Z]", text), path.name
        assert text.endswith("}\n"), path.name
        assert text.count("\n") <= MAX_LINES, path.name


def test_preferences_and_paper_have_the_last_word() -> None:
    assert SHEETS["style.css"][-2:] == ("preferences", "print")


def test_a_sheet_is_its_parts_in_order(folder: Path) -> None:
    found = read_assets(folder)
    assert found.keys() == SHEETS.keys()
    numbers = [re.findall(rb"order: (\d+)", found[name].content) for name in SHEETS]
    assert [len(each) for each in numbers] == [len(parts) for parts in SHEETS.values()]
    assert [int(one) for each in numbers for one in each] == list(range(sum(map(len, numbers))))


def test_an_edited_part_changes_its_sheet_alone(folder: Path) -> None:
    before = read_assets(folder)
    part = folder / "css" / "home.css"
    part.write_text("b { order: 0; }\n")
    os.utime(part, (2_000, 2_000))
    after = read_assets(folder)
    changed = [name for name in SHEETS if after[name].version != before[name].version]
    assert changed == ["style.css"]
    assert (before["style.css"].modified_at, after["style.css"].modified_at) == (1_000, 2_000)


def test_a_missing_part_stops_the_start(folder: Path) -> None:
    (folder / "css" / "print.css").unlink()
    with pytest.raises(FileNotFoundError, match=r"print\.css"):
        read_assets(folder)


@pytest.mark.parametrize("name", ["style.css", "staff/vote.js"])
def test_two_files_of_one_name_stop_the_start(folder: Path, name: str) -> None:
    for path in (folder / "help" / "vote.js", folder / name):
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    with pytest.raises(ValueError, match="another file is already"):
        read_assets(folder)


# Addresses


def test_folders_of_scripts_do_not_show_in_addresses(app: Flask) -> None:
    for path in (*STATIC.glob("help/*"), *STATIC.glob("staff/*.js"), *STATIC.glob("*.svg")):
        assert re.fullmatch(rf"/static/{path.name}\?v=[0-9a-f]{{12}}", address_of(app, path.name))


def test_pages_name_the_address(app: Flask, client: FlaskClient) -> None:
    page = client.get("/en/").text
    assert f'<link rel="stylesheet" href="{address_of(app, "style.css")}">' in page


@pytest.mark.parametrize(
    "name", ["css/tokens.css", "tokens.css", "help/vote.js", "css/", "vote.js/", "%2e%2e/app.py"]
)
def test_sources_have_no_addresses(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


def test_an_unknown_name_is_told_to_who_writes_a_template(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(KeyError):
        assets.asset("css/tokens.css")


# Answers


@pytest.mark.parametrize("name", [*SHEETS, "vote.js", "agent.js", "icons.svg", "widget/panel.js"])
def test_what_was_read_at_start_is_served(app: Flask, client: FlaskClient, name: str) -> None:
    expected: Asset = read_assets(STATIC)[name]
    answer = client.get(address_of(app, name))
    assert answer.data == expected.content
    assert answer.get_etag() == (expected.version, False)
    assert answer.last_modified is not None
    assert answer.last_modified.timestamp() == int(expected.modified_at)
    assert answer.headers["Cache-Control"] == assets.FOR_EVER
    assert answer.mimetype in ("text/css", "text/javascript", "image/svg+xml")


def test_a_sheet_is_confirmed_or_sent_in_part(client: FlaskClient) -> None:
    whole = client.get("/static/style.css")
    for condition in ("ETag", "Last-Modified"):
        asked = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}[condition]
        again = client.get("/static/style.css", headers={asked: whole.headers[condition]})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Cache-Control"] == assets.BRIEFLY
    part = client.get("/static/style.css", headers={"Range": "bytes=3-9"})
    assert (part.status_code, part.data) == (206, whole.data[3:10])
    assert part.headers["Content-Range"] == f"bytes 3-9/{len(whole.data)}"
    beyond = client.get("/static/style.css", headers={"Range": "bytes=9999999-"})
    assert beyond.status_code == 416


def test_a_sheet_can_be_asked_about(client: FlaskClient) -> None:
    whole, head = client.get("/static/style.css"), client.head("/static/style.css")
    assert head.data == b""
    for name in ("ETag", "Last-Modified", "Content-Type", "Cache-Control", "Accept-Ranges"):
        assert head.headers[name] == whole.headers[name]
