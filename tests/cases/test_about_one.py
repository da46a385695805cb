"""Whichever door a word about one adult takes, it is held as a note is: by both walls, on paper, in files (D4)."""

import csv
import io
import zipfile
from datetime import date, timedelta

import pytest

from cases.models import Action, AgendaPoint, Decision, TimelineEntry
from cases.selectors.own_file import write_own_file
from cases.services import conferences
from cases.services.conferences import Called, Seat
from cases.services.plans import Wanted
from hopecare.kernel import errors
from hopecare.kernel.access import acting_as, visible_to
from hopecare.kernel.models import Category, Organisation
from tests.cases import sharing_kit as kit
from tests.cases.case_kit import DAY, THURSDAY
from tests.cast import NOW
from tests.database import as_owner
from tests.factories import make_case, make_person
from tests.mobile_api.test_field_api import ask, key_of


@pytest.fixture
def case(hana, gil):
    """Shared at level 3; its main person agreed to everything."""
    found = make_case(hana)
    hanbit = Organisation.objects.get(code="hanbit")
    kit.agree(found.provider, hanbit, 3)
    kit.share(found, hanbit, hana.user)
    kit.ground(found, hana.user, "case_management", given=True)
    return found


@pytest.fixture
def husband(case):
    return make_person("김영수", case.household, birth_date=date(1946, 1, 5), relation="spouse", phone="")


@pytest.fixture
def meeting(case, hana, ana):
    seats = [Seat("송하나", "private", "동부센터", hana.id), Seat("안서연", "public", "화도읍", ana.id)]
    told = Called(at=THURSDAY, place="2층", agenda="난방\n식사", seats=seats, client_words="저도 가겠습니다")
    return conferences.call(by=hana.viewer, number=case.number, called=told)


def by_every_door(hana, client, case, meeting, person):
    """One word each by the case page, in seconds, by telephone, as a decision, a promise and a point."""
    typed = {"way": "note", "words": "쪽지", "person": person or ""}
    desk, here = f"/desk/cases/{case.number}", f"/households/{case.number}/contacts"
    assert client.post(f"{desk}/contact/", {**typed, "token": f"a{person}"}).status_code == 302
    quick = {**typed, "number": case.number, "words": "빠른 쪽지", "token": f"b{person}"}
    assert client.post("/desk/note/", quick).status_code == 302
    told = {"way": "called", "words": "전화 쪽지", **({"person": person} if person else {})}
    ask(key_of(hana), "POST", here, told, Idempotency_Key=f"{person or 0:040d}")
    page = f"{desk}/conferences/{meeting.pk}"
    decided = {"words": "결정", "person": person or "", "token": f"c{person}"}
    assert client.post(f"{page}/decision/", decided).status_code == 302
    category = Category.objects.get(code="living").pk
    promised = {"title": "약속", "category": category, "owner": hana.id, "due_on": f"{DAY}", "person": person or ""}
    assert client.post(f"{page}/promise/", {**promised, "token": f"d{person}"}).status_code == 302
    point = client.post(f"{page}/point/", {"words": "안건", "person": person or "", "token": f"e{person}"})
    assert point.status_code == (302 if person else 422), "what is about all of them stands in the agenda itself"


WORDS = {"쪽지", "빠른 쪽지", "전화 쪽지", "결정"}


def read_by(actor, case, person):
    """By the predicate alone, and by the database alone: the two must say the same."""
    with as_owner():
        ours = rows(lambda model: visible_to(actor.viewer, model).filter(case=case, person=person))
    with acting_as(actor.viewer):
        bare = rows(lambda model: model.objects.filter(case=case, person=person))
    assert ours == bare
    return bare


def rows(of):
    found = set(of(TimelineEntry).exclude(words="").values_list("words", flat=True))
    found |= {f"entry {one['title']}" for one in of(TimelineEntry).values_list("details", flat=True) if "title" in one}
    found |= set(of(Action).values_list("title", flat=True)) | set(of(Decision).values_list("dissent", flat=True))
    return found | set(of(AgendaPoint).values_list("words", flat=True))


@pytest.mark.rule("D4")
@pytest.mark.rule("K6")
def test_another_organisation_reads_a_word_about_one_adult_by_that_adults_word_whatever_door_it_came_by(
    hana, gil, as_, case, husband, meeting
):
    for person in (None, husband.pk):
        by_every_door(hana, as_(hana), case, meeting, person)
    told = {*WORDS, "약속", "entry 약속"}
    assert read_by(hana, case, husband.pk) == {*told, "", "안건"}, "the case's own people read all of it"
    assert read_by(gil, case, None) == told, "what is the household's goes by the main person"
    assert read_by(gil, case, husband.pk) == set()
    kit.ground(case, hana.user, "case_management", given=True, person=husband)
    assert read_by(gil, case, husband.pk) == told, "and never the conference's own rows: no dissent, no point"


@pytest.mark.rule("D4")
def test_the_paper_for_one_carries_the_households_and_their_own(hana, chi, as_, case, husband, meeting):
    child = make_person("김하늘", case.household, birth_date=date(2012, 5, 9), relation="child", phone="")
    living, due, at = Category.objects.get(code="living"), NOW.date() + timedelta(days=7), {"conference_id": meeting.pk}
    for person, word in ((None, "모두"), (case.main_person, "아내만"), (husband, "남편만"), (child, "아이만")):
        whose = person.pk if person else None
        conferences.decide(by=hana.viewer, words=f"결정 {word}", person_id=whose, **at)
        wanted = Wanted(f"약속 {word}", living, "staff", due, owner=hana.user, person=person)
        conferences.promise(by=hana.viewer, wanted=wanted, **at)
        if whose:
            conferences.add_point(by=hana.viewer, words=f"안건 {word}", person_id=whose, **at)
    address, client = f"/desk/cases/{case.number}/conferences/{meeting.pk}/", as_(hana)
    page = client.get(address).content.decode()
    assert page.count("김영수에게만 해당") == 3 and f"{address}paper/{child.pk}/" not in page
    for person, own, others in (
        (case.main_person_id, "아내만", ("남편만", "아이만")),
        (husband.pk, "남편만", ("아내만", "아이만", "저도 가겠습니다")),
    ):
        assert f"{address}paper/{person}/" in page
        paper = client.get(f"{address}paper/{person}/").content.decode()
        assert all(f"{kind} {own}" in paper for kind in ("안건", "결정", "약속")) and "난방" in paper
        assert "결정 모두" in paper and "약속 모두" in paper
        assert not [word for word in others if word in paper], "of another adult, and of a child, nothing"
        assert as_(chi).get(f"{address}paper/{person}/").status_code == 404
    assert client.get(f"{address}paper/{child.pk}/").status_code == 404
    sheet = client.get(f"{address}sheet/").content.decode()
    assert "안건" in sheet and not any(word in sheet for word in ("아내만", "남편만")), "it lies on the table"
    plan = client.get(f"/desk/cases/{case.number}/plan/paper/").content.decode()
    assert "약속 아내만" in plan and "약속 아이만" in plan and "약속 남편만" not in plan


@pytest.mark.rule("D4")
def test_whoever_left_is_said_and_nothing_is_decided_about_the_household_instead(hana, as_, case, husband, meeting):
    with as_owner():
        husband.memberships.update(ends_on=NOW.date())
    page = f"/desk/cases/{case.number}/conferences/{meeting.pk}"
    for door in ("decision", "promise", "point"):
        refused = as_(hana).post(f"{page}/{door}/", {"words": "결정", "title": "약속", "person": husband.pk})
        assert refused.status_code == 422 and "더는 이 가구에" in refused.content.decode()
    for write in (conferences.decide, conferences.add_point):
        with pytest.raises(errors.Impossible, match="not_here"):
            write(by=hana.viewer, conference_id=meeting.pk, words="남편만", person_id=husband.pk)
    with as_owner():
        assert not Decision.objects.exists() and not AgendaPoint.objects.exists() and not Action.objects.exists()


def test_a_decision_sent_twice_is_one(hana, as_, case, meeting):
    address = f"/desk/cases/{case.number}/conferences/{meeting.pk}/"
    for _twice in range(2):
        assert as_(hana).post(f"{address}decision/", {"words": "결정", "token": "t"}).status_code == 302
    with as_owner():
        assert Decision.objects.count() == 1
    page = as_(hana).get(address).content.decode()
    assert 'name="person"' not in page and "/point/" not in page, "one adult alone: nobody is asked about whom"
    assert f"{address}paper/{case.main_person_id}/" in page


@pytest.mark.rule("K9")
@pytest.mark.rule("D4")
def test_a_word_keeps_whose_it_is_in_the_organisations_own_file(hana, eli, as_, case, husband, meeting):
    by_every_door(hana, as_(hana), case, meeting, husband.pk)
    target = io.BytesIO()
    with acting_as(eli.viewer):
        write_own_file(eli.viewer, target, reason="이전")
    with zipfile.ZipFile(target) as archive:
        for sheet in ("timeline", "decisions", "points_of_one", "actions"):
            lines = list(csv.DictReader(io.StringIO(archive.read(f"{sheet}.csv").decode("utf-8-sig"))))
            named = [line for line in lines if line.get("words", line.get("title")) in {*WORDS, "약속", "안건"}]
            assert named and {line["person"] for line in named} == {"김영수"}, sheet
