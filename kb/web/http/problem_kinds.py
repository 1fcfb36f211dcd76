"""The errors of the API: each code with its status, its title and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ProblemKind:
    """One error code: status, title and, for readers of its address, what to do."""

    code: str
    status: int
    title: str
    meaning: str

    @property
    def slug(self) -> str:
        return self.code.replace("_", "-")


KINDS: Mapping[str, ProblemKind] = {
    kind.code: kind
    for kind in (
        ProblemKind(
            "bad_request", 400, "Request cannot be read", "The request is not valid HTTP for us."
        ),
        ProblemKind(
            "malformed_json",
            400,
            "Body is not valid JSON",
            "The body must be one UTF-8 JSON object without duplicate names, NaN, NUL or lone"
            " surrogates, nested at most 8 levels.",
        ),
        ProblemKind(
            "idempotency_key_missing",
            400,
            "Idempotency-Key is missing",
            "Send a new UUID in the header Idempotency-Key, and the same one when you try again.",
        ),
        ProblemKind(
            "key_missing",
            401,
            "A key is needed",
            "Send Authorization: Bearer pk_… from a page, sk_… from a server; make one with"
            " `kb key create`.",
        ),
        ProblemKind("key_invalid", 401, "Key is not valid", "The key is unknown or was revoked."),
        ProblemKind(
            "token_invalid", 401, "Token is not valid", "Use the token of the last suggestion."
        ),
        ProblemKind(
            "token_expired", 401, "Token has expired", "Tokens end after 24 hours: ask again."
        ),
        ProblemKind(
            "origin_not_allowed",
            403,
            "Origin is not allowed",
            "The key does not name the origin of this page, or this request may only be sent by"
            " pages of this site.",
        ),
        ProblemKind(
            "scope_missing", 403, "Key may not do this", "Make a key with the scope it needs."
        ),
        ProblemKind(
            "secret_key_in_browser",
            403,
            "Secret key in a page",
            "A secret key was sent by a browser. Everybody can read it there: revoke it.",
        ),
        ProblemKind("not_found", 404, "Not found", "Nothing public has this address or id."),
        ProblemKind("method_not_allowed", 405, "Method is not allowed", "See the Allow header."),
        ProblemKind(
            "request_in_progress",
            409,
            "The same request is being carried out",
            "Wait for Retry-After seconds and send it again with the same Idempotency-Key.",
        ),
        ProblemKind(
            "handoff_already_made",
            409,
            "A person has been called already",
            "Every suggestion named was handed off before; `handoff_id` says by which one.",
        ),
        ProblemKind(
            "article_removed",
            410,
            "Article was removed",
            "The article existed and is gone for good; drop links to it.",
        ),
        ProblemKind("body_too_large", 413, "Body is too large", "Send at most 32 KB."),
        ProblemKind(
            "unsupported_media_type",
            415,
            "Media type is not supported",
            "Send Content-Type: application/json in UTF-8.",
        ),
        ProblemKind(
            "validation_failed",
            422,
            "Request is not valid",
            "The list `errors` names each wrong field by JSON pointer.",
        ),
        ProblemKind(
            "idempotency_key_reused",
            422,
            "Idempotency-Key was used for another request",
            "Send a new UUID with every new request.",
        ),
        ProblemKind(
            "consent_required",
            422,
            "Consent is required",
            "A contact may only be sent with `consent.accepted` true.",
        ),
        ProblemKind(
            "rate_limited",
            429,
            "Request cannot be satisfied as assigned quota has been exceeded",
            "Wait for Retry-After seconds.",
        ),
        ProblemKind(
            "internal_error",
            500,
            "Something went wrong on our side",
            "The fault has been recorded under the request id.",
        ),
        ProblemKind(
            "search_unavailable",
            503,
            "Search is not available right now",
            "Hand the customer over to a person; try again after Retry-After seconds.",
        ),
        ProblemKind(
            "handoff_unavailable",
            503,
            "No channel for hand-offs",
            "Show the customer the contact of the site; operators set KB_HANDOFF_CHANNEL.",
        ),
        ProblemKind(
            "unavailable",
            503,
            "Not available right now",
            "Try again after Retry-After seconds.",
        ),
    )
}
