"""Died, in hospital, moved: one act stops what would hurt and tells the team gently (D15)."""

from datetime import timedelta

import pytest

from cases.models import Action
from cases.services.life_events import record_life_event
from hopecare.kernel import errors
from hopecare.kernel.models import Person, PersonState
from hopecare.messaging.models import Message
from tests.cases.case_kit import DAY, consent, entries, events, task
from tests.database import as_owner
from tests.factories import make_case


def happened(actor, case, state, **fields):
    values = {"person_id": case.main_person_id, "since": DAY, **fields}
    return record_life_event(by=actor.viewer, number=case.number, state=state, **values)


@pytest.mark.rule("D15")
@pytest.mark.parametrize("state", [PersonState.DIED, PersonState.HOSPITAL, PersonState.MOVED])
def test_one_act_stops_the_volunteers_and_tells_the_team(hana, state):
    case = make_case(hana)
    consent(hana, case.main_person)
    company, voucher = task(hana, case, owner_kind="volunteer"), task(hana, case)
    happened(hana, case, state, words="어제 저녁에")
    with as_owner():
        assert Action.objects.get(pk=company.pk).state == "cancelled"
        assert Action.objects.get(pk=voucher.pk).state == "open", "staff's own tasks stay to be looked at"
        assert Person.objects.get(pk=case.main_person_id).state == state
        message = Message.objects.get(purpose="life_event")
    assert "윤순덕" not in message.body
    assert events("action.cancelled")[0]["reason"] == state
    assert events("person.state") == [{"person_id": case.main_person_id, "state": state}]


@pytest.mark.rule("D15")
def test_told_twice_is_told_once(hana):
    case = make_case(hana)
    for _ in range(2):
        happened(hana, case, PersonState.HOSPITAL)
    assert entries(case) == ["state"]
    assert len(events("person.state")) == 1


def test_back_at_home_and_no_way_back_from_death(hana):
    case = make_case(hana)
    happened(hana, case, PersonState.HOSPITAL)
    assert happened(hana, case, PersonState.HERE).state == "here"
    happened(hana, case, PersonState.DIED)
    with pytest.raises(errors.Impossible, match="died"):
        happened(hana, case, PersonState.HERE)


def test_not_in_the_future(hana):
    case = make_case(hana)
    with pytest.raises(errors.Impossible, match="future_day"):
        happened(hana, case, PersonState.DIED, since=DAY + timedelta(days=1))


def test_chi_cannot_tell(hana, chi):
    case = make_case(hana)
    with pytest.raises(errors.NotFound):
        happened(chi, case, PersonState.DIED)


@pytest.mark.rule("D15")
def test_the_page_shows_it_everywhere(hana, as_):
    case = make_case(hana)
    url = f"/desk/cases/{case.number}/people/{case.main_person_id}/life/"
    client = as_(hana)
    assert client.get(url).status_code == 200
    assert client.post(url, {"state": "hospital", "since": "2030-01-01"}).status_code == 422
    assert client.post(url, {"state": "hospital", "since": DAY.isoformat()}).status_code == 302
    assert "병원에 계심" in client.get(f"/desk/cases/{case.number}/").content.decode()
    assert "병원에 계심" in client.get("/desk/cases/").content.decode()
