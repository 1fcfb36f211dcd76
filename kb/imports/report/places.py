"""Articles that findings are of, wherever in the source or here a finding names its place."""

from __future__ import annotations

from collections.abc import Sequence

from kb.imports.model import ImportFinding, LandedArticle

OBJECT = "#"
"""Between the file of an export and the page in it."""


class FindingPlaces:
    """Knows the articles of an import by their paths here and in the source."""

    def __init__(self, articles: Sequence[LandedArticle]) -> None:
        self._found: dict[str, LandedArticle] = {}
        for one in articles:
            self._found[one.path] = one
            self._found.setdefault(one.source, one)
            if OBJECT in one.source:  # of a page, whatever its language
                self._found.setdefault(one.source.rpartition(":")[0], one)

    def article_of(self, finding: ImportFinding) -> LandedArticle | None:
        return self._found.get(finding.path)

    def place(self, finding: ImportFinding) -> str:
        """The place of a finding in one line: a file with its line, or an article by its title."""
        article = self.article_of(finding)
        if article is not None and OBJECT in finding.path:
            return f"{article.path} «{article.title}»"
        path = finding.path.partition(OBJECT)[0]
        return f"{path}:{finding.line}" if path and finding.line else path


def origin(article: LandedArticle) -> str:
    """The page of the source that an article was."""
    path, mark, name = article.source.partition(OBJECT)
    kind, _, number = name.partition(":")
    return f"{path}, {kind} {number.replace(':', ', ')}" if mark else path


def line(place: str, finding: ImportFinding) -> str:
    """A finding after its place, in one line."""
    message = " ".join(finding.message.split())
    remedy = f". {finding.remedy}" if finding.remedy else ""
    return f"{place}: {message}{remedy}" if place else f"{message}{remedy}"
