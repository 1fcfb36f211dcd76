"""New articles, moves, retirement and pictures: changes like others, published like others."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from kb.content.moves.relative_links import relinked
from kb.drafts import changes, pictures, placement, publication, retirement, review, saves
from kb.drafts.model import (
    BadPasted,
    BadPlace,
    BadText,
    BeingRetired,
    MustSettle,
    NothingToDo,
    OpenArticle,
    PlaceTaken,
    Saved,
)
from kb.drafts.texts import slugs
from tests.support.repositories import (
    ANNA,
    ARTICLE,
    BEN,
    CATEGORIES,
    OTHER,
    REFUND,
    RITA,
    Workplace,
    article,
)

MOVED = "en/guides/returns/money-back"


def publish(place: Workplace, change_id: str = ARTICLE) -> None:
    revision = changes.opened(place.clone, change_id, author=RITA).revision
    done = publication.publish(place.clone, change_id, revision=revision, author=RITA)
    assert done.push.state == "pushed"
    assert place.is_clean()


def on_disk(place: Workplace, path: str) -> str:
    return (place.clone.folder / "articles" / path).read_text("utf-8")


def started(place: Workplace, title: str, slug: str = "") -> OpenArticle:
    return placement.start(
        place.clone, lang="en", section="guides", category="returns", title=title, slug=slug,
        author=ANNA,
    )  # fmt: skip


def moved(place: Workplace, slug: str, change_id: str = ARTICLE) -> str:
    revision = changes.opened(place.clone, change_id, author=ANNA).revision
    return placement.move(
        place.clone, change_id, section="guides", category="returns", slug=slug,
        revision=revision, author=ANNA,
    )  # fmt: skip


def test_a_new_article_is_a_draft_with_an_id_of_its_own(place: Workplace) -> None:
    opened = started(place, "How  money comes back")
    assert opened.change_id == "en/guides/returns/how-money-comes-back"
    assert opened.is_new
    assert opened.state == "draft"
    assert 'title: "How money comes back"' in opened.text
    assert not (place.clone.folder / "articles" / opened.path).exists()


def test_a_new_article_is_published(place: Workplace) -> None:
    opened = started(place, "Money")
    text = opened.text.replace("summary:", "summary: Soon.\n#")
    saves.save(place.clone, opened.change_id, text, base=opened.revision, author=ANNA)
    publish(place, opened.change_id)
    assert on_disk(place, opened.path) == text


def test_titles_that_make_the_same_slug_are_numbered(place: Workplace) -> None:
    assert started(place, "Refund").change_id.endswith("/refund-2")
    assert started(place, "refund!").change_id.endswith("/refund-3")


def test_a_slug_that_was_named_is_not_changed(place: Workplace) -> None:
    with pytest.raises(PlaceTaken):
        started(place, "Money", slug="refund")


@pytest.mark.parametrize("title", ["", " ", "x" * 91, "a\x00b", "a\u202eb"])
def test_titles_that_cannot_be_are_refused(place: Workplace, title: str) -> None:
    with pytest.raises(BadText):
        started(place, title)


def test_only_categories_that_there_are_take_articles(place: Workplace) -> None:
    with pytest.raises(BadPlace):
        placement.start(
            place.clone, lang="en", section="guides", category="nowhere", title="X", author=ANNA
        )


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Как вернуть деньги?", "kak-vernut-dengi"),
        ("Ёлка, съезд и щука", "elka-sieezd-i-shchuka"),
        ("Crème brûlée — 5 €", "creme-brulee-5"),
        ("退款", ""),
        ("wort " * 30, "wort-" * 11 + "wort"),
        ("x" * 200, "x" * 60),
    ],
)
def test_slugs_are_made_of_titles(title: str, slug: str) -> None:
    assert slugs.slug_of(title) == slug


def test_a_translation_shares_id_folder_and_slug(place: Workplace) -> None:
    opened = placement.translate(place.clone, ARTICLE, lang="ru", author=ANNA)
    assert opened.change_id == "ru/guides/returns/refund"
    assert "id: k2m7p" in opened.text
    with pytest.raises(PlaceTaken):
        placement.translate(place.clone, ARTICLE, lang="ru", author=BEN)


def test_a_moved_article_keeps_its_change_until_it_is_published(place: Workplace) -> None:
    moved(place, "money-back")
    opened = changes.opened(place.clone, ARTICLE, author=ANNA)
    assert (opened.path, opened.text) == (f"{MOVED}.md", REFUND)
    text = REFUND.replace("First", "1st")
    saves.save(place.clone, ARTICLE, text, base=opened.revision, author=ANNA)
    publish(place)
    assert on_disk(place, f"{MOVED}.md") == text
    assert not (place.clone.folder / "articles" / f"{ARTICLE}.md").exists()
    assert changes.opened(place.clone, MOVED, author=ANNA).state == "published"


def test_a_text_opened_before_the_move_is_merged_into_the_moved_file(place: Workplace) -> None:
    before = changes.opened(place.clone, ARTICLE, author=BEN).revision
    moved(place, "money-back")
    done = saves.save(place.clone, ARTICLE, REFUND.replace("First", "1st"), base=before, author=BEN)
    assert isinstance(done, Saved)
    publish(place)
    assert "1st" in on_disk(place, f"{MOVED}.md")


def test_a_text_opened_before_a_published_move_is_followed(place: Workplace) -> None:
    before = changes.opened(place.clone, ARTICLE, author=BEN).revision
    moved(place, "money-back")
    publish(place)
    done = saves.save(place.clone, ARTICLE, REFUND.replace("First", "1st"), base=before, author=BEN)
    assert isinstance(done, Saved)
    assert done.change_id == MOVED
    assert changes.opened(place.clone, MOVED, author=BEN).text == done.text


def test_published_translations_move_along(place: Workplace) -> None:
    place.push_elsewhere(f"articles/ru/{ARTICLE[3:]}.md", article("k2m7p", "Возврат"))
    publication.pull(place.clone, author=ANNA)
    moved(place, "money-back")
    publish(place)
    assert on_disk(place, f"ru/{MOVED[3:]}.md") == article("k2m7p", "Возврат")
    assert not (place.clone.folder / f"articles/ru/{ARTICLE[3:]}.md").exists()


def test_words_published_meanwhile_follow_the_move(place: Workplace) -> None:
    moved(place, "money-back")
    place.push_elsewhere(f"articles/{ARTICLE}.md", REFUND.replace("Third", "3rd"))
    publish(place)
    assert on_disk(place, f"{MOVED}.md") == REFUND.replace("Third", "3rd")
    assert not (place.clone.folder / "articles" / f"{ARTICLE}.md").exists()


def test_words_published_meanwhile_against_a_move_are_settled(place: Workplace) -> None:
    moved(place, "money-back")
    base = changes.opened(place.clone, ARTICLE, author=ANNA).revision
    saves.save(place.clone, ARTICLE, REFUND.replace("First", "1st"), base=base, author=ANNA)
    place.push_elsewhere(f"articles/{ARTICLE}.md", REFUND.replace("First", "Foremost"))
    with pytest.raises(MustSettle) as found:
        publish(place)
    conflict = found.value.conflict
    text = REFUND.replace("First", "Very first")
    saves.save(
        place.clone, ARTICLE, text, base=conflict.revision, settles=conflict.settles, author=ANNA
    )
    publish(place)
    assert on_disk(place, f"{MOVED}.md") == text
    assert not (place.clone.folder / "articles" / f"{ARTICLE}.md").exists()


@pytest.mark.parametrize("slug", ["exchange", "money"])
def test_a_place_that_is_taken_takes_no_other(place: Workplace, slug: str) -> None:
    started(place, "Money")
    with pytest.raises(PlaceTaken):
        moved(place, slug)


def test_a_place_taken_meanwhile_is_told_when_publishing(place: Workplace) -> None:
    moved(place, "money-back")
    place.push_elsewhere(f"articles/{MOVED}.md", article("n3w4a", "New"))
    with pytest.raises(PlaceTaken):
        publish(place)


def test_a_retired_article_goes_and_its_id_stays_known(place: Workplace) -> None:
    revision = changes.opened(place.clone, ARTICLE, author=ANNA).revision
    retirement.retire(place.clone, ARTICLE, revision=revision, author=ANNA)
    opened = changes.opened(place.clone, ARTICLE, author=ANNA)
    assert opened.is_retired
    assert opened.text == REFUND
    with pytest.raises(BeingRetired):
        saves.save(place.clone, ARTICLE, "x", base=opened.revision, author=BEN)
    publish(place)
    assert not (place.clone.folder / "articles" / f"{ARTICLE}.md").exists()
    assert on_disk(place, "retired.txt") == "k2m7p\n"


def test_two_retirements_are_joined(place: Workplace) -> None:
    for change_id in (ARTICLE, OTHER):
        revision = changes.opened(place.clone, change_id, author=ANNA).revision
        retirement.retire(place.clone, change_id, revision=revision, author=ANNA)
    for change_id in (ARTICLE, OTHER):
        publish(place, change_id)
    assert sorted(on_disk(place, "retired.txt").split()) == ["b2x7n", "k2m7p"]


def test_the_id_lives_while_another_language_has_it(place: Workplace) -> None:
    place.push_elsewhere(f"articles/ru/{ARTICLE[3:]}.md", article("k2m7p", "Возврат"))
    publication.pull(place.clone, author=ANNA)
    revision = changes.opened(place.clone, ARTICLE, author=ANNA).revision
    retirement.retire(place.clone, ARTICLE, revision=revision, author=ANNA)
    publish(place)
    assert not (place.clone.folder / "articles/retired.txt").exists()


def test_a_retirement_can_be_given_up(place: Workplace) -> None:
    revision = changes.opened(place.clone, ARTICLE, author=ANNA).revision
    made = retirement.retire(place.clone, ARTICLE, revision=revision, author=ANNA)
    review.discard(place.clone, ARTICLE, revision=made, author=ANNA)
    assert not changes.opened(place.clone, ARTICLE, author=ANNA).is_retired


def test_what_readers_never_saw_is_not_retired(place: Workplace) -> None:
    opened = started(place, "Money")
    with pytest.raises(NothingToDo):
        retirement.retire(place.clone, opened.change_id, revision=opened.revision, author=ANNA)


def picture(colour: str = "red", kind: str = "PNG") -> bytes:
    file = BytesIO()
    Image.new("RGB", (4, 3), colour).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_pasted_picture_is_saved_and_published_with_its_article(
    place: Workplace, kind: str
) -> None:
    added = pictures.add(place.clone, ARTICLE, picture(kind=kind), author=ANNA)
    assert added.name.startswith("refund-")
    assert added.markdown == f"![](../../../media/{added.name})"
    assert pictures.content(place.clone, ARTICLE, added.name, author=ANNA) == picture(kind=kind)
    assert place.is_clean()
    publish(place)
    assert (place.clone.folder / "articles/media" / added.name).read_bytes() == picture(kind=kind)


def test_a_picture_and_a_text_begun_before_it_go_together(place: Workplace) -> None:
    before = changes.opened(place.clone, ARTICLE, author=ANNA).revision
    added = pictures.add(place.clone, ARTICLE, picture(), author=ANNA)
    text = f"{REFUND}\n{added.markdown}\n"
    done = saves.save(place.clone, ARTICLE, text, base=before, author=ANNA)
    assert isinstance(done, Saved)
    assert not done.is_merged
    assert pictures.content(place.clone, ARTICLE, added.name, author=ANNA) == picture()


def test_the_same_picture_twice_is_one_commit(place: Workplace) -> None:
    first = pictures.add(place.clone, ARTICLE, picture(), author=ANNA)
    assert pictures.add(place.clone, ARTICLE, picture(), author=BEN) == first


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
     b"#!/bin/sh", b"\xff\xd8\xff" + b"x" * 1_000_001, b"RIFF0000WAVE"],
)  # fmt: skip
def test_what_is_no_harmless_picture_is_refused(place: Workplace, data: bytes) -> None:
    with pytest.raises(BadPasted):
        pictures.add(place.clone, ARTICLE, data, author=ANNA)
    assert changes.opened(place.clone, ARTICLE, author=ANNA).state == "published"


@pytest.mark.parametrize("name", ["../categories.yml", "nothing.png", "", "x\0.png", "/etc/passwd"])
def test_nothing_but_pictures_is_read_as_one(place: Workplace, name: str) -> None:
    assert pictures.content(place.clone, ARTICLE, name, author=ANNA) is None


@pytest.mark.parametrize(
    ("written", "moved"),
    [
        ("[x](exchange.md)", "[x](../returns/exchange.md)"),
        ("[x](exchange.md#how)", "[x](../returns/exchange.md#how)"),
        ('[x](<exchange.md> "T")', '[x](<../returns/exchange.md> "T")'),
        ("[x](../delivery/times.md)", "[x](../delivery/times.md)"),
        ("[x](../../faq/a/b.md)", "[x](../../faq/a/b.md)"),
        ("[x]: exchange.md", "[x]: ../returns/exchange.md"),
        ("[x](refund.md#top)", "[x](money.md#top)"),
        ("![x](../../../media/x.png)", "![x](../../../media/x.png)"),
        ("[x](https://y.example/z.md)", "[x](https://y.example/z.md)"),
        ("[x](/en/a.md) [y](mailto:a.md) [z](#a)", "[x](/en/a.md) [y](mailto:a.md) [z](#a)"),
        ("[x](../../../../out.md)", "[x](../../../../out.md)"),
    ],
)
def test_links_of_a_moved_article_lead_where_they_led(written: str, moved: str) -> None:
    new = "en/guides/delivery/money.md"
    assert relinked(f"{written}\n", old=f"{ARTICLE}.md", new=new) == f"{moved}\n"


def test_an_article_moves_to_another_category_with_its_links(place: Workplace) -> None:
    more = CATEGORIES.partition("\n")[2].replace("returns", "delivery")
    place.push_elsewhere("articles/categories.yml", CATEGORIES + more)
    publication.pull(place.clone, author=ANNA)
    base = changes.opened(place.clone, ARTICLE, author=ANNA).revision
    text = f"{REFUND}\n[Exchange](exchange.md)\n"
    done = saves.save(place.clone, ARTICLE, text, base=base, author=ANNA)
    assert isinstance(done, Saved)
    placement.move(
        place.clone, ARTICLE, section="guides", category="delivery", slug="refund",
        revision=done.revision, author=ANNA,
    )  # fmt: skip
    publish(place)
    moved = on_disk(place, "en/guides/delivery/refund.md")
    assert moved == text.replace("(exchange.md)", "(../returns/exchange.md)")
