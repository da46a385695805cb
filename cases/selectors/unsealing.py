"""Who sees a protected person, and whether one of them wants the protection to end (D5)."""

from cases.models import Unsealing
from hopecare.kernel.access import Viewer, person_key, visible_to
from hopecare.kernel.models import Person


def who_sees(person: Person) -> set[int]:
    """Accounts of the two whom a sealed person is open to."""
    none = person_key(0)
    return {none - key for key in person.scope_keys if key < none}


def open_wish(viewer: Viewer, person: Person) -> Unsealing | None:
    """The one that waits for the other's answer, if there is one; only of somebody who still is one of the two."""
    rows = visible_to(viewer, Unsealing).filter(person=person, agreed=None, asked_by__in=who_sees(person))
    return rows.select_related("asked_by").first()
