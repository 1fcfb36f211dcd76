"""The limit of files that a process may have open, raised for those that serve."""

from __future__ import annotations

import resource

WANTED_FILES = 65_536


def raise_file_limit() -> None:
    """Every connection is a file; the customary 1,024 are too few for slow clients."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_FILES if hard == resource.RLIM_INFINITY else min(hard, WANTED_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
