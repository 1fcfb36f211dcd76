"""kb.content.advice: what serves readers badly is told by line; what only looks like it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kb.content.advice.openings import leans
from kb.content.advice.review import Review, of_article
from kb.content.model import Article, ArticleHead, Library, Problem
from kb.content.sanitize import to_html

TODAY = date(2026, 6, 15)
BODY_LINE = 6


def article(body: str, lang: str = "en", id_: str = "k2m7p", **more: object) -> Article:
    head = ArticleHead(
        *(id_, lang, "faq", "a", f"slug-{id_}", "T", "S", (), (), 0, (), ()), updated_at=None
    )
    keys = {"key_lines": {"verified": 5}, **more}
    path = f"{lang}/faq/a/slug-{id_}.md"
    return replace(Article(head, "published", body, BODY_LINE, path), **keys)  # type: ignore[arg-type]


def html(body: str) -> str:
    return to_html(body, resolve_link=lambda href: href)


def told(body: str, lang: str = "en") -> list[tuple[str, int]]:
    """Kind and line, from 1, within the body."""
    found = list(of_article(article(body, lang), html(body)))
    assert all(one.remedy and len(str(one)) <= 160 for one in found)
    return [(str(one.kind), one.line - BODY_LINE + 1) for one in found]


def reviewed(*articles: Article) -> list[Problem]:
    library = Library(articles, (), (), frozenset())
    pages = {it.path: html(it.body) for it in articles}
    return sorted(Review(TODAY, "ru").of_library(library, pages))


LEANING = [
    ("en", "It stops when the tank is empty."),
    ("en", "This happens when the filter is full."),
    ("en", "They are delivered by courier."),
    ("en", "These boards have a jumper."),
    ("en", "Then press Start."),
    ("en", "In this case call us."),
    ("en", "It takes up to 3 days."),
    ("ru", "Он останавливается, когда бак пуст."),
    ("ru", "Это значит, что фильтр забит."),
    ("ru", "Такой возможности нет."),
    ("ru", "Её можно вернуть за 14 дней."),
    ("ru", "Для этого нажмите кнопку."),
]
STANDING = [
    ("en", "It is possible to return it."),
    ("en", "It's important to charge the battery."),
    ("en", "This short guide explains returns."),
    ("en", "This article describes the terms."),
    ("en", "These are some of the causes."),
    ("en", "Both the kettle and the toaster are covered."),
    ("en", "Items are sent back."),
    ("en", "Those who pay by card wait a day."),
    ("ru", "Эта статья описывает возврат."),
    ("ru", "Это практическое руководство описывает сброс."),
    ("ru", "Те, кто платил картой, ждут день."),
    ("ru", "И чайник, и тостер на гарантии."),
    ("ru", "Итог виден сразу."),
    ("de", "It stops."),
]


@pytest.mark.parametrize(("lang", "sentence"), LEANING)
def test_an_opening_that_leans_is_told_at_its_line(lang: str, sentence: str) -> None:
    assert leans(sentence, lang)
    assert ("leaning-opening", 5) in told(f"Text.\n\n## Heading\n\n{sentence}\n", lang)


@pytest.mark.parametrize(("lang", "sentence"), STANDING)
def test_an_opening_that_stands_alone_is_not(lang: str, sentence: str) -> None:
    assert told(f"Text.\n\n## Heading\n\n{sentence}\n", lang) == []


def test_only_the_first_sentence_of_a_section_is_an_opening() -> None:
    assert told("## Heading\n\nThe pump stops. It starts again.\n\nThis is normal.\n") == []
    assert told("## Heading\n\n1. It stops.\n2. It starts.\n\n```\nIt stops\n```\n") == []


def test_a_sentence_of_more_than_forty_words_is_told() -> None:
    assert told(f"Short.\n\n{'word ' * 41}end.\n") == [("long-sentence", 3)]
    assert told(f"- one\n- {'слово ' * 45}\n", "ru") == [("long-sentence", 2)]
    assert told(f"{'word ' * 39}end. And {'word ' * 38}end.\n") == []


@pytest.mark.parametrize(
    "body",
    [
        f"Works with: {', '.join(['model'] * 60)}.",
        f"You need: {', '.join(f'item number {number}' for number in range(20))}.",
        f"{'word ' * 30}: {'word ' * 30}",
        f"{'word ' * 30}; {'word ' * 30}",
        f"{'word ' * 30}\\\n{'word ' * 30}",
        "\n".join(f"- word {number} of a list" for number in range(60)),
        f"```\n{'word ' * 90}\n```",
        f"| a |\n| --- |\n| {'word ' * 90} |",
    ],
)
def test_what_is_not_read_in_one_breath_is_no_sentence(body: str) -> None:
    assert told(body) == []


def test_a_section_of_more_than_four_hundred_words_is_told_by_its_heading() -> None:
    text = "Ten words stand in this sentence, which is short enough.\n\n"
    assert told(f"Text.\n\n## Long\n\n{text * 42}## Next\n\nText.\n") == [("long-section", 3)]
    assert told(text * 42) == [("long-section", 1)]
    assert told(f"## A\n\n{text * 39}## B\n\n{text * 39}") == []
    assert (
        told(f"<details><summary>A</summary>\n\n{text * 39}</details>\n\n## B\n\n{text * 39}") == []
    )


def test_a_picture_without_words_is_told() -> None:
    assert told("Text\n\n![](a.png)\n\n![ ](b.png)\n") == [("missing-alt", 3), ("missing-alt", 5)]
    assert told("Text\n\n<img src='a.png'>\n") == [("missing-alt", 3)]
    assert told("![IMG_2034.JPG](a.jpg)") == [("missing-alt", 1)]
    assert told("![The pump](a.png) <img src='b.png' alt=''> `![](c.png)`") == []


def test_an_article_is_overdue_a_year_after_it_was_verified() -> None:
    fresh = article("A", verified=date(2025, 6, 15))
    old = article("A", id_="b6h3r", verified=date(2025, 6, 14))
    never, draft = article("A", id_="c3c3c"), article("A", id_="d4d4d", status="draft")
    draft = replace(draft, verified=date(2020, 1, 1))
    found = [one for one in reviewed(fresh, old, never, draft) if one.kind == "overdue"]
    assert [(one.path, one.line) for one in found] == [(old.path, 5)]
    assert "2025-06-14, 12 months ago" in found[0].message


def orphans(*articles: Article) -> list[str]:
    return [one.path for one in reviewed(*articles) if one.kind == "orphan"]


def test_an_article_that_no_other_leads_to_is_told_once() -> None:
    linking = article("See [it](/en/faq/a/slug-b6h3r#x) and [this](/en/faq/a/slug-k2m7p).")
    linked, named = article("A", id_="b6h3r"), article("A", id_="c3c3c")
    assert orphans(linking, linked, named) == [named.path, linking.path]
    naming = named.with_head(related=("k2m7p",), next=("k2m7p",))
    assert orphans(linking, linked, naming) == [named.path]
    draft = replace(named, status="draft")
    assert orphans(linking, linked, draft) == [linking.path]
    assert orphans(linking) == []


def test_a_library_of_orphans_is_told_of_once() -> None:
    ids = [f"{first}{second}m7p" for first in "abcde" for second in "fghjk"]
    (found,) = reviewed(*(article("A", id_=one) for one in ids))
    assert (found.path, found.message[:8]) == ("categories.yml", "25 of 25")


def drift(source: str, translation: str) -> list[str]:
    both = article(source, "ru"), article(translation)
    return [one.message for one in reviewed(*both) if one.kind == "drifted-translation"]


def test_a_translation_with_other_parts_is_told_with_what_differs() -> None:
    source = "## Раз\n\n1. А\n2. Б\n\n## Два\n\n| a |\n| --- |\n| b |\n\n![в](a.png)\n"
    assert drift(source, "## One\n\n1. A\n") == [
        "has 1 sections for 2, 1 steps for 2, 0 tables for 1, 0 pictures for 1 in the ru version"
    ]
    assert drift(source, source) == []


@pytest.mark.parametrize(
    ("source", "translation", "message"),
    [
        ("Стоит 990 ₽", "It costs RUB 890", "says 890 for 990 in the ru version"),
        ("За 14 дней", "In two weeks", "lacks the number 14 of the ru version"),
        ("Скоро", "In 30 or 45 days", "has the numbers 30, 45, unlike the ru version"),
    ],
)
def test_a_translation_with_other_numbers_is_told(
    source: str, translation: str, message: str
) -> None:
    assert drift(source, translation) == [message]


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("Стоит 12 990 ₽ и 1 500 ₽", "It costs RUB 12,990 and 1,500"),
        ("Весит 12,5 кг", "It weighs 12.5 kg"),
        ("С 10:00 до 22:00, в 21:30", "From 10 a.m. to 10 pm, at 9:30 p.m."),
        ("До 22.11.2026", "Until 22 November 2026"),
        ("Две недели, 3 дня", "2 weeks, three days"),
        ("Модель `R-20`, код E-05", "Model R20, code E-15"),
        ("5ГГц, 220В", "5 GHz, 220 V"),
        ("10–15 дней", "10-15 days"),
    ],
)
def test_numbers_may_be_written_as_each_language_does(source: str, translation: str) -> None:
    assert drift(source, translation) == []


@pytest.mark.parametrize("body", ["", "\n\n", "## Prices\n", "<!-- later -->\n", "[](x.md)\n"])
def test_an_article_that_says_nothing_is_told(body: str) -> None:
    assert [kind for kind, _ in told(body)] == ["empty-article"]


@pytest.mark.parametrize(
    "body", ["Yes.\n", "![Plan](a.png)\n", "```\ncode\n```\n", "| a |\n|---|\n| b |\n", "1. One\n"]
)
def test_what_says_anything_is_not_told_as_empty(body: str) -> None:
    assert "empty-article" not in [kind for kind, _ in told(body)]


def test_an_empty_draft_is_still_being_written() -> None:
    assert not list(of_article(replace(article(""), status="draft"), ""))
