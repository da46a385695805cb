"""Lines and files of banks that could not be taken: kept for a person, each once, until it is settled."""

from django.db import IntegrityError, transaction

from donations.models import OddLine
from hopecare.kernel import clock, crypto
from hopecare.kernel.access import Principal, acting_as, system


def keep(kind: str, file_name: str, line: int, words: str, reason: str) -> None:
    """Onto the worklist. A line that was settled stays settled when its file is read again; a whole file does not."""
    digest = crypto.keyed_hash(f"{kind}|{file_name}|{line}|{words}", purpose="odd_line")
    values = {"kind": kind, "file_name": file_name[:200], "line": line, "words": words[:2_000], "reason": reason}
    with acting_as(system(Principal.GIVING)):
        try:
            with transaction.atomic():
                OddLine.objects.create(digest=digest, **values)
        except IntegrityError:
            if line == 0:
                OddLine.objects.filter(digest=digest).update(settled_at=None, settled_by=None, found_at=clock.now())
