"""Kinds of what happened since an earlier import, in the source or here."""

from __future__ import annotations

REMOVED = "Articles that were removed here, and stay so"
CONFLICT = "Changed in the source and edited here: kept as it is here"
NEWER = "Changed in the source"
SINCE = frozenset({REMOVED, CONFLICT, NEWER})
