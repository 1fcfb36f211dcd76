"""Routes of pictures: one pasted into an article, and any that its preview shows."""

from __future__ import annotations

import mimetypes

from flask import Response, abort, jsonify, request, url_for

from kb.content.files.text import MAX_BYTES
from kb.drafts import pictures
from kb.drafts.model import BadPasted
from kb.web.layout.locale import gettext as _
from kb.web.staff.access import open_to
from kb.web.staff.articles.access import the_clone, writer
from kb.web.staff.articles.blueprint import articles
from kb.web.staff.articles.faults import details_of, sentence_of, status_of

MAX_FORM_BYTES = MAX_BYTES + 10_000


@articles.post("/pictures/<path:change_id>")
@open_to("articles.write")
def add_picture(change_id: str) -> Response:
    """Keep a picture with the article's change; answers with the Markdown that shows it."""
    request.max_content_length = MAX_FORM_BYTES
    file = request.files.get("picture")
    if file is None:
        response = jsonify(fault=_("There is no picture in the form."))
        response.status_code = 400
        return response
    try:
        added = pictures.add(the_clone(), change_id, file.read(), author=writer())
    except BadPasted as error:
        response = jsonify(fault=" ".join((sentence_of(error), *details_of(error))))
        response.status_code = status_of(error)
        return response
    return jsonify(
        name=added.name,
        markdown=added.markdown,
        revision=added.revision,
        address=url_for("articles.picture", change_id=change_id, name=added.name),
    )


@articles.get("/picture/<path:change_id>/<name>")
@open_to("articles.read")
def picture(change_id: str, name: str) -> Response:
    """A picture as the article's change has it."""
    data = pictures.content(the_clone(), change_id, name, author=writer())
    if data is None:
        abort(404)
    return Response(data, mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream")
