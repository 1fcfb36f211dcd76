"""Categories put into `categories.yml`: what stands there stays as it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kb.content.model import SECTIONS
from kb.imports.arrival.article_text import quoted
from kb.imports.arrival.category_plan import PlannedCategory

TOP = re.compile(r"([A-Za-z][\w-]{0,60}):[ \t]{0,20}(\{\}|null|~)?[ \t]{0,20}(#[^\n]{0,500})?")
NEUTRAL = {"ru": "Статьи этой категории", "en": "Articles of this category"}
"""Descriptions in languages in which the source has none."""
HEADING = "# Categories of articles: docs/writing.md\n"


def added(text: str, categories: Mapping[str, PlannedCategory], languages: Sequence[str]) -> str:
    """The file's text with `categories` ("section/slug") at the end of their sections."""
    if not categories:
        return text
    lines = (text or HEADING).rstrip("\n").split("\n")
    for section in SECTIONS:
        own = [one for one in categories.values() if one.section == section]
        if own:
            _add(lines, section, own, languages)
    return "\n".join(lines) + "\n"


def _add(
    lines: list[str], section: str, categories: Sequence[PlannedCategory], languages: Sequence[str]
) -> None:
    start = next(
        (at for at, line in enumerate(lines) if (it := TOP.fullmatch(line)) and it[1] == section),
        None,
    )
    if start is None:
        lines.append(f"{section}:")
        start = len(lines) - 1
    elif (match := TOP.fullmatch(lines[start])) and match[2]:
        lines[start] = f"{section}:{f' {match[3]}' if match[3] else ''}"
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or lines[end][0] in " \t#"):
        end += 1
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    indent = _indent(lines[start + 1 : end])
    new = [line for one in categories for line in _lines(one, indent, languages)]
    lines[end:end] = new


def _indent(lines: Sequence[str]) -> str:
    """The indent of the section's first category."""
    first = next(
        (line for line in lines if line.strip() and not line.lstrip().startswith("#")), "  x"
    )
    return first[: len(first) - len(first.lstrip(" "))] or "  "


def _lines(category: PlannedCategory, indent: str, languages: Sequence[str]) -> list[str]:
    first = next(iter(category.titles.values()))
    lines = [f"{indent}{category.slug}:"]
    if category.order is not None:
        lines.append(f"{indent * 2}order: {category.order}")
    lines.append(f"{indent * 2}title:")
    lines += [
        f"{indent * 3}{lang}: {quoted(category.titles.get(lang) or first)}" for lang in languages
    ]
    lines.append(f"{indent * 2}description:")
    lines += [f"{indent * 3}{lang}: {quoted(_description(category, lang))}" for lang in languages]
    return lines


def _description(category: PlannedCategory, lang: str) -> str:
    """A description in the language: words of another would stand on its pages."""
    return category.descriptions.get(lang) or NEUTRAL.get(lang) or category.titles.get(lang) or "…"
