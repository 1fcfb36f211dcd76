"""Judgement of a clone after its server was killed."""

from __future__ import annotations

from kb.drafts import changes, publication, saves
from kb.drafts.model import Saved
from tests.support.repositories import ANNA, ARTICLE, RITA, Workplace, git
from tests.support.repositories.killed import Steps, Way, kill_at, text_of


def require_sound_after(place: Workplace, steps: Steps, call: int, way: Way) -> None:
    """Kill a server at its `call`th git, and require that nothing is lost and all goes on."""
    done = kill_at(place.clone.folder, steps, call, way)
    if steps == "saves":
        assert place.is_clean()
    _require_kept(place, done)
    opened = changes.opened(place.clone, ARTICLE, author=ANNA)
    text = opened.text.replace("Third", "3rd")
    saved = saves.save(place.clone, ARTICLE, text, base=opened.revision, author=ANNA)
    assert isinstance(saved, Saved)
    publication.publish(place.clone, ARTICLE, revision=saved.revision, author=RITA)
    assert place.is_clean()
    assert (place.clone.folder / f"articles/{ARTICLE}.md").read_text("utf-8") == text
    assert place.remote_text(f"articles/{ARTICLE}.md") + "\n" == text
    assert git(place.clone.folder, "fsck", "--no-dangling", "--no-progress") == ""


def _require_kept(place: Workplace, acknowledged: list[str]) -> None:
    """The article is as it was acknowledged last, or one step further."""
    last = int(acknowledged[-1]) if acknowledged else 0
    found = changes.opened(place.clone, ARTICLE, author=ANNA).text
    first = text_of("0").replace("Number 0", "First")
    assert found in ((text_of(str(last)) if last else first), text_of(str(last + 1)))
