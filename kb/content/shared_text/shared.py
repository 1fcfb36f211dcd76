"""Everything that articles share, filled into them: one look at variables and snippets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kb.content.fault_kinds import FaultKind
from kb.content.model import Article, Problem
from kb.content.remarks.likeness import nearest
from kb.content.shared_text import snippets, variables
from kb.content.shared_text.expansion import MARK, Shared, expanded, filled_line, named_tags
from kb.content.shared_text.snippets import ReadSnippets
from kb.content.shared_text.variables import VARIABLES_FILE, ReadVariables, Variables

TAG_MARK = "{{"
SNIPPET_REMEDY = "Snippets stand in the text; write the words, or use a variable"


@dataclass(frozen=True)
class Used:
    """Shared texts that an article has a part of."""

    snippets: frozenset[str] = frozenset()
    """Paths."""
    variables: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SharedText:
    """Variables and snippets of every language, and what is wrong with their files."""

    read_variables: ReadVariables
    read_snippets: ReadSnippets

    @property
    def variables(self) -> Variables:
        return self.read_variables.by_language

    @property
    def problems(self) -> tuple[Problem, ...]:
        return *self.read_variables.problems, *self.read_snippets.problems

    def fill(self, article: Article, problems: list[Problem]) -> tuple[Article, Used]:
        """The article with everything filled in; what cannot be is noted, and stays as it is."""
        head = article.head
        lines = (head.title, head.summary, *head.questions, *head.tags)
        if TAG_MARK not in article.body and not any(TAG_MARK in line for line in lines):
            return article, Used()
        shared = self._of(article.lang)
        filled = [filled_line(line, shared.variables) for line in lines]
        keys = ("questions",) * len(head.questions) + ("tags",) * len(head.tags)
        for key, line in zip(("title", "summary", *keys), filled, strict=True):
            problems += self._unknown(article, key, line.unknown)
        title, summary, *others = (line.text for line in filled)
        questions, tags = others[: len(head.questions)], others[len(head.questions) :]
        found = expanded(article.body, (article.path, article.body_line), shared)
        if found.is_cut:
            message, remedy = "grows too large with its snippets", "Leave some of them out"
            problems.append(Problem(article.path, 1, message, remedy, FaultKind.TOO_LONG))
        problems += snippets.flattened(found)
        written = replace(article, body=found.text, origins=tuple(found.origins)).with_head(
            title=title, summary=summary, questions=tuple(questions), tags=tuple(tags)
        )
        names = found.variables.union(*(line.variables for line in filled))
        return written, Used(frozenset(found.snippets), frozenset(names))

    def unused(self, used: Iterable[Used], others: Iterable[str] = ()) -> Iterator[Problem]:
        """Remarks on what nothing has a part of; `others` are texts that are no articles here."""
        tags = frozenset[str]().union(*map(named_tags, others))
        some = list(used)
        names = frozenset[str]().union(*(one.variables for one in some))
        paths = frozenset[str]().union(*(one.snippets for one in some))
        lines = {n: it.line for of in self.variables.values() for n, it in of.items()}
        remedy = "Use it, or remove it"
        for name in sorted(lines.keys() - names - tags):
            message = f"nothing uses `{name}`"
            yield Problem(VARIABLES_FILE, lines[name], message, remedy, FaultKind.UNUSED_TEXT)
        usable = self.read_snippets.usable.values()
        for one in (snippet for of in usable for snippet in of.values()):
            if one.path not in paths and f"snippet:{_name(one.path)}" not in tags:
                yield Problem(one.path, 1, "no article uses it", remedy, FaultKind.UNUSED_TEXT)

    def _of(self, lang: str) -> Shared:
        present = self.read_snippets.present.get(lang, frozenset())

        def is_told(tag: str) -> bool:
            if MARK in tag:
                return tag.removeprefix(MARK) in present
            return self.read_variables.is_told(tag)

        find = self.read_snippets.usable.get(lang, {}).get
        return Shared(self.read_variables.values(lang), find, is_told)

    def _unknown(self, article: Article, key: str, names: Iterable[str]) -> Iterator[Problem]:
        """Tags of the front matter that nothing fills in."""
        known = self.variables.get(article.lang, {})
        for name in names:
            if self.read_variables.is_told(name):
                continue
            message = f"`{key}` has `{{{{ {name} }}}}`, which nothing fills in"
            near = ", ".join(nearest(name, known)) or f"none in {VARIABLES_FILE}"
            remedy = SNIPPET_REMEDY if MARK in name else f"Nearest: {near}"
            at, kind = article.key_lines.get(key, 1), FaultKind.UNKNOWN_VARIABLE
            yield Problem(article.path, at, message, remedy, kind)


def _name(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".md")


def read(root: Path, paths: Sequence[str], languages: Sequence[str]) -> SharedText:
    """Shared texts below `root`, whose files are `paths`."""
    found = variables.read(root, languages)
    return SharedText(found, snippets.read(root, paths, languages, found))
