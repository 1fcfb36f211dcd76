"""Saves and publications of the articles of tests, and what readers have then."""

from __future__ import annotations

from kb.drafts import changes, publication, saves
from kb.drafts.model import Published, Saved
from tests.support.repositories import ANNA, ARTICLE, RITA, Workplace

PATH = f"articles/{ARTICLE}.md"


def saved(place: Workplace, text: str, change_id: str = ARTICLE) -> str:
    """Save upon the newest and return the revision."""
    base = changes.opened(place.clone, change_id, author=ANNA).revision
    done = saves.save(place.clone, change_id, text, base=base, author=ANNA)
    assert isinstance(done, Saved)
    return done.revision


def published(place: Workplace, text: str, change_id: str = ARTICLE) -> Published:
    revision = saved(place, text, change_id)
    return publication.publish(place.clone, change_id, revision=revision, author=RITA)


def on_disk(place: Workplace, change_id: str = ARTICLE) -> str:
    return (place.clone.folder / f"articles/{change_id}.md").read_text("utf-8")
