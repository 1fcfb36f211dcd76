"""The course of `kb explain`: which article is meant, whether readers see it, where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from kb.build.build import Authored
from kb.build.trial.article_place import ArticlePlace, article_place
from kb.build.trial.opened import TrialIndex, open_index
from kb.build.trial.proposals import changes, tried
from kb.build.trial.trees import TrialBuilder
from kb.cli.relevance import explanation
from kb.config import Config
from kb.content.model import Article
from kb.languages.detection import written_in

FOR_A_PERSON = ("safety", "sensitive_topic", "user_requested", "greeting", "thanks", "too_short")
"""Reasons of hand-offs that no article changes."""


class NotThere(Exception):
    """An article that is not here; says why."""


def lines(
    config: Config, root: Path, query: str, named: str, lang: str | None, *, is_tried: bool
) -> Iterator[str]:
    """Lines for a terminal.

    Raises NotThere, BuildInProgress, EncoderUnavailable, ReaderUnavailable and OSError.
    """
    builder = TrialBuilder(config)
    authored = builder.read()
    asked_in = lang or written_in(query, config.languages, config.default_language)
    article = _version(authored, root, named, asked_in, is_certain=lang is not None)
    if article.status != "published":
        yield f"“{article.title}” ({article.path}) is not found: its status is {article.status},"
        yield "  and readers are shown published articles only. `status: published` publishes it."
        return
    tree = builder.build(authored)
    with closing(open_index(tree.generation, config.cache_dir)) as index:
        found = article_place(index, query, article.id, lang or article.lang, config.languages)
        yield from explanation.reading(query, found)
        yield from explanation.place(article, found)
        yield from explanation.above(found)
        if is_tried:
            yield from _proposals(builder, authored, article, query, found, index)


def _proposals(
    builder: TrialBuilder,
    authored: Authored,
    article: Article,
    query: str,
    found: ArticlePlace,
    index: TrialIndex,
) -> Iterator[str]:
    yield ""
    if found.reply.reason in FOR_A_PERSON:
        yield "Nothing to propose: a person must have this message, whatever the articles say"
        return
    if explanation.is_fine(found):
        yield "Nothing to propose: it is found first, and answered from"
        return
    yield "Changes, each tried:"
    in_vain = []
    for change in changes(authored, article, query, found, index):
        made = tried(builder, change, query, article, index)
        if explanation.helps(made, found):
            yield from explanation.proposed(made, found, article)
        else:
            in_vain.append(f"{change.kind} {change.text}")
    if in_vain:
        yield f"  tried in vain: {'; '.join(in_vain)}"


def _version(authored: Authored, root: Path, named: str, lang: str, *, is_certain: bool) -> Article:
    """The article that is named by id or file, in `lang` where it exists; a file that is named
    counts more than a language that is not `is_certain`. Raises NotThere."""
    library = authored.library
    path = Path(named).resolve()
    by_file = [it for it in library.articles if (root / it.path).resolve() == path]
    if by_file and not is_certain:
        return by_file[0]
    ids = {it.id for it in by_file} or {named}
    found = [it for it in library.articles if it.id in ids]
    if not found:
        raise NotThere(_reason(authored, root, named))
    return min(found, key=lambda it: (it.lang != lang, it.status != "published"))


def _reason(authored: Authored, root: Path, named: str) -> str:
    """The reason for which there is no such article."""
    if named in authored.library.retired:
        return f"the article {named} was retired: /a/{named} says that it is gone"
    path = Path(named).resolve()
    faults = [one for one in sorted(authored.problems) if (root / one.path).resolve() == path]
    if faults:
        return f"{named} is left out: {faults[0]}"
    return f"{named} is neither the id nor the file of an article in {root} that can be read"
