"""Checks everything that authors keep: for `kb check`, and for the authors' bar of `--dev`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from kb.catalog.check_report import ArticleState, CheckReport
from kb.config import Config
from kb.content.examination import whole_folder
from kb.content.examination.whole_folder import Examination
from kb.content.library import ArticleCache


def examined(
    config: Config, root: Path, today: date, cache: ArticleCache | None = None
) -> Examination:
    """Everything wrong with what authors keep below `root`. Raises OSError."""
    return whole_folder.examined(root, config.languages, today, cache)


def examine(config: Config, cache: ArticleCache | None = None) -> CheckReport:
    """All problems and remarks of the articles, as the bar keeps them. Raises OSError."""
    made = examined(config, config.articles_dir, datetime.now(UTC).date(), cache)
    return CheckReport(
        problems=tuple(sorted(one for one in made.found if one.severity == "problem")),
        remarks=tuple(sorted(one for one in made.found if one.severity == "remark")),
        articles={
            article.path: ArticleState(article.status, article.key_lines)
            for article in made.library.articles
        },
    )
