"""A list of crisis households leads to intakes at the central desk, once a person; nothing else does (R7, R19, K6)."""

import pytest

from cases.models import ImportRow, Intake
from cases.rules.imports import mapping_of, mappings
from cases.services import imports
from hopecare.kernel.models import Person
from tests.cases.import_kit import PEOPLE, ROWS, as_csv, desk, hall, people, states, take
from tests.database import as_owner
from tests.factories import make_case

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R19")]
HEAD = ("발굴관리번호", "성명", "생년월일", "성별", "휴대전화", "읍면동", "위기정보", "동의일")
FOUND = [
    ("C-1", "오가람", "1970-01-01", "남", "010-0000-3003", "진접읍", "단전, 건강보험료 체납", ""),
    ("C-2", "윤순덕", "1948-03-02", "여", "010-0000-0078", "화도읍", "단수", "2026-11-02"),
]


def intakes():
    with as_owner():
        return list(Intake.objects.select_related("team", "town").order_by("pk"))


def test_whoever_has_no_case_comes_to_the_central_desk_once(city, tmp_path, hana, as_):
    make_case(hana)
    mina = desk(city)
    file = take(mina, as_csv(tmp_path / "a.csv", HEAD, FOUND), "city_crisis")
    assert states(file) == ["done", "done"]
    [intake] = intakes()
    assert (intake.door, intake.name, intake.town.code, intake.team.code) == ("import", "오가람", "jinjeop", "central")
    assert "복지사각지대 발굴 명단" in intake.words and "체납" in intake.words and intake.promised_at
    with as_owner():
        row = ImportRow.objects.get(intake=intake)
        assert row.person.name == "오가람"
    take(mina, as_csv(tmp_path / "a.csv", HEAD, FOUND), "city_crisis")
    later = [(*one[:6], "월세 체납", one[7]) for one in FOUND]
    take(mina, as_csv(tmp_path / "b.csv", HEAD, later), "city_crisis")
    imports.look_again()
    assert len(intakes()) == 1 and len(people(name="오가람")) == 1
    page = as_(mina).get("/desk/intake/").content.decode()
    assert "오가람" in page and intake.number in page


@pytest.mark.rule("K6")
def test_from_the_city_without_consent_nobody_is_named(city, tmp_path):
    take(hall(city), as_csv(tmp_path / "a.csv", HEAD, FOUND), "city_crisis")
    silent, agreed = intakes()
    assert (silent.name, silent.phone, silent.birth_date, silent.town.code) == ("", "", None, "jinjeop")
    assert "체납" not in silent.words and "C-1" in silent.words
    assert (agreed.name, agreed.town.code) == ("윤순덕", "hwado")


def test_a_file_of_people_or_benefits_opens_nothing(city, tmp_path):
    take(desk(city), as_csv(tmp_path / "a.csv", PEOPLE, ROWS))
    assert intakes() == [] and len(people()) == 3
    assert [code for code, way in mappings().items() if way.intake] == ["city_crisis"]
    text = {"name_ko": "가", "name_en": "a", "source": "s", "key": "person_key", "intake": True}
    with pytest.raises(ValueError, match="only a list of people"):
        mapping_of("x", {**text, "kind": "benefits", "columns": {"person_key": ["번호"]}})


@pytest.mark.rule("D5")
def test_a_protected_person_on_the_list_opens_nothing_and_looks_like_any_other(city, tmp_path, hana):
    case = make_case(hana)
    with as_owner():
        Person.objects.filter(pk=case.main_person_id).update(sealed=True)
    file = take(desk(city), as_csv(tmp_path / "a.csv", HEAD, FOUND[1:]), "city_crisis")
    assert states(file) == ["held"] and intakes() == []
