"""Pages for staff and the cookies they set."""

from __future__ import annotations

from typing import Any

from tests.support.libraries.agent_library import HANDOFF, SECRET

PAGES = (
    *("/agent", "/agent?q=деньги", f"/agent?handoff={HANDOFF}", f"/agent/a/{SECRET}"),
    "/agent/handoffs",
)


def cookies(response: Any) -> dict[str, str]:
    """Name → whole text of each cookie set."""
    found = response.headers.getlist("Set-Cookie")
    return {text.partition("=")[0]: text for text in found}
