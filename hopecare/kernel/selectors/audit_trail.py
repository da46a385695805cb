"""누가 보았나: who opened, changed or was refused one record (K9), for those who answer for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from hopecare.kernel import audit, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from hopecare.kernel.models import Organisation
from hopecare.kernel.permissions import Permission

MOST = 200


@dataclass(frozen=True)
class Look:
    """One line: who, for which organisation, when, from where, what; `refused` attempts stand among the others."""

    at: datetime
    user_id: int | None
    name: str
    organisation: str
    source_address: str | None
    what: str
    refused: bool
    is_change: bool

    @property
    def words(self) -> Any:
        return audit.words_for(self.what)


def audit_trail(viewer: Viewer, kind: str, asked: str, *, most: int = MOST) -> list[Look]:
    """Newest first, at most `most` lines, of the record that `asked` names (a case number).

    For AUDIT_VIEW of an organisation that owns the record, and for the person who answers for it (the case's lead).
    Everybody else gets NotFound, which is noted as a refused attempt. The look itself is noted too.
    """
    ids, owners = audit.resolve(kind, asked)
    whole = viewer.may(Permission.AUDIT_VIEW) and viewer.organisation_id in owners
    if not ids or not (whole or audit.answers_for(viewer, kind, asked)):
        raise errors.NotFound(kind, asked)
    audit.read(viewer, kind, ids, owners=owners, what="trail")
    with acting_as(system(Principal.AUDITOR, subject=f"{kind}:{ids[0]}")), connection.cursor() as cursor:
        cursor.execute(
            "select at, user_id, user_name, organisation_id, principal, host(source_address), what, refused, is_change"
            " from hc_audit_trail(%s, %s, %s)",
            [kind, ids[0], most],
        )
        rows = cursor.fetchall()
    names = {row.pk: row.name for row in Organisation.objects.filter(pk__in={row[3] for row in rows if row[3]})}
    return [
        Look(at, user_id, name or principal, names.get(organisation, ""), address, what, refused, is_change)
        for at, user_id, name, organisation, principal, address, what, refused, is_change in rows
    ]
