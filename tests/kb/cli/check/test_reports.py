"""kb check: short for people, stable for machines, and the exit code of either."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kb.cli.main import main
from kb.content.fault_kinds import FaultKind
from kb.content.model import MAX_LINE_CHARS

CATEGORIES = """\
faq:
  delivery: {icon: van, title: {ru: Доставка, en: Delivery}, description: {ru: а, en: b}}
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, whose articles have 40 dead links, a clash of ids and a strange key."""
    monkeypatch.chdir(tmp_path)
    articles = tmp_path / "articles"
    for name, article_id, more in (("a, b%", "k2m7p", ""), ("a", "k2m7p", ""), ("b", "b6h3r", "x")):
        file = articles / f"en/faq/delivery/{name}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        links = "\n".join(f"[x](gone-{number}.md)" for number in range(20))
        key = f"layout: {more}\nrelated: [k2m7p]\n" if more else "related: [b6h3r]\n"
        file.write_text(f"---\nid: {article_id}\ntitle: T\nsummary: S\n{key}---\n{links}\n")
    (articles / "categories.yml").write_text(CATEGORIES, encoding="utf-8")
    return tmp_path


def run(root: Path, *arguments: str) -> Result:
    environ = {"KB_ARTICLES_DIR": str(root / "articles"), "KB_SITE_DIR": str(root / "site")}
    return CliRunner().invoke(main, ["check", *arguments], env=environ)


def test_people_get_counts_then_a_line_each_and_long_groups_are_cut(root: Path) -> None:
    done = run(root)
    assert done.exit_code == 1
    head, *groups = done.stdout.split("\n\n")
    assert head.splitlines() == [
        "problem 40 × broken-link: Links that lead nowhere",
        "problem  1 × bad-name: Names of files and folders that cannot be used",
        "remark   1 × unknown-key: Keys of front matter that nothing reads",
    ]
    links = groups[0].splitlines()
    assert links[0] == "# broken-link (40), Links that lead nowhere"
    assert links[1].startswith("en/faq/delivery/a.md:7: links to gone-0.md, which does not exist.")
    assert (len(links), links[-1]) == (12, "and 30 more (`--all`)")
    assert max(map(len, done.stdout.splitlines())) <= MAX_LINE_CHARS
    assert done.stderr == "2 articles, 41 problems, 1 remark\n"


def test_all_tells_every_line(root: Path) -> None:
    lines = run(root, "--all").stdout.splitlines()
    assert len([line for line in lines if "gone-" in line]) == 40
    assert not [line for line in lines if "more" in line]


@pytest.mark.parametrize("arguments", [("--json",), ("--format", "json")])
def test_json_has_every_finding_with_its_place(root: Path, arguments: tuple[str, ...]) -> None:
    done = run(root, *arguments)
    report = json.loads(done.stdout)
    assert done.exit_code == 1
    numbers = {key: report[key] for key in ("version", "articles", "problems", "remarks")}
    assert numbers == {"version": 1, "articles": 2, "problems": 41, "remarks": 1}
    assert next((it["kind"], it["count"]) for it in report["kinds"]) == ("broken-link", 40)
    assert report["found"][-1] | {"message": ""} == {
        "kind": "broken-link",
        "severity": "problem",
        "path": "en/faq/delivery/b.md",
        "file": "articles/en/faq/delivery/b.md",
        "line": 27,
        "message": "",
        "remedy": "Mend the path",
    }


def test_sarif_has_what_its_readers_demand(root: Path) -> None:
    log: dict[str, Any] = json.loads(run(root, "--format", "sarif").stdout)
    assert log["version"] == "2.1.0"
    (sarif_run,) = log["runs"]
    rules = sarif_run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(FaultKind)
    for result in sarif_run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] == rules[result["ruleIndex"]]["defaultConfiguration"]["level"]
        (place,) = result["locations"]
        assert place["physicalLocation"]["region"]["startLine"] >= 1
    places = [it["locations"][0]["physicalLocation"] for it in sarif_run["results"]]
    uris = {place["artifactLocation"]["uri"] for place in places}
    assert "articles/en/faq/delivery/a%2C%20b%25.md" in uris


def test_annotations_escape_what_github_would_read(root: Path) -> None:
    lines = run(root, "--format", "github").stdout.splitlines()
    assert len(lines) == 42
    assert all(
        re.fullmatch(r"::(error|warning) file=\S.*?,line=\d+,title=.+?::.+", it) for it in lines
    )
    assert any("file=articles/en/faq/delivery/a%2C b%25.md,line=1," in line for line in lines)
    assert lines[-1].startswith("::warning file=articles/en/faq/delivery/b.md,line=5,")


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_remarks_fail_no_check(root: Path, form: str) -> None:
    for file in (root / "articles").rglob("*.md"):
        file.write_text(re.sub(r"\[x\]\(gone-\d+\.md\)\n", "", file.read_text()))
        if "," in file.name:
            file.unlink()
    assert run(root, "--format", form).exit_code == 0
