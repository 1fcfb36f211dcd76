"""The form of an article: fields of its front matter, and the text that a filled-in form means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kb.content.files.article_file import MAX_TITLE_CHARS
from kb.content.files.fields import MAX_ITEM_CHARS, MAX_SUMMARY_CHARS
from kb.content.files.form import MAX_LIST_ITEMS
from kb.content.model import STATUSES
from kb.drafts.texts.head_edit import HeadValue, body_of, rewritten, values_of
from kb.texts import N_, Text
from kb.web.layout.locale import translated
from kb.web.staff.articles.pages.choices import Choices, chosen, shown
from kb.web.staff.articles.pages.states import STATUS_LABELS

FieldKind = Literal[
    "line", "text", "lines", "names", "choice", "number", "day", "products", "articles"
]
NOTHING_TO_CHOOSE = Choices()
PREFIX = "f-"
"""Before the key in a field's name."""


@dataclass(frozen=True)
class FieldKey:
    """A key that has a field, and its words."""

    key: str
    kind: FieldKind
    label: Text
    hint: Text | None = None
    max_chars: int = MAX_ITEM_CHARS


FIRST = (
    FieldKey("title", "line", N_("Title"), N_("The reader's question or task."), MAX_TITLE_CHARS),
    FieldKey(
        "summary",
        "text",
        N_("Summary"),
        N_("One sentence that already answers. It is shown first and quoted."),
        MAX_SUMMARY_CHARS,
    ),
    FieldKey(
        "questions",
        "lines",
        N_("Questions"),
        N_("How people ask for it, in their words, one a line. They are worth the most in search."),
    ),
    FieldKey("status", "choice", N_("Who may read it")),
)
"""Fields that every article needs; shown above the text."""
FURTHER = (
    FieldKey("tags", "names", N_("Tags"), N_("Separated by commas.")),
    FieldKey("products", "products", N_("Products"), N_("Begin to type a name, then choose.")),
    FieldKey(
        "related", "articles", N_("Related articles"), N_("Begin to type a title, then choose.")
    ),
    FieldKey(
        "next",
        "articles",
        N_("What to do next"),
        N_("Begin to type a title, then choose. Three are shown."),
    ),
    FieldKey("order", "number", N_("Place in its category"), N_("Small numbers come first.")),
    FieldKey("source", "line", N_("Translated from"), N_("A language, if not the first.")),
    FieldKey("verified", "day", N_("Checked on"), N_("The day on which somebody last checked it.")),
    FieldKey("updated", "day", N_("Changed on"), N_("Only if it is not that of the last change.")),
    FieldKey("aliases", "lines", N_("Former addresses"), N_("Old slugs, one a line.")),
)
"""Fields that can wait; folded away."""
KEYS = (*FIRST, *FURTHER)
CHOSEN = ("products", "articles")
FREE_SLOTS = 2
_NUMBER = re.compile(r"0|[1-9][0-9]{0,3}")
_SEPARATORS = re.compile(r"[,\n]")


@dataclass(frozen=True)
class FormField:
    """A field as it is shown."""

    key: str
    name: str
    kind: FieldKind
    label: str
    hint: str
    value: str
    max_chars: int
    max_items: int
    rows: int
    choices: tuple[tuple[str, str], ...] = ()
    slots: tuple[str, ...] = ()
    """Of articles or products: what stands in each of its fields, empty ones last."""


@dataclass(frozen=True)
class ArticleForm:
    """Fields and text of a file; `is_file` where its front matter cannot be read as fields."""

    first: tuple[FormField, ...]
    further: tuple[FormField, ...]
    body: str
    is_file: bool

    @property
    def title(self) -> str:
        return next((field.value for field in self.first if field.key == "title"), "")


def form_of(text: str, *, is_file: bool = False, known: Choices = NOTHING_TO_CHOOSE) -> ArticleForm:
    """The form for a file's text; as one text where it is asked for, or nothing else can be."""
    values = None if is_file else values_of(text)
    if values is None:
        return ArticleForm((), (), text, True)
    return ArticleForm(
        tuple(_field(one, values.get(one.key, ""), known) for one in FIRST),
        tuple(_field(one, values.get(one.key, ""), known) for one in FURTHER),
        body_of(text).removeprefix("\n"),
        False,
    )


def text_of(form: Mapping[str, str], base: str) -> str:
    """The file that a filled-in form means, begun with `base`.

    Raises BadFile when fields are to be put into front matter that cannot be read.
    """
    if "file" in form:
        return _lines_ended(form["file"])
    values: dict[str, HeadValue] = {
        one.key: _value(one, form[PREFIX + one.key]) for one in KEYS if PREFIX + one.key in form
    }
    for one in KEYS:
        slots = _slots(form, one.key) if one.kind in CHOSEN else []
        if slots:
            values[one.key] = chosen(slots)
    if values.get("status") == "published" and "status" not in (values_of(base) or {}):
        del values["status"]  # that is what a file without it is
    body = _lines_ended(form.get("body", ""))
    is_apart = body_of(base).startswith("\n")
    return rewritten(base, values, f"\n{body}" if is_apart and body else body)


def _slots(form: Mapping[str, str], key: str) -> list[str]:
    """Entries of the fields of a list, in order; a file may hold more than are allowed."""
    start = f"{PREFIX}{key}-"
    numbers = sorted(
        int(name.removeprefix(start))
        for name in form
        if name.startswith(start) and _NUMBER.fullmatch(name.removeprefix(start))
    )
    return [form[f"{start}{number}"] for number in numbers]


def _value(one: FieldKey, written: str) -> HeadValue:
    written = _lines_ended(written)
    if one.kind == "lines":
        return _items(written.split("\n"))
    if one.kind in ("names", *CHOSEN):
        return _items(_SEPARATORS.split(written))
    return " ".join(written.split())


def _items(parts: list[str]) -> tuple[str, ...]:
    return tuple(item for part in parts if (item := " ".join(part.split())))


def _lines_ended(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _offered(filled: tuple[str, ...]) -> tuple[str, ...]:
    """All that stands there, and free ones while more are allowed."""
    return (*filled, *("",) * FREE_SLOTS)[: max(MAX_LIST_ITEMS, len(filled))]


def _field(one: FieldKey, value: HeadValue, known: Choices) -> FormField:
    items = (value,) if isinstance(value, str) else value
    filled = tuple(shown(item, known.of(one.kind)) for item in items if item)
    joint = ", " if one.kind == "names" else "\n"
    text = joint.join(" ".join(item.split()) for item in items)
    choices = tuple((code, translated(STATUS_LABELS[code])) for code in STATUSES)
    return FormField(
        key=one.key,
        name=PREFIX + one.key,
        kind=one.kind,
        label=translated(one.label),
        hint=translated(one.hint) if one.hint else "",
        value=text or ("published" if one.key == "status" else ""),
        max_chars=one.max_chars,
        max_items=MAX_LIST_ITEMS if one.kind in ("lines", "names", *CHOSEN) else 0,
        rows=max(3, len(items) + 1) if one.kind == "lines" else 3,
        choices=choices if one.kind == "choice" else (),
        slots=_offered(filled) if one.kind in CHOSEN else (),
    )
