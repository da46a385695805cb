"""What is given twice: at entry, at night, across walls that hide it, and never as an oracle (R20, D11, D17)."""

from datetime import timedelta

import pytest

from cases.models import Overlap, RiskFlag, ServiceRecord
from cases.rules.checks import Override
from cases.selectors.overlaps import equivalent, equivalent_of_many, overlap_counts, overlaps
from cases.services import overlaps as services
from cases.services.services_given import Given, record_service
from hopecare.kernel import errors
from hopecare.kernel.access import acting_as, visible_to
from hopecare.kernel.models import Category, Organisation, Person, ProviderKind, ReadEntry, Service
from tests.cases.sharing_kit import record
from tests.cast import NOW
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person

DAY = NOW.date()
WHY = Override("agreed", "두 기관이 요일을 나누기로 함")


def given(service, giver="east_centre", **fields):
    row = Service.objects.get(code=service)
    values = {
        "service": row,
        "category": row.category or Category.objects.first(),
        "provider_kind": ProviderKind.objects.get(code="private"),
        "provider": Organisation.objects.get(code=giver),
        "given_on": DAY,
    }
    return Given(**{**values, **fields})


def give(actor, case, service, giver="east_centre", **fields):
    return record_service(by=actor.viewer, number=case.number, given=given(service, giver, **fields))


def refused(actor, case, service, giver="east_centre", **fields):
    with pytest.raises(errors.Impossible) as refusal:
        give(actor, case, service, giver, **fields)
    return [problem.code for problem in refusal.value.problems]


def same_person(hana, chi):
    """Sun-deok in the East, and the same human as the North knows her."""
    east = make_case(hana)
    north = make_case(chi, make_person("윤순덕", make_household("jinjeop"), phone="010-0000-0079"), town="jinjeop")
    with as_owner():
        Person.objects.filter(pk=north.main_person_id).update(canonical=east.main_person)
    return east, north


@pytest.mark.rule("R4")
@pytest.mark.rule("R20")
def test_the_same_meals_by_two_houses_ask_why_first(hana):
    case = make_case(hana)
    record(case, "meals", giver="central", given_on=DAY - timedelta(days=3))
    assert "overlap_period" in refused(hana, case, "meals")
    saved = give(hana, case, "meals", override=Override("other_need"))
    with as_owner():
        flag = Overlap.objects.get(record=saved)
    assert (flag.reason, flag.answer_due) == ("other_need", DAY + timedelta(days=7))


@pytest.mark.rule("R20")
def test_an_energy_voucher_is_given_once_and_wants_words(hana):
    case = make_case(hana)
    give(hana, case, "energy_voucher")
    assert "overlap_reason" in refused(hana, case, "energy_voucher", given_on=DAY - timedelta(days=30))
    again = {"given_on": DAY - timedelta(days=30)}
    assert "overlap_words" in refused(hana, case, "energy_voucher", override=Override("urgent"), **again)
    assert give(hana, case, "energy_voucher", override=WHY, **again) is not None


@pytest.mark.rule("R20")
def test_the_fifth_item_of_the_food_market_exceeds_the_quota(hana):
    case = make_case(hana)
    for number in range(4):
        record(case, "food_market", given_on=DAY - timedelta(days=number))
    assert refused(hana, case, "food_market")[0] == "overlap_quota"


def test_another_week_and_the_same_house_are_no_overlap(hana):
    case = make_case(hana)
    record(case, "meals", giver="central", given_on=DAY - timedelta(days=7))
    record(case, "meals", given_on=DAY)
    assert give(hana, case, "meals") is not None


@pytest.mark.rule("D17")
def test_of_a_record_one_may_not_see_only_that_it_is_and_its_last_day_are_told(hana, chi):
    east, north = same_person(hana, chi)
    hidden = record(north, "home_nursing", giver="north_centre", note="당뇨 발 관리")
    viewer = hana.viewer
    with acting_as(viewer):
        assert not visible_to(viewer, ServiceRecord).filter(pk=hidden.pk).exists()  # there is something to hide
        found = equivalent(
            viewer, case_id=east.pk, person_id=east.main_person_id,
            service_id=Service.objects.get(code="home_nursing").pk, giver_id=east.provider_id, given_on=DAY,
        )  # fmt: skip
    assert [(near.record_id, near.provider_name, near.ends_on) for near in found] == [
        (None, "", DAY + timedelta(days=6))
    ]
    words = str(found[0].words)
    assert "희망케어" not in words and "11/29" in words and "중앙 창구" in words
    with as_owner():
        asked = ReadEntry.objects.filter(what="overlap_check", owner_ids__contains=[north.provider_id])
        assert asked.count() == 1  # the North sees that it was asked


@pytest.mark.rule("D17")
@pytest.mark.parametrize("service", ["psychotherapy", "addiction_care", "violence_protection"])
def test_of_sensitive_help_there_is_no_hint_and_the_other_side_is_asked(hana, chi, service):
    east, north = same_person(hana, chi)
    other = record(north, service, giver="north_centre")
    assert give(hana, east, service) is not None
    with as_owner():
        questions = list(Overlap.objects.values_list("kind", "record_id", "case_id", "other_provider__code"))
    assert questions == [("question", other.pk, north.pk, "east_centre")]
    with acting_as(hana.viewer):
        assert overlaps(hana.viewer) == []


@pytest.mark.rule("D17")
@pytest.mark.rule("D5")
def test_of_a_sealed_person_there_is_no_hint(hana, chi):
    east, north = same_person(hana, chi)
    record(north, "meals", giver="north_centre")
    with as_owner():
        Person.objects.filter(pk=north.main_person_id).update(sealed=True, scope_keys=[-(1_000_000_000 + chi.id)])
    assert give(hana, east, "meals") is not None
    with as_owner():
        assert set(Overlap.objects.values_list("kind", flat=True)) == {"question"}


@pytest.mark.rule("R20")
def test_the_night_finds_what_was_imported_once_and_from_both_sides(hana, chi):
    east, north = same_person(hana, chi)
    record(east, "hair_care", given_on=DAY - timedelta(days=10))
    record(north, "hair_care", giver="north_centre", given_on=DAY - timedelta(days=2))
    assert (services.sweep(), services.sweep()) == (2, 0)
    for actor, other in ((hana, "north_centre"), (chi, "east_centre")):
        with acting_as(actor.viewer):
            assert [row.overlap.other_provider.code for row in overlaps(actor.viewer)] == [other]


@pytest.mark.rule("D17")
@pytest.mark.rule("D5")
def test_the_night_is_silent_about_sensitive_help_and_sealed_people(hana, chi):
    east, north = same_person(hana, chi)
    for service in ("psychotherapy", "legal_aid", "hair_care"):
        record(east, service)
        record(north, service, giver="north_centre")
    with as_owner():
        Person.objects.filter(pk=north.main_person_id).update(sealed=True)
    assert services.sweep() == 0


@pytest.mark.rule("R78")
@pytest.mark.rule("D11")
def test_a_flag_is_answered_and_an_unfounded_one_is_gone(hana, fraud, as_):
    case = make_case(hana)
    record(case, "meals", giver="central")
    first = give(hana, case, "meals", override=WHY)
    record(case, "laundry", giver="central")
    give(hana, case, "laundry", override=WHY)
    with as_owner():
        flags = list(Overlap.objects.order_by("pk").values_list("pk", flat=True))
    services.answer(by=hana.viewer, overlap_id=flags[0], answer="justified", words="요일이 다름", told_person_on=DAY)
    assert services.answer(by=hana.viewer, overlap_id=flags[1], answer="unfounded", words="잘못 적힘") is None
    with as_owner():
        assert list(Overlap.objects.values_list("pk", "answer")) == [(flags[0], "justified")]
        assert ServiceRecord.objects.filter(pk=first.pk).exists()  # nothing is cut off
    with acting_as(fraud.viewer):
        assert Overlap.objects.count() == 0
    assert as_(fraud).get("/desk/overlaps/").status_code == 404


def test_counts_and_lines_are_the_same_rows_in_one_query_each(hana, as_, django_assert_num_queries):
    for number in range(3):
        case = make_case(hana, make_person(f"김가나{number}", make_household(), phone=f"010-0000-{number:04d}"))
        record(case, "meals", giver="central")
        give(hana, case, "meals", override=WHY)
    viewer = hana.viewer
    with acting_as(viewer):
        with django_assert_num_queries(1):
            assert len(overlaps(viewer, mine=True)) == 3
        with django_assert_num_queries(1):
            assert overlap_counts(viewer)["mine"] == 3
    page = as_(hana).get("/desk/overlaps/").content.decode()
    assert page.count('class="hc-item"') == 3 and "김가나1" in page


def test_the_form_asks_why_keeps_what_was_typed_and_takes_the_reason(hana, as_):
    case = make_case(hana)
    record(case, "meals", giver="central")
    service = Service.objects.get(code="meals")
    body = {
        "service": service.pk, "category": service.category_id, "provider": case.provider_id,
        "provider_kind": ProviderKind.objects.get(code="private").pk, "given_on": f"{DAY}", "note": "반찬 네 가지",
    }  # fmt: skip
    url = f"/desk/cases/{case.number}/services/new/"
    asked = as_(hana).post(url, body)
    text = asked.content.decode()
    assert asked.status_code == 422 and "반찬 네 가지" in text and 'name="overlap_reason"' in text
    assert as_(hana).post(url, {**body, "overlap_reason": "agreed"}).status_code == 302


@pytest.mark.rule("D17")
def test_the_hint_while_writing_says_no_more_than_the_check(hana, chi, as_):
    east, north = same_person(hana, chi)
    record(north, "meals", giver="north_centre", note="비밀")
    assert "11/29" in written_hint(as_(hana), east, "meals")
    record(north, "psychotherapy", giver="north_centre")
    for text in (written_hint(as_(hana), east, "meals"), written_hint(as_(hana), east, "psychotherapy")):
        assert "북부희망케어센터" not in text and "비밀" not in text
    assert "중앙 창구" not in text
    url, query = f"/desk/cases/{east.number}/services/hint/", {"person": east.main_person_id, "given_on": DAY}
    assert as_(chi).get(url, query, headers={"HX-Request": "true"}).status_code == 404


def written_hint(client, case, service):
    query = {"service": Service.objects.get(code=service).pk, "person": case.main_person_id, "given_on": DAY}
    url = f"/desk/cases/{case.number}/services/hint/"
    return client.get(url, query, headers={"HX-Request": "true"}).content.decode()


@pytest.mark.rule("D17")
def test_the_list_names_no_house_whose_record_one_may_not_see(hana, chi, as_):
    east, north = same_person(hana, chi)
    record(east, "hair_care", given_on=DAY - timedelta(days=10))
    record(north, "hair_care", giver="north_centre", given_on=DAY - timedelta(days=2))
    services.sweep()
    with as_owner():
        flag = Overlap.objects.get(case=east)
    for address in ("/desk/overlaps/", f"/desk/overlaps/{flag.pk}/"):
        page = as_(hana).get(address).content.decode()
        assert "중앙 창구" in page and "북부희망케어센터" not in page


@pytest.mark.rule("R20")
def test_a_task_for_what_is_given_already_is_asked_about_once(hana, as_):
    case = make_case(hana)
    record(case, "meals", until=DAY + timedelta(days=20))
    service, client = Service.objects.get(code="meals"), as_(hana)
    body = {
        "title": "밑반찬 부탁", "service": service.pk, "category": service.category_id, "owner_kind": "staff",
        "owner": hana.id, "due_on": f"{DAY + timedelta(days=3)}",
    }  # fmt: skip
    hint = client.get(f"/desk/cases/{case.number}/plan/hint/", body, headers={"HX-Request": "true"})
    assert "동부희망케어센터" in hint.content.decode()
    asked = client.post(f"/desk/cases/{case.number}/plan/new/", body)
    assert asked.status_code == 422 and 'name="despite"' in asked.content.decode()
    assert client.post(f"/desk/cases/{case.number}/plan/new/", {**body, "despite": "on"}).status_code == 302


@pytest.mark.rule("D17")
def test_planning_is_no_oracle_either(hana, chi, as_):
    east, north = same_person(hana, chi)
    record(north, "psychotherapy", giver="north_centre")
    query = {"service": Service.objects.get(code="psychotherapy").pk, "due_on": f"{DAY}"}
    url = f"/desk/cases/{east.number}/plan/hint/"
    assert "북부" not in as_(hana).get(url, query, headers={"HX-Request": "true"}).content.decode()
    assert as_(chi).get(url, query, headers={"HX-Request": "true"}).status_code == 404


@pytest.mark.rule("R20")
def test_forty_are_looked_up_in_one_query_with_the_answers_of_one(hana, django_assert_num_queries):
    case, other = make_case(hana), make_case(hana, make_person("김가나", make_household(), phone="010-0000-0001"))
    record(case, "meals", giver="central")
    service, viewer = Service.objects.get(code="meals"), hana.viewer
    told = {"service_id": service.pk, "giver_id": case.provider_id, "given_on": DAY}
    pairs = [(other.pk, None), (case.pk, case.main_person_id)] * 20
    with acting_as(viewer):
        with django_assert_num_queries(1):
            found = equivalent_of_many(viewer, pairs, **told)
        assert found[0] == [] and found[39] == found[1]
        assert found[1] == equivalent(viewer, case_id=case.pk, person_id=case.main_person_id, **told) != []


def _imported(case, count, service="food_market", **fields):
    return [
        record(case, service, **{"source": "city_services", "recorded_by_id": None, **fields}) for _ in range(count)
    ]


@pytest.mark.rule("R20")
def test_a_quota_that_imported_rows_exceed_is_asked_about_at_night_once(hana):
    case, other = make_case(hana), make_case(hana)
    _imported(case, 4)
    _imported(other, 3, "medical_support", given_on=DAY - timedelta(days=120))
    services.sweep()
    assert _quotas() == []
    fifth, fourth = _imported(case, 1)[0], _imported(other, 1, "medical_support")[0]
    services.sweep()
    assert _quotas() == [(fifth.pk, True), (fourth.pk, True)]
    services.sweep()
    assert len(_quotas()) == 2
    sixth = _imported(case, 1)[0]
    services.sweep()
    assert (sixth.pk, True) in _quotas()


@pytest.mark.rule("D11")
def test_what_was_unfounded_is_not_asked_again_until_its_facts_are_others(hana):
    case, other = make_case(hana), make_case(hana)
    _imported(case, 5)
    first = record(other, "meals", giver="central")
    second = record(other, "meals")
    services.sweep()
    assert (len(_quotas()), _periods(other)) == (1, [second.pk])
    with as_owner():
        flags = list(Overlap.objects.values_list("pk", flat=True))
    for pk in flags:
        services.answer(by=hana.viewer, overlap_id=pk, answer="unfounded", words="잘못 적힘")
    assert (services.sweep(), services.sweep()) == (0, 0)
    with as_owner():
        assert not Overlap.objects.exists(), "the flags are gone, and nothing readable of them stays"
        assert not ServiceRecord.objects.filter(set_aside="", pk=second.pk).exists()
        assert ServiceRecord.objects.get(pk=first.pk).set_aside == ""
    sixth, third = _imported(case, 1)[0], record(other, "meals")
    services.sweep()
    assert _quotas() == [(sixth.pk, True)] and third.pk in _periods(other)
    assert second.pk not in _periods(other)


def _periods(case):
    with as_owner():
        return list(Overlap.objects.filter(kind="period", case=case).values_list("record_id", flat=True))


@pytest.mark.rule("D17")
def test_a_quota_over_two_houses_is_not_asked_about_where_nobody_may_hint(hana, chi):
    east, north = same_person(hana, chi)
    _imported(east, 2, "medical_support")
    _imported(north, 2, "medical_support")
    with as_owner():
        keys = {"case": north, "team": north.team, "provider": north.provider}
        RiskFlag.objects.create(**keys, kind="violence", person=north.main_person, section="violence", by=chi.user)
    services.sweep()
    assert _quotas() == []
    with as_owner():
        RiskFlag.objects.all().delete()
        Person.objects.filter(pk=north.main_person_id).update(sealed=True)
    services.sweep()
    assert _quotas() == [], "nor of somebody protected"
    with as_owner():
        Person.objects.filter(pk=north.main_person_id).update(sealed=False)
    services.sweep()
    assert len(_quotas()) == 1


def _quotas():
    with as_owner():
        rows = Overlap.objects.filter(kind="quota").order_by("record_id")
        return [row for row in rows.values_list("record_id", "nightly") if row[1]]
