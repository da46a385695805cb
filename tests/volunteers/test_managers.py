"""Hope managers: a cohort, a leader, so many houses; a week without contact climbs from one to the next."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from hopecare.kernel import clock, errors
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.models import Service
from hopecare.messaging.models import Message
from tests.cast import NOW, Actor
from tests.volunteers.conftest import (
    THURSDAY,
    Street,
    offer_of,
    offers_principal,
    other_house,
    put_action,
    received,
    texts,
)
from tests.volunteers.test_assuring import calls, mark_sent, promised
from volunteers.access import visible_to
from volunteers.models import Contact, HopeManager, Pairing, Paper, Volunteer
from volunteers.selectors.helpers import candidates, task_of
from volunteers.services import assuring, leaving, managers, news, rhythm

DUE = NOW + timedelta(days=7)


@pytest.fixture
def house(street: Street) -> Street:
    """A hope manager is wanted in Sun-deok's house."""
    service = Service.objects.get(code="hope_manager")
    with acting_as(street.hana.viewer):
        action = put_action(street.case, street.hana, service=service, category=service.category)
    return replace(street, action=action)


def qualified(helper: Callable[..., Volunteer], eli: Actor, name: str, tail: int, **more: Any) -> Volunteer:
    row = helper(name, tail, services=("hope_manager",), level=1, **more)
    with acting_as(eli.viewer):
        Paper.objects.create(volunteer=row, kind="hope_manager", body="동부희망케어센터", checked_on=NOW.date())
    return row


def appointed(eli: Actor, volunteer: Volunteer, **more: Any) -> HopeManager:
    cohort = managers.open_cohort(by=eli.viewer, name="12기")
    return managers.appoint(by=eli.viewer, volunteer_id=volunteer.pk, cohort=cohort.pk, **({"most": 2} | more))


@pytest.fixture
def team(helper: Callable[..., Volunteer], eli: Actor) -> tuple[Volunteer, Volunteer]:
    """(the leader of the area, the manager of the house)"""
    leader, manager = qualified(helper, eli, "이끄미", 801), qualified(helper, eli, "살피미", 802, away=0.001)
    appointed(eli, leader)
    with acting_as(eli.viewer):
        Volunteer.objects.filter(pk=leader.pk).update(state="paused")  # so that the other is asked
    appointed(eli, manager)
    return leader, manager


@pytest.fixture
def paired(house: Street, team: tuple[Volunteer, Volunteer], eli: Actor) -> Pairing:
    leader, manager = team
    promised(house, manager)
    with acting_as(eli.viewer):
        Volunteer.objects.filter(pk=leader.pk).update(state="active")
    appointed(eli, manager, leader=leader.pk)
    return managers.pair(by=house.hana.viewer, offer_id=offer_of(manager).pk)


def now(pairing: Pairing) -> Pairing:
    with offers_principal():
        return Pairing.objects.select_related("manager").get(pk=pairing.pk)


def of(volunteer: Volunteer) -> HopeManager:
    with offers_principal():
        return HopeManager.objects.get(volunteer=volunteer)


def notices(actor: Actor, step: str) -> list[str]:
    with acting_as(system(Principal.MESSAGES)):
        rows = Message.objects.filter(channel="notice", recipient_id=str(actor.id), step__startswith=step)
        return [row.step for row in rows]


@pytest.mark.rule("R28")
def test_a_place_among_the_managers_wants_course_cohort_and_another_as_leader(
    helper: Callable[..., Volunteer], eli: Actor
) -> None:
    plain = helper("수료전", 803)
    with pytest.raises(errors.Impossible) as refused:
        appointed(eli, plain, most=21, leader=plain.pk)
    assert {problem.code for problem in refused.value.problems} == {"paper", "most", "leader"}
    manager = qualified(helper, eli, "살피미", 804)
    row = appointed(eli, manager)
    again = appointed(eli, manager, most=5)
    assert (again.pk, again.cohort_id, again.most) == (row.pk, row.cohort_id, 5)


@pytest.mark.rule("R28")
def test_whoever_has_enough_houses_is_not_asked_for_a_further_one(
    house: Street, paired: Pairing, team: tuple[Volunteer, Volunteer], eli: Actor
) -> None:
    _leader, manager = team
    appointed(eli, manager, most=1)
    second = other_house(house, 418)
    with offers_principal() as machine:
        offer = offer_of(manager)
        request = offer.request
        request.licences = ["hope_manager"]
        later = replace(
            task_of(request), starts=THURSDAY + timedelta(days=7), ends=THURSDAY + timedelta(days=7, hours=1)
        )
        own = [one.helper.id for one in candidates(machine, later)]
        other = [one.helper.id for one in candidates(machine, replace(later, case_id=second.pk))]
    assert manager.pk in own and manager.pk not in other
    with pytest.raises(errors.Impossible):
        appointed(eli, manager, most=0)


@pytest.mark.rule("R28")
@pytest.mark.rule("R92")
def test_a_week_without_contact_climbs_from_the_manager_to_the_leader_to_the_lead(
    house: Street, paired: Pairing, team: tuple[Volunteer, Volunteer]
) -> None:
    leader, manager = team
    assert (paired.letter, paired.due_on) == ("A", date(2026, 11, 30))
    with offers_principal():
        type(offer_of(manager)).objects.filter(volunteer=manager).update(state="cancelled")
    for days, told in ((6, (0, 0, 0)), (7, (1, 0, 0)), (8, (1, 1, 0)), (9, (1, 1, 1)), (10, (1, 1, 1))):
        with clock.pinned(NOW + timedelta(days=days)):
            assuring.watch_all()
            assuring.watch_all()
        found = len(texts(manager, rhythm.RHYTHM)), len(texts(leader, rhythm.RHYTHM))
        assert (*found, len(notices(house.hana, "missed"))) == told, days
    with clock.pinned(DUE + timedelta(days=1)):
        hers = Client().get(f"/h/{of(leader).token}/").content.decode()
        theirs = Client().get(f"/h/{of(manager).token}/").content.decode()
    assert "살피미" in hers and "A</span> · 마석우리" in hers and "연락할 댁 1" in hers and "내 지역" in hers
    assert "순덕" not in hers and "파란" not in hers and 'name="house"' not in hers  # she reads, and rings
    assert "내 지역" not in theirs
    [to_manager], [to_leader] = texts(manager, rhythm.RHYTHM), texts(leader, rhythm.RHYTHM)
    assert "A 마석우리" in to_manager.body and "A 마석우리" in to_leader.body  # her page alone names whom to ring
    assert not [word for word in ("순덕", "417", "살피미") if word in to_manager.body + to_leader.body]


@pytest.mark.rule("R28")
def test_one_word_is_the_contact_and_a_door_that_stays_closed_reaches_the_lead_at_once(
    house: Street, paired: Pairing, team: tuple[Volunteer, Volunteer], as_: Callable[..., Client]
) -> None:
    _leader, manager = team
    with clock.pinned(DUE):
        assuring.watch_all()
        mark_sent(manager)
        assert rhythm.reply(manager.phone_hash, "1", received(manager, "1")) is not None
        assert (now(paired).last_on, now(paired).due_on) == (DUE.date(), DUE.date() + timedelta(days=7))
        address = f"/h/{now(paired).manager.token}/"
        page = as_().get(address).content.decode()
        assert "마석우리" in page and "순덕" not in page
    with clock.pinned(DUE + timedelta(days=7)):
        assert as_().post(address, {"house": paired.pk, "do": "tried"}).status_code == 302
        assert len(notices(house.hana, "tried")) == 1
        assert now(paired).due_on == DUE.date() + timedelta(days=8)
    with offers_principal():
        assert list(Contact.objects.order_by("pk").values_list("reached", "via")) == [(True, "word"), (False, "link")]
    assert as_().post("/h/forged/", {"house": paired.pk, "do": "reached"}).status_code == 404


@pytest.mark.rule("D15")
def test_nothing_is_due_while_nobody_is_at_home_and_the_house_ends_with_case_or_manager(
    house: Street, paired: Pairing, team: tuple[Volunteer, Volunteer], eli: Actor
) -> None:
    _leader, manager = team
    news.person_state({"person_id": house.person.pk, "state": "hospital"})
    with clock.pinned(DUE + timedelta(days=5)):
        assuring.watch_all()
        assert texts(manager, rhythm.RHYTHM) == [] and calls("rhythm") == []
        news.person_state({"person_id": house.person.pk, "state": "here"})
        assert now(paired).due_on == DUE.date() + timedelta(days=12)
    leaving.leave_for(by=eli.viewer, volunteer_id=manager.pk)
    assert now(paired).ended_on is not None and len(notices(house.hana, "without")) == 1


@pytest.mark.rule("R28")
def test_the_desk_pairs_notes_and_sees_who_is_late(
    house: Street, team: tuple[Volunteer, Volunteer], eli: Actor, chi: Actor, as_: Callable[..., Client]
) -> None:
    _leader, manager = team
    promised(house, manager)
    hana, offer = as_(house.hana), offer_of(manager)
    assert "담당으로" in hana.get(f"/desk/matching/{house.action.pk}/").content.decode()
    for _ in range(2):
        assert hana.post(f"/desk/matching/offers/{offer.pk}/beside/", {"do": "pair"}).status_code == 302
    with offers_principal():
        pairing = Pairing.objects.get()
    with clock.pinned(DUE):
        listed = as_(eli).get("/desk/matching/managers/").content.decode()
        assert "연락할 댁 1" in listed and "1/2" in listed
        assert as_(chi).post(f"/desk/matching/houses/{pairing.pk}/", {"do": "reached"}).status_code == 404
        sent = {"do": "reached", "volunteer": manager.pk}
        assert hana.post(f"/desk/matching/houses/{pairing.pk}/", sent).status_code == 302
        assert "연락할 댁" not in as_(eli).get("/desk/matching/managers/").content.decode()
    with acting_as(chi.viewer):
        assert (visible_to(chi.viewer, Pairing).count(), Pairing.objects.count()) == (0, 0)
    form = {"do": "manager", "cohort": "", "most": "30"}
    refused = as_(eli).post(f"/desk/matching/volunteers/{manager.pk}/change/", form)
    assert refused.status_code == 422
