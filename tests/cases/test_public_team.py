"""What the law keeps apart: a case of the city without consent (K6), the guardian's word (K10), a file on wish (K9)."""

from typing import Any

import pytest

from cases.models import BreakGlass, Case, RiskFlag, TimelineEntry, Voice
from cases.selectors.case_page import members_of
from cases.services import leads, opening
from cases.services.break_glass import break_glass
from cases.services.closing import close_case, reopen_case
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as, visible_to
from hopecare.kernel.models import Ground, Person, SafeContact
from hopecare.privacy import services as retention
from tests.cases.case_kit import TOLD, ask, consent
from tests.cases.desk_kit import CONSENTS, NewPerson, met, open_from, told
from tests.cast import Actor
from tests.database import as_owner
from tests.factories import make_case

pytestmark = pytest.mark.django_db
DUTY = {"ground": "public_duty", "article": "사회보장급여법 제42조의2", "kind": "public"}
SILENT = {"consents": {**CONSENTS, "case_management": False}}


@pytest.fixture
def officer(someone: Any) -> Actor:
    """A case manager of the town office, in the mixed team of the zone."""
    return someone("case_manager", "hwado_office", "east_mixed")


def public_case(officer: Actor, **fields: Any) -> Case:
    """Opened at the counter by an official who leads it; the team of the zone is mixed as always."""
    wanted = told(officer, officer, **{**DUTY, **SILENT, "team": (officer.id,), **fields})
    return opening.open_case(by=officer.viewer, opening=wanted)


def sees(actor: Actor, case: Case) -> set[bool]:
    """By our predicate and by the bare wall, for the case, its person and its story."""
    with acting_as(actor.viewer) as viewer:
        cases = [visible_to(viewer, Case).filter(pk=case.pk), Case.objects.filter(pk=case.pk)]
        who = {"pk": case.main_person_id}
        people = [visible_to(viewer, Person).filter(**who), Person.objects.filter(**who)]
        told_rows = [visible_to(viewer, TimelineEntry).filter(case=case), TimelineEntry.objects.filter(case=case)]
        return {rows.exists() for rows in (*cases, *people, *told_rows)}


@pytest.mark.rule("K6")
def test_a_case_of_the_city_is_closed_to_private_colleagues_until_the_person_consents(officer, ana, hana, eli, as_):
    case = public_case(officer)
    assert sees(officer, case) == sees(ana, case) == {True}
    assert sees(hana, case) == sees(eli, case) == {False}
    assert as_(hana).get(f"/desk/cases/{case.number}/").status_code == 404
    consent(officer, case.main_person, "case_management")
    assert sees(hana, case) == {True}
    consent(officer, case.main_person, "case_management", given=False)
    assert sees(hana, case) == {False}, "a yes that was taken back is a no"


@pytest.mark.rule("K6")
def test_nobody_private_leads_or_joins_a_case_of_the_city_without_consent(officer, hana):
    with pytest.raises(errors.Impossible) as refusal:
        public_case(officer, lead_id=hana.id, team=(officer.id, hana.id))
    assert {problem.code for problem in refusal.value.problems} == {"lead_not_public", "team_not_public"}
    case = public_case(officer)
    for change, fields in ((leads.change_lead, {"to": hana.user}), (leads.add_member, {"user": hana.user})):
        with pytest.raises(errors.Impossible, match="needs_consent"):
            change(by=officer.viewer, number=case.number, **fields)
    consent(officer, case.main_person, "case_management")
    leads.add_member(by=officer.viewer, number=case.number, user=hana.user)


@pytest.mark.rule("K7")
def test_urgent_life_opens_it_for_a_short_time_and_the_city_hears(officer, hana):
    case = public_case(officer)
    break_glass(by=hana.viewer, number=case.number, reason="쓰러지셨다는 전화를 받았어요", urgent=True)
    with as_owner():
        assert BreakGlass.objects.get(case=case).user_id == hana.id
    assert True in sees(hana, case)


@pytest.mark.rule("K10")
def test_who_said_yes_for_a_small_child_stands_on_the_ground_and_on_the_page(ana, hana, as_):
    child = NewPerson("윤하늘", clock.today().replace(year=clock.today().year - 9))
    case = open_from(hana, ana, met(hana, ana), main=child, guardian=" 윤순덕 ")
    with as_owner():
        assert set(Ground.objects.filter(person=case.main_person).values_list("guardian", flat=True)) == {"윤순덕"}
    with acting_as(hana.viewer):
        assert members_of(hana.viewer, case)[0].guardian == "윤순덕"
    assert "보호자 윤순덕" in as_(hana).get(f"/desk/cases/{case.number}/").content.decode()
    grown = open_from(hana, ana, met(hana, ana), guardian="누군가", directions="다른 집", token="another")
    with as_owner():
        assert not Ground.objects.filter(person=grown.main_person).exclude(guardian="").exists()


def close(actor: Actor, case: Case, **fields: Any) -> Case:
    told_words = {"reason": "self_reliant", "words": "이제 제 일을 시작해요.", "values": TOLD}
    return close_case(by=actor.viewer, number=case.number, **{**told_words, **fields})


@pytest.mark.rule("K9")
def test_a_young_carer_s_file_is_destroyed_on_wish_at_closing_and_nobody_else_s(hana, as_):
    case, other = make_case(hana), make_case(hana)
    ask(hana, case, TOLD, own_words="동생 밥을 챙겨요.")
    page = f"/desk/cases/{case.number}/close/"
    assert 'name="erase"' not in as_(hana).get(page).content.decode()
    with pytest.raises(errors.Impossible, match="not_young_carer"):
        close(hana, case, erase=True)
    with as_owner():
        keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
        RiskFlag.objects.create(**keys, kind="young_carer", person=case.main_person, by=hana.user)
    assert 'name="erase"' in as_(hana).get(page).content.decode()
    close(hana, case, erase=True)
    close(hana, other)
    retention.obey()
    with as_owner():
        gone, stays = (Person.objects.get(pk=one.main_person_id) for one in (case, other))
        assert (gone.name, gone.phone, gone.birth_date) == ("–", "", None)
        assert not Voice.objects.filter(case=case).exclude(words="").exists()
        assert not SafeContact.objects.filter(person=gone).exclude(note="").exists()
        assert not case.aftercarechecks.exists() and stays.name != "–"


@pytest.mark.rule("K9")
def test_whoever_comes_back_before_it_was_destroyed_keeps_the_file(hana):
    case = make_case(hana)
    with as_owner():
        keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
        RiskFlag.objects.create(**keys, kind="young_carer", person=None, by=hana.user)
    close(hana, case, erase=True)
    reopen_case(by=hana.viewer, number=case.number, reason="다시 도움이 필요해요")
    retention.obey()
    with as_owner():
        assert Person.objects.get(pk=case.main_person_id).name != "–"
