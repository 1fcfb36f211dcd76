"""Chooses the encoder of builds: that of the settings, or one adapted from it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping

from kb.config import Config

NO_ENCODER = "none"
"""KB_ENCODER of a site without one."""
POINTER = "encoder.json"
FOLDER = "adapted-encoder"


def chosen_encoder(config: Config) -> str:
    """Name for `search.semantic.encoder_build.model_source.ModelSource`.

    The adapted one only where it was made from that of the settings and is still there.
    """
    row = _pointer(config)
    folder = config.data_dir / str(row.get("folder"))
    if row.get("made_from") == config.encoder and folder.is_dir():
        return str(folder)
    return config.encoder


def choose(config: Config, row: Mapping[str, object]) -> None:
    """Switch to the encoder in the folder `row["folder"]`, made from that of the settings.

    What was adapted before is deleted; the rest of `row` says how it was judged.
    """
    path = config.data_dir / POINTER
    fresh = path.with_suffix(".fresh")
    fresh.write_text(json.dumps({**row, "made_from": config.encoder}), encoding="utf-8")
    os.replace(fresh, path)
    for old in config.data_dir.glob(f"{FOLDER}-*"):
        if old.name != row["folder"]:
            shutil.rmtree(old, ignore_errors=True)


def undo(config: Config) -> bool:
    """Go back to the encoder of the settings; False when that is in use already.

    The adapted encoder stays on disk until the next one is made.
    """
    path = config.data_dir / POINTER
    is_adapted = path.exists()
    path.unlink(missing_ok=True)
    return is_adapted


def _pointer(config: Config) -> Mapping[str, object]:
    try:
        row = json.loads((config.data_dir / POINTER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return row if isinstance(row, dict) else {}
