"""Refusals of `kb.drafts` in the words of the page: each kind of them, with what to do."""

from __future__ import annotations

from collections.abc import Mapping

from kb.accounts.roles import NotAllowed
from kb.drafts import model
from kb.drafts.model import DraftError
from kb.texts import N_, Text
from kb.web.layout.locale import translated
from kb.web.staff.refusals import role_sentence

SENTENCES: Mapping[type[DraftError], Text] = {
    model.CloneBusy: N_("Somebody else is saving right now. Nothing was changed, try again."),
    model.NoSuchArticle: N_("There is no such article any more."),
    model.PlaceTaken: N_("Another article has this address already. Choose another one."),
    model.UnknownRevision: N_("This version is not one of the article's."),
    model.Moved: N_("Somebody else has changed it meanwhile. Look at it again, then go on."),
    model.BeingRetired: N_("This article is to be taken off the site. Keep it first to change it."),
    model.NothingToDo: N_("There is nothing to do: no change is under way."),
    model.Unfit: N_("Readers would not see it like this. Mend these problems first:"),
}
STATUSES: Mapping[type[DraftError], int] = {
    model.NoSuchArticle: 404,
    model.BadPlace: 400,
    model.UnknownRevision: 404,
    model.BadText: 400,
    model.BadPasted: 400,
    model.Unfit: 422,
    model.CloneBusy: 503,
    model.CloneUnusable: 503,
}
USUAL_STATUS = 409


def sentence_of(error: DraftError | NotAllowed) -> str:
    """Words for what happened and what to do; the error's own, in English, for want of ours."""
    if isinstance(error, NotAllowed):
        return role_sentence()
    known = SENTENCES.get(type(error))
    return translated(known) if known else _as_sentence(str(error))


def status_of(error: DraftError | NotAllowed) -> int:
    if isinstance(error, NotAllowed):
        return 403
    return STATUSES.get(type(error), USUAL_STATUS)


def _as_sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."
