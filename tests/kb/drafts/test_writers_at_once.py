"""Several processes that save the same article at once: every word is kept, nothing twice."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from kb.drafts import changes, placement, saves
from kb.drafts.model import Saved
from kb.drafts.repository.clone import Clone
from tests.support.repositories import ANNA, ARTICLE, BEN, REFUND, Workplace, git

SAVES = 4


def write(clone: Clone, word: str) -> str:
    """Count a paragraph of one's own up, save by save, each begun before the others' were seen."""
    author = ANNA if word == "First" else BEN
    opened = changes.opened(clone, ARTICLE, author=author)
    text, base = opened.text, opened.revision
    for number in range(SAVES):
        before = word if number == 0 else f"{word}{number}"
        text = text.replace(f"{before} paragraph", f"{word}{number + 1} paragraph")
        done = saves.save(clone, ARTICLE, text, base=base, author=author)
        assert isinstance(done, Saved)
        text, base = done.text, done.revision
    return base


def begin(clone: Clone, number: int) -> str:
    opened = placement.start(
        clone, lang="en", section="guides", category="returns", title="The same", author=ANNA
    )
    return f"{number} {opened.change_id}"


def test_what_several_save_at_once_is_all_there(place: Workplace) -> None:
    words = ("First", "Second", "Third")
    with ProcessPoolExecutor(3, multiprocessing.get_context("spawn")) as pool:
        revisions = set(pool.map(write, [place.clone] * 3, words))
    text = REFUND
    for word in words:
        text = text.replace(f"{word} paragraph", f"{word}{SAVES} paragraph")
    opened = changes.opened(place.clone, ARTICLE, author=ANNA)
    assert opened.text == text
    assert opened.revision in revisions
    count = git(place.clone.folder, "rev-list", "--count", opened.revision, "^main")
    assert int(count) == SAVES * len(words)
    assert place.is_clean()


def test_articles_begun_at_once_get_places_of_their_own(place: Workplace) -> None:
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        begun = list(pool.map(begin, [place.clone] * 2, range(2)))
    assert len({one.partition(" ")[2] for one in begun}) == 2
