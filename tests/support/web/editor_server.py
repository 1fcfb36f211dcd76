"""The really started server with an editor, and somebody who saves over HTTP while it is killed."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

from kb.drafts.model import Author
from tests.support.libraries.server_library import Running, served
from tests.support.patience import PATIENCE_S, wait_until
from tests.support.repositories import REFUND, Workplace, copy_of
from tests.support.web import editor_library

_BASE = re.compile(r'name="base" value="([0-9a-f]+)"')
_NUMBER = re.compile(r"Number (\d+)\.")


@contextmanager
def written_at(prepared: Path, folder: Path) -> Iterator[tuple[Workplace, Running]]:
    """`kb serve` over a copy of what `editor_library.prepare` has made, without an encoder."""
    place = copy_of(prepared, folder)
    editor_library.copy_data(prepared, folder)
    settings = {
        "KB_ARTICLES_DIR": str(place.clone.folder / "articles"),
        "KB_CONTENT_REPOSITORY": str(place.clone.folder),
        "KB_SITE_DIR": str(folder / "site"),
        "KB_ENCODER": "none",
        "KB_SECRET_KEY": "",  # its own, in the data folder
    }
    with served(folder / "var", **settings) as running:
        yield place, running


class Writer(threading.Thread):
    """Saves numbered texts of one article until told to stop, and holds the server to its word:
    what was acknowledged is there afterwards, or the one text that was under way."""

    def __init__(self, url: str, person: Author, change_id: str, article: str = REFUND) -> None:
        super().__init__(daemon=True)
        self.faults: list[str] = []
        self.acknowledged = 0
        self.cut = 0
        """Saves that no answer came to."""
        self.is_stopped = threading.Event()
        self._url, self._person, self._article = url, person, article
        self._edit = f"{url}/staff/articles/edit/{change_id}"
        self._session = requests.Session()

    def run(self) -> None:
        self._sign_in()
        number, base = self._opened()
        while not self.is_stopped.is_set():
            tried = number + 1
            if revision := self._saved(tried, base):
                number, base = tried, revision
                self.acknowledged += 1
                continue
            self.cut += 1
            found, base = self._opened()
            if found not in (number, tried):
                self.faults.append(f"{number} was acknowledged, {found} was kept")
            number = found

    def _sign_in(self) -> None:
        given = {"email": self._person.email, "password": editor_library.PASSWORD}
        answer = self._session.post(
            f"{self._url}/agent/sign-in",
            data=given,
            headers={"Origin": self._url},
            allow_redirects=False,
            timeout=PATIENCE_S,
        )
        assert answer.status_code == 303

    def _saved(self, number: int, base: str) -> str:
        """The revision, "" without an answer."""
        text = self._article.replace("Second paragraph", f"Number {number}")
        try:
            answer = self._session.post(
                self._edit,
                files={"base": (None, base), "file": (None, text)},
                headers={"Origin": self._url, "Accept": "application/json"},
                timeout=PATIENCE_S,
            )
            return str(answer.json()["revision"]) if answer.status_code == 200 else ""
        except requests.RequestException:
            return ""

    def _opened(self) -> tuple[int, str]:
        """Number and revision of the text that the server has, as soon as one answers."""
        pages: list[str] = []

        def is_answered() -> bool:
            with suppress(requests.RequestException):
                answer = self._session.get(self._edit, timeout=PATIENCE_S)
                if answer.status_code == 200:
                    pages.append(answer.text)
            return bool(pages)

        wait_until(is_answered)
        number, base = _NUMBER.search(pages[0]), _BASE.search(pages[0])
        assert base
        return int(number[1]) if number else 0, base[1]


def kill(pids: set[int]) -> None:
    """End processes so that they can do nothing about it."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
