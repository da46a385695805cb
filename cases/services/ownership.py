"""Time in which nobody answers for a case alarms the centre (R17, R90); runs as the principal `sweep`."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext_noop

from cases.models import CaseHandOver, UrgentRequest
from cases.rules import access as rules
from cases.selectors.colleagues import heads_of
from cases.services.locks import tell_heads_of_locked_leads
from hopecare.kernel import clock
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from hopecare.kernel.models import Team, TeamKind
from hopecare.kernel.viewers import CONFIRM_DAYS
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

NOT_ACCEPTED = gettext_noop("Nobody has accepted a case from %(town)s, offered on %(since)s. The sender still has it.")
NO_LEAD = gettext_noop("Case %(number)s from %(town)s has a lead who does not work here any more.")
MOVED_LEAD = gettext_noop("%(lead)s left the team and still leads case %(number)s from %(town)s. Somebody else has to.")
URGENT_LATE = gettext_noop("The urgent request for %(town)s was promised by %(until)s and nobody has rung back.")


def watch() -> int:
    """Tell what is due; returns how many notices were new. Each is told once, however often this runs."""
    viewer = system(Principal.SWEEP)
    with acting_as(viewer):
        central = Team.objects.filter(kind=TeamKind.CENTRAL).values_list("pk", flat=True).first()
        told = tell_heads_of_locked_leads(viewer) + _watch_urgent(viewer, central)
        told += _watch_offers(viewer, central)
        gone, fresh = _watch_leads(viewer, central)
        return told + fresh + _watch_moved(viewer, central, gone)


def _watch_offers(viewer: Viewer, central: int | None) -> int:
    rows = CaseHandOver.objects.filter(accepted_at=None, withdrawn_at=None).select_related("town")
    told = 0
    for row in rows:
        if clock.now() < rules.hand_over_unowned_at(row.offered_at):
            continue
        words = {"town": row.town.name_ko, "since": _moment(row.offered_at)}
        for to in _central_and_heads(central, row.to_provider_id):
            told += _tell(viewer, ("hand_over", row.pk), to, NOT_ACCEPTED, words, "/desk/hand-overs/", row.provider_id)
    return told


def _watch_leads(viewer: Viewer, central: int | None) -> tuple[set[int], int]:
    """The cases whose lead works nowhere any more, and how many notices were new."""
    with connection.cursor() as cursor:
        confirmed = clock.today() - timedelta(days=CONFIRM_DAYS)
        cursor.execute(
            "select case_id, number, town, provider_id from hc_unowned_cases(%s, %s)", [clock.today(), confirmed]
        )
        rows = cursor.fetchall()
    told = 0
    for case_id, number, town, provider_id in rows:
        link, words = f"/desk/cases/{number}/team/", {"number": number, "town": town}
        for to in _central_and_heads(central, provider_id):
            told += _tell(viewer, ("unowned", case_id), to, NO_LEAD, words, link, provider_id)
    return {row[0] for row in rows}, told


def _watch_moved(viewer: Viewer, central: int | None, gone: set[int]) -> int:
    """Cases whose lead left their team: after a working day the heads hear of it, after another the centre does."""
    with connection.cursor() as cursor:
        cursor.execute("select * from hc_moved_leads(%s)", [clock.today()])
        rows = cursor.fetchall()
    first, second = rules.moved_lead_days()
    told = 0
    for case_id, number, town, provider_id, lead, last_day in rows:
        if case_id in gone or clock.today() <= clock.add_working_days(last_day, first):
            continue
        heads = [Recipient.user(user_id) for user_id in heads_of(provider_id)]
        climbs = not heads or clock.today() > clock.add_working_days(last_day, second)
        words = {"lead": lead, "number": number, "town": town}
        for to in _central_and_heads(central, provider_id) if climbs else heads:
            link, since = f"/desk/cases/{number}/team/", f":{last_day}"
            told += _tell(viewer, ("moved_lead", case_id), to, MOVED_LEAD, words, link, provider_id, since)
    return told


def _watch_urgent(viewer: Viewer, central: int | None) -> int:
    rows = UrgentRequest.objects.filter(taken_at=None, done_at=None, promised_at__lte=clock.now())
    told = 0
    for row in rows.select_related("town"):
        words = {"town": row.town.name_ko, "until": _moment(row.promised_at)}
        recipients = [Recipient.team(row.team_id), Recipient.user(row.asked_by_id)]
        if clock.now() >= rules.urgent_climbs_at(row.promised_at):
            recipients += _central_and_heads(central, row.provider_id)
        for to in recipients:
            told += _tell(viewer, ("urgent", row.pk), to, URGENT_LATE, words, "/desk/urgent/", row.provider_id)
    return told


def _central_and_heads(central: int | None, provider_id: int) -> list[Recipient]:
    heads = [Recipient.user(user_id) for user_id in heads_of(provider_id)]
    return [Recipient.team(central), *heads] if central is not None else heads


def _tell(
    viewer: Viewer,
    about: tuple[str, int],
    to: Recipient,
    words: str,
    values: dict[str, str],
    link: str,
    owner: int,
    since: str = "",
) -> int:
    return int(
        notify(
            by=viewer,
            purpose="unowned",
            about=about,
            step=f"{to.kind}:{to.id}{since}",
            to=to,
            words=words,
            parameters=values,
            link=link,
            provider_id=owner,
        ).fresh
    )


def _moment(at: datetime) -> str:
    return f"{at.astimezone(clock.SEOUL):%m/%d %H:%M}"
