"""Single cases and tasks for single people: grants and withdrawals, and whose record an attempt was about (R47, R58).

The only file that reads or writes the direct-key grant tables.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.contrib.auth.models import Permission as AuthPermission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Q, QuerySet

from cases.models import Action, Case, CaseGrant, Intake, OutingCrew, Report, StopPerson, TaskGrant
from hopecare.kernel import audit, clock, codes, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, get_visible, system, visible_to
from hopecare.kernel.models import Organisation, User
from hopecare.kernel.permissions import Permission

#: A day's keys end with it.
LAST_MOMENT = time(23, 59, 59)


def may_section(viewer: Viewer, section: str) -> bool:
    """Whether the role reads this kind of content; a kind without a permission of its own goes with health."""
    if not section:
        return True
    name = f"section.{section}"
    return viewer.may(Permission(name) if name in set(Permission) else Permission.SECTION_HEALTH)


def may_ask_number(viewer: Viewer) -> bool:
    """Whether the law lets this viewer ask for a resident number: who takes people in for the city or a town office.

    Centres and partners start without the field, whatever their role allows (K8).
    """
    if not viewer.may(Permission.CASE_OPEN) or viewer.organisation_id is None:
        return False
    return Organisation.objects.get(pk=viewer.organisation_id).is_public


def demand_section(viewer: Viewer, section: str) -> None:
    """Raise Forbidden unless the role reads this kind of content."""
    if not may_section(viewer, section):
        raise errors.Forbidden(f"section.{section}")


def case_for(viewer: Viewer, number: str, *, permission: Permission = Permission.CASE_VIEW) -> Case:
    """The visible case with this number, its read logged; NotFound (logged as refused) otherwise."""
    check(viewer, permission)
    case = get_visible(
        viewer,
        Case,
        named="case",
        number=number,
        select=("lead", "town", "team", "provider", "main_person", "household"),
    )
    audit.read(viewer, "case", [case.pk], owners=[case.provider_id])
    return case


def case_by_number(number: str) -> tuple[list[int], list[int]]:
    """Subject and owner of a refused attempt; runs as the principal `auditor`."""
    row = Case.objects.filter(number=number).values_list("pk", "provider_id").first()
    return ([row[0]], [row[1]]) if row else ([], [])


def report_for(viewer: Viewer, code: str, *, permission: Permission = Permission.REPORT_VIEW) -> Report:
    """The visible report with this code, its read logged; NotFound (logged as refused) otherwise (D2, D11)."""
    check(viewer, permission)
    related = ("town", "town__office", "team", "provider", "joined_to", "case", "offered_team")
    report = get_visible(viewer, Report, named="report", code=code, select=related)
    audit.read(viewer, "report", [report.pk], owners=[report.provider_id])
    return report


def report_by_code(code: str) -> tuple[list[int], list[int]]:
    """Subject and owner of a refused attempt; runs as the principal `auditor`."""
    row = Report.objects.filter(code=codes.read(code) or code[:13]).values_list("pk", "provider_id").first()
    return ([row[0]], [row[1]]) if row else ([], [])


def intake_for(viewer: Viewer, number: str) -> Intake:
    """The visible intake with this number, its read logged; NotFound (logged as refused) otherwise."""
    check(viewer, Permission.CASE_OPEN)
    related = ("town", "team", "provider", "typed_by", "report", "case", "stop__outing", "done_by")
    row = get_visible(viewer, Intake, named="intake", number=number, select=related)
    audit.read(viewer, "intake", [row.pk], owners=[row.provider_id])
    return row


def leads_case(viewer: Viewer, number: str) -> bool:
    """Whether the viewer leads the case now, and so may see who looked at it."""
    return (
        viewer.user_id is not None and visible_to(viewer, Case).filter(number=number, lead_id=viewer.user_id).exists()
    )


def _permission(model: type[Case] | type[Action]) -> AuthPermission:
    kind = ContentType.objects.get_for_model(model)
    return AuthPermission.objects.get(content_type=kind, codename=f"view_{model._meta.model_name}")


def grant_case(
    *, by: Viewer, case: Case, user: User, reason: str, ends_at: datetime | None = None, earlier: bool = False
) -> None:
    """Let one more person see one case; whoever grants must see it. A reason is required.

    Notes are read from today on, or all of them with `earlier`; an access that runs on keeps the day it has.
    """
    check(by, Permission.CASE_LEAD)
    if not reason.strip():
        raise errors.Impossible(errors.required("reason"))
    fields: dict[str, Any] = {"reason": reason, "ends_at": ends_at}
    running = _running().filter(user=user, content_object=case, stop_person=None).first()
    if running is None:
        fields |= {"granted_at": clock.now(), "notes_from": clock.today()}
    if earlier:
        fields["notes_from"] = None
    CaseGrant.objects.update_or_create(
        user=user, permission=_permission(Case), content_object=case, stop_person=None, defaults=fields
    )
    audit.changed(by, "case", [case.pk], "granted", owners=[case.provider_id], user=user.pk, earlier=earlier)


def open_notes(*, by: Viewer, case: Case, user: User, earlier: bool) -> bool:
    """All notes for somebody who was let in, or again those from the day it began; False where nothing changes."""
    grants = [
        grant for grant in _running().filter(user=user, content_object=case) if earlier != (grant.notes_from is None)
    ]
    for grant in grants:
        begun = grant.starts_at or grant.granted_at
        grant.notes_from = None if earlier else begun.astimezone(clock.SEOUL).date()
        grant.save(update_fields=["notes_from"])
    if grants:
        what = "notes_opened" if earlier else "notes_kept"
        audit.changed(by, "case", [case.pk], what, owners=[case.provider_id], user=user.pk)
    return bool(grants)


def _running() -> QuerySet[CaseGrant]:
    return CaseGrant.objects.filter(Q(ends_at=None) | Q(ends_at__gt=clock.now()))


def grant_round(
    *, by: Viewer, case: Case, row: StopPerson, seats: Iterable[OutingCrew], starts_at: datetime, ends_at: datetime
) -> None:
    """Let those on a day's seats see one case for that day: beside any key they have, and ended without touching it."""
    check(by, Permission.CASE_LEAD)
    for seat in seats:
        CaseGrant.objects.create(
            user_id=seat.user_id,
            permission=_permission(Case),
            content_object=case,
            reason=seat.outing.name[:200],
            starts_at=starts_at,
            ends_at=ends_at,
            notes_from=starts_at.astimezone(clock.SEOUL).date(),
            seat=seat,
            stop_person=row,
        )
        audit.changed(by, "case", [case.pk], "granted", owners=[case.provider_id], user=seat.user_id)


@dataclass(frozen=True)
class RoundKey:
    """What one of the crew had of one case for a day of the unit, and when it ended."""

    case_id: int
    ends_at: datetime


def round_key(by: Viewer, person_id: int) -> RoundKey | None:
    """For somebody to see on a day that is over: a key that ended with that day and was taken from nobody, or a seat of
    one who that day was in the case's own team."""
    rows = CaseGrant.objects.filter(user=by.user_id, stop_person=person_id, seat__outing__cancelled_at=None)
    row = rows.select_related("seat__outing").order_by("pk").first()
    if row is None or row.seat is None:
        found = _own_seat(by, person_id)
    else:
        ends = clock.at(row.seat.outing.on, LAST_MOMENT)
        found = RoundKey(row.content_object_id, ends) if row.ends_at == ends else None
    return None if found is None or found.case_id in by.reach.locked else found


def _own_seat(by: Viewer, person_id: int) -> RoundKey | None:
    with acting_as(by), connection.cursor() as cursor:
        cursor.execute("select one_case, day from hc_own_seat(%s)", [person_id])
        found = cursor.fetchone()
    return RoundKey(found[0], clock.at(found[1], LAST_MOMENT)) if found else None


def end_keys(*, by: Viewer, of: Q) -> None:
    """The keys of a day, of a seat or of somebody to see end now, for cases that its planner need not see."""
    moment = clock.now()
    rows = CaseGrant.objects.filter(of, ends_at__gt=moment)
    ended = list(rows.values_list("content_object", "user"))
    rows.update(ends_at=moment)
    with acting_as(system(Principal.AUDITOR)):
        owners = dict(Case.objects.filter(pk__in={case for case, _user in ended}).values_list("pk", "provider_id"))
    for case, user in ended:
        audit.changed(by, "case", [case], "withdrawn", owners=[owners.get(case)], user=user)


def withdraw_case(*, by: Viewer, case: Case, user: User) -> None:
    CaseGrant.objects.filter(user=user, content_object=case).update(ends_at=clock.now())
    audit.changed(by, "case", [case.pk], "withdrawn", owners=[case.provider_id], user=user.pk)


def grant_task(*, by: Viewer, action_id: int, user: User, ends_at: datetime) -> None:
    """A volunteer who said yes sees this one task until it is over (R47)."""
    TaskGrant.objects.update_or_create(
        user=user, permission=_permission(Action), content_object_id=action_id, defaults={"ends_at": ends_at}
    )
    audit.changed(by, "action", [action_id], "task_granted", user=user.pk)


def withdraw_task(*, by: Viewer, action_id: int, user: User | None = None) -> None:
    """End the task grants of an action: of one volunteer, or of all when the case closes."""
    grants = TaskGrant.objects.filter(content_object_id=action_id)
    if user is not None:
        grants = grants.filter(user=user)
    grants.update(ends_at=clock.now())
    audit.changed(by, "action", [action_id], "task_withdrawn", user=user.pk if user else None)


def withdraw_all(*, by: Viewer, case: Case) -> None:
    """Every grant of the case and of its tasks ends now, as when the case closes."""
    moment = clock.now()
    still = Q(ends_at=None) | Q(ends_at__gt=moment)
    ended = CaseGrant.objects.filter(still, content_object=case).update(ends_at=moment)
    ended += TaskGrant.objects.filter(still, content_object__case=case).update(ends_at=moment)
    if ended:
        audit.changed(by, "case", [case.pk], "grants_ended", owners=[case.provider_id], count=ended)


def grants_of(case: Case) -> list[CaseGrant]:
    """Who sees this case by exception, today or later, with name, reason and end; the caller may see the case."""
    still = Q(ends_at=None) | Q(ends_at__gt=clock.now())
    return list(CaseGrant.objects.filter(still, content_object=case).select_related("user").order_by("ends_at", "pk"))
