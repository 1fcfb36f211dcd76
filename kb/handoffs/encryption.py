"""Encrypts what may identify a customer, so that a copy of the database alone tells nothing.

Key: derived from the site's secret key. Whoever loses that key loses what was sealed with it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kb.errors import DatabaseUnavailable
from kb.secret_key import SecretKeys

_PURPOSE = b"otvet sealed hand-offs 1"
_DIGESTS = b"otvet digests of requests 1"


class CannotUnseal(DatabaseUnavailable):
    """Sealed with another key, or damaged: for what is sealed, the database is of no use now."""


class Sealer:
    """Seals JSON objects with the key in use; unseals with the previous one too. Thread-safe."""

    def __init__(self, keys: SecretKeys) -> None:
        self._current = _fernet(keys.current)
        self._digest_key = _derived(keys.current, _DIGESTS)
        previous = [_fernet(keys.previous)] if keys.previous else []
        self._every = MultiFernet([self._current, *previous])

    def seal(self, value: dict[str, Any]) -> str:
        return self._current.encrypt(json.dumps(value).encode()).decode("ascii")

    def digest(self, data: bytes) -> str:
        """A digest that tells nothing to who has not the key in use: guesses cannot be tried."""
        return hmac.new(self._digest_key, data, hashlib.sha256).hexdigest()

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
    return Fernet(base64.urlsafe_b64encode(_derived(secret_key, _PURPOSE)))


def _derived(secret_key: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(secret_key.encode())
