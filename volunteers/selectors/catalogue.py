"""What a newcomer may choose from. Public reference data, no viewer needed."""

from collections.abc import Sequence

from hopecare.kernel.models import Service, Town

EVERYBODY = 0  # the risk of services that need no training; the only ones a sign-up may choose


def towns() -> Sequence[Town]:
    return list(Town.objects.order_by("zone_id", "pk"))


def services_for_everybody() -> Sequence[Service]:
    return list(Service.objects.filter(volunteer_risk=EVERYBODY, active=True).order_by("pk"))
