"""Key files below HOPECARE_HOME/keys (mode 0600): Django's secret, the ring of data keys, the key for push services.

Imported by the settings, so it must not touch Django.
"""

import json
import os
import secrets as entropy
from pathlib import Path


def _write_once(path: Path, text: str) -> str:
    """Create `path` with `text` unless it exists; return what stands there (two starting processes agree)."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{entropy.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text()


def django_secret_key(home: Path) -> str:
    return _write_once(home / "keys" / "django", entropy.token_urlsafe(50))


def data_keys(home: Path) -> dict[str, bytes]:
    """Key id → 32 bytes, oldest first. The last one encrypts; all of them decrypt."""
    ring = json.loads(_write_once(home / "keys" / "data.json", json.dumps({"k1": entropy.token_hex(32)})))
    return {key_id: bytes.fromhex(value) for key_id, value in ring.items()}


def push_key(home: Path) -> bytes:
    """32 bytes: the private key (P-256) by which push services know us; telephones subscribe for its public half."""
    text = _write_once(home / "keys" / "push", (entropy.randbelow(2**255) + 1).to_bytes(32, "big").hex())
    return bytes.fromhex(text)


def add_data_key(home: Path) -> str:
    """Append a fresh key to the ring and return its id; existing ciphertext stays readable."""
    path = home / "keys" / "data.json"
    ring = {key_id: value.hex() for key_id, value in data_keys(home).items()}
    key_id = f"k{len(ring) + 1}"
    draft = path.with_name(".data.json.new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps({**ring, key_id: entropy.token_hex(32)}))
    draft.replace(path)
    return key_id
