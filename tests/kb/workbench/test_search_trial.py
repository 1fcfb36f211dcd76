"""A text's effect on search, asked over the socket: places before and after, newest text first."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from kb.build.trial.workbench import Workbench
from kb.config import Config
from kb.workbench.search_trial import SearchTrial, WorkbenchAway, try_search
from search.generation.store import Store
from tests.support.patience import PATIENCE_S, wait_until
from tests.support.repositories import ARTICLE, REFUND
from tests.support.web import editor_library

PATH = f"{ARTICLE}.md"
CHANGED = REFUND.replace("summary:", "questions:\n  - a parcel from overseas\nsummary:")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Config:
    folder = tmp_path_factory.mktemp("trial")
    editor_library.prepare(folder)
    place = editor_library.place_in(folder)
    return editor_library.config(place, folder)


def test_questions_have_their_place_before_and_after(site: Config) -> None:
    before = Store(site.index_dir).current_name()
    with editor_library.trying(site):
        trial = try_search(site, path=PATH, text=CHANGED)
        unfit = try_search(site, path=PATH, text="---\ntitle: [\n---\n")
    title, question = trial.texts
    assert (title.text, title.is_title, title.rank, title.rank_before) == ("Refund", True, 1, 1)
    assert (question.text, question.is_new, question.rank) == ("a parcel from overseas", True, 1)
    assert trial.fault == ""
    assert unfit == SearchTrial("unfit")
    assert (site.articles_dir / PATH).read_text(encoding="utf-8") == REFUND
    assert Store(site.index_dir).current_name() == before  # readers are served what they were


def test_nobody_there_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchAway):
        try_search(Config(data_dir=tmp_path), path=PATH, text=REFUND)


def test_of_one_article_only_the_newest_text_waits() -> None:
    began, go_on = threading.Event(), threading.Event()
    tried: list[str] = []

    def run(_path: str, text: str) -> SearchTrial:
        tried.append(text)
        began.set()
        assert go_on.wait(PATIENCE_S)
        return SearchTrial()

    bench = Workbench(run)
    answers: dict[str, SearchTrial] = {}

    def ask(text: str) -> threading.Thread:
        def work() -> None:
            answers[text] = bench.answer(PATH, text)

        thread = threading.Thread(target=work)
        thread.start()
        return thread

    threads = [ask("first")]
    assert began.wait(PATIENCE_S)
    for text in ("second", "third"):
        mark = bench._newest.get(PATH)
        threads.append(ask(text))
        wait_until(lambda mark=mark: bench._newest.get(PATH) is not mark)  # type: ignore[misc]
    go_on.set()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert tried == ["first", "third"]
    assert answers["second"] == SearchTrial("superseded")
