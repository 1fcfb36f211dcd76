"""The report of a build under way."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with the step, what is done and what there is to do."""
