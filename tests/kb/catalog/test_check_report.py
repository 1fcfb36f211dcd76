"""The check of all articles, kept between two processes."""

from __future__ import annotations

from pathlib import Path

from kb.catalog import check_report
from kb.catalog.check_report import ArticleState, CheckReport
from kb.content.fault_kinds import FaultKind
from kb.content.model import Problem

ONE = Problem("ru/faq/a/b.md", 3, "is wrong", "Mend it", FaultKind.BROKEN_LINK)


def test_a_report_is_read_as_it_was_saved(tmp_path: Path) -> None:
    report = CheckReport((ONE,), (ONE,), {ONE.path: ArticleState("draft", {"title": 2})})
    check_report.save(report, tmp_path)
    found = check_report.read(tmp_path)
    assert found
    assert (found.problems, found.remarks, found.articles) == (
        report.problems,
        report.remarks,
        report.articles,
    )
    assert found.problems_of("other.md") == ()


def test_equal_reports_have_equal_versions(tmp_path: Path) -> None:
    def version(report: CheckReport) -> str:
        check_report.save(report, tmp_path)
        found = check_report.read(tmp_path)
        assert found
        return found.version

    empty = CheckReport((), (), {})
    assert version(empty) == version(empty) != version(CheckReport((ONE,), (), {}))


def test_what_is_no_report_is_none(tmp_path: Path) -> None:
    assert check_report.read(tmp_path) is None
    for content in (b"", b"{}", b"[]", b"\xff", b'{"problems": [{"x": 1}]}'):
        (tmp_path / check_report.NAME).write_bytes(content)
        assert check_report.read(tmp_path) is None
