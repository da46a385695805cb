"""Sun-deok's case with one Thursday for a volunteer, and Moon and Bo who could come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from cases.models import Action, Case, OwnerKind
from hopecare.kernel import clock, phones
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.models import GroundPurpose, Organisation, Person, Service, Team, Town
from hopecare.kernel.services import people
from hopecare.messaging.facts import MessageFact, ReceivedMessage
from hopecare.messaging.models import Message
from tests.cast import NOW, Actor
from volunteers.models import Offer, Request, Skill, Volunteer, Window

THURSDAY = datetime(2026, 11, 26, 14, 0, tzinfo=clock.SEOUL)
HWADO = (37.653, 127.305)


@dataclass
class Street:
    """The case, its action and who works on it."""

    case: Case
    person: Person
    action: Action
    hana: Actor


def offers_principal() -> Any:
    return acting_as(system(Principal.OFFERS))


@pytest.fixture
def street(hana: Actor) -> Street:
    """Sun-deok agreed to volunteers; company and shopping, Thursday 14:00, one hour."""
    team = Team.objects.get(code="east_mixed")
    centre = Organisation.objects.get(code="east_centre")
    town = Town.objects.get(code="hwado")
    with acting_as(hana.viewer):
        household = people.create_household(
            by=hana.viewer, town=town, keys=[team.pk, -centre.pk], directions="마석 장터 뒤 파란 대문 2층"
        )
        person = people.add_person(by=hana.viewer, household=household, name="윤순덕", birth_date=date(1948, 3, 2))
        people.record_ground(
            by=hana.viewer, person=person, purpose=GroundPurpose.VOLUNTEERS, given=True, form_version="1"
        )
        case = open_case_row(hana, household, person, town, team, centre)
        action = put_action(case, hana)
    return Street(case, person, action, hana)


def open_case_row(
    hana: Actor, household: Any, person: Any, town: Any, team: Any, centre: Any, number: int = 417
) -> Case:
    return Case.objects.create(
        number=f"2026-{number:06d}",
        household=household,
        main_person=person,
        town=town,
        team=team,
        provider=centre,
        lead=hana.user,
        survey_due=NOW.date(),
        conference_due=NOW.date(),
        plan_due=NOW.date(),
        stage_since=NOW.date(),
    )


def other_house(street: Street, number: int) -> Case:
    """One more open case of the same team, in a household of its own."""
    case, hana = street.case, street.hana
    with acting_as(hana.viewer):
        household = people.create_household(by=hana.viewer, town=case.town, keys=[case.team_id, -case.provider_id])
        return open_case_row(hana, household, street.person, case.town, case.team, case.provider, number)


def put_action(case: Case, hana: Actor, *, at: datetime = THURSDAY, **fields: Any) -> Action:
    service = Service.objects.get(code="companionship")
    values: dict[str, Any] = {
        "category": service.category,
        "service": service,
        "title": "목요일 말벗",
        "owner_kind": OwnerKind.VOLUNTEER,
        "owner_organisation_id": case.provider_id,
        "due_on": at.date(),
        "at": at,
        "minutes": 60,
        "quarter": "마석우리",
    }
    return Action.objects.create(case=case, team_id=case.team_id, provider_id=case.provider_id, **(values | fields))


@pytest.fixture
def helper(city: Any) -> Callable[..., Volunteer]:
    """`helper("문보라", 41)` is an active volunteer with the number 010-0000-0041, free on Thursday afternoons."""

    def put(name: str, tail: int, *, away: float = 0.0, user: Any = None, **fields: Any) -> Volunteer:
        number = phones.normal(f"010-0000-{tail:04d}")
        values: dict[str, Any] = {
            "birth_year": 1960,
            "town": Town.objects.get(code="hwado"),
            "lat": HWADO[0] + away,
            "lon": HWADO[1],
            "state": "active",
            "sms_ok": True,
            "consent_version": "2026-1",
            "checked_kind": "interview",
            "checked_on": NOW.date() - timedelta(days=90),
            "languages": ["ko"],
        }
        services = fields.pop("services", ("companionship",))
        weekday = fields.pop("weekday", 3)
        with acting_as(hana_like()):
            row = Volunteer.objects.create(
                name=name,
                phone=number,
                phone_hash=phones.hashed(number),
                phone_tail_hash=phones.tail_hashed(number),
                user=user,
                **(values | fields),
            )
            for code in services:
                Skill.objects.create(volunteer=row, service=Service.objects.get(code=code))
            Window.objects.create(volunteer=row, weekday=weekday, starts=time(13), ends=time(18))
        return row

    return put


def hana_like() -> Any:
    """Somebody who may write the register, without an account."""
    from hopecare.kernel.access import Viewer  # noqa: PLC0415
    from hopecare.kernel.permissions import Permission  # noqa: PLC0415

    centre = Organisation.objects.get(code="east_centre")
    return Viewer(organisation_id=centre.pk, permissions=frozenset({Permission.VOLUNTEER_VIEW.value}))


@pytest.fixture
def moon_helps(moon: Actor, helper: Callable[..., Volunteer]) -> Volunteer:
    return helper("문보라", 41, away=0.002, user=moon.user)


@pytest.fixture
def bo_helps(bo: Actor, helper: Callable[..., Volunteer]) -> Volunteer:
    return helper("한보순", 67, away=0.009, user=bo.user, birth_year=1959)


def offers(request_id: int) -> list[tuple[str, str]]:
    """(name, state) in the order in which they were asked."""
    with offers_principal():
        rows = Offer.objects.filter(request_id=request_id).select_related("volunteer").order_by("pk")
        return [(row.volunteer.name, row.state) for row in rows]


def offer_of(volunteer: Volunteer) -> Offer:
    with offers_principal():
        return Offer.objects.select_related("request", "volunteer").filter(volunteer=volunteer).latest("pk")


def request_now(request: Request) -> Request:
    with offers_principal():
        return Request.objects.get(pk=request.pk)


def texts(volunteer: Volunteer | None = None, purpose: str = "") -> list[Message]:
    """What the outbox holds, oldest first."""
    with acting_as(system(Principal.MESSAGES)):
        rows = Message.objects.filter(channel="sms").order_by("pk")
        rows = rows.filter(recipient_id=str(volunteer.uuid)) if volunteer else rows
        return list(rows.filter(purpose=purpose) if purpose else rows)


def received(volunteer: Volunteer, text: str) -> ReceivedMessage:
    """A text from the volunteer's telephone, with our messages to it, newest first."""
    about: tuple[MessageFact, ...] = tuple(row.fact() for row in reversed(texts(volunteer)))
    plain = text.strip().lower().rstrip("!.")
    return ReceivedMessage(1, volunteer.phone_hash, text, plain, clock.now(), about)
