"""Encryption and keyed hashes for telephone and resident numbers; the key id stands in every value.

Ciphertext: `k1:` + base64(nonce ‖ AES-256-GCM). Hash: `k1:` + hex(HMAC-SHA256). Rotation adds a key and rewrites
the rows (`manage.py rotate_keys`); until then both keys are tried.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

from hopecare.kernel.secrets import data_keys


class Undecipherable(Exception):
    """The ciphertext was made with a key that is not in the ring, or was changed."""


@lru_cache(maxsize=4)
def _read_ring(home: Path, written: int) -> dict[str, bytes]:
    return data_keys(home)


def _ring() -> dict[str, bytes]:
    """The ring as it is now: a rotation or a restore in another process shows in the file's time."""
    home = Path(settings.HOPECARE_HOME)
    try:
        written = (home / "keys" / "data.json").stat().st_mtime_ns
    except FileNotFoundError:
        written = 0
    return _read_ring(home, written)


def newest_key() -> str:
    """The id of the key that encrypts now."""
    return list(_ring())[-1]


def encrypt_bytes(clear: bytes) -> bytes:
    key_id, key = list(_ring().items())[-1]
    nonce = os.urandom(12)
    return key_id.encode() + b":" + nonce + AESGCM(key).encrypt(nonce, clear, key_id.encode())


def decrypt_bytes(sealed: bytes) -> bytes:
    key_id, _, body = sealed.partition(b":")
    key = _ring().get(key_id.decode("ascii", "replace"))
    if key is None:
        raise Undecipherable("unknown key")
    try:
        return AESGCM(key).decrypt(body[:12], body[12:], key_id)
    except InvalidTag as error:
        raise Undecipherable("changed or cut off") from error


def encrypt(clear: str) -> str:
    key_id, _, body = encrypt_bytes(clear.encode()).partition(b":")
    return f"{key_id.decode()}:{base64.b64encode(body).decode()}"


def decrypt(sealed: str) -> str:
    key_id, _, body = sealed.partition(":")
    return decrypt_bytes(key_id.encode() + b":" + base64.b64decode(body)).decode()


def keyed_hash(clear: str, *, purpose: str) -> str:
    """Hash with the newest key; `purpose` keeps a telephone's hash apart from a resident number's."""
    key_id, key = list(_ring().items())[-1]
    return f"{key_id}:{_digest(key, clear, purpose)}"


def resident_number_hash(number: str) -> str:
    """By which two resident numbers are found to be the same (K8)."""
    return keyed_hash(number, purpose="resident-number")


def hash_candidates(clear: str, *, purpose: str) -> list[str]:
    """The hashes of all keys of the ring, for look-ups during a rotation."""
    return [f"{key_id}:{_digest(key, clear, purpose)}" for key_id, key in _ring().items()]


def _digest(key: bytes, clear: str, purpose: str) -> str:
    return hmac.new(key, f"{purpose}\0{clear}".encode(), hashlib.sha256).hexdigest()


class EncryptedTextField(models.TextField):
    """Text that is encrypted in the database and clear in Python; empty stays empty. It cannot be searched."""

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(value) if value else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return decrypt(value) if value else value
