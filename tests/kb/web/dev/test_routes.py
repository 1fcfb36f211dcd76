"""The authors' bar over HTTP: on public pages of `--dev` only, and right about the article."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.catalog import check_report
from kb.catalog.check_report import ArticleState, CheckReport
from kb.content.fault_kinds import FaultKind
from kb.content.model import Problem
from kb.web.dev.routes import dev
from tests.support.libraries.site_library import application, close

ARTICLE = "/ru/faq/returns/refund-timing"
FILE = "ru/faq/returns/refund-timing.md"
LEFT_OUT = "ru/faq/returns/broken.md"
DRAFT = "ru/faq/returns/draft.md"
REPORT = CheckReport(
    problems=(
        Problem(
            FILE,
            12,
            "links to <b>gone.md</b>, which does not exist",
            "Mend the path",
            FaultKind.BROKEN_LINK,
        ),
        Problem(LEFT_OUT, 3, "has no title", "Write one", FaultKind.BROKEN_LINK),
    ),
    remarks=(
        Problem(
            FILE, 1, "is older than its source", "Bring it up to date", FaultKind.OLD_TRANSLATION
        ),
    ),
    articles={
        FILE: ArticleState("published", {"title": 3, "questions": 6}),
        DRAFT: ArticleState("draft", {}),
    },
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dev")


@pytest.fixture(scope="module")
def app(root: Path) -> Iterator[Flask]:
    app = application(root)
    app.register_blueprint(dev)
    check_report.save(REPORT, root / check_report.FOLDER)
    yield app
    close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def report(client: FlaskClient, at: str, part: str = "") -> str:
    response = client.get("/dev/report", query_string={"at": at, "part": part})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    return response.get_data(as_text=True)


@pytest.mark.parametrize("path", [ARTICLE, "/ru/", "/en/faq/", "/ru/contact", "/ru/no/such/page"])
def test_public_pages_have_the_bar_and_are_never_kept(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.text.count("<otvet-authors") == 1
    assert response.text.index("<otvet-authors") < response.text.index("</body>")
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


@pytest.mark.parametrize("path", ["/agent/sign-in", "/ru/instant?q=a", "/api/docs", "/robots.txt"])
def test_nothing_else_has_it(client: FlaskClient, path: str) -> None:
    assert "otvet-authors" not in client.get(path).text


def test_without_dev_there_is_no_bar_and_no_report(tmp_path: Path) -> None:
    app = application(tmp_path)
    client = app.test_client()
    assert "otvet-authors" not in client.get(ARTICLE).text
    assert client.get("/dev/report").status_code == 404
    assert client.get("/dev/state").status_code == 404
    close(app)


def test_problems_have_file_line_and_remedy(client: FlaskClient) -> None:
    shown = report(client, ARTICLE, "bar")
    assert FILE in shown
    assert "<code>12</code>" in shown
    assert "links to &lt;b&gt;gone.md&lt;/b&gt;" in shown
    assert "Mend the path" in shown
    assert "is older than its source" in shown
    assert f"{LEFT_OUT}:3" in shown


def test_an_article_that_is_left_out_says_why_at_its_address(client: FlaskClient) -> None:
    shown = report(client, "/ru/faq/returns/broken", "bar")
    assert "Её нет на сайте, пока это не исправлено:" in shown
    assert "has no title" in shown


def test_a_draft_is_called_one(client: FlaskClient) -> None:
    assert "Это черновик" in report(client, "/ru/faq/returns/draft", "bar")


def test_title_and_questions_are_tried(client: FlaskClient) -> None:
    shown = report(client, ARTICLE, "search")
    assert "Когда вернутся деньги" in shown
    assert "где мои деньги" in shown
    assert shown.count("находит первой") >= 1
    assert "Неизвестно: индекс собран без модели." in shown


def test_the_whole_report_is_a_page_of_its_own(client: FlaskClient) -> None:
    shown = report(client, ARTICLE)
    assert shown.lstrip().startswith("<!doctype html>")
    assert "Mend the path" in shown
    assert "где мои деньги" in shown


@pytest.mark.parametrize(
    "at", ["", "/", "//evil.example/x", "/ru/faq/../../etc", "/" * 500, "ъ" * 9000, "\0"]
)
def test_any_place_is_answered(client: FlaskClient, at: str) -> None:
    report(client, at, "bar")
    assert client.get("/dev/state", query_string={"at": at}).status_code == 200


def test_search_of_a_place_without_an_article_is_not_found(client: FlaskClient) -> None:
    asked = {"at": "/ru/", "part": "search"}
    assert client.get("/dev/report", query_string=asked).status_code == 404


def test_state_changes_with_the_check_and_with_the_article_alone(
    client: FlaskClient, root: Path
) -> None:
    def state(at: str) -> dict[str, str]:
        answer = client.get("/dev/state", query_string={"at": at}).get_json()
        assert isinstance(answer, dict)
        return answer

    before = state(ARTICLE)
    assert before == state(ARTICLE)
    assert before["page"] != state("/en/faq/returns/refund-timing")["page"]
    check_report.save(CheckReport((), (), {}), root / check_report.FOLDER)
    after = state(ARTICLE)
    check_report.save(REPORT, root / check_report.FOLDER)
    assert after["check"] != before["check"]
    assert after["page"] == before["page"]


def test_before_the_first_check_nothing_is_claimed(client: FlaskClient, root: Path) -> None:
    (root / check_report.FOLDER / check_report.NAME).unlink()
    shown = report(client, ARTICLE, "bar")
    check_report.save(REPORT, root / check_report.FOLDER)
    assert "Проверяется…" in shown
    assert "Здесь ошибок нет" not in shown
