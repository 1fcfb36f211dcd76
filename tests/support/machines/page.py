"""Commands of docs/production.md, as a test types them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from tests.support.fixtures.encoder_fixture import REPOSITORY

PAGE = REPOSITORY / "docs" / "production.md"
ELSEWHERE = "# on the serving machine"
"""First line of a block that is typed on another machine."""
_SECTION = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_NEEDS_NETWORK = re.compile(r"\b(?:apt-get|pip install)\b")


@dataclass(frozen=True)
class Step:
    """Commands to type at once; `systemctl` stands alone, as its words."""

    script: str
    systemctl: tuple[str, ...] = ()
    is_elsewhere: bool = False

    @property
    def is_online(self) -> bool:
        """True for what installs packages, which alone sees a network."""
        return bool(_NEEDS_NETWORK.search(self.script))

    @property
    def is_public(self) -> bool:
        """True for what needs a public certificate authority."""
        return "certbot" in self.script


def sections() -> dict[str, tuple[Step, ...]]:
    """Steps of each section, in the page's order."""
    text = PAGE.read_text("utf-8")
    return {
        title: tuple(step for block in _BLOCK.findall(body) for step in _steps(block))
        for title, body in _SECTION.findall(text)
    }


def _steps(block: str) -> Iterator[Step]:
    is_elsewhere = block.startswith(ELSEWHERE)
    pending: list[str] = []
    for line in block.replace("\\\n", " ").splitlines():
        if line.startswith("systemctl "):
            if pending:
                yield Step("\n".join(pending), is_elsewhere=is_elsewhere)
            pending = []
            yield Step(line, tuple(shlex.split(line)[1:]), is_elsewhere)
        else:
            pending.append(line)
    if pending:
        yield Step("\n".join(pending), is_elsewhere=is_elsewhere)
