"""Templates of a site's own that are broken or attack: named, without harm, ours in their place."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Blueprint, Flask, render_template

from kb.web.layout import sandbox, site_templates
from tests.support.fixtures.encoder_fixture import REPOSITORY
from tests.support.libraries import api_library
from tests.support.libraries import third_language_library as library

OURS = (
    "{% for item in page.items_shown %}[{{ item }}]{% endfor %}{% block main %}ours{% endblock %}"
)
SECRET = "k" * 40
PAGE = SimpleNamespace(items_shown=("a", "b"), query="where is my money", endless=10**9)


def show(tmp_path: Path, source: str, **more: str) -> str:
    """The page `page.html` as a site with this template of its own shows it."""
    (tmp_path / "ours").mkdir(exist_ok=True)
    (tmp_path / "ours" / "page.html").write_text(OURS, encoding="utf-8")
    app = Flask("site", template_folder=str(tmp_path / "ours"))
    app.secret_key = SECRET
    sources = {"page.html": source, **more}
    sandbox.install(app, sources, {name: f"site/templates/{name}" for name in sources})
    pages = Blueprint("pages", "pages")
    pages.add_url_rule("/", view_func=lambda: render_template("page.html", page=PAGE), endpoint="p")
    app.register_blueprint(pages)
    return app.test_client().get("/?q=where+is+my+money", headers={"Cookie": "zyxcookie=1"}).text


ATTACKS = {
    "settings": "{{ config }}",
    "a request": "{{ request }}",
    "a session": "{{ session }}",
    "an application's": "{{ g }}",
    "a setting": "{{ config.SECRET_KEY.x }}",
    "the request": "{{ request.headers.x }}",
    "the session": "{{ session.x }}",
    "the application's": "{{ g.x.y }}",
    "settings by a function": "{{ url_for.__globals__.current_app.config }}",
    "settings by a filter": "{{ url_for | attr('__globals__') }}",
    "settings by a computed name": "{{ url_for['__glo' ~ 'bals__']['current_app'] }}",
    "all classes": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "classes by format": "{{ '{0.__class__.__mro__}'.format(page) }}",
    "classes by Markup": "{{ ('{0.__class__.__init__.__globals__}'|safe).format(page) }}",
    "code of a macro": "{% macro m() %}{% endmacro %}{{ m.__code__ }}",
    "its own environment": "{{ self._TemplateReference__context.environment.x }}",
    "cycler's globals": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "a change of the page": "{{ page.__setattr__('query', 'x') }}",
    "a change of a list": "{% set l = [1] %}{{ l.append(2) }}",
    "a long range": "{% for _ in range(10 ** 9) %}{% endfor %}",
    "long loops": "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
    "loops in a macro": "{% macro m(n) %}{% for _ in range(999) %}{% if n %}{{ m(n - 1) }}"
    "{% endif %}{% endfor %}{% endmacro %}{{ m(9) }}",
    "a loop of itself": "{% for a in [1] recursive %}{{ loop([a]) }}{% endfor %}",
    "a macro of itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "an include of itself": "{% include ['page' ~ '.html'] %}",
    "a long text": "{{ 'x' * 10 ** 9 }}",
    "a long text the other way": "{{ 1000000000 * 'x' }}",
    "a great number": "{{ 10 ** (10 ** 8) }}",
    "a name that is missing": "{{ page.nothing.more }}",
    "a wrong type": "{{ 1 + 'x' }}",
    "division by zero": "{{ 1 / 0 }}",
    "a template that is gone": "{% include 'no' ~ 'thing.html' %}",
    "a text as a number": "{{ page.query | int(default=none) + 1 }}",
}


NOTHING = (
    "settings",
    "a request",
    "a session",
    "an application's",
    "settings by a filter",
    "code of a macro",
)
"""Attacks that come to an undefined name, which shows nothing."""


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_named_and_ours_is_shown(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, attack: str
) -> None:
    caplog.set_level(logging.ERROR)
    shown = show(tmp_path, f"\n\nbefore {ATTACKS[attack]} after")
    assert SECRET not in shown
    assert "zyxcookie" not in shown
    if attack in NOTHING:
        assert shown == "\n\nbefore  after"
        return
    assert shown == "[a][b]ours"
    (fault,) = caplog.messages
    assert "site/templates/page.html:3: " in fault
    assert "money" not in fault
    assert SECRET not in fault


def test_a_fault_in_a_part_is_named_there(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    part = "first\n{{ page.nothing.more }}"
    assert show(tmp_path, "{% include 'part.html' %}", **{"part.html": part}) == "[a][b]ours"
    assert "site/templates/part.html:2: UndefinedError" in caplog.text


def test_a_fault_that_comes_with_every_request_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "page.html").write_text(OURS, encoding="utf-8")
    app = Flask("site", template_folder=str(tmp_path / "ours"))
    sandbox.install(app, {"page.html": "{{ 1 / 0 }}"}, {"page.html": "site/templates/page.html"})
    with app.test_request_context():
        shown = {render_template("page.html", page=PAGE) for _ in range(3)}
    assert shown == {"[a][b]ours"}
    assert len(caplog.messages) == 1


def test_steps_are_counted_for_each_page_apart(tmp_path: Path) -> None:
    """Also of pages that are rendered at the same time."""
    source = f"{{% for _ in range({sandbox.MAX_STEPS * 2 // 3}) %}}{{% endfor %}}site"
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda n=number: found.append(show(tmp_path / str(n), source)))
        for number in range(2)
    ]
    for number, thread in enumerate(threads):
        (tmp_path / str(number)).mkdir()
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["site", "site"]


def test_loops_know_where_they_are_as_ever(tmp_path: Path) -> None:
    source = (
        "{% for item in page.items_shown if item %}{{ loop.index }}/{{ loop.length }}"
        "{{ item }}{% if not loop.last %},{% endif %}{% else %}none{% endfor %}"
        "{% for a, b in [(1, 2)] %}{{ a + b }}{% endfor %}"
        "{% for item in () %}{% else %} none{% endfor %}"
        "{{ 2 * 3 }}{{ 'ab' * 2 }}{{ 2 ** 3 }}"
    )
    assert show(tmp_path, source) == "1/2a,2/2b3 none6abab8"


def test_the_original_is_extended_in_the_sandbox(tmp_path: Path) -> None:
    source = "{% extends 'otvet:page.html' %}{% block main %}{{ super() }} and theirs{% endblock %}"
    assert show(tmp_path, source) == "[a][b]ours and theirs"


# What can be told before a page is rendered


@pytest.mark.parametrize(
    ("source", "line", "detail"),
    [
        ("\n{{ config.SECRET_KEY }}", 2, "uses `config`, which templates do not get"),
        ("{{ request.args.q }}", 1, "uses `request`, which templates do not get"),
        ("{% if session %}x{% endif %}", 1, "uses `session`, which templates do not get"),
        ("{{ g }}", 1, "uses `g`, which templates do not get"),
        ("\n\n{{ page.__class__ }}", 3, "uses `__class__`, which is private"),
        ("{{ page['__class__'] }}", 1, "uses `__class__`, which is private"),
    ],
)
def test_check_names_what_the_sandbox_would_refuse(
    tmp_path: Path, source: str, line: int, detail: str
) -> None:
    (tmp_path / "site/templates").mkdir(parents=True)
    (tmp_path / "site/templates/home.html").write_text(source, encoding="utf-8")
    read = site_templates.read(tmp_path / "site")
    (problem,) = read.problems
    assert (problem.path, problem.line) == ("site/templates/home.html", line)
    assert problem.message == detail
    assert read.sources == {}


def test_names_of_its_own_are_a_templates_business(tmp_path: Path) -> None:
    (tmp_path / "site/templates").mkdir(parents=True)
    source = "{% set g = 1 %}{{ g }}{% macro m(config) %}{{ config }}{% endmacro %}{{ m(2) }}"
    (tmp_path / "site/templates/home.html").write_text(source, encoding="utf-8")
    assert site_templates.read(tmp_path / "site").problems == ()


def test_templates_get_what_the_documentation_names(tmp_path: Path) -> None:
    folder = tmp_path / "site" / "templates"
    folder.mkdir(parents=True)
    (folder / "error.html").write_text("theirs", encoding="utf-8")
    app = library.application_without_index(tmp_path, site_dir=tmp_path / "site")
    try:
        given = set(app.jinja_env.globals)
    finally:
        library.close(app)
    told = (REPOSITORY / "docs" / "theming.md").read_text("utf-8")
    assert not {name for name in given if f"`{name}`" not in told} - {"npgettext", "pgettext"}


# The whole site


def pages(root: Path, **templates: str) -> dict[str, Any]:
    """Status and text of pages of a site with these templates of its own."""
    folder = root / "site/templates"
    folder.mkdir(parents=True)
    for name, source in templates.items():
        (folder / f"{name}.html").write_text(source, encoding="utf-8")
    app = library.application_without_index(root, site_dir=root / "site", languages=("en", "ru"))
    try:
        client = app.test_client()
        addresses = ("/en/contact", "/en/nothing", "/agent/sign-in", "/en/")
        found = {one: client.get(one) for one in addresses}
        return {one: (reply.status_code, reply.text) for one, reply in found.items()}
    finally:
        library.close(app)


def test_the_site_stands_whatever_its_templates_do(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = pages(tmp_path / "plain")
    broken = pages(
        tmp_path / "broken",
        base="{{ page.frame.nothing.more }}",
        error="{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        agent_base="{{ ''['__cl' ~ 'ass__'].x }}",
    )
    for address, (status, text) in whole.items():
        assert broken[address][0] == status, address
        assert len(broken[address][1]) == len(text), address
    for place in ("base.html:1", "error.html:1", "agent_base.html:1"):
        assert f"site/templates/{place}" in caplog.text


def test_our_own_templates_work_in_the_sandbox_too(tmp_path: Path) -> None:
    """Every page is the same with a template of the site's that changes nothing."""
    api_library.build(tmp_path / "var")
    texts = []
    for name in ("plain", "site"):
        folder = tmp_path / name / "templates"
        folder.mkdir(parents=True)
        if name == "site":
            source = "{% extends 'otvet:base.html' %}"
            (folder / "base.html").write_text(source, encoding="utf-8")
        app = api_library.application(tmp_path / "var", site_dir=tmp_path / name)
        try:
            client = app.test_client()
            texts.append({one: neutral(client.get(one).text) for one in PUBLIC_PAGES})
        finally:
            api_library.close(app)
    assert texts[0] == texts[1]


PUBLIC_PAGES = (
    *("/en/", "/en/faq/", "/en/faq/returns/", "/en/faq/returns/refund-timing", "/en/contact"),
    *("/en/search?q=refund", "/en/instant?q=ref", "/en/nothing", "/agent/sign-in", "/api/docs"),
    *("/demo/shop", "/en/faq/returns/refund-timing/history"),
)


def neutral(text: str) -> str:
    """Without tokens of forms, which are new each time."""
    parts = text.split('value="cf_')
    return "".join([parts[0], *(part.partition('"')[2] for part in parts[1:])])
