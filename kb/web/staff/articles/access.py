"""Everything a view for writing begins with: room for a whole text, who writes, and the clone."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import abort, request

from kb.content.files.text import MAX_BYTES
from kb.drafts.model import Author
from kb.drafts.repository.clone import Clone, open_clone
from kb.web.auth import sessions
from kb.web.services import services

MAX_TEXT_BYTES = 2 * MAX_BYTES
"""Of a form with a whole article: its text, and what the form adds."""
MAX_TEXT_PARTS = 150

View = TypeVar("View", bound=Callable[..., Any])


def takes_text(view: View) -> View:
    """A view whose form holds a whole article: larger than other forms may be."""

    @functools.wraps(view)
    def roomy(*args: Any, **kwargs: Any) -> Any:
        request.max_content_length = MAX_TEXT_BYTES
        request.max_form_memory_size = MAX_TEXT_BYTES
        request.max_form_parts = MAX_TEXT_PARTS
        return view(*args, **kwargs)

    return cast(View, roomy)


def writer() -> Author:
    """The person who is signed in, as commits name them."""
    account = sessions.signed_in()
    return Author(account.name, account.email, account.role)


def the_clone() -> Clone:
    """The clone of this site; without one there is no editor, and no such page."""
    return open_clone(services().config) or abort(404)
