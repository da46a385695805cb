"""A paper that comes as PDF: judged by its content in a process of its own, its pages drawn by us, one at a time.

The file itself is kept as it came, since a certificate that was written anew proves nothing any more; it never opens in
our pages and leaves only as a download.
"""

import io
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from hopecare.kernel import pdf_look
from hopecare.kernel.errors import Impossible, Problem
from hopecare.kernel.services import documents
from hopecare.kernel.services.documents import Draft

MOST_PAGES = 60
MOST_SHOWN = 20  # pages drawn to be looked at; whoever needs the others fetches the file
CONTENT_TYPE = "application/pdf"
_SECONDS = 30
_END = re.compile(rb"%%EOF\s*\Z")
_REFUSED = {
    "locked": _("This PDF is locked with a password. Please save it once without, or photograph the paper."),
    "pages": _("This PDF has more than %(most)s pages. Please keep only those that matter."),
    "active": _(
        "This PDF carries programs or other files inside. Please print it to a new PDF, or photograph the paper."
    ),
    "broken": _("We cannot open this PDF; it may be broken. Please save it anew, or photograph the paper."),
}


@dataclass(frozen=True)
class PaperDraft:
    """A PDF that waits for its form: the file as it came, and its first page as a picture."""

    file: Draft
    picture: Draft
    pages: int


def is_pdf(upload: IO[bytes]) -> bool:
    """By its first signs, whatever it is called; the reader stands at the beginning again."""
    start = upload.read(5)
    upload.seek(0)
    return start == b"%PDF-"


def keep_pdf(upload: IO[bytes], size: int, *, field: str) -> PaperDraft:
    """Judge and keep both as drafts. Raises Impossible with words for a person."""
    if size > settings.UPLOAD_LIMIT_BYTES:
        words = _("This PDF is larger than %(limit)s MB. Please take a smaller one; everything else is kept.")
        raise Impossible(Problem("pdf_large", words % {"limit": settings.UPLOAD_LIMIT_BYTES // (1024 * 1024)}, field))
    content = upload.read()
    said, drawn = _looked_at(content)
    if not said.startswith("ok "):
        raise Impossible(Problem(f"pdf_{said}", _REFUSED[said] % {"most": MOST_PAGES}, field))
    picture = documents.keep_photo(io.BytesIO(drawn), 0, field=field)
    file = documents.keep_draft(content, CONTENT_TYPE)
    return PaperDraft(file, picture, int(said.removeprefix("ok ")))


def drawn_page(content: bytes, number: int) -> bytes:
    """One page as a JPEG, by a process as narrow as the one that judged the file; empty where it cannot be drawn."""
    said, drawn = _looked_at(content, number) if 1 <= number <= MOST_SHOWN else ("", b"")
    try:
        return documents.cleaned(drawn) if said.startswith("ok ") else b""
    except Impossible:
        return b""


def _looked_at(content: bytes, number: int = 1) -> tuple[str, bytes]:
    """A file that is something else as well (anything stands before or behind the PDF) is broken to us."""
    if not content.startswith(b"%PDF-") or not _END.search(content[-1024:]):
        return "broken", b""
    command = [sys.executable, "-I", str(Path(pdf_look.__file__)), f"{MOST_PAGES}", f"{number}"]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return "broken", b""
    said, _sep, drawn = done.stdout.partition(b"\n")
    words = said.decode("ascii", "replace")
    whole = done.returncode == 0 and (words in _REFUSED or (words.startswith("ok ") and drawn))
    return (words, drawn) if whole else ("broken", b"")
