"""Everything that articles share, filled into them: one look at variables and snippets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kb.content.fault_kinds import FaultKind
from kb.content.model import Article, Problem
from kb.content.remarks.likeness import nearest
from kb.content.shared_text import snippets, variables
from kb.content.shared_text.expansion import FindSnippet, expanded, filled_line, unknown_names
from kb.content.shared_text.snippets import Snippets
from kb.content.shared_text.variables import VARIABLES_FILE, Variables

TAG_MARK = "{{"
KEYS = ("title", "summary", "questions")
"""Keys of the front matter in which variables are filled in."""


@dataclass(frozen=True)
class Used:
    """Shared texts that an article has a part of."""

    snippets: frozenset[str] = frozenset()
    """Paths."""
    variables: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SharedText:
    """Variables and snippets of every language, and what is wrong with their files."""

    variables: Variables
    snippets: Snippets
    problems: tuple[Problem, ...] = ()

    def fill(self, article: Article, problems: list[Problem]) -> tuple[Article, Used]:
        """The article with everything filled in; what cannot be is noted, and stays as it is."""
        head = article.head
        lines = (head.title, head.summary, *head.questions)
        if TAG_MARK not in article.body and not any(TAG_MARK in line for line in lines):
            return article, Used()
        known = self._values(article.lang)
        used: set[str] = set()
        title, summary, *questions = (filled_line(line, known, used) for line in lines)
        problems += self._unknown(article, title, summary, *questions)
        found = expanded(
            article.body, (article.path, article.body_line), known, self._snippet(article.lang)
        )
        if found.is_cut:
            message, remedy = "grows too large with its snippets", "Leave some of them out"
            problems.append(Problem(article.path, 1, message, remedy, FaultKind.TOO_LONG))
        problems += snippets.flattened(found)
        filled = replace(article, body=found.text, origins=tuple(found.origins)).with_head(
            title=title, summary=summary, questions=tuple(questions)
        )
        return filled, Used(frozenset(found.snippets), frozenset(found.variables | used))

    def unused(self, used: Iterable[Used], unread: Iterable[str] = ()) -> Iterator[Problem]:
        """Remarks on what no article has a part of; `unread` are texts of those left out."""
        tags = {name for text in unread for name in unknown_names(text)}
        some = list(used)
        names = frozenset[str]().union(*(one.variables for one in some))
        paths = frozenset[str]().union(*(one.snippets for one in some))
        plain_tags = {"".join(tag.split()) for tag in tags}
        lines = {n: it.line for of in self.variables.values() for n, it in of.items()}
        remedy = "Use it, or remove it"
        for name in sorted(lines.keys() - names - tags):
            message = f"no article uses `{name}`"
            yield Problem(VARIABLES_FILE, lines[name], message, remedy, FaultKind.UNUSED_TEXT)
        for one in (snippet for of in self.snippets.values() for snippet in of.values()):
            if one.path not in paths and f"snippet:{_name(one.path)}" not in plain_tags:
                yield Problem(one.path, 1, "no article uses it", remedy, FaultKind.UNUSED_TEXT)

    def _values(self, lang: str) -> Mapping[str, str]:
        return {name: it.text for name, it in self.variables.get(lang, {}).items()}

    def _snippet(self, lang: str) -> FindSnippet:
        return self.snippets.get(lang, {}).get

    def _unknown(self, article: Article, *lines: str) -> Iterator[Problem]:
        """Tags of the front matter that nothing fills in."""
        known = self.variables.get(article.lang, {})
        keys = ("title", "summary", *("questions" for _ in lines[2:]))
        for key, line in zip(keys, lines, strict=True):
            for name in unknown_names(line):
                message = f"`{key}` has `{{{{ {name} }}}}`, which nothing fills in"
                near = ", ".join(nearest(name, known)) or f"none in {VARIABLES_FILE}"
                at, kind = article.key_lines.get(key, 1), FaultKind.UNKNOWN_VARIABLE
                yield Problem(article.path, at, message, f"Nearest: {near}", kind)


def _name(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".md")


def read(root: Path, paths: Sequence[str], languages: Sequence[str]) -> SharedText:
    """Shared texts below `root`, whose files are `paths`."""
    found, of_variables = variables.read(root, languages)
    blocks, of_snippets = snippets.read(root, paths, languages, found)
    return SharedText(found, blocks, (*of_variables, *of_snippets))
