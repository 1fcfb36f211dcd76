"""Routes of an article's history: its versions, two of them compared, one brought back."""

from __future__ import annotations

from flask import Response, request, url_for

from kb.drafts import changes
from kb.drafts import history as versions
from kb.drafts.model import ArticleDiff, Conflict
from kb.drafts.texts.heads import head
from kb.web.layout.locale import gettext as _
from kb.web.staff.access import can, open_to
from kb.web.staff.articles.access import the_clone, writer
from kb.web.staff.articles.blueprint import articles, frame_of
from kb.web.staff.articles.pages.conflict import conflict_page
from kb.web.staff.articles.pages.versions import HistoryOfArticle, version_rows
from kb.web.staff.views import go, page_language, show


@articles.get("/history/<path:change_id>")
@open_to("articles.read")
def history(change_id: str) -> Response:
    """The versions, the newest first; with `old` and `new` what differs between two."""
    clone, author = the_clone(), writer()
    article = changes.opened(clone, change_id, author=author)
    rows = version_rows(versions.versions(clone, change_id, author=author), page_language())
    old, new = request.args.get("old", ""), request.args.get("new", "")
    diff: ArticleDiff | None = None
    if old and new:
        diff = versions.compared(clone, change_id, old, new, author=author)
    page = HistoryOfArticle(
        frame=frame_of(_("History"), here=url_for("articles.history", change_id=change_id)),
        change_id=change_id,
        title=head(article.text).title or article.path,
        rows=rows,
        revision=article.revision,
        old=old or (rows[1].revision if len(rows) > 1 else ""),
        new=new or (rows[0].revision if rows else ""),
        diff=diff,
        notices=(),
        edit_url=url_for("articles.edit", change_id=change_id),
        can_write=can("articles.write"),
    )
    return show("articles_history.html", page)


@articles.post("/restore/<path:change_id>")
@open_to("articles.write")
def restore(change_id: str) -> Response:
    """Save an earlier text anew, as a change of its own."""
    clone, author = the_clone(), writer()
    revision, base = request.form.get("restored", ""), request.form.get("base", "")
    saved = versions.restore(clone, change_id, revision, base=base, author=author)
    edit_url = url_for("articles.edit", change_id=change_id)
    if isinstance(saved, Conflict):
        save_url = url_for("articles.save", change_id=change_id)
        frame = frame_of(_("Two texts"), here=edit_url)
        page = conflict_page(frame, change_id, saved, save_url=save_url, edit_url=edit_url)
        return show("articles_conflict.html", page, status=409)
    return go(f"{edit_url}?done=restored")
