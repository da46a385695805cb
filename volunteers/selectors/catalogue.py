"""What a newcomer may choose from. Public reference data, no viewer needed."""

from collections.abc import Sequence

from hopecare.kernel.models import Service, Town
from hopecare.kernel.models.base import in_language
from volunteers.rules import safety

EVERYBODY = 0  # the risk of services that need no training; the only ones a sign-up may choose


def towns() -> Sequence[Town]:
    return list(Town.objects.order_by("zone_id", "pk"))


def services_for_everybody() -> Sequence[Service]:
    return list(Service.objects.filter(volunteer_risk=EVERYBODY, active=True).order_by("pk"))


def services_of_volunteers() -> Sequence[Service]:
    """Everything of the catalogue that people do as volunteers, with or without a licence."""
    return list(Service.objects.filter(volunteer_risk__isnull=False, active=True).order_by("pk"))


def papers() -> Sequence[tuple[str, str]]:
    """(code, name in the reader's language) of every kind of paper."""
    return [(kind.code, in_language(kind.name_ko, kind.name_en)) for kind in safety.paper_kinds().values()]
