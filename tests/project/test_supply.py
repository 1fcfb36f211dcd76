"""Packages that serving installs: pinned, hashed and listed; the three files tell the same."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.fixtures.encoder_fixture import REPOSITORY

BUILD_TOOL = {"setuptools"}
"""What installs the project itself; requirements.txt pins it."""


def read(name: str) -> str:
    return (REPOSITORY / name).read_text("utf-8")


def pins(text: str) -> dict[str, Requirement]:
    """Package → its line, with the environment that it is for."""
    found = map(Requirement, re.findall(r"^[A-Za-z][^#\\\n]*", text, re.MULTILINE))
    return {canonicalize_name(one.name): one for one in found}


@pytest.fixture(scope="module")
def locked() -> Mapping[str, Requirement]:
    return pins(read("requirements-serve.lock"))


@pytest.fixture(scope="module")
def listed() -> Mapping[str, Any]:
    """Package → its entry in the bill of materials."""
    bill = json.loads(read("docs/sbom.cdx.json"))
    assert bill["bomFormat"] == "CycloneDX"
    return {canonicalize_name(one["name"]): one for one in bill["components"]}


def test_the_lock_has_what_is_pinned_and_what_other_platforms_need(
    locked: Mapping[str, Requirement],
) -> None:
    pinned = pins(read("requirements-serve.txt"))
    assert {name: one.specifier for name, one in pinned.items()} == {
        name: locked[name].specifier for name in pinned
    }
    for name in locked.keys() - pinned.keys() - BUILD_TOOL:
        assert locked[name].marker, f"{name} is installed, and requirements-serve.txt lacks it"


def test_every_package_of_the_lock_has_hashes(locked: Mapping[str, Requirement]) -> None:
    blocks = re.split(r"\n(?=[A-Za-z])", read("requirements-serve.lock"))[1:]
    assert len(blocks) == len(locked)
    for block in blocks:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block.partition("\n")[0]


def test_the_bill_lists_what_the_lock_installs_here(
    locked: Mapping[str, Requirement], listed: Mapping[str, Any]
) -> None:
    installed = {
        name: one for name, one in locked.items() if not one.marker or one.marker.evaluate()
    }
    assert installed.keys() == listed.keys()
    for name, one in installed.items():
        assert one.specifier.contains(listed[name]["version"]), name


def test_the_bill_names_licences_and_no_registry(listed: Mapping[str, Any]) -> None:
    without = {name for name, one in listed.items() if not one.get("licenses")}
    # Their metadata names none: BSD of Google, zlib.
    assert without <= {"protobuf", "pysqlite3"}
    places = set(re.findall(r"https?://([^/\"]+)", read("docs/sbom.cdx.json")))
    assert not [place for place in places if re.search(r"^(?:\d|localhost|.*:\d)", place)]
    assert "://" not in read("requirements-serve.lock")


def test_make_installs_by_hashes() -> None:
    assert "--require-hashes --requirement $(LOCK)" in read("Makefile")
