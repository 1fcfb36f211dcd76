"""Synonyms: reading the site's file, finding phrases in a query, and what search makes of them."""

from pathlib import Path

import pytest

from kb.content import synonyms
from search.build.build import build
from search.generation.store import Store
from search.model import Synonym
from search.ranking.options import SearchOptions
from search.text.synonyms import MAX_ADDED, Synonyms, to_json
from tests.support.libraries.corpus import NOW, HashSource, document, open_searcher

GOOD = """
ru:
  same:
    вм: [виртуальная машина, виртуалка]
  means:
    комп: компьютер
"""


def read(folder: Path, text: str) -> tuple[set[Synonym], list[str]]:
    (folder / synonyms.SYNONYMS_FILE).write_text(text, encoding="utf-8")
    found, problems = synonyms.read(folder, ("ru", "en"))
    return set(found), [str(problem) for problem in problems]


def test_both_kinds_are_read(tmp_path: Path) -> None:
    found, problems = read(tmp_path, GOOD)
    assert problems == []
    assert Synonym("комп", "компьютер") in found
    assert Synonym("компьютер", "комп") not in found
    assert Synonym("виртуалка", "вм") in found
    assert Synonym("вм", "виртуалка") in found
    assert len(found) == 7


def test_no_file_is_no_problem(tmp_path: Path) -> None:
    assert synonyms.read(tmp_path, ("ru",)) == ((), ())


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("de:\n  same:\n    a: [b]\n", 1, "`de` is not a language of the site"),
        ("ru: [a]\n", 1, "`ru` is not a language of the site with synonyms"),
        ("ru:\n  like:\n    a: [b]\n", 2, "`like` is neither"),
        ("ru:\n  same:\n    a: []\n", 3, "`a` has no list of meanings"),
        ("ru:\n  same:\n    a: {b: c}\n", 3, "`a` has no list of meanings"),
        ("ru:\n  same:\n    a: [' ']\n", 3, "is empty or too long"),
        ("ru:\n  means:\n    a: [" + "b, " * 21 + "]\n", 3, "more than 20 meanings"),
        ("ru:\n  same: {\n", 2, "`same` has a { that is not closed"),
    ],
)
def test_faults_are_told_with_line_and_remedy(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    found, problems = read(tmp_path, text)
    assert found == set()
    assert len(problems) == 1
    assert problems[0].startswith(f"synonyms.yml:{line}: ")
    assert message in problems[0]


def test_a_bad_entry_spares_the_others(tmp_path: Path) -> None:
    found, problems = read(tmp_path, GOOD + "    ноут: []\n")
    assert Synonym("комп", "компьютер") in found
    assert len(problems) == 1


RULES = (
    Synonym("вм", "виртуальная машина"),
    Synonym("красный глаз", "индикатор"),
    Synonym("комп", "компьютер"),
)


@pytest.mark.parametrize(
    ("query", "meanings"),
    [
        ("перезапустить ВМ", ("виртуальная машина",)),
        ("горит красным глазом", ("индикатор",)),
        ("красный и глаз", ()),
        ("глаз красный", ()),
        ("комп и вм, комп", ("компьютер", "виртуальная машина")),
        ("", ()),
    ],
)
def test_phrases_are_found_in_any_form(query: str, meanings: tuple[str, ...]) -> None:
    assert Synonyms(RULES).meanings(query) == meanings
    assert Synonyms.from_json(to_json(RULES)).meanings(query) == meanings


def test_meanings_of_one_query_are_few() -> None:
    many = [Synonym("слово", f"смысл {n}") for n in range(100)]
    assert len(Synonyms(many).meanings("слово")) == MAX_ADDED


def test_search_finds_what_a_word_also_means(tmp_path: Path) -> None:
    documents = [
        document("vm", html="<p>Виртуальная машина не запускается.</p>"),
        document("other", html="<p>Оплата картой и наличными.</p>"),
    ]

    def made(rules: tuple[Synonym, ...]) -> bool:
        return build(
            documents,
            store=Store(tmp_path / "index"),
            source=HashSource(tmp_path),
            cache_file=tmp_path / "embeddings.sqlite",
            content={},
            now=NOW,
            synonyms=rules,
        ).is_new

    by_words = SearchOptions(lang="ru", mode="lexical")
    assert made(())
    assert open_searcher(tmp_path).search("вм", by_words).hits == ()
    assert made(RULES)
    assert not made(RULES)
    hit = open_searcher(tmp_path).search("вм", by_words).hits[0]
    assert hit.document_id == "ru/vm"
    assert [s.text for s in hit.snippet if s.is_match] == ["Виртуальная", "машина"]
