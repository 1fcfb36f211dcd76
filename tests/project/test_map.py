"""The picture of the packages is that of the tree, and leaves out only what is said elsewhere."""

from __future__ import annotations

import runpy

from tests.support.fixtures.encoder_fixture import REPOSITORY

MAP = runpy.run_path(str(REPOSITORY / "docs" / "draw_map.py"))


def test_the_picture_is_current() -> None:
    committed = MAP["PICTURE"].read_text("utf-8")
    assert MAP["draw"]() == committed, "the packages have changed: run `make map`"


def test_an_arrow_is_left_out_where_others_lead_the_same_way() -> None:
    edges = frozenset({("a", "b"), ("b", "c"), ("a", "c"), ("a", "d")})
    assert MAP["reduced"](edges) == edges - {("a", "c")}


def test_every_package_has_its_box() -> None:
    """Those in the row of shared modules are counted with them."""
    text = MAP["draw"]()
    shared = MAP["shared"]()
    for root in ("kb", "kb/web", "search"):
        for folder in (REPOSITORY / root).iterdir():
            name = f"{root}/{folder.name}".replace("/", ".")
            if (folder / "__init__.py").exists() and name not in {"kb.web", *shared}:
                assert f">{name}<" in text, f"{name} is in no layer of pyproject.toml"
