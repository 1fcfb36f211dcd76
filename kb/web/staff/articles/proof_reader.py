"""A text tried for a page: its proof with the words of the page, for templates and for scripts."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import structlog
from flask import current_app, render_template, url_for

from kb.config import Config
from kb.content.model import Problem
from kb.drafts.model import ChangeId
from kb.drafts.repository.clone import Clone
from kb.labels import REASON_LABELS
from kb.texts import N_, Text
from kb.web.layout.locale import gettext as _
from kb.web.layout.locale import translated
from kb.web.layout.markup import markup
from kb.web.services import services
from kb.web.staff.articles.access import writer
from kb.web.staff.articles.pages.proof import (
    ProofDuplicate,
    ProofProblem,
    ProofQuestion,
    TextOnTrial,
)
from kb.web.staff.articles.problem_words import problem_words
from kb.workbench.proofs import MAX_PROOF_CHARS, LibraryDesk, TextProof, proof
from kb.workbench.search_trial import TriedText, WorkbenchAway, try_search

FAULTS: Mapping[str, Text] = {
    "unfit": N_("Mend the problems first: readers would not see it like this."),
    "superseded": N_("A newer text is being tried."),
    "failed": N_("Search could not be tried. It is tried again with the next change."),
}
_TRIALS = threading.BoundedSemaphore(2)
"""Trials that requests of this process may wait for at once; readers need the other threads."""
log = structlog.get_logger(__name__)
_EXTENSION = "otvet_library_desk"


def proof_of(
    clone: Clone, change_id: ChangeId, path: str, text: str, *, with_search: bool
) -> TextOnTrial:
    """Try a text, which is not kept."""
    if len(text) > MAX_PROOF_CHARS:
        return TextOnTrial(
            None, "", "", (), fault=_("The text is too long to be tried while you write.")
        )
    address = url_for("articles.picture", change_id=change_id, name="")
    made = proof(
        _desk(services().config),
        clone,
        change_id,
        path=path,
        text=text,
        author=writer(),
        picture_address=address,
    )
    found = TextOnTrial(
        html=None if made.html is None else markup(made.html),
        title=made.title,
        summary=made.summary,
        problems=tuple(_problem(one, made) for one in made.problems),
    )
    return _with_search(found, path, text) if with_search else found


def _with_search(made: TextOnTrial, path: str, text: str) -> TextOnTrial:
    """The same with what the text does to search, or why that is not known."""
    if not _TRIALS.acquire(blocking=False):
        busy = _("Other texts are being tried. Go on, or wait a little.")
        return replace(made, search_fault=busy)
    try:
        trial = try_search(services().config, path=path, text=text)
    except WorkbenchAway as error:
        log.warning("workbench_away", reason=str(error))
        away = _("Search cannot be tried here: the workbench of this site does not run.")
        return replace(made, search_fault=away)
    finally:
        _TRIALS.release()
    if trial.fault:
        return replace(made, search_fault=translated(FAULTS[trial.fault]))
    return replace(
        made,
        questions=tuple(map(_question, trial.texts)),
        duplicates=tuple(ProofDuplicate(one.title, one.path, one.percent) for one in trial.alike),
        has_vectors=trial.has_vectors,
    )


def _question(one: TriedText) -> ProofQuestion:
    reason = translated(REASON_LABELS.get(one.reason, REASON_LABELS["other"]))
    outcome = {
        "answer": _("These words are the answer:"),
        "offer": _("Offered to read, not as the answer: %(reason)s.", reason=reason),
    }.get(one.action, _("A person is called: %(reason)s.", reason=reason))
    return ProofQuestion(
        text=one.text,
        is_title=one.is_title,
        rank=one.rank,
        rank_before=one.rank_before,
        is_new=one.is_new,
        outcome=outcome,
        shown=one.shown,
        shown_title=one.shown_title,
    )


def proof_json(made: TextOnTrial) -> dict[str, Any]:
    """Pieces of the page, for a script to put in their places."""
    return {
        "html": str(made.html) if made.html is not None else None,
        "title": made.title,
        "summary": made.summary,
        "problems": [
            {"line": one.line, "bodyLine": one.body_line, "message": one.message}
            for one in made.problems
        ],
        "problemsPart": render_template("_articles_problems.html", proof=made),
        "searchPart": render_template("_articles_search.html", proof=made),
        "fault": made.fault,
        "isToRetry": bool(made.search_fault),
    }


def _problem(one: Problem, made: TextProof) -> ProofProblem:
    body_line = one.line - made.body_line + 1
    told = problem_words(one)
    return ProofProblem(
        line=one.line,
        body_line=max(0, body_line),
        message=told.message,
        names=told.names,
        remedy=told.remedy,
        is_remark=one.severity == "remark",
    )


def _desk(config: Config) -> LibraryDesk:
    desk: LibraryDesk = current_app.extensions.setdefault(_EXTENSION, LibraryDesk(config))
    return desk
