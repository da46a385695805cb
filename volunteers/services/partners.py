"""Groups, businesses and schools: written down in one go, what they give again and again, and their minors (K10)."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from hopecare.kernel import audit, clock, errors, events, phones
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.models import Service, Town
from hopecare.kernel.permissions import Permission
from volunteers import access
from volunteers.access import get_visible
from volunteers.facts import Gift, PartnerTold, PupilTold
from volunteers.models import Partner, PartnerKind, Per, Place, Portion, Pupil, Standing
from volunteers.rules import recurring, safety
from volunteers.services import partner_days, portions
from volunteers.services.acting import machine
from volunteers.states import PartnerState, PortionState

FORM_VERSION = "2026-1"
ROUGH_DEGREES, MOST = 2, 500
WITHIN = timedelta(days=7)


def register(*, by: Viewer, told: PartnerTold, gift: Gift) -> Partner:
    """A partner with their first standing gift. The same name and number again changes nothing.

    Raises Impossible with every problem of both at once.
    """
    check(by, Permission.VOLUNTEER_MANAGE)
    problems = [*_problems_of_partner(told), *problems_of_gift(gift)]
    if problems:
        raise errors.Impossible(*problems)
    number = phones.normal(told.phone)
    with acting_as(by):
        standing = Partner.objects.filter(phone_hash__in=phones.candidates(number), name=told.name.strip()).first()
        if standing is not None:
            return standing
        town = Town.objects.select_related("zone").get(code=told.town)
        token = access.new_token()
        partner = Partner.objects.create(
            name=told.name.strip(),
            kind=told.kind,
            contact_name=told.contact_name.strip(),
            phone=number,
            phone_hash=phones.hashed(number),
            town=town,
            lat=round(town.lat, ROUGH_DEGREES),
            lon=round(town.lon, ROUGH_DEGREES),
            provider_id=by.organisation_id or town.zone.centre_id,
            sms_ok=told.sms_ok,
            token=token,
            token_hash=access.token_hash(token),
            agreed_on=clock.today(),
            written_by_id=by.user_id,
        )
        audit.changed(by, "partner", [partner.pk], "written", owners=[partner.provider_id], of=told.kind)
        _give(by, partner, gift)
        return partner


def give(*, by: Viewer, partner_id: int, gift: Gift) -> Standing:
    """One more standing gift of a partner. Raises Impossible with every problem."""
    check(by, Permission.VOLUNTEER_MANAGE)
    with acting_as(by):
        partner = get_visible(by, Partner, named="partner", pk=partner_id)
        problems = problems_of_gift(gift)
        if problems:
            raise errors.Impossible(*problems)
        return _give(by, partner, gift)


def end_gift(*, by: Viewer, standing_id: int) -> None:
    """Today is its last day; what was promised for later is looked for elsewhere."""
    check(by, Permission.VOLUNTEER_MANAGE)
    with acting_as(by):
        standing = get_visible(by, Standing, named="standing", pk=standing_id)
        if standing.until is None or standing.until > clock.today():
            standing.until = clock.today()
            standing.save(update_fields=["until"])
            audit.changed(by, "standing", [standing.pk], "ended")
            _take_back_after(by, standing, clock.today())


def move(*, by: Viewer, partner_id: int, state: PartnerState) -> Partner:
    """Rest, give again, or leave; whoever rests or leaves is taken out of what was promised."""
    check(by, Permission.VOLUNTEER_MANAGE)
    with acting_as(by):
        partner = get_visible(by, Partner, named="partner", pk=partner_id)
        if partner.state != state:
            partner.state = state
            partner.save(update_fields=["state"])
            audit.changed(by, "partner", [partner.pk], str(state), owners=[partner.provider_id])
            if state != PartnerState.ACTIVE:
                for standing in list(partner.standings.all()):
                    _take_back_after(by, standing, clock.today())
            else:
                for standing in partner.standings.all():
                    _tell_free(standing)
        return partner


def thank_in_public(*, by: Viewer, partner_id: int, wished: bool) -> Partner:
    """They wish to be named on the public page of those who give, or do not any more (R31)."""
    check(by, Permission.VOLUNTEER_MANAGE)
    with acting_as(by):
        partner = get_visible(by, Partner, named="partner", pk=partner_id)
        return _thank(by, partner, wished)


def thank_by_link(*, token: str, wished: bool, source_address: str | None = None) -> Partner:
    """The same, by the partner's own link."""
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        return _thank(by, partner_days.partner_of(token), wished)


def _thank(by: Viewer, partner: Partner, wished: bool) -> Partner:
    if (partner.thanked_since is not None) != wished:
        partner.thanked_since = clock.today() if wished else None
        partner.save(update_fields=["thanked_since"])
        what = "thanked" if wished else "not_thanked"
        audit.changed(by, "partner", [partner.pk], what, owners=[partner.provider_id])
    return partner


def add_pupil(*, by: Viewer, partner_id: int, told: PupilTold) -> Pupil:
    """A minor of a group, whose guardian's consent lies before whoever writes; nothing is kept before it (K10)."""
    check(by, Permission.VOLUNTEER_MANAGE)
    with acting_as(by):
        partner = get_visible(by, Partner, named="partner", pk=partner_id)
        problems = _problems_of_pupil(told)
        if problems or told.consent_on is None or told.birth_year is None:
            raise errors.Impossible(*problems)
        pupil = Pupil.objects.create(
            partner=partner,
            provider_id=by.organisation_id or partner.provider_id,
            name=told.name.strip(),
            birth_year=told.birth_year,
            guardian_name=told.guardian_name.strip(),
            guardian_phone=phones.normal(told.guardian_phone),
            consent_on=told.consent_on,
            consent_until=_year_later(told.consent_on),
            form_version=FORM_VERSION,
            noted_by_id=by.user_id,
            noted_at=clock.now(),
        )
        audit.changed(by, "pupil", [pupil.pk], "consent", owners=[pupil.provider_id])
        return pupil


def withdraw_pupil(*, by: Viewer, pupil_id: int) -> None:
    """The guardian took the consent back: names go at once; what a group too small had promised is taken back."""
    check(by, Permission.VOLUNTEER_MANAGE)
    with acting_as(by):
        pupil = get_visible(by, Pupil, named="pupil", pk=pupil_id)
        if pupil.withdrawn_on is not None:
            return
        pupil.withdrawn_on = clock.today()
        pupil.name = pupil.guardian_name = pupil.guardian_phone = "–"
        pupil.save(update_fields=["withdrawn_on", "name", "guardian_name", "guardian_phone"])
        audit.changed(by, "pupil", [pupil.pk], "withdrawn", owners=[pupil.provider_id])
        for standing in Standing.objects.filter(partner_id=pupil.partner_id, pupils=True):
            _take_back_where_too_few(by, standing)


def problems_of_gift(gift: Gift) -> list[Problem]:
    """What is missing or forbidden; fields are those of facts.Gift."""
    found = [errors.required(name) for name in ("service", "weekdays", "starts", "ends", "capacity")
             if not getattr(gift, name)]  # fmt: skip
    if gift.starts and gift.ends and gift.starts >= gift.ends:
        found.append(Problem("order", _("The last hour lies before the first."), "ends"))
    if gift.capacity and not 1 <= gift.capacity <= MOST:
        found.append(Problem("capacity", _("Between 1 and 500, please."), "capacity"))
    if gift.per not in Per.values or gift.place not in Place.values:
        found.append(errors.required("per"))
    service = Service.objects.filter(code=gift.service, active=True).first()
    if gift.service and (service is None or service.volunteer_risk is None):
        found.append(Problem("service", _("This service is not done by volunteers."), "service"))
    elif service is not None:
        found += _problems_of_papers(gift, service)
    if gift.pupils:
        found += _problems_of_group(gift, service)
    return found


def _problems_of_papers(gift: Gift, service: Service) -> list[Problem]:
    wanted = safety.wanted(service.code).licences
    if not wanted and not service.volunteer_risk:
        return []
    if gift.paper_until is None or gift.paper_until < clock.today() or (wanted and gift.paper_kind not in wanted):
        words = _("This service wants a licence or training: please note the paper you saw and its last day.")
        return [Problem("paper", words, "paper_until")]
    return []


def _problems_of_group(gift: Gift, service: Service | None) -> list[Problem]:
    """Minors: easy work alone, and a grown-up with a name (K10)."""
    found = []
    if not gift.adult_name.strip():
        found.append(Problem("adult", _("Which grown-up comes along? Minors never come alone."), "adult_name"))
    if service is not None and service.volunteer_risk:
        found.append(Problem("pupils", _("Minors help with easy things alone, without licence or training."), "pupils"))
    return found


def _problems_of_partner(told: PartnerTold) -> list[Problem]:
    found = [errors.required(name) for name in ("name", "contact_name", "town") if not getattr(told, name).strip()]
    if told.kind not in PartnerKind.values:
        found.append(errors.required("kind"))
    if not told.phone.strip():
        found.append(errors.required("phone"))
    elif _number(told.phone) is None:
        found.append(errors.bad_phone())
    if not told.agreed:
        words = _("Please ask them first whether we may keep this and write to them.")
        found.append(Problem("agreed", words, "agreed"))
    return found


def _problems_of_pupil(told: PupilTold) -> list[Problem]:
    today = clock.today()
    found = [errors.required(name) for name in ("name", "guardian_name") if not getattr(told, name).strip()]
    if told.birth_year is None or not recurring.may_be_pupil(told.birth_year, today.year):
        found.append(Problem("birth_year", _("A pupil is between 9 and 18 years old."), "birth_year"))
    if _number(told.guardian_phone) is None:
        found.append(errors.bad_phone("guardian_phone"))
    if told.consent_on is None or not _year_earlier(today) < told.consent_on <= today:
        words = _("Without a parent's or guardian's written consent of the last twelve months nothing is kept.")
        found.append(Problem("consent", words, "consent_on"))
    return found


def _give(by: Viewer, partner: Partner, gift: Gift) -> Standing:
    if gift.starts is None or gift.ends is None or gift.capacity is None:
        raise errors.Impossible(errors.required("starts"))
    standing = Standing.objects.create(
        partner=partner,
        service=Service.objects.get(code=gift.service),
        weekdays=sorted(set(gift.weekdays)),
        nth=sorted(set(gift.nth)),
        starts=gift.starts,
        ends=gift.ends,
        capacity=gift.capacity,
        per=gift.per,
        place=gift.place,
        pupils=gift.pupils,
        adult_name=gift.adult_name.strip(),
        paper_kind=gift.paper_kind,
        paper_until=gift.paper_until,
        since=clock.today(),
    )
    audit.changed(by, "standing", [standing.pk], "given", owners=[partner.provider_id], capacity=gift.capacity)
    _tell_free(standing)
    return standing


def _tell_free(standing: Standing) -> None:
    """Whoever is being looked for within this week may have it at once, not only in the next plan."""
    first, last = clock.today(), clock.today() + WITHIN
    events.publish("gift.free", standing_id=standing.pk, first=first.isoformat(), last=last.isoformat())


def _take_back_after(by: Viewer, standing: Standing, day: date) -> None:
    rows = Portion.objects.filter(standing=standing, state=PortionState.PROMISED, on__gt=day)
    with acting_as(machine(by)) as acting:
        for on in sorted(set(rows.values_list("on", flat=True))):
            portions.cannot_on(acting, standing, on)


def _take_back_where_too_few(by: Viewer, standing: Standing) -> None:
    with acting_as(machine(by)) as acting:
        rows = Portion.objects.filter(standing=standing, state=PortionState.PROMISED, on__gte=clock.today())
        for on in sorted(set(rows.values_list("on", flat=True))):
            coming = Pupil.objects.filter(
                partner_id=standing.partner_id, withdrawn_on=None, consent_on__lte=on, consent_until__gte=on
            )
            if coming.count() < recurring.FEWEST_PUPILS:
                portions.cannot_on(acting, standing, on)


def _year_later(day: date) -> date:
    return day.replace(year=day.year + 1, day=min(day.day, 28))


def _year_earlier(day: date) -> date:
    return day.replace(year=day.year - 1, day=min(day.day, 28))


def _number(text: str) -> str | None:
    try:
        return phones.normal(text) or None
    except phones.BadPhone:
        return None
