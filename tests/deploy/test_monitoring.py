"""Alerts and the dashboard: whole, about metrics that there are, and told in the documentation."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from tests.support.documents import PAGES
from tests.support.fixtures.encoder_fixture import REPOSITORY
from tests.support.libraries import api_library
from tests.support.web.customer_requests import SECRET

PROMETHEUS = REPOSITORY / "deploy" / "prometheus"
RULES = PROMETHEUS / "otvet.rules.yml"
DASHBOARD = REPOSITORY / "deploy" / "grafana" / "otvet.json"
SEVERITIES = {"page", "ticket"}
PANEL_WIDTH = 24
OF_PROMETHEUS = {"up"}
LATER = {"otvet_delivery_worker_seen_timestamp_seconds"}
"""Shown once there is something to tell."""


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """Names of the series that a site with a channel shows."""
    root: Path = tmp_path_factory.mktemp("metrics")
    api_library.build(root)
    webhook = {"webhook_url": "https://desk.example.com/hook", "webhook_secret": SECRET}
    app = api_library.application(root, contact_email="help@example.com", **webhook)
    try:
        text = app.test_client().get("/metrics").text
    finally:
        api_library.close(app)
    kinds = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE))
    return frozenset(_series(kinds))


def _series(kinds: Mapping[str, str]) -> Iterator[str]:
    for name, kind in kinds.items():
        yield name
        if kind in ("histogram", "summary"):
            yield from (f"{name}_{suffix}" for suffix in ("bucket", "sum", "count"))


def rules() -> list[Any]:
    groups = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[Any]:
    return [
        one for one in json.loads(DASHBOARD.read_text("utf-8"))["panels"] if one["type"] != "row"
    ]


def queries() -> Iterator[tuple[str, str]]:
    """Name of an alert or a panel, and one of its queries without Grafana's own variables."""
    for rule in rules():
        yield rule["alert"], rule["expr"]
    for panel in panels():
        for target in panel["targets"]:
            yield panel["title"], target["expr"].replace("$__rate_interval", "5m")


def metrics_of(query: str) -> set[str]:
    """Series that a query reads; raises ValueError for what is no query."""
    found: set[str] = set()

    def note(node: Any) -> bool:
        if isinstance(node, promql_parser.VectorSelector) and node.name:
            found.add(node.name)
        return True

    promql_parser.walk(promql_parser.parse(query), note)
    return found


@pytest.mark.parametrize(("name", "query"), list(queries()))
def test_a_query_can_be_read_and_asks_for_what_there_is(
    name: str, query: str, exported: frozenset[str]
) -> None:
    asked = metrics_of(query)
    assert asked
    assert asked <= exported | OF_PROMETHEUS


def test_an_unknown_metric_and_a_broken_query_are_seen(exported: frozenset[str]) -> None:
    assert not metrics_of("rate(otvet_answered_total[5m]) > 1") <= exported
    with pytest.raises(ValueError, match="parenthesis"):
        metrics_of("sum by (rate(otvet_requests_total[5m])")


def test_every_alert_says_what_to_do() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names)) > 10
    for rule in rules():
        assert rule["labels"]["severity"] in SEVERITIES, rule["alert"]
        assert rule["annotations"].keys() == {"summary", "description"}, rule["alert"]


def test_panels_lie_side_by_side() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(DASHBOARD.read_text("utf-8"))["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= PANEL_WIDTH, panel["title"]
        taken |= cells


def test_every_metric_stands_in_the_documentation_and_is_one(exported: frozenset[str]) -> None:
    told = set(re.findall(r"\botvet_[a-z_]+", "".join(page.read_text("utf-8") for page in PAGES)))
    own = {one for one in exported if not re.search(r"_(?:bucket|sum|count)$", one)}
    assert own <= told
    short = {one.removesuffix("_total") for one in exported}  # as prose may name a counter
    assert told <= exported | short | LATER | {"otvet_staff"}  # which is a cookie


def test_promtool_agrees() -> None:
    """Prometheus, if it is installed, has the last word; the rest holds everywhere."""
    if promtool := shutil.which("promtool"):
        for command in (("check", "rules", RULES.name), ("test", "rules", "otvet.rules.test.yml")):
            done = subprocess.run(
                [promtool, *command], cwd=PROMETHEUS, capture_output=True, text=True
            )
            assert done.returncode == 0, done.stdout + done.stderr
    tested = yaml.safe_load((PROMETHEUS / "otvet.rules.test.yml").read_text("utf-8"))["tests"]
    alerts = {case["alertname"] for test in tested for case in test["alert_rule_test"]}
    assert alerts <= {rule["alert"] for rule in rules()}
