"""Notes from before somebody was let in stay closed to them, unless whoever let them in says otherwise (R58)."""

from datetime import time, timedelta

import pytest
from django.db import connection

from cases.access import grants_of
from cases.models import (
    AftercareCheck,
    AgendaPoint,
    CaseGrant,
    CaseShare,
    Conference,
    Decision,
    Outing,
    OutingStop,
    RiskFlag,
    StopPerson,
    TimelineEntry,
    Visit,
    Voice,
)
from cases.selectors.case_page import case_view, timeline_of
from cases.selectors.shared import shared_case
from cases.services import break_glass, conferences, earlier_notes, leads, sharing
from cases.services.notes import record_contact
from cases.services.timeline import last_contact
from hopecare.kernel import clock, errors, names
from hopecare.kernel.access import acting_as, visible_to
from hopecare.kernel.models import ChangeEntry, Organisation, Town
from tests.cases import sharing_kit as kit
from tests.cases.case_kit import entries
from tests.cases.test_case_page import queries
from tests.cases.test_conference import call, held, seats
from tests.cast import NOW
from tests.database import as_owner
from tests.factories import make_case

WEEK = timedelta(days=7)
UNTIL = NOW.date() + timedelta(days=20)
EARLIER, LATER = "지난주에 아들과 다투셨다고 함", "오늘은 식사를 잘하심"


@pytest.fixture
def case(hana):
    """A case with a note of last week and its facts; the consent lets another house in."""
    with clock.pinned(NOW - WEEK):
        case = make_case(hana)
        record_contact(by=hana.viewer, number=case.number, way="called", words=EARLIER)
        kit.ground(case, hana.user, "case_management", given=True)
    return case


@pytest.fixture
def let_in(hana, chi, case):
    leads.grant_access(by=hana.viewer, number=case.number, user=chi.user, until=UNTIL, reason="함께 봄")
    return chi


def write(actor, case, words, **fields):
    record_contact(by=actor.viewer, number=case.number, way="visited", words=words, **fields)


def notes(actor, case):
    """The words that each wall lets through by itself; they must agree."""
    viewer = actor.viewer
    with as_owner():
        ours = {row.words for row in visible_to(viewer, TimelineEntry).filter(case=case) if row.words}
    with acting_as(viewer), connection.cursor() as cursor:
        cursor.execute("select words from cases_timelineentry where case_id = %s and words <> ''", [case.pk])
        bare = {words for (words,) in cursor.fetchall()}
    assert ours == bare
    return ours


def behind_each_wall(actor, model, case):
    """How many rows the predicate alone lets through, and how many the database alone."""
    with as_owner():
        ours = visible_to(actor.viewer, model).filter(case=case).count()
    with acting_as(actor.viewer):
        return [ours, model.objects.filter(case=case).count()]


@pytest.mark.rule("R58")
def test_whoever_is_let_in_reads_notes_from_that_day_on(hana, let_in, case):
    write(hana, case, LATER)
    assert notes(let_in, case) == {LATER}
    assert notes(hana, case) == {EARLIER, LATER}
    with acting_as(let_in.viewer):
        told = timeline_of(let_in.viewer, case)
        assert EARLIER not in {row["words"] for row in told}
        assert {row["kind"] for row in told} >= {"contact", "member"}  # what is no note stays
        assert timeline_of(let_in.viewer, case, words="아들") == []
        assert EARLIER not in {row["words"] for row in case_view(let_in.viewer, case.number).entries}


@pytest.mark.rule("R58")
def test_the_words_stay_in_the_database_for_a_bare_statement_too(let_in, case):
    """The row is there for the owner: the second wall hides it, not a missing row."""
    with acting_as(let_in.viewer), connection.cursor() as cursor:
        cursor.execute("select count(*) from cases_timelineentry where words = %s", [EARLIER])
        assert cursor.fetchone()[0] == 0
    with as_owner():
        assert TimelineEntry.objects.filter(words=EARLIER).exists()


@pytest.mark.rule("R58")
def test_whoever_lets_them_in_may_open_all_and_it_is_logged(hana, chi, case):
    leads.grant_access(by=hana.viewer, number=case.number, user=chi.user, until=UNTIL, reason="함께", earlier=True)
    assert notes(chi, case) == {EARLIER}
    with as_owner():
        assert ChangeEntry.objects.get(what="granted").details["earlier"] is True
        assert TimelineEntry.objects.filter(details__what="notes_opened").exists()


@pytest.mark.rule("R58")
def test_the_lead_opens_and_closes_it_later_on_record(hana, let_in, case):
    for earlier, what in ((True, "notes_opened"), (False, "notes_kept")):
        earlier_notes.for_colleague(by=hana.viewer, number=case.number, user=let_in.user, earlier=earlier)
        assert (EARLIER in notes(let_in, case)) is earlier
        with as_owner():
            assert ChangeEntry.objects.filter(what=what).count() == 1
            assert TimelineEntry.objects.filter(details__what=what, details__name=let_in.user.name).count() == 1


@pytest.mark.rule("R58")
def test_somebody_let_in_opens_earlier_notes_to_nobody(let_in, someone, case):
    other = someone("social_worker", "west_centre", "west_mixed")
    with pytest.raises(errors.Impossible, match="not_yours"):
        earlier_notes.for_colleague(by=let_in.viewer, number=case.number, user=let_in.user, earlier=True)
    granted = {"number": case.number, "until": UNTIL, "reason": "함께"}
    for user in (let_in.user, other.user):
        with pytest.raises(errors.Impossible, match="not_yours"):
            leads.grant_access(by=let_in.viewer, user=user, earlier=True, **granted)
    leads.grant_access(by=let_in.viewer, user=let_in.user, **granted)
    assert notes(let_in, case) == set()


@pytest.mark.rule("R58")
def test_one_reads_ones_own_whenever_it_was_written(hana, chi, case):
    with clock.pinned(NOW - WEEK):
        leads.grant_access(
            by=hana.viewer, number=case.number, user=chi.user, until=clock.today() + timedelta(days=1), reason="함께"
        )
        write(chi, case, "내가 쓴 것")
    leads.grant_access(by=hana.viewer, number=case.number, user=chi.user, until=UNTIL, reason="다시")
    assert notes(chi, case) == {"내가 쓴 것"}


@pytest.mark.rule("R58")
def test_an_access_that_runs_on_keeps_its_day_and_a_new_one_begins_anew(hana, chi, case):
    def let(until):
        leads.grant_access(by=hana.viewer, number=case.number, user=chi.user, until=until, reason="함께")
        return grants_of(case)[0].notes_from

    first = NOW.date() - WEEK
    with clock.pinned(NOW - WEEK):
        assert let(first + timedelta(days=30)) == first
    assert let(UNTIL) == first
    leads.withdraw_access(by=hana.viewer, number=case.number, user=chi.user)
    assert let(UNTIL) == NOW.date() and notes(chi, case) == set()


@pytest.mark.rule("R58")
@pytest.mark.rule("R47")
def test_team_lead_stand_in_and_danger_to_life_read_all(hana, ana, eli, let_in, case, someone):
    assert notes(ana, case) == notes(eli, case) == {EARLIER}
    north = someone("social_worker", "north_centre", "north_mixed")
    leads.grant_access(by=hana.viewer, number=case.number, user=north.user, until=UNTIL, reason="함께")
    assert notes(north, case) == set()
    kit.lead(case, north.user)
    assert notes(north, case) == {EARLIER}  # hands that answer for the case
    kit.cover(north.user, let_in.user, Organisation.objects.get(code="north_centre"))
    assert notes(let_in, case) == {EARLIER}


@pytest.mark.rule("K7")
@pytest.mark.rule("R58")
def test_danger_to_life_opens_earlier_notes_for_somebody_let_in(let_in, case):
    assert notes(let_in, case) == set()
    number = break_glass.break_glass(
        by=let_in.viewer, number=case.number, reason="쓰러져 계시고 답이 없습니다", urgent=True
    )
    assert number == case.number and notes(let_in, case) == {EARLIER}
    with clock.pinned(NOW + timedelta(hours=3)):
        assert notes(let_in, case) == set()


@pytest.mark.rule("D10")
@pytest.mark.rule("R58")
def test_warnings_and_what_is_no_note_stay(hana, let_in, case):
    with as_owner():
        keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id, "by": hana.user}
        flag = {"kind": "dog", "words": "큰 개가 묶여 있지 않음", "raised_at": NOW - WEEK}
        RiskFlag.objects.create(**keys, **flag)
        Voice.objects.create(**keys, kind="own_words", words="혼자 있고 싶다", at=NOW - WEEK)
        Voice.objects.create(**keys, kind="private", words="남편 모르게", at=NOW - WEEK)
    with acting_as(let_in.viewer):
        view = case_view(let_in.viewer, case.number)
        assert [one.words for one in view.warnings.told] == ["큰 개가 묶여 있지 않음"]
    assert behind_each_wall(let_in, Voice, case) == [1, 1] and behind_each_wall(hana, Voice, case) == [2, 2]


@pytest.mark.rule("R58")
def test_words_of_a_round_and_of_aftercare_are_notes_too(hana, let_in, case):
    with as_owner():
        keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
        town = Town.objects.get(code="hwado")
        day = Outing.objects.create(
            on=NOW.date() - WEEK, leaves_at=time(9), name="이동 상담", start=town, made_by=hana.user
        )
        stop = OutingStop.objects.create(outing=day, town=town, place="광장", lat=37, lon=127, minutes=40)
        told = {"result": "met", "recorded_by": hana.user, "words": "다리를 저심"}
        StopPerson.objects.create(**keys, stop=stop, recorded_at=NOW - WEEK, **told)
        AftercareCheck.objects.create(
            **keys, months=3, due_on=NOW.date() - WEEK, done_on=NOW.date() - WEEK, words="잘 지내심", done_by=hana.user
        )
        AftercareCheck.objects.create(**keys, months=6, due_on=NOW.date() + WEEK)
    for model, left in ((StopPerson, 0), (AftercareCheck, 1)):
        assert behind_each_wall(let_in, model, case) == [left, left]
        assert behind_each_wall(hana, model, case) == [left + 1, left + 1]


@pytest.mark.rule("R58")
@pytest.mark.rule("R47")
def test_what_a_conference_decided_is_a_note_too_and_one_to_come_is_none(hana, ana, let_in, case, as_):
    def met():
        row = call(hana, case, seats(hana, ana), purpose="review")
        keys = {"by": hana.viewer, "conference_id": row.pk}
        conferences.add_point(**keys, words="술을 다시 드심", person_id=case.main_person_id)
        conferences.decide(**keys, words="입원을 권함", person_id=case.main_person_id)
        return row, held(hana, row, summary="어머니는 반대하심")

    with clock.pinned(NOW - WEEK):
        row, _held = met()
    coming = call(hana, case, seats(hana, ana), purpose="review")
    for model, all_of_them in ((Conference, 2), (AgendaPoint, 1), (Decision, 1)):
        assert behind_each_wall(let_in, model, case) == [all_of_them - 1] * 2
        assert behind_each_wall(hana, model, case) == [all_of_them] * 2
    assert notes(let_in, case) == set() and notes(hana, case) == {EARLIER, "입원을 권함", "어머니는 반대하심"}
    assert entries(case).count("planned") == 4
    with acting_as(let_in.viewer):
        told = [entry["details"]["what"] for entry in timeline_of(let_in.viewer, case) if entry["kind"] == "planned"]
    assert told == ["conference", "conference"], "that they met stays"
    where = f"/desk/cases/{case.number}/conferences"
    assert as_(let_in).get(f"{where}/{row.pk}/").status_code == 404
    assert as_(let_in).get(f"{where}/{coming.pk}/").status_code == 200
    met()
    assert notes(let_in, case) == {"입원을 권함", "어머니는 반대하심"}


@pytest.mark.rule("R58")
def test_what_was_written_at_a_visit_is_a_note_and_a_visit_to_come_is_none(hana, ana, let_in, case):
    keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
    both, recorded = {"official": ana.user, "worker": hana.user}, {"recorded_by": hana.user, "recorded_at": NOW - WEEK}
    with as_owner():
        Visit.objects.create(**keys, **both, **recorded, at=NOW - WEEK, result="met", note="손을 떠심")
        told = {"result": "danger", "told_whom": "112, 옆집 김 씨", "told_at": NOW - WEEK}
        Visit.objects.create(**keys, **both, **recorded, **told, at=NOW - WEEK)
        Visit.objects.create(**keys, **both, **recorded, at=NOW - WEEK, result="met")
        Visit.objects.create(**keys, official=ana.user, worker=let_in.user, at=NOW + WEEK)
    assert behind_each_wall(let_in, Visit, case) == [2, 2] and behind_each_wall(hana, Visit, case) == [4, 4]
    with as_owner():
        Visit.objects.filter(note="손을 떠심").update(recorded_by=let_in.user)
    assert behind_each_wall(let_in, Visit, case) == [3, 3]


@pytest.mark.rule("R20")
def test_a_contact_that_one_may_not_read_still_counts_as_the_last(let_in, case):
    with acting_as(let_in.viewer):
        assert last_contact(case, leaving={"way": "mobile_unit", "outing": 1}) == NOW - WEEK


@pytest.fixture
def hanbit(gil, case):
    house = Organisation.objects.get(code="hanbit")
    kit.agree(case.provider, house, 3)
    return house


@pytest.mark.rule("R9")
@pytest.mark.rule("R58")
def test_an_organisation_that_joins_later_reads_notes_from_that_day_on(hana, gil, hanbit, case):
    sharing.invite(by=hana.viewer, number=case.number, organisation=hanbit, reason="밑반찬")
    write(hana, case, LATER)
    assert notes(gil, case) == {LATER}
    with acting_as(gil.viewer):
        row = shared_case(gil.viewer, case.number)
    assert row.notes_since == NOW.date() and EARLIER not in {one.words for one in row.notes}
    earlier_notes.for_house(by=hana.viewer, number=case.number, organisation=hanbit, earlier=True)
    assert notes(gil, case) == {EARLIER, LATER}
    earlier_notes.for_house(by=hana.viewer, number=case.number, organisation=hanbit, earlier=False)
    assert notes(gil, case) == {LATER}


@pytest.mark.rule("D17")
@pytest.mark.rule("R58")
def test_opening_and_closing_names_no_house_whose_name_tells(hana, hanbit, case):
    with as_owner():
        Organisation.objects.filter(pk=hanbit.pk).update(tells="violence", name_ko="다온여성쉼터")
    hanbit.refresh_from_db()
    sharing.invite(by=hana.viewer, number=case.number, organisation=hanbit, reason="함께")
    for earlier in (True, False):
        earlier_notes.for_house(by=hana.viewer, number=case.number, organisation=hanbit, earlier=earlier)
    with as_owner():
        told = TimelineEntry.objects.filter(case=case, details__what__in=["notes_opened", "notes_kept"])
        assert [one.details["name"] for one in told] == [names.shown(None, hanbit)] * 2 != ["다온여성쉼터"] * 2


@pytest.mark.rule("R9")
@pytest.mark.rule("R58")
def test_of_two_doors_the_wider_one_counts(hana, gil, hanbit, case):
    leads.grant_access(by=hana.viewer, number=case.number, user=gil.user, until=UNTIL, reason="함께")
    sharing.invite(by=hana.viewer, number=case.number, organisation=hanbit, reason="밑반찬")
    assert notes(gil, case) == set()
    earlier_notes.for_house(by=hana.viewer, number=case.number, organisation=hanbit, earlier=True)
    assert notes(gil, case) == {EARLIER}


@pytest.mark.rule("R58")
def test_the_forms_ask_and_the_page_of_the_team_shows_and_changes_it(hana, chi, hanbit, case, as_):
    page, team = as_(hana), f"/desk/cases/{case.number}/team/"
    form = page.get(f"{team}grant/").content.decode()
    assert 'name="earlier"' in form and "checked" not in form
    page.post(f"{team}grant/", {"user": chi.id, "until": f"{UNTIL}", "reason": "함께"})
    page.post(f"{team}share/", {"organisation": hanbit.pk, "reason": "밑반찬", "earlier": "on"})
    with as_owner():
        assert CaseGrant.objects.get().notes_from == NOW.date() and CaseShare.objects.get().notes_from is None
    shown = page.get(team).content.decode()
    assert "이전 기록 열기" in shown and "이전 기록 닫기" in shown
    page.post(f"{team}grant/", {"user": chi.id, "notes": "all"})
    with as_owner():
        share = CaseShare.objects.get()
        assert CaseGrant.objects.get().notes_from is None and share.notes_from is None
    page.post(f"{team}share/", {"share": share.pk, "notes": "later"})
    with as_owner():
        assert CaseShare.objects.get().notes_from == NOW.date()


@pytest.mark.rule("R58")
def test_the_page_says_so_without_a_number_and_to_nobody_else(hana, let_in, case, as_):
    said = "그 전의 기록"
    for path in ("", "history/", "forms/first_consultation/"):
        address = f"/desk/cases/{case.number}/{path}"
        assert said in as_(let_in).get(address).content.decode()
        assert said not in as_(hana).get(address).content.decode()
    assert "이전 기록 열기" not in as_(let_in).get(f"/desk/cases/{case.number}/team/").content.decode()


@pytest.mark.rule("R58")
def test_what_stays_closed_costs_no_further_question(hana, let_in, case, as_):
    for path in (f"/desk/cases/{case.number}/", f"/desk/cases/{case.number}/history/"):
        asked = [len(queries(as_(who), path)) for who in (hana, let_in)]
        assert asked == [10, 10]
