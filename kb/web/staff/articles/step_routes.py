"""Routes of review and publication: a change looked at, sent on, given back or up, published."""

from __future__ import annotations

from flask import Response, abort, request, url_for

from kb.drafts import changes, history, publication
from kb.drafts import review as reviews
from kb.drafts.model import Author, MustSettle, PushOutcome
from kb.drafts.repository.clone import Clone
from kb.drafts.texts.heads import head
from kb.web.layout.locale import date_in_words
from kb.web.layout.locale import gettext as _
from kb.web.staff.access import open_to
from kb.web.staff.articles.access import the_clone, writer
from kb.web.staff.articles.blueprint import articles, frame_of
from kb.web.staff.articles.pages.conflict import conflict_page
from kb.web.staff.articles.pages.editor import allowed
from kb.web.staff.articles.pages.notices import done_notice
from kb.web.staff.articles.pages.states import badge
from kb.web.staff.articles.pages.versions import ReviewPage
from kb.web.staff.articles.proof_reader import proof_of
from kb.web.staff.views import go, page_language, show

MAX_NOTE_CHARS = 2000


@articles.get("/review/<path:change_id>")
@open_to("articles.read")
def review(change_id: str) -> Response:
    """Differences that a change makes for readers, and what may be done with it."""
    clone, author = the_clone(), writer()
    article = changes.opened(clone, change_id, author=author)
    diff = history.compared(clone, change_id, clone.published(), article.revision, author=author)
    notice = done_notice(request.args.get("done", ""))
    known = head(article.text)
    proof = proof_of(clone, change_id, article.path, article.text, with_search=False)
    page = ReviewPage(
        frame=frame_of(_("Review"), here=url_for("articles.review", change_id=change_id)),
        change_id=change_id,
        title=known.title or article.path,
        path=article.path,
        badge=badge(known.status, article),
        author=article.author,
        saved=date_in_words(article.saved_at, page_language()) if article.saved_at else "",
        note=article.note,
        is_new=article.is_new,
        is_retired=article.is_retired,
        is_draft=known.status == "draft",
        revision=article.revision,
        diff=diff,
        problems=() if article.is_retired else proof.problems,
        notices=(notice,) if notice else (),
        allowed=allowed(article),
        edit_url=url_for("articles.edit", change_id=change_id),
        step_url=url_for("articles.take_step", change_id=change_id),
    )
    return show("articles_review.html", page)


@articles.post("/step/<path:change_id>")
@open_to("articles.write")
def take_step(change_id: str) -> Response:
    """One step of a change, from the revision that was looked at; roles are held by `kb.drafts`."""
    clone, author = the_clone(), writer()
    step, revision = request.form.get("do", ""), request.form.get("revision", "")
    note = request.form.get("note", "")[:MAX_NOTE_CHARS]
    if step == "publish":
        return _published(clone, change_id, revision, author)
    if step == "ask":
        reviews.ask(clone, change_id, revision=revision, author=author, note=note)
        return _listed("asked")
    if step == "send_back":
        reviews.send_back(clone, change_id, revision=revision, author=author, note=note)
        return _listed("sent-back")
    if step == "discard":
        reviews.discard(clone, change_id, revision=revision, author=author)
        return _listed("discarded")
    return abort(400)


@articles.post("/push")
@open_to("articles.push")
def push() -> Response:
    """Send again what another repository has refused."""
    outcome = publication.push(the_clone(), author=writer())
    return _listed("pushed" if not outcome.waiting else "unsent")


@articles.post("/pull")
@open_to("articles.read")
def pull() -> Response:
    """Take over what others have pushed."""
    publication.pull(the_clone(), author=writer())
    return _listed("pulled")


def _published(clone: Clone, change_id: str, revision: str, author: Author) -> Response:
    message = request.form.get("note", "")
    try:
        done = publication.publish(
            clone, change_id, revision=revision, author=author, message=message
        )
    except MustSettle as error:
        page = conflict_page(
            frame_of(_("Two texts"), here=url_for("articles.edit", change_id=change_id)),
            change_id,
            error.conflict,
            save_url=url_for("articles.save", change_id=change_id),
            edit_url=url_for("articles.edit", change_id=change_id),
        )
        return show("articles_conflict.html", page, status=409)
    return _listed("published" if _is_sent(done.push) else "unsent")


def _is_sent(push: PushOutcome) -> bool:
    return push.state in ("pushed", "no_remote")


def _listed(done: str) -> Response:
    return go(url_for("articles.listed", done=done))
