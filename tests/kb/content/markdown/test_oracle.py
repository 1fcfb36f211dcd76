"""kb.content.markdown: articles look as an independent reader of GitHub's Markdown shows them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from kb.content.sanitize import to_html
from tests.support.fixtures.encoder_fixture import REPOSITORY
from tests.support.markdown.generated import articles
from tests.support.markdown.oracle import github_html
from tests.support.markdown.outline import outline

SAMPLES = sorted((REPOSITORY / "articles").rglob("*.md"))


@settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(articles)
def test_an_article_in_the_manner_of_real_ones(text: str) -> None:
    assert outline(to_html(text)) == outline(github_html(text))


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_sample_articles(language: str) -> None:
    for path in SAMPLES:
        if language in path.parts:
            body = path.read_text("utf-8").partition("\n---\n")[2]
            assert outline(to_html(body)) == outline(github_html(body)), path
