"""Hours of a group's day: confirmed by the centre once somebody had a portion, for the people of a partner and, with
the guardian's consent, for each pupil by name (K10). Corrected by a further line, like all hours."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from hopecare.kernel import audit, clock, codes, errors
from hopecare.kernel.access import Viewer, acting_as, check
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission
from volunteers.access import get_visible, visible_to
from volunteers.models import GroupHours, Portion, Pupil, PupilCertificate, Turn
from volunteers.states import PortionState

LONGEST_MINUTES, MOST_PEOPLE = 12 * 60, 100


def confirm(
    *, by: Viewer, turn_id: int, people: int | None, minutes: int | None, pupils: Iterable[int] = ()
) -> list[GroupHours]:
    """So many grown-ups, and these pupils, were there for so many minutes each; a line that stands is left as it is.

    Raises Impossible with every problem: nobody had a portion on that day, nobody came, a pupil without consent.
    """
    check(by, Permission.VOLUNTEER_MANAGE)
    wanted = set(pupils)
    with acting_as(by):
        turn = get_visible(by, Turn, named="turn", pk=turn_id, provider_id=by.organisation_id, select=("standing",))
        found = list(_with_consent(by, turn).filter(pk__in=wanted))
        problems = _problems(by, turn, people, minutes, len(found) == len(wanted))
        if not people and not wanted:
            problems.append(Problem("people", _("Who was there? A number, or names of pupils, please."), "people"))
        if problems or minutes is None:
            raise errors.Impossible(*problems)
        rows = [_line(by, turn, None, int(people), minutes)] if people else []
        return rows + [_line(by, turn, pupil, 1, minutes) for pupil in found]


def correct(*, by: Viewer, line_id: int, minutes: int | None, reason: str) -> int:
    """What a line comes to from now on, for each person, by one more line with its reason; returns the difference."""
    check(by, Permission.VOLUNTEER_MANAGE)
    problems = [] if reason.strip() else [errors.required("reason")]
    if minutes is None or not 0 <= minutes <= LONGEST_MINUTES:
        problems.append(_between())
    if problems or minutes is None:
        raise errors.Impossible(*problems)
    with acting_as(by):
        line = get_visible(by, GroupHours, named="group_hours", pk=line_id, select=("corrects__pupil", "pupil"))
        Turn.objects.select_for_update(of=("self",)).get(pk=line.turn_id)
        first = line.corrects or line
        lines = GroupHours.objects.filter(turn_id=first.turn_id, pupil=first.pupil)
        difference = minutes * first.people - (lines.aggregate(whole=Sum("minutes"))["whole"] or 0)
        if difference:
            row = GroupHours.objects.create(
                turn_id=first.turn_id,
                provider_id=first.provider_id,
                pupil_id=first.pupil_id,
                people=first.people,
                minutes=difference,
                corrects=first,
                reason=reason.strip()[:200],
                recorded_by_id=by.user_id,
            )
            audit.changed(by, "group_hours", [row.pk], "corrected", owners=[row.provider_id], minutes=difference)
        return difference


def certify(*, by: Viewer, pupil_id: int) -> PupilCertificate:
    """A pupil's confirmed hours of this year, for the centre to print; the same hours twice are the same paper.

    Raises NotFound for a pupil of another centre, Impossible without hours or once the guardian took the consent back.
    """
    check(by, Permission.VOLUNTEER_MANAGE)
    with acting_as(by):
        pupil = get_visible(by, Pupil, named="pupil", pk=pupil_id)
        today = clock.today()
        lines = visible_to(by, GroupHours).filter(pupil=pupil, turn__on__year=today.year)
        sums = lines.aggregate(minutes=Sum("minutes"), days=Count("pk", filter=Q(corrects=None)))
        if pupil.withdrawn_on is not None or not sums["minutes"]:
            raise errors.Impossible(Problem("no_hours", _("No hours of this year are confirmed yet.")))
        with transaction.atomic():
            row, fresh = PupilCertificate.objects.get_or_create(
                pupil=pupil,
                first=today.replace(month=1, day=1),
                last=today.replace(month=12, day=31),
                **sums,
                defaults={
                    "code": codes.new_code(),
                    "provider_id": pupil.provider_id,
                    "issued_on": today,
                    "issued_by_id": by.user_id,
                },
            )
        if fresh:
            audit.changed(by, "pupil", [pupil.pk], "certified", owners=[pupil.provider_id], minutes=row.minutes)
        return row


def _problems(by: Viewer, turn: Turn, people: int | None, minutes: int | None, consented: bool) -> list[Problem]:
    found = []
    given = visible_to(by, Portion).filter(standing=turn.standing, on=turn.on, state=PortionState.GIVEN)
    if turn.on > clock.today() or not given.exists():
        words = _("Hours count for a day on which somebody had their portion. Ask the house first, please.")
        found.append(Problem("given", words))
    if people is not None and not 0 <= people <= MOST_PEOPLE:
        found.append(Problem("people", _("Up to a hundred people, please."), "people"))
    if minutes is None or not 1 <= minutes <= LONGEST_MINUTES:
        found.append(_between())
    if not consented:
        words = _("For one of the pupils no consent holds on that day.")
        found.append(Problem("consent", words, "pupils"))
    return found


def _with_consent(by: Viewer, turn: Turn) -> "QuerySet[Pupil]":
    return visible_to(by, Pupil).filter(
        partner_id=turn.standing.partner_id, withdrawn_on=None, consent_on__lte=turn.on, consent_until__gte=turn.on
    )


def _line(by: Viewer, turn: Turn, pupil: Pupil | None, people: int, minutes: int) -> GroupHours:
    row, fresh = GroupHours.objects.get_or_create(
        turn=turn,
        pupil=pupil,
        corrects=None,
        defaults={
            "provider_id": turn.provider_id,
            "people": people,
            "minutes": minutes * people,
            "recorded_by_id": by.user_id,
            "recorded_at": clock.now(),
        },
    )
    if fresh:
        audit.changed(by, "group_hours", [row.pk], "confirmed", owners=[row.provider_id], minutes=row.minutes)
    return row


def _between() -> Problem:
    return Problem("minutes", _("Between 1 minute and 12 hours, please."), "minutes")
