"""A site whose articles are written in the browser, with a clone and an account of each role."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import StrictUndefined

from app import create_app
from kb.accounts import staff
from kb.accounts.roles import role_named
from kb.build import build
from kb.build.trial import workbench
from kb.build.trial.text_trial import TextTrials
from kb.config import Config
from kb.drafts.model import Author
from kb.drafts.repository.clone import Clone
from kb.web.services import EXTENSION
from tests.support.libraries.agent_library import FORM, close
from tests.support.repositories import ANNA, BEN, LENA, RITA, Workplace, copy_of, workplace

__all__ = ["close"]

PASSWORD = "long enough to be one"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
AGENT = Author("Ada Agent", "ada@example.com", "agent")
PEOPLE = (AGENT, ANNA, BEN, RITA, LENA)


def config(place: Workplace, root: Path, **settings: Any) -> Config:
    values: dict[str, Any] = {
        "articles_dir": place.clone.folder / "articles",
        "content_repository": str(place.clone.folder),
        "data_dir": root / "var",
        "site_dir": root / "site",
        "languages": ("en", "ru"),
        "encoder": "none",
        "rate_limits": False,
    }
    return Config(**(values | settings))


def prepare(folder: Path) -> None:
    """Make repositories, an index and accounts once, for `copied` to begin with."""
    place = workplace(folder)
    chosen = config(place, folder)
    build.build(chosen, now=NOW)
    app = create_app(chosen)
    database = app.extensions[EXTENSION].database
    for one in PEOPLE:
        role = role_named(one.role)
        assert role
        staff.add(database, email=one.email, name=one.name, password=PASSWORD, now=NOW, role=role)
    close(app)


def place_in(folder: Path) -> Workplace:
    """The repositories that `prepare` has made."""
    clone = Clone(folder / "clone", "articles/", ("en", "ru"), "otvet@example.com")
    return Workplace(folder / "remote.git", clone, folder / "other")


def copied(prepared: Path, folder: Path, **settings: Any) -> tuple[Workplace, Flask]:
    """Repositories and an application of their own; `close` it afterwards."""
    place = copy_of(prepared, folder)
    copy_data(prepared, folder)
    app = create_app(config(place, folder, **settings))
    app.testing = True
    app.jinja_env.undefined = StrictUndefined
    return place, app


def copy_data(prepared: Path, folder: Path) -> None:
    """The index and the accounts that `prepare` has made, in a folder of their own."""
    shutil.copytree(prepared / "var", folder / "var", symlinks=True)


def signed_in(app: Flask, person: Author) -> FlaskClient:
    """A client of somebody who has signed in."""
    client = app.test_client()
    data = {"email": person.email, "password": PASSWORD}
    assert client.post("/agent/sign-in", data=data, headers=FORM).status_code == 303
    return client


@contextmanager
def trying(chosen: Config) -> Iterator[None]:
    """A workbench that answers while the block runs, in threads of this process."""
    trials, stopped = TextTrials(chosen), threading.Event()
    with workbench.listening(chosen) as listener:
        bench = workbench.Workbench(trials.run)
        thread = threading.Thread(
            target=bench.serve, args=(listener, stopped), kwargs={"idle_s": float("inf")}
        )
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()
    trials.close()
