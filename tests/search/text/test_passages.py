"""Documents into passages."""

from search.text.passages import TARGET_WORDS, embedding_text, label_texts, split
from tests.support.libraries.corpus import document


def test_passages_follow_headings() -> None:
    html = (
        '<p>Начало.</p><h2 id="a">Один</h2><p>Раз.</p><h3 id="b">Два</h3><p>Два.</p>'
        '<h2 id="c">Три</h2><p>Три.</p>'
    )
    found = split(document("d", html=html))
    assert [(p.anchor, p.headings, p.text) for p in found] == [
        ("", (), "Начало."),
        ("a", ("Один",), "Раз."),
        ("b", ("Один", "Два"), "Два."),
        ("c", ("Три",), "Три."),
    ]


def test_summary_opens_the_first_passage() -> None:
    found = split(document("d", summary="Кратко.", html="<p>Подробно.</p>"))
    assert found[0].text == "Кратко.\nПодробно."


def test_summary_has_a_passage_when_text_starts_with_a_heading() -> None:
    found = split(document("d", summary="Кратко.", html='<h2 id="a">А</h2><p>Текст.</p>'))
    assert [p.text for p in found] == ["Кратко.", "Текст."]


def test_document_without_text_keeps_one_passage() -> None:
    assert [p.text for p in split(document("d", title="Имя"))] == ["Имя"]


def test_long_sections_are_cut_between_blocks() -> None:
    block = "<p>" + "слово " * 70 + "конец.</p>"
    found = split(document("d", html=block * 6))
    assert len(found) > 1
    assert all(len(p.text.split()) <= TARGET_WORDS + 40 for p in found)
    assert " ".join(p.text for p in found).split() == ("слово " * 70 + "конец. ").split() * 6


def test_endless_paragraph_is_cut() -> None:
    found = split(document("d", html="<p>" + "слово " * 2000 + "</p>"))
    assert sum(len(p.text.split()) for p in found) == 2000
    assert max(len(p.text.split()) for p in found) <= TARGET_WORDS + 40


def test_context_stands_before_the_text() -> None:
    passage = split(document("d", title="Т", html='<h2 id="a">А</h2><p>Текст.</p>'))[0]
    assert embedding_text("Т", passage) == "Т › А\nТекст."


def test_labels_are_distinct() -> None:
    assert label_texts(document("d", title="Т", questions=("Т", "в"))) == ("Т", "в")
