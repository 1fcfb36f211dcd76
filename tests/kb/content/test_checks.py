"""kb.content.checks: what only the whole library shows, all at once, by path and line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kb.content.checks import check, remarks
from kb.content.library import load
from kb.content.model import Problem

CATEGORIES = """\
faq:
  delivery: {icon: van, order: 1, title: {ru: Доставка, en: Delivery}, description: {ru: а, en: b}}
  returns: {icon: box, order: 2, title: {ru: Возврат, en: Returns}, description: {ru: а, en: b}}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "categories.yml").write_text(CATEGORIES, encoding="utf-8")
    return tmp_path


def put(root: Path, path: str, body: str, article_id: str = "k2m7p", more: str = "") -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    front = f"---\nid: {article_id}\ntitle: T\nsummary: S\n{more}---\n"
    file.write_text(front + body, encoding="utf-8")


def problems(root: Path) -> tuple[Problem, ...]:
    return check(load(root, languages=("ru", "en")), root)


def test_a_sound_library_has_no_problems(root: Path) -> None:
    put(
        root,
        "ru/faq/delivery/a.md",
        "[x](b.md#сроки-и-цены) [y](#тут)\n\n## Тут\n",
        more="related: [b6h3r]\n",
    )
    put(root, "ru/faq/delivery/b.md", "## Сроки и цены\n", "b6h3r")
    put(root, "en/faq/delivery/a.md", "Text")
    assert problems(root) == ()


def test_every_problem_is_reported_at_once_in_order(root: Path) -> None:
    put(
        root,
        "ru/faq/delivery/a.md",
        "x\n\n[x](b.md#нет)\n[y](#нет)\n[z](c.md)\n![i](../../../media/i.png)\n",
    )
    put(root, "ru/faq/delivery/b.md", "## Да\n", "b6h3r", "related: [b6h3r, xxxxx]\n")
    put(root, "ru/faq/delivery/broken.md", "", "bad")
    (root / "retired.txt").write_text("xxxxx\n", encoding="utf-8")
    found = problems(root)
    assert [(it.path.rpartition("/")[2], it.line) for it in found] == [
        ("a.md", 8), ("a.md", 9), ("a.md", 10), ("a.md", 11), ("b.md", 5), ("b.md", 5),
        ("broken.md", 2),
    ]  # fmt: skip
    assert all(it.remedy for it in found)
    assert "да" in found[0].remedy  # names the headings that exist


def test_an_anchor_is_checked_in_the_version_that_readers_get(root: Path) -> None:
    put(root, "ru/faq/delivery/a.md", "[x](b.md#one)")
    put(root, "en/faq/delivery/b.md", "## One\n", "b6h3r")
    assert problems(root) == ()


def test_a_link_may_lead_to_a_place_that_an_author_made(root: Path) -> None:
    put(root, "en/faq/delivery/a.md", '[x](#here)\n\n<a id="here"></a>\n\nText.')
    assert problems(root) == ()


def test_a_missing_anchor_is_told_with_the_nearest_three(root: Path) -> None:
    headings = "\n\n".join(
        f"## {name}" for name in ("Refund", "Refunds", "Delivery", "Pay", "Refunding")
    )
    put(root, "en/faq/delivery/a.md", f"[x](#refundd)\n\n{headings}\n")
    (problem,) = problems(root)
    assert problem.message == "links to #refundd, which is no heading of this page"
    assert problem.remedy == "Nearest: refund, refunds, refunding"


def test_no_nearest_anchor_takes_the_place_of_the_file(root: Path) -> None:
    headings = "".join(f"## Как вернуть товар надлежащего качества {n}\n\n" for n in "абвг")
    put(root, "ru/faq/returns/refund-of-working-items.md", f"[x](#как-вернуть-товар)\n\n{headings}")
    [found] = problems(root)
    assert str(found).startswith("ru/faq/returns/refund-of-working-items.md:6: links to #")
    assert str(found).count("качества-") == 1


def test_a_dead_anchor_is_told_as_the_snippet_has_it(root: Path) -> None:
    put(root, "ru/faq/delivery/a.md", "{{ snippet:more }}\n")
    (root / "_snippets/ru").mkdir(parents=True)
    (root / "_snippets/ru/more.md").write_text("[x](../../ru/faq/delivery/a.md#нет)\n", "utf-8")
    [found] = problems(root)
    assert (found.path, found.line) == ("_snippets/ru/more.md", 1)
    assert found.message.startswith("links to ../../ru/faq/delivery/a.md#нет, which is no heading")


def test_a_copied_id_stays_with_the_article_beside_its_translations(root: Path) -> None:
    put(root, "ru/faq/returns/refund.md", "Text")
    put(root, "en/faq/returns/refund.md", "Text")
    put(root, "en/faq/delivery/copy.md", "Text")
    assert [(one.path, one.kind) for one in problems(root)] == [
        ("en/faq/delivery/copy.md", "taken-id")
    ]


def test_a_picture_that_is_there_is_not_said_to_lack(root: Path) -> None:
    (root / "media/sub").mkdir(parents=True)
    (root / "media/Bad Name.png").write_bytes(b"x")
    (root / "media/sub/a.png").write_bytes(b"x")
    body = "![i](<../../../media/Bad Name.png>) ![j](../../../media/sub/a.png) ![k](/img/x.png)"
    put(root, "ru/faq/delivery/a.md", body)
    told = {one.message: one.remedy for one in problems(root) if one.kind == "broken-picture"}
    assert told == {
        "shows ../../../media/Bad Name.png, which cannot be used": (
            "Mend media/Bad Name.png: its fault is told too"
        ),
        "shows ../../../media/sub/a.png, which cannot be used": (
            "Mend media/sub/a.png: its fault is told too"
        ),
        "shows /img/x.png, which is not there or cannot be used": (
            "Put it into media/ and name it relative to this file"
        ),
    }


def test_related_drafts_are_named(root: Path) -> None:
    put(root, "ru/faq/delivery/a.md", "x", more="related: [b6h3r]\n")
    put(root, "ru/faq/delivery/b.md", "x", "b6h3r", "status: draft\n")
    assert "not published" in problems(root)[0].message


def test_next_steps_are_checked_like_relations(root: Path) -> None:
    put(root, "ru/faq/delivery/a.md", "x", more="next: [b6h3r, zzzzz]\n")
    put(root, "ru/faq/delivery/b.md", "x", "b6h3r", "next: [k2m7p]\n")
    assert [str(it) for it in problems(root)] == [
        "ru/faq/delivery/a.md:5: the next step zzzzz does not exist. "
        "Remove it from `next`, or mend the id"
    ]


@pytest.mark.parametrize(
    ("ru", "en", "part"),
    [("", "fr", "no such version"), ("ru", "en", "another version `en`")],
)
def test_a_source_must_be_one_language_of_the_article(
    root: Path, ru: str, en: str, part: str
) -> None:
    put(root, "ru/faq/delivery/a.md", "x", more=f"source: {ru}\n" if ru else "")
    put(root, "en/faq/delivery/a.md", "x", more=f"source: {en}\n")
    (problem,) = problems(root)
    assert part in problem.message


def test_an_outdated_translation_is_remarked_and_no_problem(root: Path) -> None:
    put(root, "ru/faq/delivery/a.md", "x")
    put(root, "en/faq/delivery/a.md", "x")
    library = load(root, languages=("ru", "en"))
    assert remarks(library, "ru") == ()  # times of files say when they were copied
    days = {"ru": datetime(2026, 11, 12, tzinfo=UTC), "en": datetime(2026, 10, 1, tzinfo=UTC)}
    dated = [it.with_head(changes=(days[it.lang],)) for it in library.articles]
    library = replace(library, articles=tuple(dated))
    assert check(library, root) == ()
    assert [str(it) for it in remarks(library, "ru")] == [
        "en/faq/delivery/a.md:1: is older than its source: changed 2026-10-01, "
        "the ru version 2026-11-12. Bring the translation up to date"
    ]
    assert remarks(library, "en") == ()


def test_translations_keep_their_address(root: Path) -> None:
    put(root, "ru/faq/delivery/a.md", "x")
    put(root, "en/faq/returns/a.md", "x")
    put(root, "en/faq/delivery/a.md", "x", "b6h3r")
    messages = [str(it) for it in problems(root)]
    assert len(messages) == 2
    assert any("another folder" in it for it in messages)
    assert any("another id" in it for it in messages)


def test_text_that_cannot_be_rendered_is_reported(root: Path) -> None:
    put(root, "ru/faq/delivery/a.md", "[" * 100_000)
    put(root, "ru/faq/delivery/b.md", "[x](a.md#y)", "b6h3r")
    (problem,) = problems(root)
    assert problem.path == "ru/faq/delivery/a.md"
    assert "characters" in problem.message


def test_bad_pictures_are_reported(root: Path) -> None:
    (root / "media").mkdir()
    (root / "media/x.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'>\n<script/></svg>")
    assert [str(it) for it in problems(root)] == [
        "media/x.svg:2: uses <script>. Save it without scripts"
    ]


def test_a_link_that_a_move_broke_is_told_the_path_to_write(root: Path) -> None:
    put(root, "ru/faq/delivery/a.md", "[x](b.md)")
    put(root, "ru/faq/returns/b.md", "x", "b6h3r")
    library = load(root, languages=("ru", "en"))
    former = {("ru", ("faq", "returns", "a")): "k2m7p"}
    (problem,) = check(replace(library, former=former), root)
    assert problem.kind == "broken-link"
    assert problem.remedy == "Write ../returns/b.md (`kb mv` moves links too)"
