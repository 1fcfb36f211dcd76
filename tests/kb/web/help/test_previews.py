"""Preview pictures: legible in every language, the same each time, only of what is published."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageChops

from kb.branding import preview_store, previews
from kb.branding.preview_store import PreviewStore
from kb.branding.previews import (
    BOLD,
    HEIGHT,
    TITLE_SIZES,
    WIDTH,
    Preview,
    draw,
    drawable,
    title_lines,
)
from kb.web.http import rate_limits
from kb.web.http.limits.policies import Policy
from tests.support.fixtures.encoder_fixture import REPOSITORY
from tests.support.libraries.site_library import (
    HOSTILE,
    REFUND,
    RETIRED,
    RUSSIAN_ONLY,
    VEGA,
    application,
    close,
)

SITE = "Nordvolt"
ARTICLE = f"/ru/og/article/{REFUND}.png"
QUESTION = "Доставляете ли вы на Дальний Восток, в Беларусь и Казахстан?"
LONG = (
    "Что проверить, когда привезли заказ, если коробка помята, курьер торопится, "
    "а внутри хрупкая техника и вы сомневаетесь"
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = application(tmp_path_factory.mktemp("previews"), site_name=SITE)
    yield app
    close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content)).convert("RGB")


def sample_titles() -> list[str]:
    """Every title of the sample articles."""
    files = sorted((REPOSITORY / "articles").rglob("*.md"))
    lines = (line for file in files for line in file.read_text("utf-8").splitlines()[:12])
    return [
        line.removeprefix("title:").strip(" '\"") for line in lines if line.startswith("title:")
    ]


# Drawing


def test_a_picture_has_the_size_that_is_announced() -> None:
    picture = Image.open(BytesIO(draw(Preview(SITE, QUESTION, "Доставка"))))
    assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert (WIDTH, HEIGHT) == (1200, 630)
    assert len(draw(Preview(SITE, QUESTION, "Доставка"))) < 60_000


def test_ground_and_ink_are_the_brands() -> None:
    colours = opened(draw(Preview(SITE, QUESTION))).getcolors(1 << 20) or []
    by_count = [colour for _, colour in sorted(colours, reverse=True)]
    assert by_count[0] == (0x0B, 0x60, 0x72)
    assert (255, 255, 255) in by_count


def test_equal_words_give_equal_bytes_also_from_threads() -> None:
    wanted = [Preview(SITE, f"{QUESTION} {number}", "Доставка") for number in range(3)]
    alone = [draw(one) for one in wanted]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(draw, wanted * 2)) == alone * 2
    assert len(set(alone)) == 3


def test_the_digest_changes_with_every_word_and_colour() -> None:
    digests = {
        Preview(SITE, "a", "b").digest,
        Preview(SITE, "b", "a").digest,
        Preview(SITE, "a").digest,
        Preview(SITE, "ab").digest,
        Preview("Other", "a", "b").digest,
        Preview(SITE, "a", "b", ground="#112233").digest,
        Preview(SITE, "a", "b", ink="#112233").digest,
    }
    assert len(digests) == 7
    assert Preview(SITE, "a").digest == Preview(SITE, "a").digest


def test_titles_of_the_sample_are_shown_whole_in_lines_of_whole_words() -> None:
    titles = sample_titles()
    assert len(titles) > 100
    for title in titles:
        size, lines = title_lines(title)
        assert " ".join(" ".join(lines).split()) == " ".join(title.split())
        assert len(lines) <= dict(TITLE_SIZES)[size]


def test_a_long_title_ends_after_a_word_with_an_ellipsis() -> None:
    size, lines = title_lines(LONG)
    assert (size, len(lines)) == TITLE_SIZES[-1]
    shown = " ".join(lines)
    assert shown.endswith("…")
    assert LONG.startswith(shown[:-1])
    assert LONG[len(shown) - 1] in " ,"


def test_a_word_wider_than_the_picture_is_cut() -> None:
    _, lines = title_lines(f"Code {'W' * 200} end")
    assert lines[0] == "Code"
    assert lines[1].startswith("WWW")
    assert lines[1].endswith("…")
    font = previews._font(BOLD, 60)
    assert all(font.getlength(line) <= previews.TEXT_WIDTH for line in lines)


def test_words_joined_by_a_no_break_space_stay_together() -> None:
    _, lines = title_lines("Сколько стоит доставка заказа весом больше\u00a020\u00a0кг?")
    assert any("больше\u00a020\u00a0кг" in line for line in lines)


@pytest.mark.parametrize(
    "title",
    [
        "عربي: أين طلبي؟",
        "איפה ההזמנה שלי",
        "我的订单在哪里?",
        "注文はどこですか",
        "मेरा ऑर्डर कहाँ है",
        "สั่งซื้อของฉันอยู่ที่ไหน",
        "Πού είναι;",
        "Где 注文?",
    ],
)
def test_letters_that_the_font_lacks_leave_the_title_out(title: str) -> None:
    """No boxes: the picture is that of the site alone."""
    assert drawable(title) == ""
    assert draw(Preview(SITE, title)) == draw(Preview(SITE, ""))


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Zażółć gęślą jaźń, ığüşöç", "Zażółć gęślą jaźń, ığüşöç"),
        ("Әріп, їжак, ўсё; №5 — 300 ₽", "Әріп, їжак, ўсё; №5 — 300 ₽"),
        ("Оплата 💳 картой 👩🏽‍💻", "Оплата картой"),
        ("a\u202eb\u200b\ufeff\x00\x1f\x7f c", "ab c"),
        ("e\u0301te\u0301 за\u0301мок", "été замок"),
        ("  two \n lines\t ", "two lines"),
        ("", ""),
        ("\ud800", ""),
    ],
)
def test_what_is_drawn_of_a_text(title: str, shown: str) -> None:
    assert drawable(title) == shown


def test_no_sample_title_needs_a_letter_that_is_missing() -> None:
    assert not [title for title in sample_titles() if not drawable(title)]


def test_what_is_drawn_stays_inside_the_margins() -> None:
    """Beside the words there is the faint mark only."""
    blank = opened(draw(Preview("", "")))
    for title in (LONG, QUESTION, "W" * 400, "щ Щ " * 90, "y"):
        full = opened(draw(Preview("Ж" * 90, title, "ж" * 300)))
        left, top, right, bottom = ImageChops.difference(blank, full).getbbox() or (0, 0, 0, 0)
        assert left >= 60
        assert right <= WIDTH - 60
        assert top >= 60
        assert bottom <= HEIGHT - 50


# Keeping


def test_a_picture_is_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = PreviewStore(tmp_path / "cache")
    preview = Preview(SITE, "x")
    assert store.kept(preview) is None
    content = store.drawn(preview)
    monkeypatch.setattr(preview_store, "draw", lambda _: pytest.fail("drawn again"))
    assert PreviewStore(tmp_path / "cache").kept(preview) == content


@pytest.mark.parametrize("damage", [b"", b"\x89PNG\r\n\x1a\n", b"x" * 100])
def test_a_damaged_picture_is_drawn_again(tmp_path: Path, damage: bytes) -> None:
    store, preview = PreviewStore(tmp_path), Preview(SITE, "x")
    content = store.drawn(preview)
    (tmp_path / f"{preview.digest}.png").write_bytes(damage)
    assert store.kept(preview) is None
    assert store.drawn(preview) == store.kept(preview) == content


def test_the_oldest_pictures_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview_store, "draw", lambda _: b"picture")
    store = PreviewStore(tmp_path, most_kept=20)
    (tmp_path / "left-behind.tmp").write_bytes(b"half")
    os.utime(tmp_path / "left-behind.tmp", (0, 0))
    for number in range(1, 61):
        preview = Preview(SITE, str(number))
        store.drawn(preview)
        os.utime(tmp_path / f"{preview.digest}.png", (number, number))
        assert len(list(tmp_path.iterdir())) <= 20
    left = {path.stem for path in tmp_path.iterdir()}
    assert Preview(SITE, "60").digest in left
    assert "left-behind" not in left


def test_a_folder_that_cannot_be_written_costs_time_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("no folder")
    content = PreviewStore(tmp_path / "file").drawn(Preview(SITE, "x"))
    assert content == draw(Preview(SITE, "x"))
    assert "drawn each time" in caplog.text


# Routes


@pytest.mark.parametrize(
    "address",
    [
        "/ru/og/home.png",
        "/en/og/faq.png",
        "/en/og/guides.png",
        "/ru/og/faq/returns.png",
        "/en/og/guides/vega-r2.png",
        ARTICLE,
        f"/ru/og/article/{HOSTILE}.png",
    ],
)
def test_a_page_has_a_picture(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert response.mimetype == "image/png"
    assert opened(response.data).size == (WIDTH, HEIGHT)
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "address",
    [
        f"/en/og/article/{RUSSIAN_ONLY}.png",
        f"/ru/og/article/{RETIRED}.png",
        "/ru/og/article/none.png",
        "/ru/og/article/..%2f..%2fsecret_key.png",
        "/ru/og/article/%00.png",
        f"/ru/og/article/{'x' * 5000}.png",
        f"/ru/og/article/{REFUND}.svg",
        f"/ru/og/article/{REFUND}",
        f"/de/og/article/{REFUND}.png",
        "/ru/og/faq/empty.png",
        "/ru/og/faq/none.png",
        "/ru/og/guides/returns.png",
        "/ru/og/other.png",
        "/ru/og/",
    ],
)
def test_nothing_else_has_one(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_pictures_speak_the_language_of_their_address(client: FlaskClient) -> None:
    found = {
        client.get(address, headers={"Accept-Language": accepted}).data
        for address in ("/ru/og/home.png", "/en/og/home.png", "/ru/og/faq.png", "/en/og/faq.png")
        for accepted in ("ru", "en")
    }
    assert len(found) == 4


def test_only_this_version_is_kept_for_ever(client: FlaskClient) -> None:
    first = client.get(ARTICLE)
    version = first.get_etag()[0]
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert "max-age=300" in client.get(f"{ARTICLE}?v=0").headers["Cache-Control"]
    current = client.get(f"{ARTICLE}?v={version}")
    assert "immutable" in current.headers["Cache-Control"]
    assert current.data == first.data


def test_what_a_client_has_is_neither_sent_nor_drawn(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/ru/og/article/{VEGA}.png"
    monkeypatch.setattr(PreviewStore, "kept", lambda *_: None)
    etag = client.get(address).headers["ETag"]
    monkeypatch.setattr(PreviewStore, "drawn", lambda *_: pytest.fail("drawn"))
    response = client.get(address, headers={"If-None-Match": etag})
    assert (response.status_code, response.data) == (304, b"")


def test_pages_do_not_draw(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "draw", lambda *_: pytest.fail("drawn"))
    monkeypatch.setattr(previews, "_drawn", lambda *_: pytest.fail("drawn"))
    for address in ("/ru/", "/ru/faq/", "/ru/faq/payment/", "/ru/faq/returns/refund-timing"):
        assert client.get(address).status_code == 200


def test_drawing_is_limited_and_looking_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rate_limits.POLICIES, "preview", (Policy("preview", 2, 60),))
    app = application(tmp_path, rate_limits=True)
    client = app.test_client()
    wanted = [f"/ru/og/{name}.png" for name in ("home", "faq", "guides")]
    try:
        assert [client.get(one).status_code for one in wanted] == [200, 200, 429]
        assert [client.get(wanted[0]).status_code for _ in range(5)] == [200] * 5
    finally:
        close(app)


def test_a_new_title_has_a_new_address(client: FlaskClient) -> None:
    assert Preview(SITE, "Old").digest != Preview(SITE, "New").digest
    page = client.get("/ru/faq/returns/refund-timing").text
    assert f"{ARTICLE}?v={Preview(SITE, 'Когда вернутся деньги', 'Возврат').digest}" in page
