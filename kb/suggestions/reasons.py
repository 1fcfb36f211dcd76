"""Reasons of decisions about a message, as clients and the log know them."""

from __future__ import annotations

from typing import Literal

DecisionReason = Literal[
    "confident",
    "ambiguous",
    "partial",
    "low_confidence",
    "no_results",
    "user_requested",
    "safety",
    "sensitive_topic",
    "repeat_failed",
    "not_solved",
    "too_short",
    "unsupported_locale",
    "holdout",
    "greeting",
    "thanks",
    "unavailable",
]
