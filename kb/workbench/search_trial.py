"""The effect of a text on search, asked of the process that tries it: `kb workbench`.

A text is put in its article's place and built as if it were published; then its title and each of
its questions are asked, of that build and of what readers have. Takes a second or two, or as long
as the encoder needs to load.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from kb.config import Config

SOCKET = "workbench.sock"
FOLDER = "run"
"""In the data folder."""
PATIENCE_S = 60.0
"""The first trial loads the encoder."""
MAX_ANSWER_BYTES = 2_000_000
MAX_TRIAL_CHARS = 300_000
_READ_BYTES = 65_536

TrialFault = Literal["", "unfit", "superseded", "failed"]
"""`unfit`: an article that readers would not see; `superseded`: a newer text of it was sent."""


class WorkbenchAway(Exception):
    """Nobody tries texts here, or not in time."""


@dataclass(frozen=True)
class TriedText:
    """A title or question with its place now and before, from 1, 0 where it was not found."""

    text: str
    is_title: bool
    rank: int
    rank_before: int
    is_new: bool
    """Readers' search was not asked: they have no such article, or it has no such question."""
    action: str
    reason: str
    shown: str
    shown_title: str
    """Of the article whose words are shown; "" for this one."""


@dataclass(frozen=True)
class AlikeArticle:
    title: str
    path: str
    """On the site."""
    percent: int


@dataclass(frozen=True)
class SearchTrial:
    """The outcome of one trial; with a `fault` the rest is empty."""

    fault: TrialFault = ""
    texts: tuple[TriedText, ...] = ()
    alike: tuple[AlikeArticle, ...] = ()
    has_vectors: bool = True

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False).encode("utf-8", "replace")

    @classmethod
    def from_json(cls, data: bytes) -> SearchTrial:
        """Read what `to_json` gave. Raises ValueError, KeyError and TypeError for all else."""
        values: Mapping[str, Any] = json.loads(data)
        return cls(
            fault=values["fault"],
            texts=tuple(TriedText(**one) for one in values["texts"]),
            alike=tuple(AlikeArticle(**one) for one in values["alike"]),
            has_vectors=values["has_vectors"],
        )


def try_search(config: Config, *, path: str, text: str) -> SearchTrial:
    """Try `text` as the file `path`. Raises WorkbenchAway."""
    asked = json.dumps({"path": path, "text": text}).encode("ascii")
    try:
        with (
            socket_address(config) as address,
            socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection,
        ):
            connection.settimeout(PATIENCE_S)
            connection.connect(address)
            connection.sendall(asked)
            connection.shutdown(socket.SHUT_WR)
            return SearchTrial.from_json(received(connection, MAX_ANSWER_BYTES))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WorkbenchAway(str(error)) from error


@contextmanager
def socket_address(config: Config) -> Iterator[str]:
    """Path of the socket, short enough wherever the data folder is. Raises OSError."""
    folder = config.data_dir / FOLDER
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield str(Path(f"/proc/self/fd/{handle}", SOCKET))
    finally:
        os.close(handle)


def received(connection: socket.socket, most: int) -> bytes:
    """Everything until the other side has said all. Raises ValueError beyond `most` bytes."""
    parts, size = [], 0
    while part := connection.recv(_READ_BYTES):
        size += len(part)
        if size > most:
            raise ValueError(f"more than {most} bytes")
        parts.append(part)
    return b"".join(parts)
