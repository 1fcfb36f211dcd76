"""Words by which other systems call their callouts, and the three kinds that we have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

NamedCallout = Literal["note", "warning", "danger"]

NAMES: Mapping[str, NamedCallout] = {
    **dict.fromkeys(
        "note info information tip hint success check done question help faq".split(), "note"
    ),
    **dict.fromkeys(
        "important example abstract summary tldr quote cite todo seealso".split(), "note"
    ),
    **dict.fromkeys(
        "primary secondary default new idea admonition callout alert notice".split(), "note"
    ),
    **dict.fromkeys(
        "reading-time blue green grey gray purple pro-tip protip remember".split(), "note"
    ),
    **dict.fromkeys("warning warn attention careful yellow orange deprecated".split(), "warning"),
    **dict.fromkeys(
        "danger caution error err critical failure fail missing bug red alarm".split(), "danger"
    ),
}


TITLES: Sequence[tuple[str, Mapping[str, str]]] = (
    ("tip hint pro-tip protip idea", {"en": "Tip", "ru": "Совет"}),
    ("info information", {"en": "Info", "ru": "К сведению"}),
    ("important", {"en": "Important", "ru": "Важно"}),
    ("example", {"en": "Example", "ru": "Пример"}),
    ("abstract summary tldr", {"en": "Summary", "ru": "Кратко"}),
    ("quote cite", {"en": "Quote", "ru": "Цитата"}),
    ("question help faq", {"en": "Question", "ru": "Вопрос"}),
    ("success check done", {"en": "Success", "ru": "Готово"}),
    ("failure fail missing", {"en": "Failure", "ru": "Не удалось"}),
    ("todo", {"en": "To do", "ru": "Сделать"}),
    ("seealso", {"en": "See also", "ru": "Смотрите также"}),
    ("remember", {"en": "Remember", "ru": "Запомните"}),
    ("caution", {"en": "Caution", "ru": "Осторожно"}),
    ("attention", {"en": "Attention", "ru": "Внимание"}),
    ("deprecated", {"en": "Deprecated", "ru": "Устарело"}),
    ("bug", {"en": "Bug", "ru": "Ошибка"}),
    ("error err", {"en": "Error", "ru": "Ошибка"}),
    ("critical", {"en": "Critical", "ru": "Критично"}),
)
"""Titles that other systems show above callouts whose kind we have no word for."""
TITLE_OF = {word: titles for words, titles in TITLES for word in words.split()}


def title_of(word: str, lang: str) -> str:
    """The title that a callout of this name has elsewhere; "" where ours says it as well."""
    titles = TITLE_OF.get(word.strip().lower(), {})
    return titles.get(lang.partition("-")[0], titles.get("en", ""))


def outside_github(word: str) -> NamedCallout | None:
    """The kind of a name where "caution" is a warning: GitHub alone shows it as a danger."""
    return "warning" if word.strip().lower() == "caution" else named(word)


def named(*words: str) -> NamedCallout | None:
    """The kind that the first known of the words means."""
    known = (NAMES[word] for one in words if (word := one.strip().lower()) in NAMES)
    return next(known, None)
