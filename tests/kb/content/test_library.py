"""kb.content.library: what is good is kept, what is bad is left out and named with line and
remedy."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.content.files.fields import ID
from kb.content.files.text import BadFile, read_bytes
from kb.content.library import ArticleCache, load
from kb.content.model import Library, Problem
from tests.support.effort import effort

RELOAD = 25.0
"""Yards for a reload of 1,200 articles: it takes 5, and reading them all 55."""

CATEGORIES = """\
faq:
  delivery:
    icon: truck
    order: 1
    title: {ru: Доставка, en: Delivery}
    description: {ru: Сроки, en: Times}
  returns:
    icon: return
    order: 2
    title: {ru: Возврат, en: Returns}
    description: {ru: Как вернуть, en: How to return}
guides: {}
"""
GOOD = """\
---
id: k2m7p
title: Сколько идёт заказ
summary: От одного до семи дней.
tags: [доставка, сроки]
questions:
  - когда приедет
order: 10
aliases: [old-name]
related: [a3k8t]
---
Текст.
"""
PLACE = "ru/faq/delivery/how-long.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "categories.yml").write_text(CATEGORIES, encoding="utf-8")
    return tmp_path


def put(root: Path, path: str = PLACE, text: str | bytes = GOOD) -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def read(root: Path, cache: ArticleCache | None = None) -> Library:
    return load(root, languages=("ru", "en"), cache=cache)


def only_problem(root: Path) -> Problem:
    library = read(root)
    assert len(library.problems) == 1, [str(problem) for problem in library.problems]
    assert library.problems[0].remedy
    return library.problems[0]


def test_a_good_file_becomes_an_article(root: Path) -> None:
    put(root)
    library = read(root)
    assert library.problems == ()
    (article,) = library.articles
    assert (article.id, article.lang, article.address) == (
        "k2m7p", "ru", ("faq", "delivery", "how-long"),
    )  # fmt: skip
    assert article.title == "Сколько идёт заказ"
    assert article.tags == ("доставка", "сроки")
    assert article.questions == ("когда приедет",)
    assert (article.status, article.order) == ("published", 10)
    assert (article.body, article.body_line) == ("Текст.\n", 12)
    assert article.alias_addresses == (("faq", "delivery", "old-name"),)
    assert article.key_lines["related"] == 10
    assert article.updated_at
    assert article.updated_at.tzinfo == UTC


def test_categories_are_in_order_with_all_languages(root: Path) -> None:
    categories = read(root).categories
    assert [(it.slug, it.titles["en"]) for it in categories] == [
        ("delivery", "Delivery"),
        ("returns", "Returns"),
    ]


def test_a_missing_category_title_is_named_and_borrowed(root: Path) -> None:
    text = CATEGORIES.replace("{ru: Доставка, en: Delivery}", "{ru: Доставка}")
    (root / "categories.yml").write_text(text, encoding="utf-8")
    problem = only_problem(root)
    assert (problem.path, problem.line) == ("categories.yml", 5)
    assert read(root).categories[0].titles == {"ru": "Доставка", "en": "Доставка"}


@pytest.mark.parametrize(
    ("old", "new", "line", "part"),
    [
        ("id: k2m7p\n", "id: K2M7P\n", 2, "`id`"),
        ("id: k2m7p\n", "id: k2m7u\n", 2, "`id`"),
        ("id: k2m7p\n", "", 2, "no `id`"),
        ("title: Сколько идёт заказ\n", "title: " + "я" * 91 + "\n", 3, "91 characters"),
        ("title: Сколько идёт заказ\n", "title: ''\n", 3, "no `title`"),
        ("summary: От", "summary: " + "я" * 200 + "От", 4, "`summary` has"),
        ("order: 10", "order: 1e3", 8, "whole number"),
        ("order: 10", "order: 10\nverified: soon", 9, "no day"),
        ("order: 10", "order: 10\nupdated: 2026-02-30", 9, "`2026-02-30`, which is no day"),
        ("order: 10", "order: 10\nupdated: [2026-02-03]", 9, "not text"),
        ("order: 10", "order: 10\norder: 11", 9, "twice"),
        ("order: 10", "status: public", 8, "unknown status"),
        ("tags: [доставка, сроки]", "tags: доставка", 5, "not a list"),
        ("tags: [доставка, сроки]", "tags: [{a: b}]", 5, "not text"),
        ("aliases: [old-name]", "aliases: [Old Name]", 9, "`aliases`"),
        ("title: Сколько", "title: &a Сколько", 3, "anchor"),
    ],
)
def test_a_broken_file_is_left_out_and_named(
    root: Path, old: str, new: str, line: int, part: str
) -> None:
    put(root, text=GOOD.replace(old, new))
    put(root, "en/faq/delivery/how-long.md")
    problem = only_problem(root)
    assert (problem.path, problem.line) == (PLACE, line)
    assert part in problem.message
    assert [article.lang for article in read(root).articles] == ["en"]


def test_all_faults_of_a_file_are_named_at_once(root: Path) -> None:
    put(root, text=GOOD.replace("k2m7p", "1").replace("order: 10", "order: x\nsource: []"))
    assert [problem.line for problem in read(root).problems] == [2, 8, 9]


def test_keys_that_nothing_reads_are_remarked_once_each_and_refuse_nothing(root: Path) -> None:
    extra = "order: 10\nlayout: page\nauthor: {name: [a]}\nquestion: Why?"
    put(root, text=GOOD.replace("order: 10", extra))
    put(root, "ru/faq/returns/b.md", GOOD.replace("k2m7p", "b6h3r").replace("order: 10", extra))
    put(root, "en/faq/returns/c.md", GOOD.replace("id: k2m7p", "layout: x"))  # refused for its id
    library = read(root)
    assert [it.path for it in library.articles] == [PLACE, "ru/faq/returns/b.md"]
    assert [problem.kind for problem in library.problems if "aliases" not in str(problem)]
    found = {(it.path, it.line): it for it in library.remarks}
    assert list(found) == [("en/faq/returns/c.md", 2), (PLACE, 10), (PLACE, 11)]
    assert {(it.kind, it.severity) for it in library.remarks} == {("unknown-key", "remark")}
    assert "`layout`, here and in 2 more files" in found["en/faq/returns/c.md", 2].message
    assert "`questions`" in found[PLACE, 11].remedy


@pytest.mark.parametrize("written", ["2026-10-03", "'2026-10-03'", "2026-10-03 10:00:00 +0300"])
def test_days_of_a_change_and_of_a_check_are_read(root: Path, written: str) -> None:
    put(root, text=GOOD.replace("order: 10", f"updated: {written}\nverified: {written}"))
    library = read(root)
    assert (library.problems, library.remarks) == ((), ())
    (article,) = library.articles
    assert article.verified == article.updated == date(2026, 10, 3)
    assert article.updated_at == datetime(2026, 10, 3, tzinfo=UTC)


def test_days_may_be_left_empty(root: Path) -> None:
    put(root, text=GOOD.replace("order: 10", "updated:\nverified: ''"))
    assert (read(root).problems, read(root).articles[0].verified) == ((), None)


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (GOOD.encode().replace(b"\n---\n", b"\n---\n\xff"), "UTF-8 at offset"),
        (GOOD.encode("utf-16"), "UTF-16"),
        (GOOD.encode() + b"\0", "NUL"),
        (GOOD.encode() + b"x" * 1_000_000, "larger"),
        (b"", "front matter"),
    ],
)
def test_bytes_that_are_no_text_are_named(root: Path, data: bytes, part: str) -> None:
    put(root, text=data)
    assert part in only_problem(root).message


def test_the_offset_of_bad_utf8_is_exact(root: Path) -> None:
    put(root, text=b"\xef\xbb\xbf---\nabc\xff")
    problem = only_problem(root)
    assert problem.message.endswith("offset 10")
    assert problem.line == 2


def test_a_byte_order_mark_and_dos_lines_are_fine(root: Path) -> None:
    put(root, text=b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    library = read(root)
    assert library.problems == ()
    assert library.articles[0].body == "Текст.\n"


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("ru/faq/how-long.md", "category folder"),
        ("ru/faq/delivery/sub/how-long.md", "category folder"),
        ("de/faq/delivery/how-long.md", "`de`"),
        ("ru/news/delivery/how-long.md", "`news`"),
        ("ru/faq/delivery/How-Long.md", "slug"),
        ("ru/faq/delivery/сроки.md", "slug"),
        ("ru/faq/delivery/how-long.MD", ".md"),
        ("ru/faq/unknown/how-long.md", "faq/unknown"),
        ("media/how-long.md", "category folder"),
    ],
)
def test_misplaced_files_are_named(root: Path, path: str, part: str) -> None:
    put(root, path)
    assert part in only_problem(root).message
    assert read(root).articles == ()


def test_a_readme_beside_the_folders_is_no_article(root: Path) -> None:
    put(root, "README.md", "# How to write")
    assert read(root).problems == ()


def test_case_and_unicode_twins_name_both_files(root: Path) -> None:
    put(root)
    put(root, PLACE.upper().replace("RU/FAQ/DELIVERY", "ru/faq/delivery").replace(".MD", ".md"))
    messages = [str(problem) for problem in read(root).problems]
    assert any(PLACE in text and "differs from" in text for text in messages)
    put(root, "media/й.svg", b"")
    put(root, "media/и\u0306.svg", b"")
    assert any("й.svg" in str(problem) for problem in read(root).problems)


def test_links_that_leave_the_folder_are_named_and_not_read(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    secret = put(outside, "secret.md")
    (root / "ru/faq/delivery").mkdir(parents=True)
    (root / PLACE).symlink_to(secret)
    (root / "en").symlink_to(outside)
    library = read(root)
    assert library.articles == ()
    assert [(it.path, "leaves" in it.message) for it in library.problems] == [
        ("en", True),
        (PLACE, True),
    ]


def test_a_link_inside_is_read_as_the_file(root: Path) -> None:
    put(root)
    (root / "en/faq/delivery").mkdir(parents=True)
    (root / "en/faq/delivery/how-long.md").symlink_to(root / PLACE)
    assert [it.lang for it in read(root).articles] == ["en", "ru"]


def test_a_link_loop_is_named(root: Path) -> None:
    (root / "ru").symlink_to(root / "ru")
    (root / "en").symlink_to(root)
    assert len(read(root).problems) == 2


@pytest.fixture
def alarm() -> Iterator[None]:
    """Turn a hang into a failure."""
    signal.alarm(10)
    yield
    signal.alarm(0)


@pytest.mark.usefixtures("alarm")
def test_a_fifo_does_not_hang(root: Path) -> None:
    (root / "ru/faq/delivery").mkdir(parents=True)
    os.mkfifo(root / PLACE)
    assert "regular file" in only_problem(root).message
    with pytest.raises(BadFile):  # also when it takes a file's place after the walk
        read_bytes(root, PLACE)


def test_an_id_used_twice_names_both_files(root: Path) -> None:
    put(root)
    put(root, "ru/faq/returns/again.md", GOOD.replace("aliases: [old-name]\n", ""))
    library = read(root)
    (problem,) = library.problems
    assert problem.path == "ru/faq/returns/again.md"
    assert problem.line == 2
    assert PLACE in problem.message
    assert [it.path for it in library.articles] == [PLACE]


def test_one_id_in_two_languages_is_a_translation(root: Path) -> None:
    put(root)
    put(root, "en/faq/delivery/how-long.md")
    assert read(root).problems == ()


def test_a_retired_id_cannot_come_back(root: Path) -> None:
    put(root)
    (root / "retired.txt").write_text("# gone\nk2m7p # merged\nnonsense\n", encoding="utf-8")
    library = read(root)
    assert library.retired == {"k2m7p"}
    assert library.articles == ()
    assert [(it.path, it.line) for it in library.problems] == [("retired.txt", 3), (PLACE, 2)]


@pytest.mark.parametrize("alias", ["how-long", "faq/delivery/how-long"])
def test_an_alias_never_hides_a_page(root: Path, alias: str) -> None:
    put(root)
    text = GOOD.replace("k2m7p", "b6h3r").replace("old-name", alias)
    put(root, "ru/faq/delivery/other.md", text)
    library = read(root)
    (problem,) = library.problems
    assert (problem.path, problem.line) == ("ru/faq/delivery/other.md", 9)
    assert PLACE in problem.message
    assert [it.aliases for it in library.articles] == [("old-name",), ()]


def test_an_alias_claimed_twice_stays_with_one(root: Path) -> None:
    put(root)
    put(root, "ru/faq/delivery/other.md", GOOD.replace("k2m7p", "b6h3r"))
    library = read(root)
    assert [it.aliases for it in library.articles] == [("old-name",), ()]
    assert PLACE in library.problems[0].message


def test_an_empty_or_missing_folder_is_no_crash(tmp_path: Path) -> None:
    assert read(tmp_path).articles == ()
    assert read(tmp_path / "nowhere").problems


def test_dates_fall_back_to_modification_time(root: Path) -> None:
    os.utime(put(root), (1_700_000_000, 1_700_000_000))
    assert read(root).articles[0].updated_at == datetime.fromtimestamp(1_700_000_000, UTC)


def test_the_cache_sees_edits_removals_and_new_files(root: Path) -> None:
    cache = ArticleCache()
    file = put(root)
    assert read(root, cache).articles[0].title == "Сколько идёт заказ"
    file.write_text(GOOD.replace("Сколько", "Как долго"), encoding="utf-8")
    put(root, "en/faq/delivery/how-long.md")
    assert [it.title[:3] for it in read(root, cache).articles] == ["Ско", "Как"]
    file.unlink()
    assert [it.lang for it in read(root, cache).articles] == ["en"]


def test_a_reload_of_1200_articles_reads_what_has_changed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alphabet = "abcdefghjk"
    for number in range(1200):
        article_id = "x" + "".join(alphabet[int(digit)] for digit in f"{number:04}")
        text = GOOD.replace("k2m7p", article_id).replace("aliases: [old-name]\n", "")
        put(root, f"ru/faq/delivery/number-{number}.md", text + "слово " * 1000)
    cache = ArticleCache()
    assert len(read(root, cache).articles) == 1200
    put(root, "ru/faq/delivery/number-7.md", "broken")
    opened: list[str] = []

    def note(root: Path, path: str) -> bytes:
        opened.append(path)
        return read_bytes(root, path)

    with monkeypatch.context() as counted:
        counted.setattr("kb.content.files.text.read_bytes", note)
        library = read(root, cache)
    assert [path for path in opened if path.endswith(".md")] == ["ru/faq/delivery/number-7.md"]
    assert effort(lambda: read(root, cache), budget=RELOAD) < RELOAD
    assert (len(library.articles), len(library.problems)) == (1199, 1)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_mutation_is_read_or_reported(root: Path, data: st.DataObject) -> None:
    content = bytearray(GOOD.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    put(root, text=bytes(content))
    library = read(root)
    assert bool(library.articles) != bool(library.problems)
    for article in library.articles:
        assert ID.fullmatch(article.id)
        assert 0 < len(article.title) <= 90
        article.title.encode()
    for problem in library.problems:
        assert problem.path == PLACE
        assert 1 <= problem.line <= content.count(b"\n") + content.count(b"\r") + 1


def test_a_help_centre_of_many_categories_is_read_whole(root: Path) -> None:
    put(root)
    many = "".join(
        f"  topic-{number}:\n    title: {{ru: Раздел {number}, en: Topic {number}}}\n"
        f"    description: {{ru: {'О чём он. ' * 6}, en: {'About it. ' * 6}}}\n"
        for number in range(300)
    )
    text = CATEGORIES.replace("guides: {}\n", f"guides:\n{many}")
    (root / "categories.yml").write_text(text, encoding="utf-8")
    library = read(root)
    assert library.problems == ()
    assert len(library.articles) == 1
