"""Refusals of `kb.drafts` in the words of the page: each kind of them, with what to do."""

from __future__ import annotations

from collections.abc import Mapping

from kb.accounts.roles import NotAllowed
from kb.drafts import model
from kb.drafts.model import DraftError
from kb.drafts.repository.checkout import EditedByHand
from kb.texts import N_, Text
from kb.web.layout.locale import translated
from kb.web.staff.articles.problem_words import is_told_in_english, problem_sentence
from kb.web.staff.refusals import role_sentence

SENTENCES: Mapping[type[DraftError], Text] = {
    model.CloneUnusable: N_(
        "The repository of the articles cannot be worked with now. Nothing that was saved before is"
        " lost; tell whoever runs the site."
    ),
    model.NoRoom: N_(
        "The server's disk is full, so this was not finished. Keep this page open, tell whoever"
        " runs the site, and try again then."
    ),
    model.CloneBusy: N_("Somebody else is saving right now. Nothing was changed, try again."),
    model.NoSuchArticle: N_("There is no such article any more."),
    model.BadPlace: N_(
        "No article can lie at this address. Choose a category, and small Latin letters, digits and"
        " hyphens for the rest."
    ),
    model.PlaceTaken: N_("Another article has this address already. Choose another one."),
    model.UnknownRevision: N_("This version is not one of the article's."),
    model.Moved: N_("Somebody else has changed it meanwhile. Look at it again, then go on."),
    model.BadText: N_("This text cannot be kept."),
    model.HoldsNul: N_("The text holds a NUL character, which no text may. Take it out."),
    model.HoldsHalfCharacter: N_("The text holds half a character. Write it anew, or take it out."),
    model.TextTooLarge: N_("The text is larger than 1 MB. Divide the article."),
    model.NoteTooLong: N_("The note is too long. Shorten it."),
    model.Unshowable: N_("A title or note holds a character that cannot be shown. Take it out."),
    model.BadTitle: N_("The title is empty or too long."),
    model.BadPasted: N_(
        "This picture cannot be taken. Choose a PNG, JPEG, GIF, WebP or SVG of at most 1 MB."
    ),
    model.BeingRetired: N_("This article is to be taken off the site. Keep it first to change it."),
    model.NothingToDo: N_("There is nothing to do: no change is under way."),
    model.Unrelated: N_(
        "What is published was replaced as a whole meanwhile. Copy your text, open the article"
        " again and save it there."
    ),
    model.Unsettled: N_("Lines of <<<<<<< and >>>>>>> are left: settle every place first."),
    model.RemoteRewritten: N_(
        "The history of the other repository was written anew, so nothing is taken over or sent."
        " Tell whoever runs the site."
    ),
    model.Unmergeable: N_(
        "Others have changed the same file too, and it is no article that could be settled here."
        " Tell whoever runs the site."
    ),
    model.Unfit: N_("Readers would not see it like this. Mend these problems first:"),
    model.MustSettle: N_("Somebody else has published other words in the same lines. Settle them."),
    EditedByHand: N_(
        "A file that this would change was edited in the repository by hand. Tell whoever runs the"
        " site to commit or undo that."
    ),
}
"""By kind; one that is not here is told as the kind it is of."""
OWN_WORDS = (model.BadPlace, model.BadText, model.BadPasted, model.Unmergeable, EditedByHand)
"""Kinds whose message says more, in English, than the sentence of the kind."""
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
    """Words for what happened and what to do, in the language of the page."""
    if isinstance(error, NotAllowed):
        return role_sentence()
    if isinstance(error, OWN_WORDS) and is_told_in_english():
        return _as_sentence(str(error))
    return translated(next(SENTENCES[one] for one in type(error).__mro__ if one in SENTENCES))


def details_of(error: DraftError | NotAllowed) -> tuple[str, ...]:
    """List what is in the way, one a line: problems, names, the words of git."""
    if isinstance(error, model.Unfit):
        return tuple(map(problem_sentence, error.problems))
    is_said = is_told_in_english() and isinstance(error, OWN_WORDS)
    has_more = isinstance(error, (*OWN_WORDS, model.CloneUnusable)) and not is_said
    return (_as_sentence(str(error)),) if has_more else ()


def status_of(error: DraftError | NotAllowed) -> int:
    if isinstance(error, NotAllowed):
        return 403
    kinds = type(error).__mro__
    return next((STATUSES[one] for one in kinds if one in STATUSES), USUAL_STATUS)


def _as_sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."
