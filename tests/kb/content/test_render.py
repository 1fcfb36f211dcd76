"""kb.content.render: relative links become addresses of the site, dead ones text that is
reported."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from markupsafe import Markup

from kb.content.media import Media, MediaFile
from kb.content.model import Article, ArticleHead, ArticleStatus, Category, Library
from kb.content.render import CannotRender, LinkResolver, RenderedArticle, render
from kb.web.layout.markup import markup


def article(
    path: str, body: str = "", *, article_id: str = "k2m7p", status: ArticleStatus = "published",
    aliases: tuple[str, ...] = (),
) -> Article:  # fmt: skip
    lang, _, category, name = path.split("/")
    head = ArticleHead(
        id=article_id, lang=lang, section="faq", category=category, slug=name.removesuffix(".md"),
        title="T", summary="S", tags=(), questions=(), order=1, aliases=aliases,
        related=(), updated_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    return Article(head, status=status, body=body, body_line=8, path=path)


def category(slug: str) -> Category:
    return Category("faq", slug, "truck", 1, {"ru": slug}, {"ru": ""})


PICTURE = MediaFile("map.svg", b"<svg/>", 40, 30)
OTHERS = (
    article("ru/faq/returns/refund.md", "## Срок", article_id="r2v6j", aliases=("money-back",)),
    article("ru/faq/returns/draft.md", article_id="d9c5s", status="draft"),
    article("en/faq/returns/english-only.md", article_id="h4p7y"),
)


def resolver(*articles: Article, media: Mapping[str, MediaFile] | None = None) -> LinkResolver:
    categories = (category("delivery"), category("returns"))
    library = Library((*articles, *OTHERS), categories, (), frozenset())
    return LinkResolver(library, Media(media or {PICTURE.name: PICTURE}, ()))


def rendered(
    body: str, *, path: str = "ru/faq/delivery/a.md", status: ArticleStatus = "published"
) -> RenderedArticle:
    source = article(path, body, status=status)
    return render(source, resolver(source))


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("../returns/refund.md", "/ru/faq/returns/refund"),
        ("../returns/refund.md#срок", "/ru/faq/returns/refund#срок"),
        ("../returns/refund.md#%D1%81%D1%80%D0%BE%D0%BA", "/ru/faq/returns/refund#срок"),
        ("../../../en/faq/returns/english-only.md", "/ru/faq/returns/english-only"),
        ("../returns/english-only.md", "/ru/faq/returns/english-only"),
        ("../returns/money-back.md", "/ru/faq/returns/refund"),
        ("../returns/", "/ru/faq/returns/"),
        ("../../faq", "/ru/faq/"),
        ("/ru/contact", "/ru/contact"),
        ("a.md", "/ru/faq/delivery/a"),
    ],
)  # fmt: skip
def test_relative_links_become_addresses_in_the_readers_language(href: str, address: str) -> None:
    page = rendered(f"[x]({href})")
    assert f'<a href="{address}">x</a>' in page.html
    assert page.problems == ()


@pytest.mark.parametrize(
    ("href", "part"),
    [
        ("../returns/nothing.md", "does not exist"),
        ("../returns/draft.md", "is draft"),
        ("../../../../../etc/passwd.md", "leaves the folder"),
        ("../returns/refund.html", "neither article nor category"),
        ("../nowhere/", "neither article nor category"),
    ],
)
def test_a_dead_link_is_text_and_reported_with_its_line(href: str, part: str) -> None:
    page = rendered(f"Раз\n\nДва [слово]({href}) три")
    assert page.html == "<p>Раз</p>\n<p>Два слово три</p>"
    (problem,) = page.problems
    assert (problem.path, problem.line) == ("ru/faq/delivery/a.md", 10)
    assert part in problem.message
    assert problem.remedy


def test_drafts_may_link_to_drafts() -> None:
    assert rendered("[x](../returns/draft.md)", status="draft").problems == ()


def test_pictures_are_served_by_content_with_their_size() -> None:
    html = rendered("![Карта](../../../media/map.svg)").html
    assert f'src="{PICTURE.url}"' in html
    assert 'width="40"' in html
    assert PICTURE.url.startswith("/media/")
    assert PICTURE.url.endswith("-map.svg")


def test_a_missing_picture_is_its_alt_text_and_reported() -> None:
    page = rendered("![Карта](../../../media/no.svg)")
    assert page.html == "<p>Карта</p>"
    assert "is not there" in page.problems[0].message


def test_callouts_speak_the_language_of_the_article() -> None:
    assert "Осторожно" in rendered("!!! warning\n    x").html
    assert "Careful" in rendered("!!! warning\n    x", path="en/faq/delivery/a.md").html


def test_reading_time_is_at_least_a_minute() -> None:
    assert rendered("слово").minutes == 1
    assert rendered("слово " * 181).minutes == 2


def test_links_with_anchors_are_noted_for_checking() -> None:
    links = rendered("[a](../returns/refund.md#x) [b](#y)[^1]\n\n[^1]: z").links
    assert {(link.path, link.anchor) for link in links} == {
        ("ru/faq/returns/refund.md", "x"),
        ("ru/faq/delivery/a.md", "y"),
    }


def test_refused_text_is_a_problem_of_the_file() -> None:
    with pytest.raises(CannotRender) as caught:
        rendered("[" * 100_000)
    assert caught.value.problem.path == "ru/faq/delivery/a.md"
    assert caught.value.problem.line == 8


def test_markup_is_not_escaped_again() -> None:
    assert Markup("{}").format(markup("<p>x</p>")) == "<p>x</p>"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[a](javascript:alert(1))", "javascript:alert(1)"),
        ("[a](file:///srv/b.pdf)", "file:///srv/b.pdf"),
        ("[a](data:text/html,b)", "data:text/html,b"),
        ("[a][b]\n\n[b]: slack://channel", "slack://channel"),
        ('<a href="ftp://x.example">a</a>', "ftp://x.example"),
        ("see <host:port>", "host:port"),
        ("![a](C:\\b.png)", "C:\\b.png"),
        ("[a]()", "a link has no address"),
        ("![a]()", "a picture has no address"),
    ],
)
def test_an_address_that_no_page_may_hold_is_told(written: str, shown: str) -> None:
    (problem,) = rendered(f"Text.\n\n{written}\n").problems
    assert shown in problem.message
    assert problem.line == 10 + 2 * ("\n\n" in written)
    assert "<a " not in rendered(written).html


@pytest.mark.parametrize(
    "written", ["[a](https://b)", "[a](mailto:b@c.example)", "<tel:+7800>", "`[a](javascript:b)`"]
)
def test_an_address_that_a_page_may_hold_is_no_problem(written: str) -> None:
    assert rendered(written).problems == ()
