"""Somebody stood before a closed door: until the person is reached, the news climbs (R92, D10).

The lead hears it from whoever was there. Then the team, the heads and the central team are told, each once, as long as
nobody has written down a contact and the case is open. Runs as the principal `sweep`.
"""

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext_noop

from cases.models import Case
from cases.rules import deadlines
from cases.selectors.colleagues import heads_of
from hopecare.kernel import clock, events
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from hopecare.kernel.models import Team, TeamKind
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

#: Published by whoever sends people to doors: {case_id, at}; `at` is when nobody opened.
NEWS = "visit.nobody_opened"
NOT_REACHED = gettext_noop(
    "Nobody opened at %(since)s and nobody has been reached since: case %(number)s. Ring, go, look through the window;"
    " in doubt 119."
)


def tried(case_id: int) -> None:
    """Somebody who writes no record of the case, as a volunteer, stood there in vain: one try more."""
    with acting_as(system(Principal.OFFERS)):
        Case.objects.filter(pk=case_id).update(tries=F("tries") + 1)


def watch() -> int:
    """Tell what is due; returns how many notices were new."""
    viewer, now = system(Principal.SWEEP), clock.now()
    with acting_as(viewer):
        told = 0
        for news in events.recent(NEWS, now - deadlines.no_contact_forgotten()):
            case = Case.objects.filter(pk=news["case_id"], closed_at=None).first()
            began = datetime.fromisoformat(news["at"])
            if case is not None and not (case.last_contact_at and case.last_contact_at > began):
                told += sum(_tell(viewer, case, began, to) for to in _rungs(case, began, now))
        return told


def _rungs(case: Case, began: datetime, now: datetime) -> list[Recipient]:
    """Whom the ladder has reached by now."""
    due = deadlines.no_contact_rungs(began, now)
    found = [Recipient.team(case.team_id)] if "team" in due else []
    if "head" in due:
        found += [Recipient.user(head) for head in heads_of(case.provider_id)]
    central = Team.objects.filter(kind=TeamKind.CENTRAL).values_list("pk", flat=True).first()
    return [*found, Recipient.team(central)] if "central" in due and central is not None else found


def _tell(viewer: Viewer, case: Case, began: datetime, to: Recipient) -> bool:
    return notify(
        by=viewer,
        purpose="no_contact",
        about=("case", case.pk),
        step=f"{began:%m%d%H%M}:{to.kind}:{to.id}",
        to=to,
        words=NOT_REACHED,
        parameters={"since": f"{began.astimezone(clock.SEOUL):%m/%d %H:%M}", "number": case.number},
        link=f"/desk/cases/{case.number}/",
        provider_id=case.provider_id,
    ).fresh
