"""A resident number at the door: the city's duty alone, compared at once, kept with a new person, not shown (K8)."""

from datetime import date

import pytest
from django.db import connection

from cases.rules import numbers
from cases.selectors.likeness import Asked, alike
from cases.services import assessment, drafts, opening
from hopecare.kernel import crypto, errors
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import ChangeEntry, Membership, ReadEntry, ResidentNumber
from hopecare.kernel.services import people
from tests.cases.desk_kit import form_of, told
from tests.database import as_owner
from tests.factories import make_case

NUMBER, OTHER = "4803022000001", "5001012000002"
SHEET = {
    "door": "counter",
    "for_another": "self",
    "name": "안가람",
    "words": "쌀이 없어요",
    "sex": "U",
    "town": "hwado",
}


@pytest.fixture
def known(hana, ana):
    """Sun-deok's case; her number came from the city."""
    case = make_case(hana)
    with as_owner():
        person = case.main_person
        office = Membership.objects.get(person=person).household.town.office_id
        ResidentNumber.objects.create(
            person=person, number=NUMBER, number_hash=crypto.resident_number_hash(NUMBER), article="법",
            recorded_by_id=ana.id, scope_keys=[-office],
        )  # fmt: skip
    return case


@pytest.mark.parametrize(
    ("typed", "plain"),
    [("480302-2000001", NUMBER), (" 480302 2000001 ", NUMBER), (NUMBER, NUMBER), ("480302-200000", ""),
     ("481302-2000001", ""), ("", ""), ("000229-3000000", "0002293000000"), ("010-0000-0078", "")],
)  # fmt: skip
def test_what_is_a_number(typed, plain):
    assert numbers.plain(typed) == plain


@pytest.mark.rule("K8")
def test_centres_start_without_the_field_and_nobody_needs_it(hana, ana, as_):
    for url in ("/desk/intake/new/", "/desk/cases/new/"):
        assert b'name="resident_number"' not in as_(hana).get(url).content
        page = as_(ana).get(url).content.decode()
        assert 'name="resident_number"' in page and "required" not in page.split('name="resident_number"')[1][:200]
    with acting_as(hana.viewer), pytest.raises(errors.Forbidden):
        alike(hana.viewer, Asked("", resident_number=NUMBER))
    assert as_(hana).post("/desk/intake/new/", {**SHEET, "resident_number": "nonsense"}).status_code == 302
    assert as_(ana).post("/desk/intake/new/", SHEET).status_code == 302


@pytest.mark.rule("K8")
def test_a_wrong_number_goes_and_everything_else_stays(ana, as_):
    for url, sheet in (("/desk/intake/new/", SHEET), ("/desk/cases/new/", form_of(ana, ana, name="안가람"))):
        answer = as_(ana).post(url, {**sheet, "resident_number": "481302-2999999"})
        page = answer.content.decode()
        assert answer.status_code == 422 and "2999999" not in page
        assert 'value="안가람"' in page and "주민등록번호가 아닙니다" in page


@pytest.mark.rule("K8")
@pytest.mark.rule("D17")
def test_the_same_number_is_the_same_person_under_any_name(known, ana, as_):
    answer = as_(ana).post("/desk/intake/new/", {**SHEET, "resident_number": "480302-2000001"})
    page = answer.content.decode()
    assert answer.status_code == 422 and known.number in page and "주민등록번호 같음" in page
    assert "2000001" not in page
    assert as_(ana).post("/desk/intake/new/", {**SHEET, "take": "1"}).status_code == 302


@pytest.mark.rule("D17")
def test_of_somebody_out_of_sight_only_the_central_desk_is_named(known, hana, someone, as_):
    away = someone("city_official", "jinjeop_office", "north_mixed")
    page = as_(away).post("/desk/intake/new/", {**SHEET, "resident_number": NUMBER}).content.decode()
    assert "031-000-0010" in page and known.number not in page and "윤순덕" not in page
    typed = form_of(away, away, name="안가람", birth="", phone="", town="jinjeop", another="on", resident_number=NUMBER)
    refused = as_(away).post("/desk/cases/new/", typed)
    assert refused.status_code == 422 and known.number not in refused.content.decode()
    assessment.raise_flag(by=hana.viewer, number=known.number, kind="violence")
    with acting_as(away.viewer):
        assert not alike(away.viewer, Asked("", resident_number=NUMBER)), "a hint would tell that she is somewhere"


@pytest.mark.rule("K8")
def test_it_is_kept_with_the_new_person_for_the_city_alone(hana, ana):
    case = opening.open_case(by=ana.viewer, opening=told(hana, ana, resident_number=NUMBER))
    with as_owner():
        kept = ResidentNumber.objects.get()
        with connection.cursor() as cursor:
            cursor.execute("select number from kernel_residentnumber")
            assert NUMBER not in cursor.fetchone()[0]
        logged = f"{list(ChangeEntry.objects.values())}{list(ReadEntry.objects.values())}"
    assert (kept.person_id, kept.number, kept.scope_keys) == (
        case.main_person_id,
        NUMBER,
        [-ana.viewer.organisation_id],
    )
    assert kept.article.startswith("사회보장급여법") and NUMBER not in logged and kept.number_hash not in logged
    with acting_as(hana.viewer):
        assert not ResidentNumber.objects.exists()
    with as_owner():
        people.rescope(household_id=case.household_id, keys=[case.team_id, -case.provider_id])
        assert ResidentNumber.objects.get().scope_keys == kept.scope_keys, "it does not go along to other teams"


@pytest.mark.rule("K8")
def test_no_second_person_with_the_same_number(known, hana, ana):
    second = told(hana, ana, resident_number=NUMBER, token="another-form")
    with pytest.raises(errors.Impossible, match="number_known"):
        opening.open_case(by=ana.viewer, opening=second)
    with pytest.raises(errors.Forbidden):
        opening.open_case(by=hana.viewer, opening=told(hana, ana, resident_number=OTHER, token="a-third"))


@pytest.mark.rule("K8")
def test_no_draft_keeps_it(known, hana):
    drafts.keep(by=hana.viewer, number=known.number, form="ask", version=0,
                fields={"resident_number": [NUMBER], "words": ["춥다"]})  # fmt: skip
    assert drafts.kept(by=hana.viewer, number=known.number, form="ask").fields == {"words": ["춥다"]}


def test_birth_and_sex_stand_in_it():
    assert (numbers.born(NUMBER), numbers.sex(NUMBER)) == (date(1948, 3, 2), "F")
