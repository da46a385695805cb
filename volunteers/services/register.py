"""Becoming a volunteer: on the web, by telephone through staff, or — for the young — through a guardian (K10, K15)."""

from django.utils.translation import gettext_lazy as _

from hopecare.kernel import audit, clock, errors, phones
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.models import Service, Town
from hopecare.kernel.permissions import Permission
from volunteers.access import get_visible
from volunteers.facts import SignUp
from volunteers.models import Call, CallKind, Skill, Volunteer, Window
from volunteers.rules import matching
from volunteers.selectors.catalogue import EVERYBODY
from volunteers.states import VolunteerState

CONSENT_VERSION = "2026-1"
#: Lawful checks only; a criminal record is never asked for (K15).
CHECKS = ("interview", "reference", "inquiry")
ROUGH_DEGREES = 2


def problems_of(told: SignUp) -> list[Problem]:
    found = [errors.required(name) for name in ("name", "town") if not getattr(told, name).strip()]
    found += [errors.required(name) for name in ("services", "windows") if not getattr(told, name)]
    if not told.phone.strip():
        found.append(errors.required("phone"))
    elif _number(told.phone) is None:
        found.append(errors.bad_phone())
    if not told.consent:
        found.append(Problem("consent", _("Without your consent we may not keep your number."), "consent"))
    this_year = clock.today().year
    if told.birth_year is None:
        found.append(errors.required("birth_year"))
    elif not this_year - 110 < told.birth_year <= this_year:
        found.append(Problem("birth_year", _("Please write the year with four figures, such as 1962."), "birth_year"))
    return found


def sign_up(*, by: Viewer, told: SignUp) -> Volunteer:
    """A newcomer, whom the centre rings before the first visit. The same name and number again changes nothing.

    `by`: the principal `intake`, or staff who type for a caller. Raises Impossible with every problem; a minor is a
    problem with the code `young`, to be asked again with a guardian (`ask_guardian`).
    """
    problems = problems_of(told)
    if not problems and matching.age_band(told.birth_year, clock.today().year):
        words = _("How kind of you! As you are not yet of age, we speak with a parent or guardian first.")
        problems.append(Problem("young", words, "birth_year"))
    if problems:
        raise errors.Impossible(*problems)
    number = phones.normal(told.phone)
    with acting_as(_writer(by, phones.hashed(number))) as writer:
        standing = Volunteer.objects.filter(phone_hash__in=phones.candidates(number), name=told.name.strip()).first()
        if standing is not None:
            return standing
        volunteer = _create(by, told, number)
        _parts(by, volunteer, told)
        audit.changed(writer, "volunteer", [volunteer.pk], "signed_up", typed=by.user_id is not None)
        centre_id = volunteer.town.zone.centre_id
        _call(by, f"{CallKind.MEET}:{volunteer.uuid}", CallKind.MEET, centre_id, volunteer=volunteer)
        return volunteer


def ask_guardian(*, by: Viewer, name: str, phone: str, town: str) -> None:
    """The guardian's name and number are kept, nothing of the child (K10); the centre rings. Repeating changes nothing.

    Raises Impossible with what is missing; fields are `guardian_name`, `guardian_phone`, `town`.
    """
    number = _number(phone)
    problems = [] if name.strip() else [errors.required("guardian_name")]
    if not number:
        problems.append(errors.bad_phone("guardian_phone") if phone.strip() else errors.required("guardian_phone"))
    home = Town.objects.select_related("zone").filter(code=town).first()
    if home is None:
        problems.append(errors.required("town"))
    if problems or home is None or not number:
        raise errors.Impossible(*problems)
    key = f"{CallKind.GUARDIAN}:{phones.hashed(number)}"
    _call(by, key, CallKind.GUARDIAN, home.zone.centre_id, name=name.strip(), phone=number)


def welcome(*, by: Viewer, volunteer_id: int, checked_kind: str, checked_body: str = "") -> Volunteer:
    """Somebody of the centre has spoken with the newcomer: from now on they may be asked.

    `checked_kind`: interview, reference, or the kind of a lawful inquiry that said "no restriction" (K15).
    """
    check(by, Permission.VOLUNTEER_MANAGE)
    if checked_kind not in CHECKS:
        raise errors.Impossible(Problem("checked_kind", _("Please say how you got to know them."), "checked_kind"))
    with acting_as(by):
        volunteer = get_visible(by, Volunteer, named="volunteer", pk=volunteer_id)
        if volunteer.state != VolunteerState.WAITING:
            return volunteer
        volunteer.state = VolunteerState.ACTIVE
        volunteer.checked_kind, volunteer.checked_body = checked_kind, checked_body.strip()
        volunteer.checked_on, volunteer.checked_by_id = clock.today(), by.user_id
        volunteer.save(update_fields=["state", "checked_kind", "checked_body", "checked_on", "checked_by"])
        volunteer.calls.filter(kind=CallKind.MEET, done_at=None).update(done_at=clock.now(), done_by_id=by.user_id)
        audit.changed(by, "volunteer", [volunteer.pk], "welcomed", checked=checked_kind)
        return volunteer


def finish_call(*, by: Viewer, call_id: int, reached: bool) -> None:
    """A call of the list was made; not reached counts a try and stays."""
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        call = get_visible(by, Call, named="call", pk=call_id)
        if call.done_at is not None:
            return
        if reached:
            call.done_at, call.done_by_id = clock.now(), by.user_id
        call.tries += 1
        call.save(update_fields=["done_at", "done_by", "tries"])
        audit.changed(by, "call", [call.pk], "reached" if reached else "no_answer", owners=[call.provider_id])


def _number(text: str) -> str | None:
    try:
        return phones.normal(text) or None
    except phones.BadPhone:
        return None


def _writer(by: Viewer, subject: str) -> Viewer:
    """Staff write as themselves; the public as `intake`, which sees the one row it names."""
    return by if by.user_id else system(Principal.INTAKE, subject=subject, source_address=by.source_address)


def _create(by: Viewer, told: SignUp, number: str) -> Volunteer:
    town = Town.objects.select_related("zone").get(code=told.town)
    return Volunteer.objects.create(
        name=told.name.strip(),
        phone=number,
        phone_hash=phones.hashed(number),
        phone_tail_hash=phones.tail_hashed(number),
        birth_year=told.birth_year,
        language=told.language,
        languages=[told.language],
        town=town,
        lat=round(town.lat, ROUGH_DEGREES),
        lon=round(town.lon, ROUGH_DEGREES),
        kind=told.kind,
        sms_ok=told.sms_ok,
        links=told.links,
        consent_version=CONSENT_VERSION,
        consent_at=clock.now(),
        signed_up_at=clock.now(),
        typed_by_id=by.user_id,
    )


def _parts(by: Viewer, volunteer: Volunteer, told: SignUp) -> None:
    services = Service.objects.filter(code__in=told.services, volunteer_risk=EVERYBODY, active=True)
    with acting_as(_writer(by, str(volunteer.pk))):
        Skill.objects.bulk_create(Skill(volunteer=volunteer, service=service) for service in services)
        Window.objects.bulk_create(
            Window(volunteer=volunteer, weekday=weekday, starts=starts, ends=ends)
            for weekday, starts, ends in sorted(set(told.windows))
        )


def _call(
    by: Viewer,
    key: str,
    kind: CallKind,
    provider_id: int,
    *,
    volunteer: Volunteer | None = None,
    name: str = "",
    phone: str = "",
) -> None:
    with acting_as(_writer(by, key)):
        call, fresh = Call.objects.get_or_create(
            key=key,
            defaults={
                "kind": kind,
                "provider_id": provider_id,
                "volunteer": volunteer,
                "name": name,
                "phone": phone,
                "created_at": clock.now(),
                "promised_at": clock.at(clock.next_working_day(clock.today()), clock.CLOSES),
            },
        )
        if fresh:
            audit.changed(by, "call", [call.pk], "promised", owners=[provider_id], about=str(kind))
