"""A site's own folder on its pages: the example of the documentation, overrides, faults."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageColor

from kb.accounts.api_keys import demo_key
from kb.cli.check import site_check
from kb.cli.main import main
from kb.web.layout import site_templates
from tests.support.fixtures.encoder_fixture import REPOSITORY
from tests.support.libraries import third_language_library as library
from tests.support.libraries.api_library import customer

EXAMPLE = re.compile(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BROKEN_PO = 'msgid ""\nmsgstr ""\n"Language: de\\n"\n'


def write_example(root: Path) -> list[str]:
    """The files that docs/theming.md shows, below `root`."""
    page = (REPOSITORY / "docs" / "theming.md").read_text("utf-8")
    found = EXAMPLE.findall(page)
    for name, content in found:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return [name for name, _ in found]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("looks")
    library.write(folder)
    shutil.rmtree(folder / "site")
    assert len(write_example(folder)) == 5
    return folder


@pytest.fixture(scope="module")
def app(root: Path) -> Iterator[Flask]:
    app = library.application(
        root, languages=("ru", "en", "de"), contact_email="help@shop.example", demo=True
    )
    yield app
    library.close(app)


@pytest.fixture(scope="module", autouse=True)
def _without_arabic(root: Path) -> None:
    shutil.rmtree(root / "articles" / "ar")
    (root / "articles" / "de" / "categories.yml").write_text(
        library.OWN_CATEGORIES["de"], encoding="utf-8"
    )


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def link(page: str, pattern: str) -> str:
    found = re.search(pattern, page)
    assert found, pattern
    return found[1]


# --- the example of the documentation -------------------------------------------------------------


def test_example_of_the_documentation_has_no_fault(root: Path) -> None:
    found = site_check.check(library.config(root, languages=("ru", "en", "de")))
    assert {one.severity for one in found} <= {"remark"}
    assert all("`de`" in str(one) for one in found), found


def test_theme_is_linked_after_our_own_and_kept_for_ever(client: FlaskClient) -> None:
    page = client.get("/en/").text
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert [sheet.partition("?")[0] for sheet in sheets] == ["/static/style.css", "/theme.css"]
    response = client.get(sheets[1])
    assert response.mimetype == "text/css"
    assert "immutable" in response.headers["Cache-Control"]
    assert "--brand: #" in response.text
    assert "immutable" not in client.get("/theme.css?v=old").headers["Cache-Control"]
    headers = {"If-None-Match": response.headers["ETag"]}
    assert client.get(sheets[1], headers=headers).status_code == 304


def test_logo_icon_tagline_and_footer_are_on_the_page(client: FlaskClient) -> None:
    page = client.get("/en/").text
    assert "<h1>Answers about your order and your things</h1>" in page
    assert "<h1>Ответы о заказах и вещах</h1>" in client.get("/ru/").text
    icon = link(page, r'<link rel="icon" type="image/svg\+xml" href="([^"]+)"')
    assert icon.startswith("/site/mark.svg?v=")
    assert f'<img src="{icon}" alt=""' in page
    assert ">Nordvolt</a>" in page  # the logo says no name
    assert "© Nordvolt" in page
    assert '<a href="https://shop.example/en/terms">Terms</a>' in page
    assert '<a href="https://shop.example/terms">Условия</a>' in client.get("/de/").text
    assert '<a href="mailto:help@shop.example">help@shop.example</a>' in page


def test_staff_and_widget_take_the_brand_too(app: Flask, client: FlaskClient) -> None:
    assert "/theme.css?v=" in client.get("/agent/sign-in", follow_redirects=True).text
    query = {"key": demo_key(str(app.secret_key)), "locale": "en"}
    reply = client.get("/api/v1/widget/config", query_string=query, headers=customer(app))
    config = reply.get_json()
    assert re.fullmatch(r"light-dark\(#\w{6}, #\w{6}\)", config["theme"]["accent"])
    assert config["theme"]["radius"] == "6px"


def test_template_extends_the_original(client: FlaskClient) -> None:
    page = client.get("/en/contact").text
    assert "Nordvolt: +7 800 000-00-00" in page
    assert "help@shop.example" in page  # what ours shows
    assert '<img src="/site/mark.svg?v=' in page
    assert page.count("<main") == 1


def test_words_of_the_catalogue_are_shown(client: FlaskClient) -> None:
    page = client.get("/de/").text
    assert "Wie können wir helfen?" not in page  # the site's tagline stands there
    assert '<span class="hidden">1 Artikel</span>' in page
    assert ">Rückgabe<" in client.get("/de/faq/").text


# --- files ----------------------------------------------------------------------------------------


def test_file_is_served_as_what_it_is(client: FlaskClient) -> None:
    response = client.get("/site/mark.svg")
    assert response.mimetype == "image/svg+xml"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" not in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/site/",
        "/site/none.svg",
        "/site/../theme.toml",
        "/site/..%2ftheme.toml",
        "/site/%2e%2e/theme.toml",
        "/site//mark.svg",
        "/site/MARK.SVG",
        "/site/mark.svg/",
        "/site/mark.svg%00",
        "/site/templates/contact.html",
    ],
)
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code in (308, 404)
    assert "#b4380b" not in response.text
    assert "super()" not in response.text


def test_page_without_a_folder_has_our_look(tmp_path: Path) -> None:
    app = library.application_without_index(tmp_path)
    page = app.test_client().get("/en/contact").text
    assert "theme.css" not in page
    assert 'content="#ffffff" media="(prefers-color-scheme: light)"' in page
    assert app.test_client().get("/theme.css").status_code == 404
    library.close(app)


# --- faults ---------------------------------------------------------------------------------------


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A folder with a fault of each kind."""
    files = {
        "theme.toml": 'brand = "reddish"\n',
        "templates/contact.html": "{% extends 'otvet:contact.html' %}\n{% block main %}",
        "templates/error.html": "{% extends 'error.html' %}",
        "templates/home.html": "{% include 'nothing.html' %}",
        "static/logo.svg": "<svg",
        "translations/ru/LC_MESSAGES/messages.po": BROKEN_PO.replace("de", "ru")
        + '\nmsgid "Contact"\nmsgstr "Связь"\n'
        + '\nmsgid "Home"\nmsgstr "<b>Домой</b>"\n'
        + '\nmsgid "Changes: %(site)s"\nmsgstr "Новое: %(sight)s"\n'
        + '\nmsgid "Find"\nmsgstr "Найти 100%"\n',
        "translations/de/LC_MESSAGES/messages.po": 'msgid "unfinished\n',
        "translations/fr/LC_MESSAGES/messages.po": BROKEN_PO
        + '"Plural-Forms: nplurals=2; plural=n ! 1;\\n"\n',
        "translations/elvish/LC_MESSAGES/messages.po": BROKEN_PO,
    }
    for name, content in files.items():
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tmp_path


def test_every_fault_is_named_with_its_file(broken: Path) -> None:
    found = site_check.check(library.config(broken))
    problems = [one for one in found if one.severity == "problem"]
    places = {(one.path.removeprefix("site/"), one.line) for one in problems}
    assert places == {
        ("theme.toml", 1),
        ("templates/contact.html", 2),
        ("templates/error.html", 1),
        ("templates/home.html", 1),
        ("static/logo.svg", 1),
        ("translations/ru/LC_MESSAGES/messages.po", 8),
        ("translations/ru/LC_MESSAGES/messages.po", 11),
        ("translations/ru/LC_MESSAGES/messages.po", 14),
        ("translations/de/LC_MESSAGES/messages.po", 1),
        ("translations/fr/LC_MESSAGES/messages.po", 1),
        ("translations/elvish/LC_MESSAGES/messages.po", 1),
    }
    assert all(one.remedy for one in problems)


def test_site_with_faults_serves_with_what_is_right(broken: Path) -> None:
    app = library.application_without_index(broken, languages=("ru", "en", "de", "fr"))
    client = app.test_client()
    page = client.get("/ru/contact")
    assert page.status_code == 200
    assert ">Связь</a>" in page.text  # a good text of a file with bad ones
    assert "Домой" not in page.text
    assert "100%" not in page.text
    assert client.get("/fr/contact").status_code == 200
    assert client.get("/de/contact").status_code == 200
    assert client.get("/ru/nothing-here/at/all/x").status_code in (404, 503)
    assert "theme.css" not in page.text
    library.close(app)


def test_template_that_refers_to_itself_is_told_the_way(broken: Path) -> None:
    problems = site_templates.read(broken / "site").problems
    remedies = [one.remedy for one in problems if one.path.endswith("error.html")]
    assert remedies == ['Write {% extends "otvet:error.html" %} for the original']


# --- commands -------------------------------------------------------------------------------------


def run(root: Path, *arguments: str) -> tuple[int, str, str]:
    environ = {
        "KB_ARTICLES_DIR": str(root / "articles"),
        "KB_SITE_DIR": str(root / "site"),
        "KB_DATA_DIR": str(root / "var"),
        "KB_LANGUAGES": "ru,en,de",
    }
    done = CliRunner().invoke(main, arguments, env=environ)
    return done.exit_code, done.stdout, done.stderr


def test_check_reports_the_folder_too(root: Path, broken: Path) -> None:
    code, found, _ = run(root, "check")
    assert code == 0
    *others, remark = found.splitlines()
    assert "remark  1 × untranslated: Texts of the pages that are not translated" in others
    assert remark.startswith("site/translations/de/LC_MESSAGES/messages.po:1: readers of `de` get ")
    assert remark.endswith("`kb translations de` lists them")
    shutil.copytree(root / "articles", broken / "articles")
    code, found, _ = run(broken, "check")
    assert code == 1
    assert "site/theme.toml:1: `brand`: 'reddish' is not a colour" in found


def test_translations_writes_what_is_there_and_what_is_missing(root: Path) -> None:
    code, written, remark = run(root, "translations", "de")
    assert code == 0
    assert 'msgid "How can we help?"\nmsgstr "Wie können wir helfen?"' in written
    assert 'msgid "Still stuck?"\nmsgstr ""' in written
    assert re.fullmatch(r"\d+ texts are not translated\n", remark)
    assert run(root, "translations", "ru")[2] == "0 texts are not translated\n"
    code, _, remark = run(root, "translations", "elvish")
    assert code == 2
    assert "'elvish' is not a language code" in remark


def test_preview_pictures_take_the_brand(client: FlaskClient) -> None:
    page = client.get("/en/").text
    found = re.search(r'property="og:image" content="([^"]+)"', page)
    assert found
    picture = Image.open(BytesIO(client.get(found[1]).data)).convert("RGB")
    css = client.get("/theme.css").text
    brand = re.search(r"--brand: (#[0-9a-f]{6})", css)
    assert brand
    assert picture.getpixel((2, 2)) == ImageColor.getrgb(brand[1])
