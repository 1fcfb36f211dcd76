"""kb check --fix: mends what is safe, once, and leaves every other byte alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.files.article_file import KEYS
from kb.content.library import load
from kb.content.repairs.files import MendedFile, mend, mended_text
from kb.content.repairs.front_matter import ORDER

CATEGORIES = "faq:\n  pay: {icon: x, title: {ru: а, en: b}, description: {ru: а, en: b}}\n"
HEAD = "---\nid: k2m7p\ntitle: T\nsummary: S\n---\n"


def mended(text: str) -> str:
    """The text mended; a second time changes nothing."""
    once, _ = mended_text(text.encode())
    assert mended_text(once) == (once, ())
    return once.decode()


@pytest.mark.parametrize(
    ("front", "wanted"),
    [
        ("title: Ошибка #5", 'title: "Ошибка #5"'),
        ("title: Заказ: сроки  # тут", 'title: "Заказ: сроки"  # тут'),
        ('title: "Кнопка "Пуск" \\\\ x"', 'title: "Кнопка \\"Пуск\\" \\\\\\\\ x"'),
        ("summary: 'It's late: #1'", 'summary: "It\'s late: #1"'),
        ("questions:\n  - Код: что это\n  - да", 'questions:\n  - "Код: что это"\n  - да'),
        ("title: C# и 12:30", "title: C# и 12:30"),
        ("tags: [a: b, 'x']", "tags: [\"a: b\", 'x']"),
        ("tags: [a, b: c, d:]  # e", 'tags: [a, "b: c", "d:"]  # e'),
        ("tags: [a: b, [c]]", "tags: [a: b, [c]]"),
        ('title: "Не сейчас" не работает', 'title: "\\"Не сейчас\\" не работает"'),
        ('title: "Да" или "нет"', 'title: "\\"Да\\" или \\"нет\\""'),
        ("title: [Beta] How to", 'title: "[Beta] How to"'),
        ("title: *100# молчит", 'title: "*100# молчит"'),
        ("summary: {{ price }} за всё", 'summary: "{{ price }} за всё"'),
        ("questions:\n  - @дом", 'questions:\n  - "@дом"'),
        ("layout: a #b: c", "layout: a #b: c"),
        (
            "summary: S\n# of title\ntitle: T\nid: k2m7p",
            "id: k2m7p\n# of title\ntitle: T\nsummary: S",
        ),
        (
            "layout: x\ntags:\n- a\n\n- b\ntitle: >\n  T\n",
            "title: >\n  T\n\ntags:\n- a\n\n- b\nlayout: x",
        ),
        ("title: T\nid: k2m7p\ntitle: U", "title: T\nid: k2m7p\ntitle: U"),
    ],
)
def test_front_matter_is_mended(front: str, wanted: str) -> None:
    assert mended(f"---\n{front}\n---\nBody #5: x\n") == f"---\n{wanted}\n---\nBody #5: x\n"


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("1.Раз\n2.Два\n", "1. Раз\n2. Два\n"),
        ("-one\n-two\n", "- one\n- two\n"),
        ("*one\n*two\n", "* one\n* two\n"),
        ("• one\n•two\n", "- one\n- two\n"),
        ("- one\n-two\n- three\n", "- one\n- two\n- three\n"),
        ("1. Раз\n   и ещё\n2.Два\n", "1. Раз\n   и ещё\n2. Два\n"),
        ("1) Раз\n\n2)Два\n", "1) Раз\n\n2) Два\n"),
        ("1. a\n  - b\n    - c\n2. d\n", "1. a\n   - b\n     - c\n2. d\n"),
        ("10. a\n\n - b\n\n   text\n", "10. a\n\n    - b\n\n      text\n"),
        ("1. a\n\n - b\n ```\ncode\n ```\n", "1. a\n\n   - b\n   ```\n  code\n   ```\n"),
        (
            "1. a\n  - b\n\n```\ncode\n```\n\n    more\n",
            "1. a\n   - b\n\n```\ncode\n```\n\n    more\n",
        ),
        *(
            (same, same)
            for same in (
                "1.5 кг\n2.5 кг\n",
                "*one* and\n*two*\n",
                "-one alone\n",
                "- a\n-5 °C\n",
                "1. a\n3.c\n",
                "- a\ntext\n-b\n",
                "```\n-one\n-two\n1.Раз\n2.Два\n```\n",
                "1. a\n   - b\n2. c\n",
                "- a\n  - b\n",
                "text\r",
            )
        ),
    ],
)
def test_lists_are_mended(body: str, wanted: str) -> None:
    assert mended(HEAD + body) == HEAD + wanted


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_marks_stay(end: str, mark: str) -> None:
    text = f"{mark}---{end}title: A #5{end}id: k2m7p{end}---{end}x  {end}\t{end}1.Раз{end}2.Два"
    wanted = (
        f'{mark}---{end}id: k2m7p{end}title: "A #5"{end}---{end}x  {end}\t{end}1. Раз{end}2. Два'
    )
    assert mended(text) == wanted


@given(st.binary(max_size=200) | st.text("---\n:# '\"-1.•*`a\r\t", max_size=80).map(str.encode))
def test_any_bytes_are_mended_once(content: bytes) -> None:
    once, _ = mended_text(content)
    assert mended_text(once) == (once, ())
    assert once == content or len(once) >= len(content)


def test_the_order_is_of_every_key() -> None:
    assert sorted(ORDER) == sorted(KEYS)


def test_a_tree_is_mended_and_what_was_done_is_said(tmp_path: Path) -> None:
    (tmp_path / "categories.yml").write_text(CATEGORIES, encoding="utf-8")
    folder = tmp_path / "ru/faq/pay"
    folder.mkdir(parents=True)
    (folder / "a.md").write_text("---\ntitle: Ошибка #5\nsummary: S\n---\n1.Раз\n2.Два\n")
    (folder / "b.md").write_text("---\nid: b6h3r\ntitle: T\nsummary: S\n---\nx\n")
    (folder / "c.md").symlink_to(folder / "b.md")
    (folder / "d.txt").write_text("title: a #5")
    os.chmod(folder / "a.md", 0o640)
    before = {one: one.stat().st_mtime_ns for one in folder.iterdir()}
    library = load(tmp_path, languages=("ru",))
    (repair,) = list(mend(tmp_path, library, ("ru",)))
    assert isinstance(repair, MendedFile)
    given_id = repair.done[0].removeprefix("gave the id ")
    assert str(repair) == (
        f"fixed ru/faq/pay/a.md: gave the id {given_id}, put values into quotes, "
        "made items of a list"
    )
    text = (folder / "a.md").read_text()
    assert 'title: "Ошибка #5"\nsummary: S\n---\n1. Раз\n2. Два\n' in text
    assert (folder / "a.md").stat().st_mode & 0o777 == 0o640
    assert [it.name for it, time in before.items() if it.stat().st_mtime_ns != time] == ["a.md"]
    assert list(mend(tmp_path, load(tmp_path, languages=("ru",)), ("ru",))) == []


def test_other_front_matter_than_yaml_is_left_to_its_author(tmp_path: Path) -> None:
    file = tmp_path / "ru/faq/pay/a.md"
    file.parent.mkdir(parents=True)
    (tmp_path / "categories.yml").write_text(CATEGORIES, "utf-8")
    file.write_text('+++\ntitle = "T"\n+++\nText\n', "utf-8")
    library = load(tmp_path, languages=("ru", "en"))
    assert [one.message for one in library.problems] == [
        "front matter is TOML, between lines `+++`"
    ]
    assert list(mend(tmp_path, library, ("ru", "en"))) == []
