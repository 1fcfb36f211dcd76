"""Terms of a glossary on a page: where they are marked, and where not."""

from __future__ import annotations

import re

import pytest

from kb.catalog import glossary
from kb.catalog.glossary import MOST_TERMS, Glossary
from kb.content.shared_text.term import GlossaryTerm

BOTH = {"ru": "Объяснение", "en": "Explanation"}
TERMS = (
    GlossaryTerm("limescale", {"ru": "Накипь", "en": "Limescale"}, BOTH, article="e8n2k"),
    GlossaryTerm("filter", {"ru": "Фильтр", "en": "Filter"}, BOTH),
    GlossaryTerm("hepa", {"ru": "HEPA-фильтр", "en": "HEPA filter"}, BOTH),
    GlossaryTerm("locker", {"ru": "Пункт выдачи", "en": "Pickup point"}, BOTH, ("ПВЗ",)),
)


@pytest.fixture
def terms() -> Glossary:
    return glossary.from_json(glossary.to_json(TERMS))


def marked(terms: Glossary, html: str, lang: str = "ru", article: str = "") -> list[str]:
    page = terms.explained(html, lang, article)
    buttons = re.findall(r'<button [^>]*popovertarget="term-([a-z]+)">([^<]+)</button>', page.html)
    assert [slug for slug, _ in buttons] == [term.slug for term in page.terms]
    assert re.sub(r"</?button[^>]*>", "", page.html) == html
    return [word for _, word in buttons]


def test_a_term_is_marked_in_any_form_where_it_stands_first(terms: Glossary) -> None:
    html = "<p>От накипи и ещё раз накипь.</p><ul><li>В пунктах выдачи, ПВЗ.</li></ul>"
    assert marked(terms, html) == ["накипи", "пунктах выдачи"]
    assert marked(terms, "<p>Limescale, limescale; pickup points.</p>", "en") == [
        "Limescale",
        "pickup points",
    ]


def test_the_longest_name_counts(terms: Glossary) -> None:
    assert marked(terms, "<p>HEPA-фильтры, потом фильтр.</p>") == ["HEPA-фильтры", "фильтр"]
    assert marked(terms, "<p>The HEPA filter.</p>", "en") == ["HEPA filter"]


@pytest.mark.parametrize(
    "html",
    [
        '<h2 id="a">Накипь</h2>',
        '<p><a href="/x">накипь</a></p>',
        "<p><code>накипь</code></p>",
        "<pre><code>накипь\n</code></pre>",
        '<div class="callout"><p class="callout-title">Накипь</p></div>',
        "<details><summary>Накипь</summary></details>",
        '<p><img src="/m/a.png" alt="накипь"></p>',
    ],
)
def test_links_headings_and_code_stay_as_they_are(terms: Glossary, html: str) -> None:
    assert marked(terms, html) == []
    assert marked(terms, html + "<p>Накипь</p>") == ["Накипь"]


def test_an_article_does_not_explain_its_own_subject(terms: Glossary) -> None:
    assert marked(terms, "<p>Накипь и фильтр</p>", article="e8n2k") == ["фильтр"]


def test_few_terms_are_marked_on_a_page() -> None:
    many = [GlossaryTerm(f"t{n}", {"ru": f"Слово{n}"}, {"ru": "…"}) for n in range(MOST_TERMS + 5)]
    html = "<p>" + " ".join(f"Слово{n}" for n in range(len(many))) + "</p>"
    assert len(Glossary(many).explained(html, "ru", "").terms) == MOST_TERMS


def test_without_terms_a_page_is_as_it_was() -> None:
    assert Glossary().explained("<p>Накипь</p>", "ru", "").html == "<p>Накипь</p>"
