"""Products: reading them and their faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.build.generation_input import product_synonyms
from kb.catalog.catalog import Catalog
from kb.content import library, products
from kb.content.model import Library, Product
from kb.content.new_article import new_article
from search.model import Synonym
from tests.support.web.product_library import ARTICLES, BOTH, LANGUAGES, VEGA_CARE, write


def load(root: Path) -> Library:
    return library.load(root, languages=LANGUAGES)


def test_products_are_read_in_order(tmp_path: Path) -> None:
    found, problems = products.read(write(tmp_path), LANGUAGES)
    assert problems == ()
    assert [entry.slug for entry in found.entries] == ["phantom", "vega", "router", "lonely"]
    vega = found.entries[1]
    assert (vega.icon, vega.titles["en"], vega.aliases) == ("robot", "Vega", ("VR-2000",))
    assert found.entries[2].descriptions == {"ru": "", "en": ""}


def test_a_site_without_the_file_has_no_products(tmp_path: Path) -> None:
    assert products.read(tmp_path, LANGUAGES) == (products.Products(), ())


TITLE = "title: {ru: а, en: b}"


@pytest.mark.parametrize(
    ("text", "line", "message", "kept"),
    [
        ("x: {\n", 1, "`x` has a { that is not closed", 0),
        ("- x\n", 1, "is not a list of keys", 0),
        ("x: yes\n", 1, "`x` is not a product", 0),
        (f"Vega R2: {{{TITLE}}}\n", 1, "`Vega R2` is not a product", 0),
        (f"{'x' * 81}: {{{TITLE}}}\n", 1, "is not a product", 0),
        ("x:\n  order: 1\n", 1, "`title` has no texts by language", 0),
        ("x:\n  title: {ru: а}\n", 2, "`title` has no text for `en`", 1),
        (f"x:\n  {TITLE}\n  colour: red\n", 3, "unknown key `colour`", 1),
        (f"x:\n  {TITLE}\n  order: first\n", 3, "`order` is not a whole number", 1),
        (f"x:\n  {TITLE}\n  icon: ../x\n", 3, "`icon` is `../x`", 1),
        (f"x:\n  {TITLE}\n  aliases: one\n", 3, "`aliases` is not a list", 1),
        (f"x:\n  {TITLE}\n  aliases: [{'a' * 61}]\n", 3, "more than 60 characters", 1),
        (f"x:\n  {TITLE}\n  former: [Old One]\n", 3, "`former` has `Old One`", 1),
        (f"x:\n  {TITLE}\n  former: [x]\n", 3, "`former` has `x`, which is that of `x`", 1),
        (f"x:\n  {TITLE}\nx:\n  {TITLE}\n", 3, "has the key `x` twice", 1),
        (f"x: {{{TITLE}}}\ny:\n  {TITLE}\n", 3, "the name `а` is that of `x` too", 2),
        (
            f"x: {{{TITLE}, aliases: [Z]}}\ny:\n  title: {{ru: c, en: c}}\n  aliases: [z]\n",
            4,
            "`aliases` has `z`, which is that of `x`",
            2,
        ),
        (
            f"x: {{{TITLE}}}\ny:\n  title: {{ru: c, en: c}}\n  former: [x]\n",
            4,
            "`former` has `x`, which is that of `x`",
            2,
        ),
        ("x: &a {title: {ru: a}}\n", 1, "anchor or alias", 0),
        ("x" * 200_001, 1, "more than 200000 characters", 0),
    ],
    ids=lambda value: value[:40].strip() if isinstance(value, str) else "",
)
def test_faults_are_told_with_line_and_remedy(
    tmp_path: Path, text: str, line: int, message: str, kept: int
) -> None:
    (tmp_path / "products.yml").write_text(text, encoding="utf-8")
    found, problems = products.read(tmp_path, LANGUAGES)
    assert len(found.entries) == kept
    problem = next(one for one in problems if message in one.message)
    assert (problem.path, problem.line) == ("products.yml", line)
    assert problem.remedy


def test_what_two_products_claim_stays_with_the_first(tmp_path: Path) -> None:
    text = (
        "x: {title: {ru: a, en: a}, aliases: [Z], former: [old]}\n"
        "y: {title: {ru: b, en: b}, aliases: [z, own], former: [old, older]}\n"
    )
    (tmp_path / "products.yml").write_text(text, encoding="utf-8")
    (first, second), problems = (
        (result := products.read(tmp_path, LANGUAGES))[0].entries,
        result[1],
    )
    assert (first.aliases, first.former) == (("Z",), ("old",))
    assert (second.aliases, second.former) == (("own",), ("older",))
    assert len(problems) == 2


def test_an_article_keeps_the_products_there_are(tmp_path: Path) -> None:
    root = write(tmp_path)
    path = root / "en/guides/care/both.md"
    path.write_text(path.read_text().replace("[router,", "[no-such, router,"))
    library, problems = products.assigned(load(root), products.read(root, LANGUAGES)[0])
    both = next(article for article in library.articles if article.id == BOTH)
    assert both.products == ("router", "vega")
    assert [(one.path, one.line, one.message, one.remedy) for one in problems] == [
        (
            "en/guides/care/both.md",
            5,
            "the product `no-such` is not in products.yml",
            "Add it there with a `title`, or mend the slug",
        ),
        (
            "en/guides/care/both.md",
            5,
            "the product `vega-two` is called `vega` now",
            "Write `vega`",
        ),
    ]


@pytest.mark.parametrize("text", ["vega: {\n", "vega: yes\nrouter: no\nphantom: no\n"])
def test_one_fault_of_the_file_is_not_told_for_every_article(tmp_path: Path, text: str) -> None:
    root = write(tmp_path, text=text)
    found, problems = products.read(root, LANGUAGES)
    library, misnamed = products.assigned(load(root), found)
    assert problems
    assert not [one for one in misnamed if "`vega-two`" not in one.message]
    assert {article.products for article in library.articles} == {()}
    assert len(library.articles) == len(ARTICLES)


@pytest.mark.parametrize("value", ["vega", "[Vega R2]", "{a: b}", "[[vega]]"])
def test_a_list_that_is_none_is_a_fault_of_the_article(tmp_path: Path, value: str) -> None:
    path = write(tmp_path) / "en/guides/care/both.md"
    path.write_text(path.read_text().replace("[router, vega-two]", value))
    (problem,) = load(tmp_path).problems
    assert (problem.path, problem.line) == ("en/guides/care/both.md", 5)
    assert "`products`" in problem.message


def test_a_new_translation_is_about_the_same_products(tmp_path: Path) -> None:
    root = write(tmp_path)
    path = new_article(
        root, load(root), languages=LANGUAGES, lang="en", section="guides",
        category="care", slug="clean", title="Clean the brushes",
    )  # fmt: skip
    assert "products: [vega]\n" in path.read_text()
    new = next(
        article for article in load(root).articles if article.path == "en/guides/care/clean.md"
    )
    assert (new.id, new.products) == (VEGA_CARE, ("vega",))


def test_names_people_use_are_searched_as_the_product() -> None:
    catalog = Catalog((), (), LANGUAGES)
    assert product_synonyms(catalog.products) == ()
    entry = Product("vega", "", 1, {"ru": "Вега", "en": "Vega"}, {}, ("VR-2000", "vega"))
    assert product_synonyms([entry]) == (
        Synonym("VR-2000", "Вега"),
        Synonym("VR-2000", "Vega"),
        Synonym("vega", "Вега"),
    )
