"""Pictures that are brought along: names, formats, and drawings without what could run."""

from __future__ import annotations

import pytest

from kb.content.media import BadPicture, picture
from kb.imports.arrival.pictures import cleaned_svg
from tests.support.imports import Importing, kinds, png

DRAWING = (
    '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://x/svg11.dtd">'
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" width="9" height="9"'
    ' onload="run()" inkscape:version="1"><metadata>x</metadata><script>run()</script>'
    '<style>@import "x"</style><g><path d="M0 0" style="fill:url(http://x/y)"/>'
    '<use xlink:href="http://x/y#z"/><a href="javascript:run()"><rect/></a></g></svg>'
)


def test_a_drawing_is_cleaned_of_all_that_runs_or_loads() -> None:
    cleaned = cleaned_svg(DRAWING.encode())
    picture("a.svg", cleaned)
    for word in (b"script", b"onload", b"http://x", b"metadata", b"inkscape:", b"javascript"):
        assert word not in cleaned
    assert b"<path" in cleaned


BOMB = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>'


@pytest.mark.parametrize("data", [BOMB.encode(), b"<svg", b"", b"\xff\xfe<svg/>"])
def test_a_drawing_that_cannot_be_cleaned_is_refused(data: bytes) -> None:
    with pytest.raises(BadPicture):
        cleaned_svg(data)


def test_pictures_get_the_names_of_their_folders(importing: Importing) -> None:
    result = importing.run(
        {
            "a/page.md": (
                "# Page\n\n![1](img/Вид%20сверху.PNG) ![2](../b/c.png) ![3](</shared/d e.jpeg>)\n\n"
                "![4](img/plan.svg) ![5](none.png) ![6](big.bmp) ![7](fake.png)\n\n"
                "![8](https://x.ru/y.png) ![9](data:image/png;base64,AAAA)\n\n"
                "[All](img/Вид%20сверху.PNG)\n"
            ),
            "a/img/Вид сверху.PNG": png(),
            "b/c.png": png("blue"),
            "shared/d e.jpeg": png("green"),
            "a/img/plan.svg": DRAWING,
            "a/big.bmp": b"BM",
            "a/fake.png": b"not a picture",
        }
    )
    media = {
        path.removeprefix("media/") for path in importing.contents if path.startswith("media/")
    }
    assert media == {"a-img-vid-sverkhu.png", "b-c.png", "shared-d-e.png", "a-img-plan.svg"}
    text = importing.text("en/guides/a/page.md")
    for name in media:
        assert f"(../../../media/{name})" in text
    assert "![5](../../../media/a-none.png)" in text
    assert "[8](https://x.ru/y.png)" in text
    assert "data:" not in text
    assert {
        "Pictures that the source lacks",
        "Pictures of a kind that cannot be shown",
        "Pictures that cannot be used",
        "Pictures on other hosts, now links",
        "Pictures inside of the text",
    } <= kinds(result)
