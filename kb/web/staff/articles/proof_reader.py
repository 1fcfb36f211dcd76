"""A text tried for a page: its proof with the words of the page, for templates and for scripts."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template, url_for

from kb.config import Config
from kb.content.model import Problem
from kb.drafts.model import ChangeId
from kb.drafts.repository.clone import Clone
from kb.web.layout.locale import gettext as _
from kb.web.layout.markup import markup
from kb.web.services import services
from kb.web.staff.articles.access import writer
from kb.web.staff.articles.proof import Proof, ProofProblem
from kb.workbench.proofs import MAX_PROOF_CHARS, LibraryDesk, TextProof, proof

_EXTENSION = "otvet_library_desk"


def proof_of(
    clone: Clone, change_id: ChangeId, path: str, text: str, *, with_search: bool
) -> Proof:
    """Try a text, which is not kept."""
    if len(text) > MAX_PROOF_CHARS:
        return Proof(None, "", "", (), fault=_("The text is too long to be tried while you write."))
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
    return Proof(
        html=None if made.html is None else markup(made.html),
        title=made.title,
        summary=made.summary,
        problems=tuple(_problem(one, made) for one in made.problems),
    )


def proof_json(made: Proof) -> dict[str, Any]:
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
    }


def _problem(one: Problem, made: TextProof) -> ProofProblem:
    body_line = one.line - made.body_line + 1
    return ProofProblem(
        line=one.line,
        body_line=max(0, body_line),
        message=one.message,
        remedy=one.remedy,
        is_remark=one.severity == "remark",
    )


def _desk(config: Config) -> LibraryDesk:
    desk: LibraryDesk = current_app.extensions.setdefault(_EXTENSION, LibraryDesk(config))
    return desk
