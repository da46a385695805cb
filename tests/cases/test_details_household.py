"""Who comes to a household and who leaves it, and its coverage class: with their days (D6, D15, R86)."""

from datetime import date, timedelta

import pytest

from cases.services import details, locks
from cases.services.details import Newcomer
from hopecare.kernel.models import Coverage, Membership, Person, PersonState, SafeContact
from hopecare.messaging import services as messaging
from hopecare.messaging.models import Message
from tests.cases.case_kit import DAY
from tests.cases.details_kit import opened, page, text_to, told, typed
from tests.database import as_owner
from tests.factories import make_person


@pytest.fixture
def case(hana):
    return opened(hana)


# ---- (d) who belongs to the household -------------------------------------------------------------------------------


def test_a_baby_came(case, hana, as_):
    client, url = as_(hana), page(case, "people", "new")
    form = typed(client, url, how="born", name="윤봄", relation="grandchild", since=DAY.isoformat())
    assert client.post(url, form).status_code == 302
    assert client.post(url, form).status_code == 302, "pressed twice"
    with as_owner():
        baby = Person.objects.get(name="윤봄")
        member = Membership.objects.get(person=baby)
        household = baby.scope_keys == Person.objects.get(pk=case.main_person_id).scope_keys
    assert (baby.birth_date, member.starts_on, member.relation, household) == (DAY, DAY, "grandchild", True)
    assert "윤봄" in client.get(page(case)).content.decode()
    assert told("came") == [{"how": ["", "born"], "since": ["", DAY.isoformat()]}]


@pytest.mark.rule("D6")
def test_whoever_comes_locks_the_case_for_their_kin(case, hana, ana, as_):
    locks.declare(by=ana.viewer, relation="kin", name="안말자", birth_year=1950)
    newcomer = Newcomer("안말자", DAY, "moved_in", "other", birth_date=date(1950, 1, 1))
    details.somebody_came(by=hana.viewer, number=case.number, newcomer=newcomer)
    assert as_(ana).get(page(case)).status_code == 404


@pytest.mark.rule("D15")
@pytest.mark.parametrize("how, state", [("separated", PersonState.MOVED), ("died", PersonState.DIED)])
def test_he_left_and_nothing_is_sent_to_him_any_more(case, hana, as_, how, state):
    husband = make_person("박기남", case.household, relation="spouse", phone="010-0000-0079")
    with as_owner():
        SafeContact.objects.filter(person=husband).update(sms_ok=True, to_hour=18)
    queued, client = text_to(husband), as_(hana)
    url = page(case, "people", husband.pk, "left")
    assert client.post(url, typed(client, url, how=how, on=(DAY + timedelta(days=1)).isoformat())).status_code == 422
    form = typed(client, url, how=how, on=DAY.isoformat())
    assert client.post(url, form).status_code == 302
    assert client.get(url).status_code == 404
    messaging.send_due()
    with as_owner():
        row = Message.objects.get(pk=queued.id)
        assert Person.objects.get(pk=husband.pk).state == state
        assert Membership.objects.get(person=husband).ends_on == DAY
    assert (row.state, row.reason) == ("suppressed", "person_state")
    assert "박기남" not in client.get(page(case)).content.decode()
    assert "박기남" in client.get(page(case, "people")).content.decode(), "who was there before is still told"


def test_whom_the_case_is_named_after_does_not_simply_go(case, hana, as_):
    client, url = as_(hana), page(case, "people", case.main_person_id, "left")
    answer = client.post(url, typed(client, url, how="moved_out"))
    assert answer.status_code == 422 and "종결" in answer.content.decode()


# ---- (e) coverage class ---------------------------------------------------------------------------------------------


@pytest.mark.rule("R86")
def test_the_coverage_class_has_a_history(case, hana, as_):
    client, url = as_(hana), page(case, "coverage")
    first = typed(client, url, coverage_class="near_poverty", since=(DAY - timedelta(days=40)).isoformat())
    assert client.post(url, first).status_code == 302
    for since, status in ((DAY - timedelta(days=60), 422), (DAY, 302)):
        form = typed(client, url, coverage_class="basic_recipient", since=since.isoformat())
        assert client.post(url, form).status_code == status
    assert client.post(url, typed(client, url, coverage_class="low_income", since=DAY.isoformat())).status_code == 302
    with as_owner():
        rows = list(Coverage.objects.order_by("starts_on").values_list("coverage_class", "starts_on", "ends_on"))
    assert rows == [
        ("near_poverty", DAY - timedelta(days=40), DAY - timedelta(days=1)),
        ("low_income", DAY, None),
    ]
    assert [one["coverage_class"][0] for one in told("coverage")] == ["", "near_poverty", "basic_recipient"]
