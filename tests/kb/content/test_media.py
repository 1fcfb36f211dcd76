"""kb.content.media: a picture is what its name says, and holds nothing that runs or loads."""

from __future__ import annotations

import struct
from base64 import b64decode
from contextlib import suppress
from pathlib import Path

import pytest

from kb.content.media import BadPicture, picture, read

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30">{}</svg>'
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 7, 5) + b"\x08\x06"
GIF = b"GIF89a" + struct.pack("<HH", 7, 5)
JPEG = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x0b\x08" + struct.pack(">HH", 5, 7) + b"\x01"


@pytest.mark.parametrize(
    ("name", "data", "size"),
    [
        ("a.png", PNG, (7, 5)),
        ("a.gif", GIF, (7, 5)),
        ("a.jpg", JPEG, (7, 5)),
        ("a.jpeg", JPEG, (7, 5)),
        ("a.webp", b"RIFF1234WEBPVP8 ", (None, None)),
        ("a.webp", b64decode("UklGRqYAAABXRUJQVlA4IJoAAABwEACdASosAcgA"), (300, 200)),
        ("a.webp", b64decode("UklGRiIAAABXRUJQVlA4TBYAAAAvK8ExAAcQEf0P"), (300, 200)),
        ("a.webp", b64decode("UklGRuAAAABXRUJQVlA4WAoAAAAQAAAALAEA3QAA"), (301, 222)),
        ("a.svg", SVG.format("<g><path d='M0 0'/></g>").encode(), (40, 30)),
        ("a.svg", SVG.replace("0 0 40 30", "0,0,8.5,6").format("").encode(), (8, 6)),
        ("a.svg", SVG.format('<rect fill="url( #a)"/><use href="#a"/>').encode(), (40, 30)),
    ],
)  # fmt: skip
def test_good_pictures_have_their_size(
    name: str, data: bytes, size: tuple[int | None, int | None]
) -> None:
    found = picture(name, data)
    assert (found.width, found.height) == size


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>", "<style>*{}</style>", "<foreignObject/>", "<a href='#x'/>",
        "<image href='x.png'/>", "<rect onclick='x'/>", "<use href='other.svg#a'/>",
        "<use xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='http://x.y/z#a'/>",
        "<rect fill='url(http://x.y/z)'/>", "<rect style='background:url(//x)'/>", "<svg/>",
        "<animate attributeName='href' to='javascript:x'/>", "<set/>",
        "<?xml-stylesheet href='x'?>",
        "<x:script xmlns:x='http://www.w3.org/1999/xhtml'/>", "<rect ONLOAD='x'/>", "<g", "&x;",
        "<g>" * 60 + "</g>" * 60,
    ],
)  # fmt: skip
def test_drawings_that_run_or_load_are_refused(inner: str) -> None:
    with pytest.raises(BadPicture):
        picture("a.svg", SVG.format(inner).encode())


def test_entities_cannot_be_declared() -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + SVG.format("&b;")
    with pytest.raises(BadPicture, match="DOCTYPE"):
        picture("a.svg", bomb.encode())


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.png", GIF),
        ("a.jpg", b"<html>"),
        ("a.svg", b"<html xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.svg", b"\xff\xfe"),
        ("a.html", b"x"),
        ("A.png", PNG),
        ("a b.png", PNG),
    ],
)
def test_a_picture_must_be_what_its_name_says(name: str, data: bytes) -> None:
    with pytest.raises(BadPicture):
        picture(name, data)


@pytest.mark.parametrize("data", [PNG[:17], GIF[:7], JPEG[:9], b"\xff\xd8\xff\xff\0\0" * 9])
def test_cut_pictures_do_not_crash(data: bytes) -> None:
    for name in ("a.png", "a.gif", "a.jpg"):
        with suppress(BadPicture):  # anything else would be a crash
            assert picture(name, data).width is None


def test_an_address_changes_with_the_content() -> None:
    assert picture("a.png", PNG).url != picture("a.png", PNG + b"x").url


def test_bad_files_are_reported_and_the_rest_kept(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media/good.png").write_bytes(PNG)
    (tmp_path / "media/bad.png").write_bytes(b"")
    (tmp_path / "media/large.png").write_bytes(PNG + b"\0" * 1_000_000)
    found = read(tmp_path)
    assert list(found.files) == ["good.png"]
    assert [it.path for it in found.problems] == ["media/bad.png", "media/large.png"]
    assert read(tmp_path / "nowhere").files == {}
