"""A photo that comes in parts, so that a weak signal costs a part and never the photo.

The parts wait encrypted in a folder of their own; the last one makes them a draft like any other photo's. No row is
written, and nothing can be read back: whoever holds the number of an upload can only add to it.
"""

import io
import json
import os
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from hopecare.kernel import errors
from hopecare.kernel.crypto import decrypt_bytes, encrypt_bytes
from hopecare.kernel.errors import Impossible, Problem
from hopecare.kernel.services import documents
from hopecare.kernel.services.documents import Draft
from hopecare.kernel.services.once import digest

PART_BYTES = 512 * 1024
#: Parts wait for a day; what came of them is known as long as a report may be sent again.
PARTS_SECONDS, DONE_SECONDS = 24 * 3600, 31 * 24 * 3600
_WHOLE, _PLAN = "whole.json", "plan.json"


@dataclass(frozen=True)
class Upload:
    """`offset` of `size` bytes are here; `done`: the photo is whole and waits for its report."""

    id: str
    size: int
    offset: int

    @property
    def done(self) -> bool:
        return self.offset == self.size


class Elsewhere(Exception):
    """The part does not begin where the last one ended; `upload` says where to go on."""

    def __init__(self, upload: Upload) -> None:
        super().__init__(f"at {upload.offset}")
        self.upload = upload


def begin(*, size: int) -> Upload:
    """Room for a photo of `size` bytes. Raises Impossible when it is too large."""
    if size > settings.UPLOAD_LIMIT_BYTES:
        limit = settings.UPLOAD_LIMIT_BYTES // (1024 * 1024)
        words = _("This photo is larger than %(limit)s MB. Please take a smaller one; everything else is kept.")
        raise Impossible(Problem("photo_too_large", words % {"limit": limit}, "size"))
    _forget_old()
    upload = Upload(secrets.token_urlsafe(24), size, 0)
    folder = _folder(upload.id)
    folder.mkdir(parents=True, mode=0o700)
    (folder / _PLAN).write_text(json.dumps(size))
    return upload


def read(upload_id: str) -> Upload:
    """How far it is. Raises NotFound."""
    folder = _folder(upload_id)
    try:
        size = int(json.loads((folder / _PLAN).read_text()))
    except (OSError, ValueError) as error:
        raise errors.NotFound from error
    return Upload(upload_id, size, size if (folder / _WHOLE).exists() else _offset(folder))


def add(upload_id: str, *, offset: int, part: bytes) -> Upload:
    """One more part; of two that come at once, one is told where to go on.

    Raises NotFound, Elsewhere, and Impossible with everything forgotten when the whole is not a photo.
    """
    upload, folder = read(upload_id), _folder(upload_id)
    if upload.done or offset != upload.offset:
        raise Elsewhere(upload)
    if not part or offset + len(part) > upload.size:
        words = _("This part is empty or longer than the photo.")
        raise Impossible(Problem("part_does_not_fit", words, "size"))
    if not _put(folder, offset, part):
        raise Elsewhere(read(upload_id))
    if offset + len(part) == upload.size:
        _finish(folder, upload.size)
    return Upload(upload_id, upload.size, offset + len(part))


def draft(upload_id: str) -> Draft:
    """The photo of a finished upload. Raises Impossible when it is not whole, or nobody knows it any more."""
    try:
        sha256, content_type, size, *look = json.loads((_folder(upload_id) / _WHOLE).read_text())
    except (OSError, ValueError) as error:
        words = _("A photo has not arrived whole. Please send it again.")
        raise Impossible(Problem("photo_not_whole", words, "photos")) from error
    return Draft(sha256, content_type, size, *look[:1])


def _finish(folder: Path, size: int) -> None:
    parts = sorted(folder.glob("[0-9]*"))
    whole = b"".join(decrypt_bytes(path.read_bytes()) for path in parts)
    try:
        made = documents.keep_photo(io.BytesIO(whole), size)
    except Impossible:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    (folder / _WHOLE).write_text(json.dumps([made.sha256, made.content_type, made.size, made.look]))
    for path in parts:
        path.unlink(missing_ok=True)


def _put(folder: Path, offset: int, part: bytes) -> bool:
    """Whole or not at all; False when another part of this offset was first."""
    beside = folder / f".{secrets.token_hex(8)}"
    with beside.open("wb") as file:
        file.write(encrypt_bytes(part))
        file.flush()
        os.fsync(file.fileno())
    beside.chmod(0o600)
    try:
        os.link(beside, folder / f"{offset:09d}")
    except FileExistsError:
        return False
    finally:
        beside.unlink()
    return True


def _offset(folder: Path) -> int:
    """Where the last part ends."""
    last = max(folder.glob("[0-9]*"), default=None)
    return 0 if last is None else int(last.name) + len(decrypt_bytes(last.read_bytes()))


def _folder(upload_id: str) -> Path:
    return Path(settings.HOPECARE_HOME) / "files" / "drafts" / "parts" / digest(upload_id)


def _forget_old() -> None:
    """Each new upload clears away those that nobody will go on with."""
    parts, now = _folder("").parent, time.time()
    for folder in parts.iterdir() if parts.exists() else ():
        try:
            kept = DONE_SECONDS if (folder / _WHOLE).exists() else PARTS_SECONDS
            if folder.stat().st_mtime < now - kept:
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue
