"""Encrypts what may identify a customer, so that a copy of the database alone tells nothing.

Key: derived from the site's secret key. Whoever loses that key loses what was sealed with it.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE = b"otvet sealed hand-offs 1"


class CannotUnseal(Exception):
    """Sealed with another key, or damaged."""


class Sealer:
    """Seals and unseals JSON objects. Thread-safe."""

    def __init__(self, secret_key: str) -> None:
        key = HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(secret_key.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def seal(self, value: dict[str, Any]) -> str:
        return self._fernet.encrypt(json.dumps(value).encode()).decode("ascii")

    def unseal(self, text: str) -> dict[str, Any]:
        """Raises CannotUnseal."""
        try:
            value: dict[str, Any] = json.loads(self._fernet.decrypt(text.encode()))
        except (InvalidToken, ValueError) as error:
            raise CannotUnseal("sealed with another secret key") from error
        return value
