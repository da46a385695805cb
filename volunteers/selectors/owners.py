"""Whose a request is, for news that leaves the house with nothing but an id: the code of the centre."""

from hopecare.kernel.access import Principal, acting_as, system
from volunteers.access import visible_to
from volunteers.models import Request


def of_request(request_id: int) -> str:
    """The code of the organisation, "" for a row that is gone."""
    with acting_as(system(Principal.OFFERS)) as machine:
        rows = visible_to(machine, Request).filter(pk=request_id)
        return rows.values_list("provider__code", flat=True).first() or ""
