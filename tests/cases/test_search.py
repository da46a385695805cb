"""One line finds a case by number, by name as far as it is typed, by telephone — and never a sealed person (D5)."""

import pytest

from cases.selectors.search import matching_case_ids, understood
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Person, ReadEntry
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person


@pytest.fixture
def sun_deok(hana):
    return make_case(hana)


def found(actor, line):
    with acting_as(actor.viewer):
        return matching_case_ids(actor.viewer, line)


TYPED = ["윤순덕", "윤 순덕", "순덕 윤", "윤순", "윤ㅅ", "윤수", "윤순ㄷ", "윤ㅅㄷ", "ㅇㅅㄷ", "ㅇㅅ", "순덕"]


@pytest.mark.parametrize("line", TYPED)
def test_found_by_name_as_far_as_it_is_typed(hana, sun_deok, line):
    assert found(hana, line) == [sun_deok.pk]


def test_a_final_that_belongs_to_the_next_syllable(hana):
    case = make_case(hana, make_person("한보순", phone="010-0000-0061"))
    assert found(hana, "한봇") == [case.pk]


def test_foreign_names_in_any_order(hana):
    case = make_case(hana, make_person("Nguyen Thi Lan", phone="010-0000-0062"))
    assert found(hana, "lan nguyen") == [case.pk]


@pytest.mark.parametrize("line", ["010-0000-0078", "01000000078", "+82 10-0000-0078", "0078"])
def test_found_by_telephone(hana, sun_deok, line):
    assert found(hana, line) == [sun_deok.pk]


def test_found_by_number_with_and_without_year(hana, sun_deok):
    assert found(hana, sun_deok.number) == [sun_deok.pk]
    assert found(hana, str(int(sun_deok.number.split("-")[1]))) == [sun_deok.pk]


def test_found_by_somebody_of_the_household(hana):
    house = make_household()
    case = make_case(hana, make_person(household=house))
    daughter = make_person("정은주", house, phone="010-0000-0063", relation="child")
    assert daughter.pk != case.main_person_id
    assert found(hana, "정은주") == [case.pk]


@pytest.mark.parametrize(
    "line", ["", " ", "ㅇ", "a", "%", "_", "%%%", "윤%", "'; drop table cases_case; --", "\\", "12345678"]
)
def test_hostile_or_too_little_finds_nothing_and_breaks_nothing(hana, sun_deok, line):
    assert found(hana, line) == []


def test_wildcards_are_only_signs():
    assert understood("a_b%").names == ((r"%a\_b\%%",),)


def test_chi_finds_nothing_of_the_east(chi, sun_deok):
    for line in ("윤순덕", "0078", sun_deok.number, "010-0000-0078"):
        assert found(chi, line) == []


@pytest.mark.rule("D5")
@pytest.mark.parametrize("line", ["윤순덕", "ㅇㅅㄷ", "0078", "010-0000-0078"])
def test_a_sealed_person_is_never_found(hana, sun_deok, line):
    assert found(hana, line) == [sun_deok.pk], "there is somebody to hide"
    with as_owner():
        Person.objects.filter(pk=sun_deok.main_person_id).update(sealed=True)
    assert found(hana, line) == []
    assert found(hana, sun_deok.number) == []


@pytest.mark.rule("D5")
def test_nor_through_the_household(hana):
    house = make_household()
    case = make_case(hana, make_person(household=house))
    make_person("정은주", house, phone="010-0000-0063", relation="child")
    with as_owner():
        Person.objects.filter(pk=case.main_person_id).update(sealed=True)
    assert found(hana, "정은주") == []


def test_the_page_finds_logs_and_says_how(hana, sun_deok, as_):
    client = as_(hana)
    page = client.get("/desk/cases/", {"q": "ㅇㅅㄷ"}).content.decode()
    assert sun_deok.number in page
    with as_owner():
        assert sun_deok.pk in ReadEntry.objects.filter(what="search").latest("at").subject_ids
    assert "조금만 더" in client.get("/desk/cases/", {"q": "ㅇ"}).content.decode()
    assert "찾은 것이 없습니다" in client.get("/desk/cases/", {"q": "없는사람"}).content.decode()
