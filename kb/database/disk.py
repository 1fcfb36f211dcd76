"""Room on the disk of the data folder."""

from __future__ import annotations

import shutil
from pathlib import Path

WARNING_SHARE = 0.90
"""From here on an operator should act: builds need room for a second index."""


def used_share(folder: Path) -> float:
    """Used share of the disk that holds `folder`, 0.0 to 1.0; 0 when it cannot be told."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return 0.0
    # As df counts: what is reserved for root is not free to us.
    return usage.used / (usage.used + usage.free) if usage.used + usage.free else 0.0
