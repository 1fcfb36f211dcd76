"""kb.content.media: a picture is what its name says, and holds nothing that runs or loads."""

from __future__ import annotations

import struct
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from random import Random
from zlib import crc32

import pytest
from PIL import Image

from kb.content.media import BadPicture, picture, read

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30">{}</svg>'


def drawn(form: str, size: tuple[int, int] = (7, 5), **options: object) -> bytes:
    """A picture of one colour in a format of Pillow."""
    file = BytesIO()
    Image.new("P" if form == "GIF" else "RGB", size).save(file, form, **options)
    return file.getvalue()


def tagged() -> bytes:
    """A JPEG that says much about itself."""
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "words", 1
    return drawn("JPEG", exif=exif, icc_profile=b"x" * 300, comment=b"words")


PNG, GIF, JPEG, WEBP = (drawn(form) for form in ("PNG", "GIF", "JPEG", "WEBP"))


@pytest.mark.parametrize(
    ("name", "data", "size"),
    [
        ("a.png", PNG, (7, 5)),
        ("a.gif", GIF, (7, 5)),
        ("a.jpg", JPEG, (7, 5)),
        ("a.jpeg", JPEG, (7, 5)),
        ("a.jpg", tagged(), (7, 5)),
        ("a.jpg", drawn("JPEG", (300, 200), progressive=True), (300, 200)),
        ("a.webp", WEBP, (7, 5)),
        ("a.webp", drawn("WEBP", (301, 222), lossless=True), (301, 222)),
        ("a.webp", drawn("WEBP", (301, 222), exif=b"Exif\0\0"), (301, 222)),
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


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.png", PNG[:20]),
        ("a.gif", GIF[:7]),
        ("a.jpg", JPEG[:9]),
        ("a.jpg", b"\xff\xd8\xff\xff\0\0" * 9),
        ("a.webp", WEBP[:16]),
        ("a.webp", b"RIFF1234WEBPVP8 "),
    ],
)
def test_broken_picture_is_told_with_a_remedy(name: str, data: bytes) -> None:
    suffix = name.removeprefix("a.")
    with pytest.raises(BadPicture, match=f"cannot be read as a {suffix} picture") as raised:
        picture(name, data)
    assert raised.value.at(name).remedy


@pytest.mark.parametrize("side", [10_000, 30_000], ids=["warning", "error"])
def test_picture_of_too_many_pixels_is_refused_unread(side: int) -> None:
    header = b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n\0\0\0\r" + header + struct.pack(">I", crc32(header))
    with pytest.raises(BadPicture, match="has more than 89 million pixels"):
        picture("a.png", bomb + PNG[33:])


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.png", PNG), ("a.gif", GIF), ("a.jpg", JPEG), ("a.jpg", tagged()), ("a.webp", WEBP)],
    ids=["png", "gif", "jpeg", "tagged", "webp"],
)
def test_damaged_pictures_are_read_or_refused(name: str, data: bytes) -> None:
    """Anything but BadPicture would be a crash of the build; remarks of Pillow would be one too."""
    dice = Random(7)
    for _ in range(400):
        damaged = bytearray(data)
        for _ in range(dice.choice([1, 1, 2, 4])):
            damaged[dice.randrange(min(len(data), 400))] = dice.choice(
                [0, 255, dice.randrange(256)]
            )
        with suppress(BadPicture):
            found = picture(
                name, bytes(damaged[: dice.choice([len(data), dice.randrange(len(data))])])
            )
            assert found.width
            assert found.height


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


INKSCAPE = """\
<svg xmlns="http://www.w3.org/2000/svg" xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/s.dtd"
 viewBox="0 0 40 30">
  <sodipodi:namedview id="base"/>
</svg>
"""


@pytest.mark.parametrize(
    ("name", "data", "message", "remedy"),
    [
        ("a.svg", INKSCAPE, "3: holds <sodipodi:namedview>", "Optimized SVG"),
        ("a.svg", SVG.format("<metadata/>"), "uses <metadata>", "Optimized SVG"),
        ("a.svg", SVG.format("<style/>"), "uses <style>", "presentation attributes"),
        ("sub/My Photo (1).PNG", "", "subfolder", "Move it to media/sub-my-photo-1.png"),
        ("IMG 01.JPG", "", "name", "Rename it, e.g. to img-01.jpg"),
        ("снимок.png", "", "name", "a-z"),
        ("film.mp4", "", "no picture", ".webp"),
    ],
)
def test_a_refused_picture_is_told_what_helps(
    name: str, data: str, message: str, remedy: str
) -> None:
    with pytest.raises(BadPicture) as refused:
        picture(name, data.encode())
    problem = refused.value.at(f"media/{name}")
    assert message in str(problem)
    assert remedy in problem.remedy
