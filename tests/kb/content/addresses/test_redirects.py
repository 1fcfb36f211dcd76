"""The file of old addresses judged: what a target may be, and what is wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.content import products
from kb.content.addresses import redirects
from kb.content.addresses.redirects import JudgedRedirects
from kb.content.files.old_paths import Redirect
from kb.content.files.redirects_file import REDIRECTS_FILE
from kb.content.library import load
from tests.support.web import product_library
from tests.support.web.product_library import DRAFT, INTERNAL, LANGUAGES, VEGA_CARE, VEGA_START

RETIRED = "zzzz9"


def judged(root: Path, text: str) -> JudgedRedirects:
    product_library.write(root)
    (root / "retired.txt").write_text(RETIRED)
    (root / REDIRECTS_FILE).write_text(text, encoding="utf-8")
    goods, _ = products.read(root, LANGUAGES)
    library, _ = products.assigned(load(root, languages=LANGUAGES), goods)
    return redirects.read(root, library, goods.entries, LANGUAGES)


def only(root: Path, target: str, old: str = "/old") -> Redirect:
    found = judged(root, f"{old}: {target}\n")
    assert found.problems == ()
    return found.entries[0]


@pytest.mark.parametrize(
    ("target", "article", "place", "address", "lang", "anchor"),
    [
        (VEGA_START, VEGA_START, "", "", "", ""),
        (f"{VEGA_START}#деньги", VEGA_START, "", "", "", "деньги"),
        (f"{VEGA_START}/en#%D0%B0", VEGA_START, "", "", "en", "а"),
        (RETIRED, RETIRED, "", "", "", ""),
        ("guides/care", "", "guides/care", "", "", ""),
        ("en/guides/care/", "", "guides/care", "", "en", ""),
        ("faq", "", "faq", "", "", ""),
        ("/en/guides/start/vega#a", VEGA_START, "", "", "en", "a"),
        (f"/a/{VEGA_START}", VEGA_START, "", "", "", ""),
        ("/ru/guides/care/", "", "", "/ru/guides/care/", "", ""),
        ("/en/products/vega", "", "", "/en/products/vega", "", ""),
        ("/en/contact", "", "", "/en/contact", "", ""),
        ("/ru/search?q=вега", "", "", "/ru/search?q=%D0%B2%D0%B5%D0%B3%D0%B0", "", ""),
        ("https://status.example.com", "", "", "https://status.example.com", "", ""),
        ("https://пример.рф/а#в", "", "", "https://xn--e1afmkfd.xn--p1ai/%D0%B0#%D0%B2", "", ""),
    ],
)  # fmt: skip
def test_targets(
    tmp_path: Path, target: str, article: str, place: str, address: str, lang: str, anchor: str
) -> None:
    found = only(tmp_path, target)
    assert (found.article, found.place, found.address) == (article, place, address)
    assert (found.lang, found.anchor) == (lang, anchor)


@pytest.mark.parametrize(
    ("old", "lang"),
    [
        ("/hc/en-us/articles/1", "en"),
        ("/hc/EN_GB/articles/1", "en"),
        ("/docs/ru/a.html", "ru"),
        ("/help?lang=en", "en"),
        ("/hc/de/a", ""),
        ("/enter/the/maze", ""),
    ],
)
def test_an_old_path_names_the_language(tmp_path: Path, old: str, lang: str) -> None:
    assert only(tmp_path, VEGA_START, old).lang == lang


def test_a_chain_leads_directly_to_its_end(tmp_path: Path) -> None:
    text = f"/a1: /b/\n/b: /c/x\n/c/*: {VEGA_CARE}#deep\n"
    found = judged(tmp_path, text)
    assert found.problems == ()
    assert [(it.article, it.anchor) for it in found.entries] == [(VEGA_CARE, "deep")] * 3


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/old: k9k9k", "leads to the article k9k9k, which does not exist"),
        (f"/old: {DRAFT}", f"leads to the article {DRAFT}, which is draft"),
        (f"/old: {INTERNAL}", f"leads to the article {INTERNAL}, which is internal"),
        (f"/old: {VEGA_START}/de", "`de` is not a language of the site"),
        ("/old: guides/nowhere", "is nothing published here"),
        ("/old: something", "is nothing published here"),
        ("/old: /en/guides/care/draft", "which does not exist"),
        ("/old: /en/products/phantom", "which does not exist"),
        ("/old: //evil.example/x", "leads to another site by //"),
        ("/old: /\\evil.example", "leads to another site by //"),
        ("/old: http://evil.example/x", "is no https address"),
        ("/old: https://user@evil.example/x", "is no https address"),
        ("/old: https:///x", "is no https address"),
        ("/old: https://a\\b/x", "is no https address"),
        ("/old: https://a:port/x", "is no https address"),
        ("/old: javascript://a/x", "is no https address"),
        ("/old: javascript:alert(1)", "is nothing published here"),
        ("/en/guides/start/vega: faq", "is a page of this site"),
        ("/en/guides/start/: faq", "is a page of this site"),
        (f"/a/{VEGA_CARE}: faq", "is a page of this site"),
        ("/en/contact: faq", "is a page of this site"),
        ("/api/v1/old: faq", "is a page of this site"),
        ("/en/*: faq", "would hide every wrong address"),
        ("/old: /old", "leads back to itself"),
    ],
)
def test_what_leads_nowhere_is_told(tmp_path: Path, line: str, message: str) -> None:
    found = judged(tmp_path, f"# Old\n{line}\n/good: faq\n")
    assert [it.place for it in found.entries] == ["faq"]
    assert len(found.problems) == 1
    assert str(found.problems[0]).startswith(f"{REDIRECTS_FILE}:2: ")
    assert message in str(found.problems[0])


def test_every_line_of_a_loop_is_told(tmp_path: Path) -> None:
    found = judged(tmp_path, "/x: /y\n/y: /z\n/z: /x\n/in: /y\n")
    assert found.entries == ()
    assert [it.line for it in found.problems] == [1, 2, 3, 4]


def test_a_heading_that_is_not_there_is_told(tmp_path: Path) -> None:
    found = judged(
        tmp_path,
        f"/one: {VEGA_START}/en#money\n/two: {VEGA_START}#деньги\n/three: {VEGA_START}/en#деньги\n"
        f"/four: {VEGA_CARE}#money\n",
    )
    anchors = {VEGA_START: {"en": {"money"}, "ru": {"деньги"}}, VEGA_CARE: {"ru": set[str]()}}
    told = list(redirects.dead_anchors(tmp_path, found.entries, anchors))
    assert [problem.line for problem in told] == [3, 4]
    assert "Use one of money" in str(told[0])
