"""kb.content.files.form: a form holds what can be used, and names every fault in our words."""

from __future__ import annotations

from dataclasses import fields

import pytest
from pydantic import Field

from kb.content.files.article_file import KEYS
from kb.content.files.fields import DEFAULT_ORDER, Line, Names, Order, Slugs, Texts
from kb.content.files.form import MAX_LIST_ITEMS, Form, Reading
from kb.content.files.front_matter import read_mapping
from kb.content.model import Article, ArticleHead


class Sample(Form):
    required = ("name",)

    name: Line = ""
    order: Order = DEFAULT_ORDER
    tags: Texts = ()
    slugs: Slugs = ()
    titles: Names = Field(default_factory=dict)


def read(text: str) -> tuple[Sample, list[str]]:
    keys, _ = read_mapping(text, "a.yml")
    reading = Reading("a.yml", keys, 1, ("ru", "en"))
    form = Sample.read(reading)
    return form, [str(problem) for problem in reading.problems]


def test_a_good_mapping_is_read_without_coercion() -> None:
    form, problems = read("name:  no\norder: -5\ntags: [a, '', a, 1]\ntitles: {ru: а, de: x}\n")
    assert problems == []
    assert (form.name, form.order, form.tags) == ("no", -5, ("a", "1"))
    assert form.titles == {"ru": "а"}


@pytest.mark.parametrize(
    ("text", "problem", "kept"),
    [
        ("order: x", "`order` is not a whole number. Write a number such as 10", {}),
        ("name: [a]", "`name` is not text. Write one line of text", {}),
        ("tags: a", "`tags` is not a list. Write `tags: [one, two]`", {}),
        (
            "tags: [{a: b}, c]",
            "`tags` has an item that is not text. Put it into quotes",
            {"tags": ("c",)},
        ),
        (
            "slugs: ['{name} {0}', ok]",
            "`slugs` has `{name} {0}`, which cannot be."
            " Use a-z, 0-9 and single hyphens, at most 80 characters",
            {"slugs": ("{name} {0}", "ok")},
        ),
        (
            "titles: x",
            "`titles` has no texts by language. Write `titles: {ru: …, en: …}`",
            {"titles": {}},
        ),
        (
            "titles: {ru: " + "я" * 61 + ", en: [b]}",
            "`ru` has 61 characters, at most 60 fit. Shorten it",
            {"titles": {"ru": "я" * 61}},
        ),
        ("colour: red", "has the unknown key `colour`. Use name, order, slugs, tags, titles", {}),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_a_fault_is_named_and_the_rest_is_kept(
    text: str, problem: str, kept: dict[str, object]
) -> None:
    form, problems = read(text if text.startswith("name:") else f"name: n\n{text}\n")
    assert any(one.endswith(problem) for one in problems), problems
    assert form.model_dump() == Sample.model_construct(None, name=form.name, **kept).model_dump()


def test_every_fault_is_named_at_once_with_its_line() -> None:
    many = ", ".join(f"i{number}" for number in range(MAX_LIST_ITEMS))
    form, problems = read(f"order: x\ntags: [[a], {many}, {{b: c}}]\ntitles:\n  en: [x]\n")
    assert [problem.partition(". ")[0] for problem in problems] == [
        "a.yml:1: has no `name`",
        "a.yml:1: `order` is not a whole number",
        "a.yml:2: `tags` has more than 30 items",
        "a.yml:2: `tags` has an item that is not text",
        "a.yml:4: `en` is not text",
    ]
    assert form.tags == tuple(f"i{number}" for number in range(MAX_LIST_ITEMS - 1))


def test_missing_languages_are_noted_and_borrowed() -> None:
    keys, _ = read_mapping("titles: {ru: а}\n", "a.yml")
    reading = Reading("a.yml", keys, 1, ("ru", "en"))
    assert reading.in_every_language("titles", {"ru": "а"}) == {"ru": "а", "en": "а"}
    assert reading.in_every_language("other", {}) == {"ru": "", "en": ""}
    assert [problem.message for problem in reading.problems] == [
        "`titles` has no text for `en`",
        "`other` has no texts by language",
    ]


def test_keys_of_articles_are_fields_of_what_is_read() -> None:
    assert set(KEYS) <= {field.name for form in (ArticleHead, Article) for field in fields(form)}
