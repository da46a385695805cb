"""Advisory and consultation groups: talked about first, decided with dissent, found again, kept to (R8, R13)."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from cases.models import CouncilDecision, CouncilIssue, CouncilPromise
from cases.selectors import council as found
from cases.services import council
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Organisation
from tests.cases.case_kit import DAY
from tests.database import as_owner

LATER = DAY + timedelta(days=30)


@pytest.fixture
def group(eli):
    row = council.found(by=eli.viewer, name="동부 협의체", kind="consultation", purpose="미리 의논합니다")
    for sector, house in (("facility", "한빛복지관"), ("health", "마석연합의원"), ("resident", "주민")):
        council.seat(by=eli.viewer, council_id=row.pk, name=f"위원 {house}", house=house, sector=sector,
                     starts_on=DAY, ends_on=LATER)  # fmt: skip
    return row


@pytest.fixture
def issue(group, gil):
    told = {"title": "도시락이 겹칩니다", "words": "수요일마다 두 기관의 음식이 함께 갑니다."}
    return council.raise_issue(by=gil.viewer, council_id=group.pk, **told)


def decide(actor, issue, **fields):
    told = {"words": "수요일은 한빛이 맡습니다.", "why": "먹을 것이 남아 버려지지 않게", "review_on": LATER}
    return council.decide(by=actor.viewer, issue_id=issue.pk, verdict=council.Verdict(**{**told, **fields}))


def shown(actor, show, line=""):
    with acting_as(actor.viewer):
        return [one.issue.title for one in found.issues(actor.viewer, show=show, line=line)]


@pytest.mark.rule("R13")
def test_what_a_partner_raised_is_decided_with_dissent_and_found_again(issue, eli, hana, gil):
    assert shown(hana, "open") == ["도시락이 겹칩니다"]
    decide(eli, issue, dissent="금요일이 낫다", dissenters="길도윤")
    assert (shown(hana, "open"), shown(hana, "decided", "버려지지 수요일")) == ([], ["도시락이 겹칩니다"])
    assert shown(hana, "decided", "금요일") and not shown(hana, "decided", "토요일")
    assert shown(gil, "again") == []
    with clock.pinned(clock.at(LATER, clock.now().time())):
        assert shown(gil, "again") == ["도시락이 겹칩니다"]
    with pytest.raises(ProgrammingError), transaction.atomic():  # what was decided is added to, never rewritten
        CouncilDecision.objects.update(dissent="", dissenters="")


@pytest.mark.rule("R13")
def test_a_decision_says_why_and_nobody_is_talked_about(issue, eli, gil):
    with pytest.raises(errors.Impossible) as refusal:
        decide(eli, issue, why=" ", dissent="다르게 봅니다", review_on=DAY)
    assert {problem.code for problem in refusal.value.problems} == {"no_reason", "dissent", "review"}
    for words in ("사례 2026-000123 이야기", "010-0000-0078 님", "480302-2000001"):
        with pytest.raises(errors.Impossible, match="names_somebody"):
            council.raise_issue(by=gil.viewer, council_id=issue.council_id, title="겹침", words=words)
    with pytest.raises(errors.Forbidden):
        decide(gil, issue)


@pytest.mark.rule("R8")
def test_members_sit_for_a_sector_and_a_term(group, eli, hana):
    with acting_as(hana.viewer):
        ((_row, here),) = found.councils(hana.viewer)
        _row, seats = found.council_of(hana.viewer, group.pk)
    assert here == 3 and {seat.sector for seat in seats} == {"facility", "health", "resident"}
    council.end_seat(by=eli.viewer, seat_id=seats[0].pk)
    with clock.pinned(clock.now() + timedelta(days=1)), acting_as(hana.viewer):
        assert found.councils(hana.viewer)[0][1] == 2
    with pytest.raises(errors.Impossible, match="term"):
        council.seat(by=eli.viewer, council_id=group.pk, name="오", sector="expert", starts_on=LATER, ends_on=DAY)


@pytest.mark.rule("R13")
def test_a_promise_is_kept_by_whoever_made_it_or_stands_as_broken(issue, eli, gil, hana):
    hanbit = Organisation.objects.get(code="hanbit")
    row = council.promise(by=eli.viewer, issue_id=issue.pk, words="요일표를 나눕니다", owner=hanbit, due_on=DAY)
    decide(eli, issue)
    with clock.pinned(clock.now() + timedelta(days=1)):
        assert shown(hana, "again") == ["도시락이 겹칩니다"]
        with pytest.raises(errors.NotFound):
            council.keep_promise(by=hana.viewer, promise_id=row.pk)
        council.keep_promise(by=gil.viewer, promise_id=row.pk)
        assert shown(hana, "again") == [] and CouncilPromise.objects.get().done_on == DAY + timedelta(days=1)


@pytest.mark.rule("R8")
@pytest.mark.rule("R13")
def test_the_pages_from_the_group_to_the_promise_and_who_does_not_find_them(eli, gil, jin, fraud, as_):
    head, partner = as_(eli), as_(gil)
    founding = {"name": "자문단", "kind": "advisory", "zone": "", "purpose": "함께 살핍니다"}
    assert head.post("/desk/groups/new/", {**founding, "name": ""}).status_code == 422
    assert head.post("/desk/groups/new/", founding).status_code == 302
    assert head.post("/desk/groups/new/", founding).status_code == 422
    with as_owner():
        group = found.Council.objects.get()
    seat = {"name": "오세린", "house": "", "sector": "expert", "starts_on": f"{DAY}", "ends_on": f"{LATER}"}
    assert head.post(f"/desk/groups/{group.pk}/", seat).status_code == 302
    raised = {"council": group.pk, "title": "밤의 부탁", "words": "누가 받나요", "category": ""}
    assert partner.post("/desk/groups/", {**raised, "words": "2026-000123"}).status_code == 422
    assert partner.post("/desk/groups/", raised).status_code == 302
    here = f"/desk/groups/issues/{CouncilIssue.objects.get().pk}/"
    decision = {
        "words": "아침에 되묻습니다",
        "why": "솔직하게",
        "dissent": "",
        "dissenters": "",
        "review_on": f"{LATER}",
    }
    assert head.post(here, {**decision, "why": ""}).status_code == 422
    assert head.post(here, decision).status_code == 302
    house = Organisation.objects.get(code="hanbit").pk
    assert head.post(here, {"words": "당직표", "owner": house, "due_on": f"{DAY}"}).status_code == 302
    page = partner.get(here).content.decode()
    assert "솔직하게" in page and "당직표" in page and 'name="why"' not in page
    assert partner.post(f"{here}promises/{CouncilPromise.objects.get().pk}/").status_code == 302
    assert "밤의 부탁" in partner.get("/desk/groups/?q=되묻").content.decode()
    assert partner.post(here, decision).status_code == 404
    for actor in (jin, fraud):  # aggregates alone; nothing at all
        assert as_(actor).get("/desk/groups/").status_code == as_(actor).get(here).status_code == 404


@pytest.mark.rule("R13")
def test_a_meeting_has_an_agenda_on_paper_and_a_calendar_file_that_names_nobody(issue, group, eli, gil, as_):
    head, here = as_(eli), f"/desk/groups/{group.pk}/"
    plan = {"day": f"{LATER}", "hour": "14:30", "place": "동부센터, 2층"}
    assert as_(gil).post(f"{here}meeting/", plan).status_code == 404
    assert head.post(f"{here}meeting/", {**plan, "day": f"{DAY - timedelta(days=1)}"}).status_code == 302
    assert found.Council.objects.get().meets_at is None
    head.post(f"{here}meeting/", plan)
    council.promise(by=eli.viewer, issue_id=issue.pk, words="요일표를 나눕니다", due_on=LATER,
                    owner=Organisation.objects.get(code="hanbit"))  # fmt: skip
    paper = as_(gil).get(f"{here}agenda/").content.decode()
    assert "도시락이 겹칩니다" in paper and "요일표를 나눕니다" in paper and "위원 주민" in paper and "14:30" in paper
    decide(eli, issue)
    answer = as_(gil).get(f"{here}calendar/")
    text = answer.content.decode()
    lines = text.replace("\r\n ", "").split("\r\n")
    assert answer["Content-Type"].startswith("text/calendar") and all(
        len(line.encode()) <= 75 for line in text.split("\r\n")
    )
    assert f"DTSTART:{LATER:%Y%m%d}T053000Z" in lines and "LOCATION:동부센터\\, 2층" in lines
    assert f"DTSTART;VALUE=DATE:{LATER:%Y%m%d}" in lines and lines.count("BEGIN:VEVENT") == 3
    for word in ("도시락", "요일표", "위원", "길도윤", "이을영", "한빛"):
        assert word not in text
    assert as_(gil).get(here).content.decode().count("/agenda/") == 1
