"""Named reads of the city: centres with their towns. Public reference data, no viewer needed."""

from collections.abc import Sequence

from hopecare.kernel.models import Town, Zone


def zones_with_centres() -> Sequence[Zone]:
    """Zones in order of entry, each with its centre (name, phone) and its towns; two queries."""
    return list(Zone.objects.select_related("centre").prefetch_related("towns").order_by("pk"))


def towns_with_a_centre() -> tuple[int, int]:
    """(towns whose zone has a centre with a telephone, all towns)."""
    return Town.objects.exclude(zone__centre__phone="").count(), Town.objects.count()
