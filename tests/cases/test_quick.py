"""A note in seconds from any page, several cases handed over with a check each, a timeline that can be narrowed."""

from datetime import date

import pytest

from cases.models import EntryKind, TimelineEntry
from cases.services import timeline
from cases.services.leads import change_leads
from cases.services.notes import record_contact
from hopecare.kernel import errors
from hopecare.kernel.access import acting_as
from tests.cases.case_kit import again, ask, entries, goal
from tests.cast import NOW
from tests.database import as_owner
from tests.factories import make_case, make_person


def test_no_answer_is_one_tap_and_counts_as_no_contact(hana, as_):
    case = make_case(hana)
    client = as_(hana)
    page = client.get("/desk/note/").content.decode()
    assert "윤순덕" in page and "전화는 오전" in page, "how they may be reached stands beside the name (D4)"
    done = client.post("/desk/note/", {"number": case.number, "way": "no_answer", "token": "t"})
    client.post("/desk/note/", {"number": case.number, "way": "no_answer", "token": "t"})
    assert done.status_code == 302 and entries(case) == ["note"]
    assert (again(case).last_contact_at, again(case).tries) == (None, 1)
    client.post("/desk/note/", {"number": case.number, "way": "no_answer", "token": "t2"})
    for url in (f"/desk/cases/{case.number}/", "/desk/cases/"):
        assert "2번 연락 안 됨" in client.get(url).content.decode()


@pytest.mark.rule("R92")
def test_a_visit_or_a_call_after_closing_in_vain_is_a_try_and_no_contact(hana):
    case = make_case(hana)
    with acting_as(hana.viewer):
        timeline.append(hana.viewer, case, EntryKind.VISITED, result="nobody_home")
        timeline.append(hana.viewer, case, EntryKind.AFTERCARE, result="not_reached")
        assert (case.last_contact_at, case.tries) == (None, 2)
        timeline.append(hana.viewer, case, EntryKind.VISITED, result="met")
    assert (again(case).last_contact_at, again(case).tries) == (NOW, 0)


def test_the_case_that_was_open_is_chosen_already(hana, as_):
    case = make_case(hana)
    assert f'href="/desk/note/?case={case.number}"' in as_(hana).get(f"/desk/cases/{case.number}/").content.decode()
    page = as_(hana).get(f"/desk/note/?case={case.number}").content.decode()
    assert f'name="number" value="{case.number}"' in page and 'name="words"' in page


@pytest.fixture
def couple(hana):
    """A case, and the husband of its main person."""
    case = make_case(hana)
    return case, make_person("김영수", case.household, birth_date=date(1946, 1, 5), relation="spouse", phone="")


def typed(case, person="", **more):
    return {"number": case.number, "way": "called", "words": "한 사람 이야기", "token": "w", "person": person, **more}


def whose(case):
    with as_owner():
        rows = TimelineEntry.objects.filter(case=case, words="한 사람 이야기").order_by("pk")
        return list(rows.values_list("person_id", flat=True))


@pytest.mark.rule("D4")
def test_a_note_in_seconds_may_be_about_one_of_them_and_no_answer_is_one_tap_still(couple, hana, as_):
    case, husband = couple
    client, address = as_(hana), f"/desk/note/?case={case.number}"
    page = client.get(address).content.decode()
    assert 'type="radio" name="person" value="" id="id_person_0" checked' in page and "김영수" in page
    assert 'name="person"' not in client.get("/desk/note/").content.decode(), "nobody is chosen yet"
    assert client.post(address, typed(case, husband.pk)).status_code == 302
    assert client.post(address, typed(case, token="w2")).status_code == 302
    assert whose(case) == [husband.pk, None]
    nobody = {name: value for name, value in typed(case, token="w4").items() if name != "person"}
    unsaid = client.post(address, nobody)  # a kept draft may name somebody whom the page does not offer any more
    assert unsaid.status_code == 422 and "누구에 관한 것인지" in unsaid.content.decode() and len(whose(case)) == 2
    tap = {"number": case.number, "way": "no_answer", "token": "w3"}
    assert client.post("/desk/note/", tap).status_code == 302


@pytest.mark.rule("D4")
@pytest.mark.parametrize("page", ["/desk/note/?case={}", "/desk/cases/{}/contact/"])
def test_whoever_left_in_the_meantime_does_not_become_the_household(page, couple, hana, as_):
    case, husband = couple
    with as_owner():
        husband.memberships.update(ends_on=NOW.date())
    refused = as_(hana).post(page.format(case.number), typed(case, husband.pk))
    assert refused.status_code == 422 and "더는 이 가구에" in refused.content.decode()
    assert "한 사람 이야기" in refused.content.decode() and whose(case) == [], "the words are still there"
    with pytest.raises(errors.Impossible, match="not_here"):
        record_contact(by=hana.viewer, number=case.number, way="called", words="x", person_id=husband.pk)


@pytest.mark.rule("D4")
def test_a_parent_and_small_children_are_not_asked_about_whom(hana, as_):
    case = make_case(hana)
    make_person("김하늘", case.household, birth_date=date(2015, 5, 9), relation="child", phone="")
    assert 'name="person"' not in as_(hana).get(f"/desk/note/?case={case.number}").content.decode()


def test_a_case_one_may_not_see_takes_no_note(hana, chi, as_):
    case = make_case(hana)
    assert "윤순덕" not in as_(chi).get(f"/desk/note/?case={case.number}").content.decode()
    assert as_(chi).post("/desk/note/", {"number": case.number, "way": "called", "words": "x"}).status_code == 422
    with as_owner():
        assert not TimelineEntry.objects.filter(case=case).exists()


@pytest.mark.rule("R47")
def test_several_go_over_and_each_is_checked(hana, eli, chi, as_):
    mine, closed_to_me = make_case(hana), make_case(chi, town="jinjeop")
    moved, kept = change_leads(by=hana.viewer, numbers=[mine.number, closed_to_me.number], to=eli.user)
    assert moved == [mine.number] and [number for number, _why in kept] == [closed_to_me.number]
    moved, kept = change_leads(by=eli.viewer, numbers=[mine.number], to=chi.user)
    assert moved == [] and "팀" in kept[0][1]


@pytest.mark.rule("R46")
def test_the_page_shows_loads_and_hands_over(hana, eli, as_):
    case = make_case(hana)
    ask(hana, case, {"living": "3"})
    page = as_(eli).get(f"/desk/cases/reassign/?lead={hana.id}").content.decode()
    assert "송하나 · 사례 " in page and case.number in page
    as_(eli).post(f"/desk/cases/reassign/?lead={hana.id}", {"to": eli.id, "numbers": [case.number]})
    assert again(case).lead_id == eli.id


def test_the_timeline_can_be_narrowed(hana, as_):
    case = make_case(hana)
    goal(hana, case)
    as_(hana).post("/desk/note/", {"number": case.number, "way": "called", "words": "난방을 걱정하심"})
    address = f"/desk/cases/{case.number}/history/"
    assert "난방을" not in as_(hana).get(f"{address}?show=plan").content.decode().split('class="hc-time"')[1]
    found = as_(hana).get(f"{address}?words=난방").content.decode().split('class="hc-time"')[1]
    assert "난방을 걱정하심" in found and "목표" not in found
