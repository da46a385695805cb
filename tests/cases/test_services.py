"""A service and its money (R56, R61, R71, K13), and contacts written in seconds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.models import Action, Case, CaseHandOver, Intake, ServiceRecord
from cases.rules.services import MoneyFacts, money_problems
from cases.services.notes import record_contact
from cases.services.services_given import Given, record_service
from hopecare.kernel import errors
from hopecare.kernel.access import acting_as, visible_to
from hopecare.kernel.models import Category, FundSource, Organisation, ProviderKind, Service
from tests.cases import sharing_kit as kit
from tests.cases.case_kit import DAY, again, entries, task
from tests.database import as_owner
from tests.factories import make_case


def given_service(case, service="companionship", source="gift_living", amount=12_000, **fields):
    values = {
        "service": Service.objects.get(code=service),
        "category": Category.objects.get(code="care"),
        "provider_kind": ProviderKind.objects.get(code="regular_volunteer"),
        "provider": Organisation.objects.get(code="east_centre"),
        "given_on": DAY,
        "amount_won": amount,
        "fund_source": FundSource.objects.get(code=source) if source else None,
    }
    return Given(**{**values, **fields})


def test_groceries_from_the_gift_fund(hana):
    case = make_case(hana)
    record = record_service(by=hana.viewer, number=case.number, given=given_service(case))
    assert record is not None
    assert (record.amount_won, record.fund_source.code, record.provider_kind.code) == (
        12_000,
        "gift_living",
        "regular_volunteer",
    )
    assert entries(case) == ["service"]


@pytest.mark.rule("K13")
@pytest.mark.parametrize(
    "service, source, code",
    [
        ("home_nursing", "gift_medical", "not_payable"),
        ("companionship", "gift_medical", "other_purpose"),
        ("companionship", None, "no_source"),
    ],
)
def test_money_that_does_not_fit_is_refused_in_words(hana, service, source, code):
    case = make_case(hana)
    with pytest.raises(errors.Impossible) as refusal:
        record_service(by=hana.viewer, number=case.number, given=given_service(case, service, source))
    assert [problem.code for problem in refusal.value.problems] == [code]
    assert refusal.value.problems[0].field == "fund_source"


PURPOSE = st.sampled_from(["", "living", "medical"])


@pytest.mark.rule("R71")
@given(
    st.integers(0, 10**9), st.booleans(), st.sampled_from(["", "living", "medical"]), st.sampled_from(["", "living"])
)
def test_a_gift_never_pays_what_its_fund_does_not_name(amount, gift, source_purpose, service_purpose):
    facts = MoneyFacts(amount, True, gift, source_purpose if gift else "", service_purpose)
    refused = {problem.code for problem in money_problems(facts)} & {"not_payable", "other_purpose"}
    assert bool(refused) == (gift and (not service_purpose or source_purpose != service_purpose))


def test_one_record_a_task_and_day_and_one_a_form(hana):
    case = make_case(hana)
    action = task(hana, case)
    one = given_service(case, action_id=action.pk, token="form-1")
    assert record_service(by=hana.viewer, number=case.number, given=one) is not None
    assert record_service(by=hana.viewer, number=case.number, given=one) is None
    with pytest.raises(errors.Impossible, match="twice"):
        record_service(by=hana.viewer, number=case.number, given=given_service(case, action_id=action.pk, token="2"))


def test_a_record_may_finish_its_task(hana):
    case = make_case(hana)
    action = task(hana, case)
    record_service(
        by=hana.viewer, number=case.number, given=given_service(case, action_id=action.pk, finish_action=True)
    )
    with as_owner():
        assert Action.objects.get(pk=action.pk).state == "done"


def test_gil_sees_the_rows_of_his_own_house_only(hana, gil, as_):
    case = make_case(hana)
    hanbit = Organisation.objects.get(code="hanbit")
    record_service(by=hana.viewer, number=case.number, given=given_service(case))
    with acting_as(hana.viewer.also(providers=(hanbit.pk,))) as both:
        record_service(by=both, number=case.number, given=given_service(case, provider=hanbit, token="b"))
    with acting_as(gil.viewer):
        rows = list(visible_to(gil.viewer, ServiceRecord).values_list("provider__code", flat=True))
    assert rows == ["hanbit"]
    assert as_(gil).get(f"/desk/cases/{case.number}/").status_code == 404
    assert "윤순덕" not in as_(gil).get("/desk/cases/").content.decode()


def test_the_form_is_filled_from_the_task(hana, as_):
    case = make_case(hana)
    action = task(hana, case, service=Service.objects.get(code="energy_voucher"))
    url = f"/desk/cases/{case.number}/services/new/?action={action.pk}"
    page = as_(hana).get(url).content.decode()
    assert f'<option value="{action.service_id}" selected>' in page
    body = {
        "service": action.service_id,
        "category": action.category_id,
        "provider_kind": ProviderKind.objects.get(code="private").pk,
        "provider": case.provider_id,
        "given_on": DAY.isoformat(),
        "amount_won": "30,000원",
        "note": "등유",
    }
    answer = as_(hana).post(url, body)
    assert answer.status_code == 422 and "등유" in answer.content.decode()
    paid = as_(hana).post(url, {**body, "fund_source": FundSource.objects.get(code="city_budget").pk})
    assert paid.status_code == 302
    assert "30,000원" in as_(hana).get(f"/desk/cases/{case.number}/services/").content.decode()


def test_no_answer_is_one_tap_and_no_contact(hana, as_):
    case = make_case(hana)
    url = f"/desk/cases/{case.number}/contact/"
    assert as_(hana).post(url, {"way": "no_answer"}).status_code == 302
    assert again(case).last_contact_at is None
    record_contact(by=hana.viewer, number=case.number, way="called", words="목소리가 밝으심")
    assert again(case).last_contact_at is not None
    assert entries(case) == ["note", "contact"]


def test_chi_cannot_record(hana, chi):
    case = make_case(hana)
    with pytest.raises(errors.NotFound):
        record_service(by=chi.viewer, number=case.number, given=given_service(case))
    with pytest.raises(errors.NotFound):
        record_contact(by=chi.viewer, number=case.number, way="called")


@pytest.mark.rule("R81")
def test_another_zones_centre_gives_a_service_without_a_new_application(hana, chi):
    case = make_case(hana)
    north = Organisation.objects.get(code="north_centre")
    with pytest.raises(errors.NotFound):
        record_service(by=chi.viewer, number=case.number, given=given_service(case, provider=north))
    kit.grant(case, chi.user)  # the lead let her in by name; nothing else about the case changed
    record = record_service(by=chi.viewer, number=case.number, given=given_service(case, provider=north))
    assert record is not None
    with as_owner():
        same = Case.objects.get()
        assert (same.number, same.team_id, same.provider_id, same.lead_id) == (
            case.number, case.team_id, case.provider_id, hana.id,
        )  # fmt: skip
        assert ServiceRecord.objects.get().provider == north and same.stage == case.stage and same.closed_at is None
        assert not Intake.objects.exists() and not CaseHandOver.objects.exists()
    assert entries(case) == ["service"]
    with acting_as(hana.viewer):
        assert visible_to(hana.viewer, ServiceRecord).filter(pk=record.pk).exists()
