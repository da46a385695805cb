"""What locks a case for one account: own kin and household, people declared as close, a conflict of interest (D6)."""

from datetime import date

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases.models import CaseLock, DeclaredPerson, LockKind, StaffHome
from cases.rules import access as rules
from cases.selectors.colleagues import heads_of
from cases.services.locking import actor, locked_case
from hopecare.kernel import audit, clock, errors, phones
from hopecare.kernel.access import Viewer, acting_as, visible_to
from hopecare.kernel.models import Town, User
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

LEAD_LOCKED = gettext_noop("Case %(number)s needs another lead: it is locked for the one it has.")


def declare(*, by: Viewer, relation: str, name: str, birth_year: int | None, phone: str = "") -> DeclaredPerson:
    """Somebody close to the viewer. Whether a case met the words is not told; it is locked from the next look on."""
    problems = [] if name.strip() else [errors.required("name")]
    try:
        number = phones.normal(phone)
    except phones.BadPhone:
        number = ""
        problems.append(errors.bad_phone())
    if birth_year is None and not number:
        words = _("A year of birth or a telephone number is needed, or nobody can be recognised.")
        problems.append(errors.Problem("unknowable", words, "birth_year"))
    if birth_year is not None and not 1900 <= birth_year <= clock.today().year:
        problems.append(errors.Problem("bad_year", _("Please look at the year again."), "birth_year"))
    if problems:
        raise errors.Impossible(*problems)
    with acting_as(by):
        row = DeclaredPerson.objects.create(
            user_id=actor(by),
            relation=relation,
            name=name.strip()[:80],
            birth_year=birth_year,
            phone=number,
            phone_hash=phones.hashed(number),
        )
        audit.changed(by, "user", [actor(by)], "declared", owners=[by.organisation_id])
        with connection.cursor() as cursor:
            cursor.execute("select hc_lock_declared(%s, null, null, %s)", [actor(by), clock.now()])
    return row


def declare_home(*, by: Viewer, town: Town, directions: str) -> None:
    """Where the viewer lives, for the monthly review of looks (K9)."""
    with acting_as(by):
        StaffHome.objects.update_or_create(
            user_id=actor(by), defaults={"town": town, "directions": directions.strip()[:200]}
        )
        audit.changed(by, "user", [actor(by)], "declared", owners=[by.organisation_id])


def lock_out(*, by: Viewer, number: str, user: User, reason: str, until: date | None = None) -> CaseLock:
    """A conflict of interest keeps one colleague out of one case, whatever team or grant would let them in."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_LEAD, open_only=False)
        problems = rules.reason_problems(reason)
        if user.pk == case.lead_id:
            problems.append(errors.Problem("is_lead", _("The lead stays until somebody else leads."), "user"))
        if user.pk == by.user_id:
            problems.append(errors.Problem("oneself", _("Ask a colleague or the head to lock it for you."), "user"))
        if problems:
            raise errors.Impossible(*problems)
        lock, fresh = CaseLock.objects.get_or_create(
            case=case,
            user=user,
            kind=LockKind.CONFLICT,
            ends_at=None,
            defaults={"team_id": case.team_id, "provider_id": case.provider_id, "reason": reason.strip()[:200]},
        )
        if fresh:
            audit.changed(by, "case", [case.pk], "locked_out", owners=[case.provider_id], user=user.pk)
    return lock


def release(*, by: Viewer, number: str, lock_id: int, reason: str) -> None:
    """Somebody else than the locked one ends a lock, with a reason."""
    with acting_as(by):
        case = locked_case(by, number, Permission.PERSON_SEAL, open_only=False)
        problems = rules.reason_problems(reason)
        lock = visible_to(by, CaseLock).filter(pk=lock_id, case=case, ends_at=None).first()
        if lock is None:
            raise errors.NotFound("lock", str(lock_id))
        if problems:
            raise errors.Impossible(*problems)
        lock.ends_at = clock.now()
        lock.save(update_fields=["ends_at"])
        audit.changed(by, "case", [case.pk], "lock_released", owners=[case.provider_id], user=lock.user_id)


def tell_heads_of_locked_leads(by: Viewer) -> int:
    """Open cases whose lead may not see them: nobody answers for them, so the heads are told. Runs in a sweep."""
    with connection.cursor() as cursor:
        cursor.execute("select case_id, number, provider_id from hc_locked_leads(%s)", [clock.now()])
        rows = cursor.fetchall()
    told = 0
    for case_id, number, provider_id in rows:
        for head in heads_of(provider_id):
            told += notify(
                by=by,
                purpose="lead_locked",
                about=("case", case_id),
                step=str(head),
                to=Recipient.user(head),
                words=LEAD_LOCKED,
                parameters={"number": number},
                link=f"/desk/cases/{number}/team/",
                provider_id=provider_id,
            ).fresh
    return told
