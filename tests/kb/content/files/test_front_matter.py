"""kb.content.files.front_matter: nothing is coerced, every problem names its line."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.files.front_matter import MAX_CHARS, Node, read_mapping, split
from kb.content.files.text import BadFile

PATH = "a.md"


def test_scalars_stay_text() -> None:
    mapping, problems = read_mapping("a: no\nb: 1:30\nc: 007\nd: 9999-99-99\ne: ~\n", PATH)
    values = {key: node.value for key, node in mapping.items()}
    assert values == {"a": "no", "b": "1:30", "c": "007", "d": "9999-99-99", "e": "~"}
    assert problems == ()


def test_lines_count_from_the_file_start() -> None:
    mapping, _ = read_mapping("a: 1\n\nb:\n  - x\n", PATH, first_line=2)
    assert mapping["a"].line == 2
    assert mapping["b"] == Node((Node("x", 5),), 4)


def test_duplicate_key_is_a_problem_and_the_first_counts() -> None:
    mapping, problems = read_mapping("a: 1\nb: 2\na: 3\n", PATH, first_line=2)
    assert mapping["a"].value == "1"
    assert [(it.line, "twice" in it.message) for it in problems] == [(4, True)]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a: &x 1\n", "anchor"),
        ("a: *x\n", "anchor"),
        ("a: !!python/object/apply:os.system [id]\n", "tag"),
        ("a: !x 1\n", "tag"),
        ("[" * 5000, "nested"),
        ("a: {b: {c: {d: {e: {f: 1}}}}}\n", "nested"),
        ("- a\n", "not a list of keys"),
        ("a: b: c\n", "`a` has a colon"),
        ("\ta: 1\n", "indented by a tab"),
        ('a: "\\ud800"\n', "not valid YAML"),
        ("a: \x01\n", "cannot be shown (U+0001)"),
        ("? [a]\n: b\n", "not plain text"),
        ("a: 1\n---\nb: 2\n", "more than one"),
        ("a: x" + "y" * MAX_CHARS, "more than"),
    ],
)
def test_yaml_bombs_are_refused(text: str, part: str) -> None:
    with pytest.raises(BadFile) as caught:
        read_mapping(text, PATH)
    assert part in caught.value.problem.message
    assert caught.value.problem.remedy


def test_split_gives_lines_of_both_parts() -> None:
    parts = split("---\na: 1\nb: 2\n---\nText\n", PATH)
    assert (parts.front, parts.front_line) == ("a: 1\nb: 2\n", 2)
    assert (parts.body, parts.body_line) == ("Text\n", 5)


@pytest.mark.parametrize("text", ["", "Text", "---\na: 1\n", "---\n" + "a" * 20_000 + "\n---\n"])
def test_missing_fences_are_named(text: str) -> None:
    with pytest.raises(BadFile) as caught:
        split(text, PATH)
    assert "front matter" in caught.value.problem.message


def test_a_rule_in_the_body_ends_nothing() -> None:
    assert split("---\na: 1\n---\nx\n\n---\n\ny\n", PATH).body == "x\n\n---\n\ny\n"


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(BadFile):  # anything else would be a crash
        mapping, _ = read_mapping(text, PATH)
        assert all(isinstance(key, str) for key in mapping)


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,8}", fullmatch=True),
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40),
        max_size=5,
    )
)
def test_quoted_text_comes_back_unchanged(values: dict[str, str]) -> None:
    lines = [f"{key}: '{value.replace(chr(39), chr(39) * 2)}'" for key, value in values.items()]
    if any(char in value for value in values.values() for char in "\u2028\u2029\u0085"):
        return  # YAML 1.1 line breaks, folded to spaces inside quotes
    mapping, problems = read_mapping("\n".join(lines), PATH)
    assert {key: node.value for key, node in mapping.items()} == values
    assert not problems
