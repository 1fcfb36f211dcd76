"""The page to sign in."""

from __future__ import annotations

from dataclasses import dataclass

from kb.web.staff.frame import StaffFrame


@dataclass(frozen=True)
class SignInPage:
    frame: StaffFrame
    email: str
    wanted: str
    """Where to go then."""
    error: str
