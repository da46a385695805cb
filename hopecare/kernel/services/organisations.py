"""Which organisation's name alone tells why somebody goes there: marked and unmarked by the central desk (D17)."""

from hopecare.kernel import audit, errors
from hopecare.kernel.access import Viewer, acting_as, check
from hopecare.kernel.models import Organisation, Tells
from hopecare.kernel.permissions import Permission


def may_mark(viewer: Viewer) -> bool:
    return viewer.central and viewer.may(Permission.ACCOUNT_OPEN)


def mark_name(*, by: Viewer, organisation_id: int, tells: str) -> Organisation:
    """From the next look on; an empty `tells` takes the mark off. The name itself stays."""
    check(by, Permission.ACCOUNT_OPEN)
    if not may_mark(by):
        raise errors.Forbidden("central")
    if tells and tells not in set(Tells):
        raise errors.Impossible(errors.required("tells"))
    with acting_as(by):
        row = Organisation.objects.select_for_update().filter(pk=organisation_id).first()
        if row is None:
            raise errors.NotFound("organisation", str(organisation_id))
        if row.tells != tells:
            before, row.tells = row.tells, tells
            row.save(update_fields=["tells"])
            audit.changed(by, "organisation", [row.pk], "name_marked", owners=[row.pk], before=before, after=tells)
    return row


def marked() -> list[Organisation]:
    """Reference data: no viewer is needed."""
    return list(Organisation.objects.exclude(tells="").order_by("name_ko"))


def others() -> list[Organisation]:
    return list(Organisation.objects.filter(tells="").order_by("name_ko"))
