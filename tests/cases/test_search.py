"""One line finds a case by number, by name as far as it is typed, by telephone — and never a sealed person (D5)."""

from datetime import timedelta

import pytest

from cases.models import Action, NeedAnswer
from cases.selectors.search import matching_case_ids, understood
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Address, Category, Person, ReadEntry, Service
from hopecare.kernel.services import rotation
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


@pytest.fixture
def at_home(hana, sun_deok):
    """The line is encrypted, the directions are not."""
    with as_owner():
        home = Address.objects.get(household=sun_deok.household)
        home.line = "화도읍 마석로12번길 3-1 장터아파트 3동 201호"
        home.save()
    return sun_deok


@pytest.fixture
def own_keys(tmp_path, settings):
    settings.HOPECARE_HOME = tmp_path


PLACES = [
    "화도읍 마석로",
    "화도 마석로12번길",
    "마석",
    "마석로 3",
    "장터아파트 201호",
    "hwado 마석로",
    "파란 대문",
    "마석 장터",
]


@pytest.mark.rule("R47")
def test_found_by_a_part_of_the_address(hana, chi, someone, at_home, django_assert_num_queries):
    far = make_case(
        hana,
        make_person("한보순", make_household("sudong", directions="송천리 12"), phone="010-0000-0061"),
        town="sudong",
    )
    for line in PLACES:
        assert found(hana, line) == [at_home.pk], line
    for line in ("수동면 마석로", "마석로 4", "마석로 2", "석로", "호", "평내 장터"):
        assert found(hana, line) == [], line
    assert set(found(hana, "화도읍")) == {at_home.pk} and found(hana, "송천리") == [far.pk]
    assert found(chi, "화도읍 마석로") == [] and found(someone("fraud_reviewer"), "마석로") == []
    with acting_as(hana.viewer) as viewer, django_assert_num_queries(1):
        assert matching_case_ids(viewer, "화도읍 마석로")


@pytest.mark.rule("D5")
@pytest.mark.parametrize("main", [True, False])
def test_nobody_sealed_is_found_by_an_address(hana, at_home, main):
    other = make_person("정은주", at_home.household, phone="010-0000-0063", relation="child")
    assert found(hana, "화도읍") == [at_home.pk], "there is somebody to hide"
    with as_owner():
        Person.objects.filter(pk=at_home.main_person_id if main else other.pk).update(sealed=True)
    assert [found(hana, line) for line in (*PLACES, "화도읍")] == [[]] * (len(PLACES) + 1)


@pytest.mark.rule("K8")
def test_marks_of_an_address_betray_no_word_and_follow_a_new_key(own_keys, hana, at_home):
    with as_owner():
        rotation.rotate(say=str)
        marks = Address.objects.get(household=at_home.household).line_words
    assert len(marks) > 10 and all(mark.startswith("k2:") and len(mark) == 19 for mark in marks)
    assert found(hana, "화도읍 마석로") == [at_home.pk]


def ask(case, actor, category, severity, at=None):
    with as_owner():
        answer = {"answer": "severity", "severity": severity, "person": case.main_person, "by": actor.user}
        row = NeedAnswer.objects.create(case=case, team=case.team, provider=case.provider,
                                        category=Category.objects.get(code=category), **answer)  # fmt: skip
        if at is not None:
            NeedAnswer.objects.filter(pk=row.pk).update(asked_at=row.asked_at + at)


@pytest.mark.rule("R47")
@pytest.mark.rule("R60")
def test_found_by_what_somebody_needs(hana, chi, sun_deok, django_assert_num_queries):
    ask(sun_deok, hana, "living", 3)
    for line in ("식사", "생활", "밑반찬", "daily living", "끼니"):
        assert found(hana, line) == ([sun_deok.pk] if line != "밑반찬" else []), line
    assert found(hana, "주거") == [] and found(chi, "식사") == []
    with acting_as(hana.viewer) as viewer, django_assert_num_queries(2):
        assert matching_case_ids(viewer, "식사")
    ask(sun_deok, hana, "living", 1, at=timedelta(hours=1))
    assert found(hana, "식사") == [], "the newest answer counts"
    with as_owner():
        keys = {"case": sun_deok, "team": sun_deok.team, "provider": sun_deok.provider}
        add = Action.objects.create(**keys, title="반찬", category=Category.objects.get(code="living"),
                                    service=Service.objects.get(code="meals"), owner=hana.user,
                                    owner_organisation=sun_deok.provider, due_on=sun_deok.plan_due)  # fmt: skip
    assert found(hana, "밑반찬") == [sun_deok.pk]
    with as_owner():
        Action.objects.filter(pk=add.pk).update(state="done")
        Person.objects.filter(pk=sun_deok.main_person_id).update(sealed=True)
    assert found(hana, "밑반찬") == []


@pytest.mark.rule("R39")
def test_a_need_of_a_closed_section_is_found_by_nobody_else(hana, eli, someone, sun_deok):
    with as_owner():
        Category.objects.filter(code="living").update(section="violence")
    ask(sun_deok, hana, "living", 4)
    with as_owner():
        NeedAnswer.objects.update(section="violence")
    assert found(hana, "식사") == [sun_deok.pk]
    assert found(someone("job_counsellor"), "식사") == []
