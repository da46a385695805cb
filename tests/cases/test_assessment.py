"""The assessment beside the grid: risks by section, weight as data, advice, strengths, papers kept apart (R45, R55)."""

from datetime import date, timedelta

import pytest

from cases.models import Complexity, Consultation, RiskFlag, TimelineEntry, Voice
from cases.rules import complexity as rules
from cases.services import assessment as services
from cases.services.locks import lock_out
from cases.services.services_given import Given, record_service
from hopecare.kernel import errors
from hopecare.kernel.access import acting_as, visible_to
from hopecare.kernel.models import Category, Organisation, Person, ProviderKind, Service
from hopecare.messaging.models import Message
from tests.cases.case_kit import DAY, TOLD, ask
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person

OLD_ALONE = (rules.Someone(78, True),)


def couple(hana):
    """Sun-deok's case with her husband in the same house."""
    house = make_household()
    case = make_case(hana, make_person(household=house))
    husband = make_person("배영호", house, phone="010-0000-0079", relation="spouse", sex="M")
    with as_owner():
        case.main_person.refresh_from_db()
        for rows in (husband.memberships.all(), type(husband).objects.filter(pk=husband.pk)):
            rows.update(scope_keys=case.main_person.scope_keys)
    return case, husband


def address(case, rest=""):
    return f"/desk/cases/{case.number}/{rest}"


@pytest.mark.rule("R45")
def test_weights_are_data_and_say_why():
    weighed = rules.weigh([{"living": "3", "care": "3", "health": "2", "housing": "1"}], ["lonely_death"], OLD_ALONE)
    assert dict(weighed.reasons) == {
        "need_living": 4, "need_care": 4, "need_health": 2, "need_housing": 1,
        "breadth": 1, "old_alone": 2, "risk_lonely_death": 3,
    }  # fmt: skip
    assert (weighed.score, weighed.level, weighed.specialists) == (17, "intensive", ())


@pytest.mark.rule("R45")
def test_above_the_threshold_a_specialist_is_proposed_and_some_risks_call_one_at_once():
    light = rules.weigh([], ["violence"], ())
    assert light.score < rules.consult_from() and light.specialists == ("violence",)
    heavy = rules.weigh([dict.fromkeys(("living", "health", "care", "housing"), "4")], [], ())
    assert heavy.level == "complex" and heavy.specialists == ("supervision",)


@pytest.mark.rule("R57")
def test_all_eight_at_their_worst_are_weighed_too():
    codes = list(TOLD)
    assert rules.weigh([dict.fromkeys(codes, "4")], [], ()).score == 8 * 6 + 6


def test_the_weight_follows_the_answers_and_is_written_when_it_changes(hana):
    case = make_case(hana)
    ask(hana, case, {"living": "3"})
    ask(hana, case, {"living": "3"}, phase="review", before={"living": "3"})
    services.raise_flag(by=hana.viewer, number=case.number, kind="losing_home")
    with as_owner():
        assert list(Complexity.objects.filter(case=case).order_by("pk").values_list("score", flat=True)) == [6, 10]


@pytest.mark.rule("D4")
def test_a_risk_is_read_with_the_permission_for_what_it_says(hana, someone):
    case = make_case(hana)
    services.raise_flag(by=hana.viewer, number=case.number, kind="violence", words="멍 자국을 가리심")
    services.raise_flag(by=hana.viewer, number=case.number, kind="losing_home")
    counsellor = someone("job_counsellor")
    with acting_as(counsellor.viewer):
        assert [flag.kind for flag in visible_to(counsellor.viewer, RiskFlag)] == ["losing_home"]
    with pytest.raises(errors.Forbidden):
        services.raise_flag(by=counsellor.viewer, number=case.number, kind="suicide")
    with as_owner():
        told = TimelineEntry.objects.filter(case=case)
        assert all("violence" not in f"{entry.details}{entry.words}" for entry in told)


@pytest.mark.rule("D4")
def test_whoever_may_not_read_a_risk_does_not_learn_it_from_the_weight(hana, someone, as_):
    case = make_case(hana)
    services.raise_flag(by=hana.viewer, number=case.number, kind="violence")
    assert "폭력" in as_(hana).get(address(case, "assessment/")).content.decode()
    page = as_(someone("job_counsellor")).get(address(case, "assessment/")).content.decode()
    assert "폭력" not in page and "볼 수 없는" in page


def test_a_risk_stands_once_and_ends_with_words(hana):
    case = make_case(hana)
    flag = services.raise_flag(by=hana.viewer, number=case.number, kind="debt")
    assert services.raise_flag(by=hana.viewer, number=case.number, kind="debt") is None
    with pytest.raises(errors.Impossible, match="no_words"):
        services.end_flag(by=hana.viewer, flag_id=flag.pk, words=" ")
    services.end_flag(by=hana.viewer, flag_id=flag.pk, words="채무 조정이 끝났다고 함")
    assert services.raise_flag(by=hana.viewer, number=case.number, kind="debt") is not None


def test_advice_is_given_by_somebody_or_not_taken_with_a_reason(hana):
    case = make_case(hana)
    asked = services.ask_specialist(by=hana.viewer, number=case.number, specialist="legal", question="전세 보증금은?")
    assert asked.due_on == DAY + timedelta(days=7)
    for wrong in ({}, {"answer": "a", "not_taken": "b"}, {"answer": "a"}):
        with pytest.raises(errors.Impossible):
            services.end_consultation(by=hana.viewer, consultation_id=asked.pk, **wrong)
    services.end_consultation(by=hana.viewer, consultation_id=asked.pk, adviser="새길 변호사", answer="확정일자부터")
    with as_owner():
        assert Consultation.objects.get().adviser == "새길 변호사"


def heard(purpose="advice"):
    with as_owner():
        rows = Message.objects.filter(purpose=purpose).order_by("pk")
        return [(int(row.recipient_id), row.body) for row in rows]


@pytest.mark.rule("R45")
def test_the_specialist_who_is_asked_hears_of_it_and_whoever_asked_of_the_answer(hana, eli, someone, as_):
    case = make_case(hana)
    nurse = someone("nurse", "east_centre", "east_mixed")
    someone("nurse", "north_centre", "north_mixed")
    page = address(case, "assessment/advice/")
    form = {"specialist": "medical", "question": "발등 상처를 봐 주실 수 있나요?", "token": "t"}
    told = as_(hana).post(page, form, follow=True).content.decode()
    assert "동료 1명에게 알렸습니다" in told
    assert heard() == [(nurse.id, services.ASKED)]
    with as_owner():
        asked = Consultation.objects.get()
    hers = as_(nurse).get("/desk/").content.decode()
    assert "자문 요청 · 윤순덕" in hers and address(case, f"assessment/advice/{asked.pk}/") in hers
    assert "자문 요청" not in as_(eli).get("/desk/").content.decode(), "who gives other advice is not asked"
    services.end_consultation(by=nurse.viewer, consultation_id=asked.pk, adviser="간호사", answer="내일 들르겠습니다")
    assert heard()[1:] == [(hana.id, services.ANSWERED)]
    assert "자문 요청" not in as_(nurse).get("/desk/").content.decode()


@pytest.mark.rule("D5")
@pytest.mark.rule("D6")
def test_advice_is_asked_of_nobody_whom_a_lock_keeps_out_or_who_may_not_know(hana, eli, someone):
    case = make_case(hana)
    nurse = someone("nurse", "east_centre", "east_mixed")
    lock_out(by=eli.viewer, number=case.number, user=nurse.user, reason="이웃이라 맡지 않음")
    services.ask_specialist(by=hana.viewer, number=case.number, specialist="medical", question="발등 상처?")
    services.ask_specialist(by=hana.viewer, number=case.number, specialist="violence", question="어디로?")
    assert heard() == [], "locked out, or outside"
    someone("finance_counsellor", "east_centre", "east_mixed")
    with as_owner():
        Person.objects.filter(pk=case.main_person_id).update(sealed=True, scope_keys=[-(1_000_000_000 + hana.id)])
    services.ask_specialist(by=hana.viewer, number=case.number, specialist="finance", question="빚이 얼마까지?")
    assert heard() == []


def test_urgent_help_comes_before_the_grid_is_complete(hana, as_):
    case = make_case(hana)
    ask(hana, case, {"living": "4"})
    page = as_(hana).get(address(case, "assessment/")).content.decode()
    assert "8칸 중 1칸" in page
    assert "먼저 돕고" in page
    given = Given(
        service=Service.objects.get(code="meals"),
        category=Category.objects.get(code="living"),
        provider_kind=ProviderKind.objects.get(code="private"),
        provider=Organisation.objects.get(code="east_centre"),
        given_on=DAY,
    )
    assert record_service(by=hana.viewer, number=case.number, given=given) is not None


@pytest.mark.rule("R55")
def test_household_and_persons_stand_in_one_grid_with_strengths(hana, as_):
    case, husband = couple(hana)
    ask(hana, case, TOLD, own_words="혼자 먹으면 밥맛이 없어.", offer="김장 솜씨")
    ask(hana, case, {"care": "1"}, person_id=husband.pk, offer="자전거 고치기")
    ask(hana, case, {"housing": "2"}, person_id=None)
    page = as_(hana).get(address(case, "assessment/")).content.decode()
    for words in ("윤순덕", "배영호", "가구 전체", "김장 솜씨", "자전거 고치기", "혼자 먹으면"):
        assert words in page


@pytest.mark.rule("D4")
def test_the_household_paper_carries_no_adults_answers(hana, as_):
    case, husband = couple(hana)
    ask(hana, case, {"care": "3"}, own_words="때릴까 봐 무서워", private_note="남편이 때린 적이 있음")
    ask(hana, case, {"housing": "2"}, person_id=None)
    services.raise_flag(by=hana.viewer, number=case.number, kind="violence")
    client = as_(hana)
    household = client.get(address(case, "assessment/paper/")).content.decode()
    hers = client.get(address(case, f"assessment/paper/{case.main_person_id}/")).content.decode()
    his = client.get(address(case, f"assessment/paper/{husband.pk}/")).content.decode()
    assert "주거" in household and "무서워" not in household and "돌봄" not in household
    assert "무서워" in hers and "돌봄" in hers
    assert "무서워" not in his and "돌봄" not in his
    assert all("때린" not in paper and "폭력" not in paper for paper in (household, hers, his))
    assert client.get(address(case, "assessment/paper/999999/")).status_code == 404


def test_history_draws_every_answer_and_tells_it_in_a_table(hana, as_):
    case = make_case(hana)
    ask(hana, case, {"care": "3", "living": "none", "health": "private"})
    ask(hana, case, {"care": "1"}, phase="review", before={"care": "3"})
    page = as_(hana).get(address(case, "assessment/history/")).content.decode()
    assert page.count('<svg viewBox="0 0 180 84"') == 8
    assert page.count('class="dot"') == 2 and page.count('class="ring"') == 1 and page.count('class="mute"') == 1
    assert page.count("<table") == 1


@pytest.mark.rule("R21")
def test_a_life_reads_by_stage_and_names_the_next(hana, as_):
    with as_owner():
        person = make_person("한새봄", birth_date=date(2008, 1, 10))
    case = make_case(hana, person)
    ask(hana, case, {"education": "3"})
    page = as_(hana).get(address(case, f"people/{person.pk}/line/")).content.decode()
    assert "청소년" in page and "청년" in page and "2027년 1월 10일" in page


def test_the_family_is_drawn_and_told(hana, as_):
    case, _husband = couple(hana)
    daughter = make_person("정은주", _house(case), phone="", relation="child")
    with as_owner():
        for rows in (daughter.memberships.all(), type(daughter).objects.filter(pk=daughter.pk)):
            rows.update(scope_keys=case.main_person.scope_keys)
        daughter.memberships.update(lives_here=False)
    services.add_tie(by=hana.viewer, number=case.number, name="마석감리교회", kind="faith", strength="strained")
    page = as_(hana).get(address(case, "family/")).content.decode()
    assert page.count('class="kin') == 3 and 'class="couple"' in page and 'class="descent"' in page
    assert "정은주: 자녀" in page
    assert "마석감리교회" in page and 'class="strained"' in page


def _house(case):
    with as_owner():
        return case.household


def test_chi_finds_none_of_it(hana, chi, as_):
    case = make_case(hana)
    flag = services.raise_flag(by=hana.viewer, number=case.number, kind="debt")
    for path in (
        "assessment/",
        "assessment/history/",
        "assessment/paper/",
        "family/",
        f"assessment/risk/{flag.pk}/over/",
    ):
        assert as_(chi).get(address(case, path)).status_code == 404, path
    with acting_as(chi.viewer):
        assert not RiskFlag.objects.exists() and not Complexity.objects.exists() and not Voice.objects.exists()


@pytest.mark.rule("D11")
def test_the_fraud_role_reads_no_assessment(hana, fraud, as_):
    case = make_case(hana)
    services.raise_flag(by=hana.viewer, number=case.number, kind="debt")
    assert as_(fraud).get(address(case, "assessment/")).status_code == 404


def test_the_page_costs_the_same_for_one_and_for_six_people(hana, as_, django_assert_num_queries):
    case, _husband = couple(hana)
    client = as_(hana)
    client.get(address(case, "assessment/"))
    with django_assert_num_queries(20):
        client.get(address(case, "assessment/"))
