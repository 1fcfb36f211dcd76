"""Routes of the list and the editor. Importing this module registers all of the blueprint's."""

from __future__ import annotations

from flask import Response, jsonify, make_response, request, url_for

from kb.content import products
from kb.content.files.text import BadFile
from kb.drafts import changes, history, publication, saves
from kb.drafts.built import build_state
from kb.drafts.model import Conflict, DraftError, OpenArticle, Saved, Unsettled
from kb.web.layout.locale import gettext as _
from kb.web.services import services
from kb.web.staff.access import can, open_to
from kb.web.staff.articles import picture_routes, start_routes, step_routes, version_routes
from kb.web.staff.articles.access import takes_text, the_clone, writer
from kb.web.staff.articles.blueprint import articles, frame_of, wants_json
from kb.web.staff.articles.faults import details_of, sentence_of, status_of
from kb.web.staff.articles.pages.article_list import list_page, list_params
from kb.web.staff.articles.pages.choices import Choices
from kb.web.staff.articles.pages.conflict import conflict_page, is_settled
from kb.web.staff.articles.pages.editor import Notice, editor_page
from kb.web.staff.articles.pages.form import ArticleForm, form_of, text_of
from kb.web.staff.articles.pages.notices import done_notice
from kb.web.staff.articles.pages.proof import TextOnTrial
from kb.web.staff.articles.problem_words import problem_sentence
from kb.web.staff.articles.proof_reader import proof_json, proof_of
from kb.web.staff.articles.signed_out import keeps_words
from kb.web.staff.views import go, page_language, show

MAX_MESSAGE_CHARS = 200

__all__ = ["articles", "picture_routes", "start_routes", "step_routes", "version_routes"]


@articles.get("")
@open_to("articles.read")
def listed() -> Response:
    clone, author = the_clone(), writer()
    languages = services().config.languages
    page = list_page(
        frame_of(_("Articles"), here=url_for("articles.listed")),
        list_params(request.args, languages),
        changes.listed(clone, author=author),
        languages=languages,
        notices=[one.text for one in (done_notice(request.args.get("done", "")),) if one],
        push=publication.push_status(clone),
        built=build_state(clone),
        can_push=can("articles.push"),
        sees_people=can("people.see"),
    )
    return show("articles_list.html", page)


@articles.get("/edit/<path:change_id>")
@open_to("articles.read")
def edit(change_id: str) -> Response:
    article = changes.opened(the_clone(), change_id, author=writer())
    form = form_of(
        article.text, is_file=request.args.get("as") == "file", known=_choices(article.path)
    )
    notice = done_notice(request.args.get("done", ""))
    return _editor(article, form, article.revision, notices=(notice,) if notice else ())


@articles.post("/edit/<path:change_id>")
@takes_text
@keeps_words
@open_to("articles.write")
def save(change_id: str) -> Response:
    """Keep the text, or try it without keeping it; a conflict is for the person to settle."""
    clone, author = the_clone(), writer()
    base = request.form.get("base", "")
    try:
        text = _text(change_id, base)
        if request.form.get("do") == "try":
            return _tried(change_id, text, base)
        settles = request.form.get("settles", "")
        if settles or request.form.get("is_merge"):
            _require_settled(text)
        message = request.form.get("message", "")[:MAX_MESSAGE_CHARS]
        saved = saves.save(
            clone, change_id, text, base=base, author=author, message=message, settles=settles
        )
    except (DraftError, BadFile) as error:
        return _unsaved(change_id, base, error)
    return _conflict(change_id, saved) if isinstance(saved, Conflict) else _saved(saved)


@articles.post("/try/<path:change_id>")
@takes_text
@open_to("articles.read")
def try_text(change_id: str) -> Response:
    """Look, problems and, with `search=1`, the effect on search of a text that is not saved."""
    text = _text(change_id, request.form.get("base", ""))
    clone = the_clone()
    path = changes.opened(clone, change_id, author=writer()).path
    with_search = request.form.get("search") == "1"
    return jsonify(proof_json(proof_of(clone, change_id, path, text, with_search=with_search)))


def _text(change_id: str, base: str) -> str:
    """The file that the form means; its fields are put into the text they were read from."""
    if "file" in request.form:
        return text_of(request.form, "")
    opened = history.text_of_version(the_clone(), change_id, base, author=writer())
    return text_of(request.form, opened)


def _require_settled(text: str) -> None:
    if not is_settled(text):
        raise Unsettled("lines of <<<<<<< and >>>>>>> are left: settle every place first")


def _saved(saved: Saved) -> Response:
    done = "merged" if saved.is_merged else "unchanged" if saved.is_unchanged else "saved"
    address = url_for("articles.edit", change_id=saved.change_id, done=done)
    if wants_json():
        notice = done_notice(done)
        return jsonify(
            revision=saved.revision,
            done=done,
            notice=notice.text if notice else "",
            address=address,
        )
    return go(address)


def _conflict(change_id: str, conflict: Conflict) -> Response:
    if wants_json():  # the script sends the form itself, and this page is what it leads to
        return make_response(jsonify(conflict=True), 409)
    page = conflict_page(
        frame_of(_("Two texts"), here=url_for("articles.edit", change_id=change_id)),
        change_id,
        conflict,
        save_url=url_for("articles.save", change_id=change_id, lang=page_language()),
        edit_url=url_for("articles.edit", change_id=change_id),
    )
    return show("articles_conflict.html", page, status=409)


def _tried(change_id: str, text: str, base: str) -> Response:
    """The same page with what the text looks like and does; nothing is kept."""
    clone, author = the_clone(), writer()
    article = changes.opened(clone, change_id, author=author)
    form = form_of(text, is_file="file" in request.form, known=_choices(article.path))
    proof = proof_of(clone, change_id, article.path, text, with_search=True)
    notice = Notice(_("This is not saved yet."), "warn")
    return _editor(article, form, base, notices=(notice,), proof=proof)


def _unsaved(change_id: str, base: str, error: DraftError | BadFile) -> Response:
    """The same page with everything that was sent, and why it was not kept."""
    fault = sentence_of(error) if isinstance(error, DraftError) else problem_sentence(error.problem)
    status = status_of(error) if isinstance(error, DraftError) else 422
    if wants_json():
        return make_response(jsonify(fault=fault), status)
    article = changes.opened(the_clone(), change_id, author=writer())
    form = _form_as_sent(article)
    details = details_of(error) if isinstance(error, DraftError) else ()
    return _editor(article, form, base, notices=(Notice(fault, "warn", details),), status=status)


def _form_as_sent(article: OpenArticle) -> ArticleForm:
    if "file" in request.form:
        return form_of(request.form["file"], is_file=True)
    try:
        return form_of(text_of(request.form, article.text), known=_choices(article.path))
    except BadFile:
        return form_of(request.form.get("body", ""), is_file=True)


def _choices(path: str) -> Choices:
    """Articles and products to choose from, by their titles in the language of the article."""
    clone, lang = the_clone(), path.partition("/")[0]
    entries = sorted(changes.listed(clone, author=writer()), key=lambda one: one.lang == lang)
    goods = products.read(services().config.articles_dir, clone.languages)[0]
    return Choices(
        {one.id: one.title for one in entries if one.id and one.path != path},
        {one.slug: one.title(lang) for one in goods.entries},
    )


def _editor(
    article: OpenArticle,
    form: ArticleForm,
    revision: str,
    *,
    notices: tuple[Notice, ...],
    proof: TextOnTrial | None = None,
    status: int = 200,
) -> Response:
    here = url_for("articles.edit", change_id=article.change_id)
    page = editor_page(
        frame_of(form.title or article.path, here=here),
        article,
        form,
        offered=_choices(article.path),
        revision=revision,
        notices=notices,
        proof=proof,
    )
    return show("articles_editor.html", page, status=status)
