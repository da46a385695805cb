"""Who comes to a household and who leaves it, and its coverage class: with their days (D6, D15, R86)."""

from datetime import date, timedelta

import pytest

from cases.services import details, leads, locks
from cases.services.details import Newcomer
from hopecare.kernel.access import acting_as, visible_to
from hopecare.kernel.models import Coverage, Membership, Person, PersonState, SafeContact, Team
from hopecare.messaging import services as messaging
from hopecare.messaging.models import Message
from tests.cases.case_kit import DAY, consent
from tests.cases.details_kit import opened, page, text_to, told, typed
from tests.database import as_owner
from tests.factories import make_case, make_person


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


# ---- whoever left lives somewhere else ------------------------------------------------------------------------------


@pytest.fixture
def wife(case, hana):
    """She left, and is known by the record of her new home, too; two people found that both are one."""
    old = make_person("박기순", case.household, relation="spouse", phone="010-0000-0079")
    details.somebody_left(by=hana.viewer, number=case.number, person_id=old.pk, how="separated", on=DAY)
    home = make_case(hana, make_person("박기순", phone="010-0000-0081"))
    with as_owner():
        Person.objects.filter(pk=home.main_person_id).update(canonical=old)
        SafeContact.objects.filter(person__in=[old.pk, home.main_person_id]).update(sms_ok=True, to_hour=18)
    return old, home


@pytest.mark.rule("D4")
@pytest.mark.rule("D5")
def test_a_new_number_is_not_written_into_the_record_of_the_home_she_left(wife, case, hana, chi, as_):
    old, home = wife
    client, person = as_(hana), home.main_person_id
    url = page(home, "people", person, "correct")
    assert client.post(url, typed(client, url, phone="010-0000-0082", reason="새 전화")).status_code == 302
    url = page(home, "people", person, "reach")
    assert client.post(url, typed(client, url, number="010-0000-0083", note="아침에만")).status_code == 302
    consent(hana, case.main_person, "case_management")
    north = Team.objects.get(code="north_mixed")
    leads.transfer(
        by=hana.viewer, number=case.number, team=north, provider=north.zone.centre, to=chi.user, reason="이사"
    )
    with acting_as(chi.viewer) as viewer:
        for rows in (visible_to(viewer, Person), Person.objects.all()):
            assert rows.get(pk=old.pk).phone == "+821000000079" and not rows.filter(pk=person).exists()
        for rows in (visible_to(viewer, SafeContact), SafeContact.objects.all()):
            assert rows.get(person=old).number == rows.get(person=old).note == ""
            assert not rows.filter(person=person).exists()


@pytest.mark.rule("D4")
def test_texts_go_by_what_she_says_where_she_lives_now(wife, hana, as_):
    old, home = wife
    with as_owner():
        SafeContact.objects.filter(person=old).update(number="+821000000084", sms_ok=False)
    for number, person in enumerate((old, home.main_person)):
        queued = text_to(person, key=f"d{number}")
        messaging.send_due()
        with as_owner():
            row = Message.objects.get(pk=queued.id)
        assert row.phone == "+821000000081"


@pytest.mark.rule("D5")
def test_new_colleagues_of_the_old_household_get_no_key_to_whoever_lives_elsewhere_now(case, hana, chi):
    husband = make_person("박기남", case.household, relation="spouse", phone="010-0000-0079")
    home = make_case(hana, make_person("안말자", phone=""))
    with as_owner():
        Membership.objects.filter(person=husband).update(ends_on=DAY)
        Membership.objects.create(household=home.household, person=husband, relation="spouse", starts_on=DAY,
                                  scope_keys=home.household.scope_keys)  # fmt: skip
    for one in (case, home):
        consent(hana, one.main_person, "case_management")
    until = DAY + timedelta(days=7)
    leads.grant_access(by=hana.viewer, number=case.number, user=chi.user, until=until, reason="함께")
    assert _known(chi, case.main_person_id) and not _known(chi, husband.pk)
    leads.grant_access(by=hana.viewer, number=home.number, user=chi.user, until=until, reason="함께")
    assert _known(chi, husband.pk), "where he lives now"


def _known(actor, person):
    """By both walls alike."""
    with acting_as(actor.viewer) as viewer:
        ours, bare = (rows.filter(pk=person).exists() for rows in (visible_to(viewer, Person), Person.objects.all()))
    assert ours == bare
    return bare


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
