"""Keys and tokens that customers' pages send: checked, and counted against their limits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kb.accounts.api_keys import ApiKey
from kb.web.auth import api_key, signed_tokens
from kb.web.http import rate_limits
from kb.web.http.problems import ApiProblem


def counted_key(group: str) -> ApiKey:
    """The key of a request, counted: those of a server as its own, of a page as its reader's."""
    key = api_key.require_key("suggest")
    if key.is_secret:
        rate_limits.count("suggest-key", key.id)
    else:
        rate_limits.count(group)
    return key


def claims_of(token: str, key: ApiKey) -> signed_tokens.Claims:
    """The claims of an interaction token given to a page with `key`. Raises ApiProblem."""
    with checked_tokens():
        return signed_tokens.read_interaction(token, key_id=key.id)


@contextmanager
def checked_tokens() -> Iterator[None]:
    """Answer a token that is not ours, or has ended, with its problem."""
    try:
        yield
    except signed_tokens.BadToken as error:
        code = "token_expired" if error.is_expired else "token_invalid"
        raise ApiProblem(code, error.detail) from error
