"""A benefit check becomes an intake: with consent, by a key that is posted and read once (R7, R60, D11)."""

import json

import pytest
from django.db import connection

from cases.models import Intake
from eligibility.services import answers
from hopecare.kernel import clock
from hopecare.kernel.access import Principal, system
from tests.database import as_owner
from tests.factories import make_case

TYPED = {"name": "윤순덕", "phone": "010-0000-0078", "words": "난방비", "consent": "on"}


@pytest.fixture
def key(city):
    handed = {
        "facts": {"persons": [{"id": "a", "birth_date": "1948"}]},
        "lines": [("태어난 해", "1948년"), ("한 달 소득", "1,310,000원")],
        "verdicts": {"basic_pension": "likely", "nbls_livelihood": "unlikely", "energy_voucher": "possible"},
    }
    by = system(Principal.SIMULATOR)
    return answers.hand_over(by=by, handed=handed, town="hwado", rules_version="2026-11-01")


@pytest.mark.rule("R60")
@pytest.mark.rule("R7")
def test_the_answers_arrive_filled_in_and_the_key_is_used_up(key, hana, as_):
    done = as_().post("/intake/hand-over/", {**TYPED, "key": key})
    assert done.status_code == 200 and "2026-I-00001" in done.content.decode()
    with as_owner():
        row = Intake.objects.get()
    assert (row.door, row.team.code, row.name) == ("simulator", "east_mixed", "윤순덕") and row.consent_version
    page = as_(hana).get(f"/desk/intake/{row.number}/").content.decode()
    assert "한 달 소득" in page and "1,310,000원" in page and "1948년" in page
    again = as_().post("/intake/hand-over/", {**TYPED, "key": key})
    assert again.status_code == 422 and "윤순덕" in again.content.decode()


def test_a_wrong_number_leaves_the_key_good(key, as_):
    wrong = as_().post("/intake/hand-over/", {**TYPED, "key": key, "phone": "모름"})
    assert wrong.status_code == 422 and key in wrong.content.decode()
    assert as_().post("/intake/hand-over/", {**TYPED, "key": key}).status_code == 200


@pytest.mark.rule("K7")
def test_without_consent_nothing_is_taken(key, as_):
    typed = {name: value for name, value in TYPED.items() if name != "consent"}
    assert as_().post("/intake/hand-over/", {**typed, "key": key}).status_code == 422
    with as_owner():
        assert not Intake.objects.exists()


@pytest.mark.rule("R7")
def test_the_case_that_comes_of_it_asks_nobody_twice(hana, as_):
    """Whoever answered is the main person where the age fits; of others nothing is guessed."""
    case = make_case(hana)
    head = {"id": "p1", "relation": "head", "birth_date": "1954-05", "public_pension_income": 310_000}
    child = {"id": "p2", "relation": "child", "birth_date": "1948", "public_pension_income": 770_000}
    told = {"persons": [head, child], "household": {"deposit": 5_500_000}, "lines": [], "verdicts": {}}
    at = {"received_at": clock.now(), "promised_at": clock.now(), "done_at": clock.now()}
    keys = {"number": "2026-I-00009", "door": "simulator", "state": "case", "team": case.team}
    with as_owner():
        Intake.objects.create(**keys, **at, provider=case.provider, case=case, told=json.dumps(told))
    page = as_(hana).get(f"/desk/cases/{case.number}/benefits/").content.decode()
    assert 'value="5500000"' in page and 'value="310000"' in page and "770000" not in page
    assert "모의계산에서 직접 답한 내용" in page


@pytest.mark.rule("D11")
def test_what_was_told_is_encrypted_and_the_fraud_role_reads_none_of_it(key, fraud, as_):
    as_().post("/intake/hand-over/", {**TYPED, "key": key})
    with as_owner():
        number = Intake.objects.get().number
    assert "1,310,000" not in _raw()
    assert as_(fraud).get(f"/desk/intake/{number}/").status_code == 404


def _raw():
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select told from cases_intake")
        return cursor.fetchone()[0]
