"""Everything that `kb check` will say of the files that an import writes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from kb.content.examination.whole_folder import examined
from kb.content.fault_kinds import FaultKind
from kb.content.media import MEDIA_DIR
from kb.imports.arrival.staged_files import Staging
from kb.imports.model import ImportFinding, ImportOptions

OF_CHECK = "kb check"
OF_IMPORTS = frozenset({FaultKind.EMPTY_ARTICLE})
"""Remarks that mean a loss when the article has just come from elsewhere."""


def problems(
    staging: Staging,
    options: ImportOptions,
    mine: Collection[str] = (),
    missing: Collection[str] = (),
) -> list[ImportFinding]:
    """Problems and remarks of the files that are staged, and of those in `mine`.

    Pictures in `missing` the import has told already. Raises OSError.
    """
    if not staging.paths:
        return []
    absent = {f"{MEDIA_DIR}/{name}" for name in missing}
    found = examined(staging.view(), options.languages, datetime.now(UTC).date()).found
    return [
        ImportFinding(
            f"{problem.kind.label} ({OF_CHECK})",
            problem.path,
            problem.line,
            problem.message,
            problem.remedy,
            is_remark=problem.severity == "remark" and problem.kind not in OF_IMPORTS,
        )
        for problem in sorted(found)
        if (problem.path in mine or problem.path in staging.paths)
        and not (
            problem.kind is FaultKind.BROKEN_PICTURE and any(it in problem.message for it in absent)
        )
    ]
