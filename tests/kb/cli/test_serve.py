"""`kb serve`: the authors' bar is for the author's own machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli import serve
from kb.cli.exits import EXIT_UNUSABLE
from kb.config import Config
from kb.server import supervisor


@pytest.mark.parametrize(
    ("settings", "arguments"),
    [
        ({}, ["--host", "0.0.0.0"]),
        ({}, ["--host", "192.168.1.4"]),
        ({"public_url": "https://help.example.com"}, []),
    ],
)
def test_dev_is_refused_where_others_could_see_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, str],
    arguments: list[str],
) -> None:
    monkeypatch.setattr(supervisor, "serve", lambda *_, **__: pytest.fail("served"))
    config = Config(data_dir=tmp_path, public_url=settings.get("public_url", ""))
    done = CliRunner().invoke(serve.commands, ["serve", "--dev", *arguments], obj=config)
    assert done.exit_code == EXIT_UNUSABLE
    assert "--dev" in done.output


def test_dev_builds_and_checks_and_waits_for_slow_searches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[tuple[Config, dict[str, object]]] = []
    monkeypatch.setattr(supervisor, "serve", lambda it, **options: served.append((it, options)))
    monkeypatch.setattr(serve, "_build_apart", lambda: None)
    config = Config(data_dir=tmp_path)
    done = CliRunner().invoke(serve.commands, ["serve", "--dev", "--port", "0"], obj=config)
    assert done.exit_code == 0, done.output
    [(used, options)] = served
    assert options["dev"] is True
    assert used.reader_timeout_ms > config.reader_timeout_ms
