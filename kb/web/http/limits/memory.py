"""Counts of fixed windows in the memory of one process."""

from __future__ import annotations

_MAX_KEYS_IN_MEMORY = 50_000

Window = tuple[int, float]
"""Count, and end on the monotonic clock."""


class MemoryCounts:
    """The same counts for one process. Bounded: past the bound, ended and then oldest keys go."""

    def __init__(self, *, max_keys: int = _MAX_KEYS_IN_MEMORY) -> None:
        self._max_keys = max_keys
        self._windows: dict[str, Window] = {}

    def hit(self, key: str, length_s: float, amount: int, now: float) -> int:
        count, ends_at = self.window(key, now)
        count, ends_at = (count + amount, ends_at) if count else (amount, now + length_s)
        if key not in self._windows and len(self._windows) >= self._max_keys:
            self._make_room(now)
        self._windows[key] = (count, ends_at)
        return count

    def window(self, key: str, now: float) -> Window:
        """The running window; (0, now) if there is none."""
        found = self._windows.get(key)
        return found if found and found[1] > now else (0, now)

    def clear(self, key: str | None = None) -> None:
        """Forget one key, or all."""
        if key is None:
            self._windows.clear()
        else:
            self._windows.pop(key, None)

    def _make_room(self, now: float) -> None:
        running = [(key, window) for key, window in self._windows.items() if window[1] > now]
        self._windows = dict(running[-self._max_keys // 2 :])
