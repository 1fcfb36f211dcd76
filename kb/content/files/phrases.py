"""Files of phrases: lists by name below the site's languages, of synonyms and topics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from kb.content.fault_kinds import FaultKind
from kb.content.files import front_matter
from kb.content.files.form import FileReader, Reading, plain
from kb.content.files.text import BadFile
from kb.content.model import Problem


def _as_list(value: object) -> object:
    return (value,) if isinstance(value, str) else value


_LISTS = TypeAdapter(
    dict[str, Annotated[tuple[str, ...], BeforeValidator(_as_list)]], config=ConfigDict(strict=True)
)


def read_languages(
    root: Path,
    path: str,
    languages: Sequence[str],
    read_file: FileReader,
    *,
    content: str,
    remedy: str,
) -> tuple[Mapping[str, Reading], list[Problem]]:
    """The mapping of each language of the site; all note their problems in the list beside them.

    `content` names what the file holds. Nothing of both without a file.
    """
    if not (root / path).exists():
        return {}, []
    try:
        written = read_file(root, path, languages, max_chars=front_matter.MAX_CHARS)
    except BadFile as error:
        return {}, [error.problem]
    keys, problems = written.keys, list(written.problems)
    found: dict[str, Reading] = {}
    for lang, node in keys.items():
        if lang in languages and isinstance(node.value, Mapping):
            found[lang] = Reading(path, node.value, node.line, languages, problems)
        else:
            message = f"`{lang}` is not a language of the site with {content}"
            problems.append(Problem(path, node.line, message, remedy, FaultKind.BAD_VALUE))
    return found, problems


def read_lists(reading: Reading, *, content: str, remedy: str) -> Mapping[str, tuple[str, ...]]:
    """Lists of texts by name, one text standing for a list of one; others are noted, left out.

    `content` names what the lists hold.
    """
    values = {name: plain(node) for name, node in reading.keys.items()}
    try:
        return _LISTS.validate_python(values)
    except ValidationError as error:
        wrong = {one["loc"][0] for one in error.errors(include_url=False)}
    for name in values:
        if name in wrong:
            reading.note(name, f"`{name}` has no list of {content}", remedy)
    return _LISTS.validate_python(
        {name: value for name, value in values.items() if name not in wrong}
    )
