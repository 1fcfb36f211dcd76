"""Encrypts what may identify a customer, so that a copy of the database alone tells nothing.

Key: derived from the site's secret key. Whoever loses that key loses what was sealed with it.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kb.errors import DatabaseUnavailable
from kb.secret_key import SecretKeys

_PURPOSE = b"otvet sealed hand-offs 1"


class CannotUnseal(DatabaseUnavailable):
    """Sealed with another key, or damaged: for what is sealed, the database is of no use now."""


class Sealer:
    """Seals JSON objects with the key in use; unseals with the previous one too. Thread-safe."""

    def __init__(self, keys: SecretKeys) -> None:
        self._current = _fernet(keys.current)
        previous = [_fernet(keys.previous)] if keys.previous else []
        self._every = MultiFernet([self._current, *previous])

    def seal(self, value: dict[str, Any]) -> str:
        return self._current.encrypt(json.dumps(value).encode()).decode("ascii")

    def unseal(self, text: str) -> dict[str, Any]:
        """Raises CannotUnseal."""
        try:
            value: dict[str, Any] = json.loads(self._every.decrypt(text.encode()))
        except (InvalidToken, ValueError) as error:
            raise CannotUnseal("sealed with another secret key, or damaged") from error
        return value

    def reseal(self, text: str) -> str:
        """The same value sealed with the key in use. Raises CannotUnseal."""
        try:
            return self._every.rotate(text.encode()).decode("ascii")
        except InvalidToken as error:
            raise CannotUnseal("sealed with another secret key, or damaged") from error

    def is_current(self, text: str) -> bool:
        """True for what the key in use has sealed itself."""
        try:
            self._current.decrypt(text.encode())
        except InvalidToken:
            return False
        return True


def _fernet(secret_key: str) -> Fernet:
    key = HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(key))
