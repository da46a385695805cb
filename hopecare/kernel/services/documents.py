"""Files: one content-addressed store below HOPECARE_HOME/files, encrypted, never a media URL.

A picture is judged by its content, drawn anew and stored without what a camera writes into it (place, owner, time).
Until the form it came with is accepted it is a draft: a file without a row, known by a signed token, gone in a day.
"""

import hashlib
import io
import itertools
import os
import secrets
import time
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from hopecare.kernel.crypto import decrypt_bytes, encrypt_bytes
from hopecare.kernel.errors import Impossible, Problem
from hopecare.kernel.models import Document

FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE = 2048
JPEG_PIXELS = 220_000_000  # a JPEG is decoded small, whatever it claims to hold
OTHER_PIXELS = 40_000_000
DRAFT_SECONDS = 24 * 3600
#: Of a look: places a side; a step of grey (of 255) that is one; so many of them, or nothing can be told apart.
LOOK_SIDE, LOOK_STEP, LOOK_LEAST = 8, 4, 16
_SALT = "hopecare.document.draft"
_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")


@dataclass(frozen=True)
class Draft:
    """A cleaned picture that waits for its form. `look`: see `look_of`; None for one that shows nothing."""

    sha256: str
    content_type: str
    size: int
    look: int | None = None

    @property
    def token(self) -> str:
        return signing.dumps([self.sha256, self.content_type, self.size, self.look], salt=_SALT)


def draft_of(token: str) -> Draft | None:
    """The draft behind a token; None when the token is forged or a day old, or the file is gone."""
    try:
        sha256, content_type, size, *look = signing.loads(token, salt=_SALT, max_age=DRAFT_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    draft = Draft(str(sha256), str(content_type), int(size), *look[:1])
    return draft if _draft_path(draft.sha256).exists() else None


def keep_photo(upload: IO[bytes], size: int, *, field: str = "photos") -> Draft:
    """Clean a picture and keep it as a draft. Raises Impossible with words for a person."""
    if size > settings.UPLOAD_LIMIT_BYTES:
        limit = settings.UPLOAD_LIMIT_BYTES // (1024 * 1024)
        words = _("This photo is larger than %(limit)s MB. Please take a smaller one; everything else is kept.")
        raise Impossible(Problem("photo_too_large", words % {"limit": limit}, field))
    content = cleaned(upload.read(), field=field)
    return keep_draft(content, "image/jpeg", look_of(content))


def keep_draft(content: bytes, content_type: str, *look: int | None) -> Draft:
    """Bytes that somebody has judged already, kept encrypted until their form is accepted; `look`: a photo's print."""
    draft = Draft(hashlib.sha256(content).hexdigest(), content_type, len(content), *look)
    _forget_old_drafts()
    _write(_draft_path(draft.sha256), encrypt_bytes(content))
    return draft


def cleaned(content: bytes, *, field: str = "photos") -> bytes:
    """A new JPEG with the same picture and nothing else, at most LONGEST_SIDE wide or high."""
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        words = _("Phones call this kind of photo HEIC; we cannot open it. Please choose or send it as JPEG.")
        raise Impossible(Problem("photo_heic", words, field))
    unreadable = Problem(
        "photo_unreadable", _("We cannot open this as a photo. Please choose a JPEG, PNG or WebP picture."), field
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _drawn_anew(content)
    except (_TooManyPixels, Image.DecompressionBombError) as error:
        words = _("This picture has more points than we can open. Please take a smaller one.")
        raise Impossible(Problem("photo_too_many_points", words, field)) from error
    except Exception as error:  # a hostile file may break the decoder in any way
        raise Impossible(unreadable) from error


def look_of(content: bytes) -> int | None:
    """What a picture looks like in 64 bits, as a signed number: for each of 8 × 8 places whether it is darker than its
    right neighbour (difference hash). Another size, quality or light changes few of them. None where nothing can be
    told apart: a black or blurred picture looks like every other."""
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
        image.draft("L", (LOOK_SIDE * 8, LOOK_SIDE * 8))
        small = image.convert("L").resize((LOOK_SIDE + 1, LOOK_SIDE), Image.Resampling.BOX)
    rows = [
        small.tobytes()[start : start + LOOK_SIDE + 1] for start in range(0, LOOK_SIDE * (LOOK_SIDE + 1), LOOK_SIDE + 1)
    ]
    steps = [right - left for row in rows for left, right in itertools.pairwise(row)]
    if sum(abs(step) > LOOK_STEP for step in steps) < LOOK_LEAST:
        return None
    bits = int("".join("1" if step > 0 else "0" for step in steps), 2)
    return bits - 2**64 if bits >= 2**63 else bits


class _TooManyPixels(Exception):
    pass


def _drawn_anew(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        limit = JPEG_PIXELS if image.format == "JPEG" else OTHER_PIXELS
        if image.width * image.height > limit:
            raise _TooManyPixels
        if image.format == "JPEG":
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        image.load()
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(image).convert("RGBA")
    ground = Image.new("RGB", upright.size, "white")
    ground.paste(upright, mask=upright.getchannel("A"))
    target = io.BytesIO()
    ground.save(target, "JPEG", quality=82, optimize=True)
    return target.getvalue()


def adopt(draft: Draft, *, scope_keys: Iterable[int]) -> Document:
    """Make a draft a document that these scope keys see; inside the transaction of the change it belongs to.

    Raises Impossible when the draft is gone.
    """
    source, target = _draft_path(draft.sha256), path_of(draft.sha256)
    if not target.exists():
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.link(source, target)
        except FileExistsError:
            pass
        except OSError as error:
            words = _("A photo was kept too long and is gone. Please choose it again.")
            raise Impossible(Problem("photo_gone", words, "photos")) from error
    return Document.objects.create(
        sha256=draft.sha256, content_type=draft.content_type, size=draft.size, scope_keys=sorted(set(scope_keys))
    )


def content_of(document: Document) -> bytes:
    """The clear bytes; raises FileNotFoundError or crypto.Undecipherable. The caller has checked who may see it."""
    return decrypt_bytes(path_of(document.sha256).read_bytes())


def path_of(sha256: str) -> Path:
    return Path(settings.HOPECARE_HOME) / "files" / sha256[:2] / sha256[2:]


def _draft_path(sha256: str) -> Path:
    return Path(settings.HOPECARE_HOME) / "files" / "drafts" / sha256


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and on the disk before anybody is told."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{path.name[:16]}-{secrets.token_hex(6)}")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.chmod(0o600)
    part.replace(path)


def _forget_old_drafts() -> None:
    """Each new draft clears away those of yesterday, so that no timer is needed."""
    folder = _draft_path("x").parent
    oldest = time.time() - DRAFT_SECONDS
    for path in folder.iterdir() if folder.exists() else ():
        try:
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)
        except OSError:
            continue
