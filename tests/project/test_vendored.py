"""Vendored files are as their recipe made them, with their licences beside them."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
RECIPE = ROOT / "docs" / "vendored" / "codemirror"
BUNDLE = ROOT / "static" / "vendor" / "codemirror.js"
SHA256 = "78fab752651636f7c303ec349e7c3c14cf01c59b62e1b71d41cddaceb92df428"
"""As `npm run build` in the recipe's folder prints it."""
MOST_BYTES = 500_000


def test_the_bundle_is_as_it_was_made() -> None:
    content = BUNDLE.read_bytes()
    assert hashlib.sha256(content).hexdigest() == SHA256
    assert len(content) < MOST_BYTES


def test_it_holds_the_locked_versions() -> None:
    locked = json.loads((RECIPE / "package-lock.json").read_text())["packages"]
    wanted = json.loads((RECIPE / "package.json").read_text())["dependencies"]
    head = BUNDLE.read_text()[:1000]
    for name, version in wanted.items():
        assert locked[f"node_modules/{name}"]["version"] == version
        assert f"{name} {version}" in head
    assert not re.search(r'"resolved"', (RECIPE / "package-lock.json").read_text())


def test_it_needs_no_leave_that_the_policy_refuses() -> None:
    text = BUNDLE.read_text()
    assert not re.search(r"\beval\(|new Function\b|https?://(?!www\.w3\.org/)", text)


def test_licences_of_every_part_lie_beside_it() -> None:
    notices = (BUNDLE.parent / "codemirror.LICENSE.txt").read_text()
    head = BUNDLE.read_text()[:1000]
    for name in re.findall(r"(@?[\w/-]+) \d+\.\d+\.\d+", head):
        assert name in notices
    assert "MIT" in notices
