"""On whose behalf the offers' machine works: its rows under the principal `offers`, its names in the audit."""

from dataclasses import replace

from hopecare.kernel.access import Principal, Viewer, system
from volunteers.models import Volunteer


def machine(by: Viewer, volunteer: Volunteer | None = None) -> Viewer:
    """The principal `offers`, signed by whoever moved it: staff acting for somebody, else the volunteer herself."""
    name, user_id = by.name, by.user_id
    if user_id is None and volunteer is not None:
        name, user_id = volunteer.name, volunteer.user_id
    elif volunteer is not None and user_id != volunteer.user_id:
        name = f"{by.name} ({volunteer.name})"
    return replace(system(Principal.OFFERS, source_address=by.source_address), name=name[:80], user_id=user_id)
