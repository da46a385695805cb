"""Agreements, parts in a case, locks, covers, danger to life, who read: access besides the team (R9, D6, K6–K9)."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from cases.models import Case, CaseGrant, CaseLock, ServiceRecord
from cases.rules.access import odd_rules
from cases.selectors.case_list import Filters, case_page
from cases.selectors.colleagues import heads_of
from cases.selectors.reading import odd_looks, readers
from cases.selectors.shared import shared_case, shared_cases
from cases.services import break_glass, locks, reviews, sharing
from cases.services.closing import close_case
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import acting_as, visible_to
from hopecare.kernel.models import Agreement, Organisation, Person, ReadEntry, Town
from hopecare.kernel.selectors.agreements import level_between
from hopecare.kernel.services import agreements
from hopecare.messaging.models import Message
from tests.cases import sharing_kit as kit
from tests.cases.case_kit import DAY, TOLD
from tests.cast import NOW
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person


@pytest.fixture
def hanbit(gil):
    return Organisation.objects.get(code="hanbit")


@pytest.fixture
def east(hana):
    return Organisation.objects.get(code="east_centre")


def sees(actor, case):
    with acting_as(actor.viewer):
        return visible_to(actor.viewer, Case).filter(pk=case.pk).exists() and Case.objects.filter(pk=case.pk).exists()


@pytest.mark.rule("R9")
@pytest.mark.rule("K6")
def test_raising_takes_both_signatures_and_lowering_one(eli, gil, east, hanbit):
    version = agreements.propose(by=eli.viewer, other=hanbit, level=2, text="계획까지 함께 봅니다")
    assert level_between(east.pk, hanbit.pk) == 0
    agreements.sign(by=gil.viewer, agreement_id=version.pk)
    assert level_between(east.pk, hanbit.pk) == 2
    waiting = agreements.propose(by=gil.viewer, other=east, level=3, text="기록까지")
    agreements.lower(by=eli.viewer, other=hanbit, level=0)
    assert level_between(east.pk, hanbit.pk) == 0
    with pytest.raises(errors.Impossible, match="newer"):
        agreements.sign(by=eli.viewer, agreement_id=waiting.pk)


@pytest.mark.rule("K6")
@pytest.mark.parametrize("change", [{"level": 3}, {"second_signed_by": 1, "second_signed_at": NOW}])
def test_the_database_lets_nobody_change_a_version_or_sign_for_the_other_side(change, eli, east, hanbit):
    version = agreements.propose(by=eli.viewer, other=hanbit, level=1, text="갈래와 날짜")
    ours_first = version.first_id == east.pk
    if "level" not in change and not ours_first:
        change = {"first_signed_by": 1, "first_signed_at": NOW}
    with acting_as(eli.viewer), pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.filter(pk=version.pk).update(**change)
    with acting_as(eli.viewer), pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.create(
            first_id=version.first_id, second_id=version.second_id, level=3, version=2, lowered=True, starts_on=DAY,
            first_signed_at=NOW,
        )  # fmt: skip


@pytest.mark.rule("R18")
@pytest.mark.rule("R9")
@pytest.mark.rule("K6")
def test_level_by_level_and_only_with_consent(hana, gil, east, hanbit, as_):
    case = make_case(hana)
    kit.fill(case, hana.user)
    sharing.invite(by=hana.viewer, number=case.number, organisation=hanbit, reason="밑반찬을 함께")
    seen = []
    for level in range(4):
        kit.agree(east, hanbit, level)
        for given in (False, True):
            kit.ground(case, hana.user, "case_management", given=given)
            with acting_as(gil.viewer):
                row = shared_case(gil.viewer, case.number)
            seen.append((row.level, bool(row.name), bool(row.dates), row.plan is not None, bool(row.notes)))
    assert seen[::2] == [(0, False, False, False, False)] * 4  # no consent, no more than that a case exists
    assert seen[1::2] == [
        (0, False, False, False, False),
        (1, True, True, False, False),
        (2, True, True, True, False),
        (3, True, True, True, True),
    ]
    page = as_(gil).get(f"/desk/shared/{case.number}/").content.decode()
    assert "윤순덕" in page and "psychotherapy" not in page and "심리 치료" not in page
    sharing.end_share(by=hana.viewer, number=case.number, organisation=hanbit)
    assert as_(gil).get(f"/desk/shared/{case.number}/").status_code == 404


@pytest.mark.rule("D5")
def test_a_sealed_case_is_shared_with_nobody(hana, gil, east, hanbit):
    case = make_case(hana)
    kit.share(case, hanbit, hana.user)
    with as_owner():
        Person.objects.filter(pk=case.main_person_id).update(sealed=True, scope_keys=[-(1_000_000_000 + hana.id)])
    with acting_as(gil.viewer):
        assert shared_cases(gil.viewer) == []
    with pytest.raises(errors.Impossible, match="sealed"):
        sharing.invite(by=hana.viewer, number=case.number, organisation=hanbit, reason="함께")


@pytest.mark.rule("D6")
def test_declared_kin_lock_themselves_at_once_and_later(hana, ana, as_):
    mine = make_case(hana, make_person("안말자", phone="010-0000-0007"))
    assert sees(ana, mine)
    locks.declare(by=ana.viewer, relation="kin", name="안말자", birth_year=1948)
    assert not sees(ana, mine) and sees(hana, mine)
    locks.declare(by=ana.viewer, relation="household", name="안 사 람", birth_year=1950)
    later = make_case(hana, make_person("안사람", make_household(), birth_date=date(1950, 5, 5), phone="010-0000-0008"))
    assert not sees(ana, later)
    with acting_as(ana.viewer):
        assert [model.objects.count() for model in (Case, Person, ServiceRecord, CaseLock)] == [0, 0, 0, 0]
    assert as_(ana).get(f"/desk/cases/{mine.number}/").status_code == 404
    assert mine.number not in as_(ana).get("/desk/cases/", {"q": "안말자"}).content.decode()
    assert mine.number in as_(hana).get("/desk/cases/", {"q": "안말자"}).content.decode()


@pytest.mark.rule("D6")
def test_declaring_tells_nobody_whether_there_is_a_case(hana, ana, as_):
    make_case(hana, make_person("안말자", phone="010-0000-0007"))
    body = {"relation": "kin", "birth_year": "1948"}
    answers = [
        as_(ana).post("/desk/close-people/", {**body, "name": name}, follow=True) for name in ("안말자", "안없음")
    ]
    texts = [answer.content.decode().replace("안말자", "").replace("안없음", "") for answer in answers]
    assert texts[0].count("hc-entries") == texts[1].count("hc-entries") and "잠" in texts[0]
    with acting_as(hana.viewer):
        assert visible_to(hana.viewer, CaseLock).count() == 1


@pytest.mark.rule("D6")
def test_a_conflict_of_interest_wins_over_team_grant_and_danger(hana, ana, eli):
    case = make_case(hana)
    locks.lock_out(by=hana.viewer, number=case.number, user=ana.user, reason="이웃집")
    kit.grant(case, ana.user)
    assert not sees(ana, case)
    with pytest.raises(errors.NotFound):
        break_glass.break_glass(by=ana.viewer, number=case.number, reason="집에 불이 난 것 같습니다", urgent=True)
    with acting_as(eli.viewer):
        lock = visible_to(eli.viewer, CaseLock).get()
    locks.release(by=eli.viewer, number=case.number, lock_id=lock.pk, reason="이사하여 이웃이 아님")
    assert sees(ana, case)


@pytest.mark.rule("K7")
def test_danger_to_life_opens_one_case_for_an_hour_and_alarms(hana, chi, eli, as_):
    case, other = make_case(hana), make_case(hana, make_person("김가나", make_household(), phone="010-0000-0002"))
    with pytest.raises(errors.Impossible):
        break_glass.break_glass(by=chi.viewer, number=case.number, reason="급함", urgent=True)
    with pytest.raises(errors.Impossible):
        break_glass.break_glass(by=chi.viewer, number=case.number, reason="그냥 궁금해서 봅니다만", urgent=False)
    assert not sees(chi, case)
    break_glass.break_glass(by=chi.viewer, number=case.number, reason="쓰러지셨다는 전화가 왔습니다", urgent=True)
    assert sees(chi, case) and not sees(chi, other)
    assert as_(chi).get(f"/desk/cases/{case.number}/").status_code == 200
    with as_owner():
        alarmed = set(Message.objects.filter(purpose="glass_broken").values_list("recipient_id", flat=True))
    assert alarmed == {str(hana.id), str(eli.id)}
    with clock.pinned(NOW + timedelta(minutes=61)):
        assert not sees(chi, case)
    page = as_(hana).get("/desk/break-glass/").content.decode()
    assert "쓰러지셨다는 전화" in page and "제18조" in page


@pytest.mark.rule("K7")
def test_a_number_that_is_none_reads_like_one_that_is_locked(hana, chi, as_):
    case = make_case(hana)
    kit.lock(case, chi.user)
    body = {"reason": "쓰러지셨다는 전화가 왔습니다", "urgent": "on"}
    pages = [as_(chi).post("/desk/break-glass/", {**body, "number": number}) for number in (case.number, "2026-000000")]
    assert [page.status_code for page in pages] == [404, 404]
    assert pages[0].content == pages[1].content


@pytest.mark.rule("R47")
def test_a_cover_begins_and_ends_by_itself(hana, eli, someone):
    stand_in = someone("nurse")
    north = make_case(hana, make_person("김가나", make_household("jinjeop"), phone="010-0000-0002"), town="jinjeop")
    first, last = DAY + timedelta(days=1), DAY + timedelta(days=3)
    sharing.stand_in(by=hana.viewer, absent=hana.user, cover=stand_in.user, starts_on=first, ends_on=last)
    met = []
    for day in range(5):
        with clock.pinned(NOW + timedelta(days=day)):
            met.append(sees(stand_in, north))
    assert met == [False, True, True, True, False]
    with pytest.raises(errors.Impossible, match="not_yours"):
        sharing.stand_in(by=hana.viewer, absent=eli.user, cover=stand_in.user, starts_on=first, ends_on=last)


@pytest.mark.rule("R47")
def test_what_was_opened_for_a_case_ends_with_it(hana, chi, gil, hanbit, east):
    case = make_case(hana)
    kit.grant(case, chi.user)
    kit.share(case, hanbit, hana.user)
    kit.agree(east, hanbit, 3)
    kit.ground(case, hana.user, "case_management", given=True)
    assert sees(chi, case) and gil.viewer.reach.notes == (case.pk,)
    close_case(by=hana.viewer, number=case.number, reason="improved", words="좋아지심", values=TOLD)
    assert not sees(chi, case) and gil.viewer.reach.notes == ()
    with as_owner():
        assert not CaseGrant.objects.filter(ends_at=None).exists()


@pytest.mark.rule("R37")
def test_credit_stays_with_the_finance_counsellor_even_for_the_lead(hana, someone):
    case = make_case(hana)
    kit.fill(case, hana.user)
    with acting_as(hana.viewer):
        led = set(visible_to(hana.viewer, ServiceRecord).values_list("section", flat=True))
    assert led == {"", "mental_health", "violence", "legal"}
    counsellor = someone("finance_counsellor")
    with acting_as(counsellor.viewer):
        assert set(ServiceRecord.objects.values_list("section", flat=True)) == {"", "credit"}


@pytest.mark.rule("R9")
def test_an_organisation_sees_who_of_others_read_its_records(hana, chi, eli, gil, as_):
    case = make_case(hana)
    kit.grant(case, chi.user)
    as_(chi).get(f"/desk/cases/{case.number}/")
    as_(gil).get(f"/desk/cases/{case.number}/")
    with acting_as(eli.viewer):
        met = {row.name: (row.records, row.refused) for row in readers(eli.viewer)}
    assert met == {"지혜원": (1, 0), "길도윤": (0, 1)}
    assert "지혜원" in as_(eli).get("/desk/readers/").content.decode()
    with acting_as(gil.viewer):
        assert readers(gil.viewer) == []


@pytest.mark.rule("K9")
def test_odd_looks_are_listed_and_signed_once_a_month(hana, ana, eli, as_):
    case = make_case(hana, make_person("안영수", phone="010-0000-0003"))
    locks.declare_home(by=ana.viewer, town=Town.objects.get(code="hwado"), directions="마석 장터 뒤 파란 대문 2층")
    with clock.pinned(datetime(2026, 11, 20, 23, 30, tzinfo=clock.SEOUL)):
        as_(ana).get(f"/desk/cases/{case.number}/")
        as_(hana).get(f"/desk/cases/{case.number}/")  # the lead works late
    with clock.pinned(datetime(2026, 12, 1, 9, 0, tzinfo=clock.SEOUL)):
        with acting_as(eli.viewer):
            met = {(look.kind, look.name) for look in odd_looks(eli.viewer, date(2026, 11, 1))}
        assert met == {(kind, "안서연") for kind in ("own_town", "same_surname", "same_address", "night")}
        with pytest.raises(errors.Impossible, match="required"):
            reviews.sign_month(by=eli.viewer, month=date(2026, 11, 1), words="")
        assert reviews.sign_month(by=eli.viewer, month=date(2026, 11, 1), words="당번이었다고 함").looks == 4
    with acting_as(hana.viewer), pytest.raises(errors.Forbidden):
        odd_looks(hana.viewer, date(2026, 11, 1))


@pytest.mark.rule("K9")
@pytest.mark.rule("D17")
def test_many_records_in_an_hour_and_many_overlap_questions_in_a_day_are_odd(ana, hana, eli, east):
    odd = odd_rules()
    opened = {ana: odd.bulk_an_hour + 1, hana: odd.bulk_an_hour}
    asked = {ana: odd.probes_a_day + 1, hana: odd.probes_a_day}
    for actor in (ana, hana):
        viewer = actor.viewer
        with acting_as(viewer):
            audit.read(viewer, "case", range(1, opened[actor] + 1), owners=[east.pk], what="view")
        for _question in range(asked[actor]):
            with acting_as(viewer):
                audit.read(viewer, "case", [1], owners=[east.pk], what="overlap_check")
    with acting_as(eli.viewer):
        met = {(look.kind, look.name): look.looks for look in odd_looks(eli.viewer, NOW.date())}
    assert met == {("bulk", "안서연"): opened[ana], ("probing", "안서연"): asked[ana]}


@pytest.mark.rule("K9")
def test_a_file_wants_a_reason_and_holds_what_the_list_holds(hana, as_):
    case = make_case(hana)
    kit.fill(case, hana.user)
    assert as_(hana).post("/desk/services-file/", {"reason": " "}).status_code == 422
    answer = as_(hana).post("/desk/services-file/", {"reason": "분기 보고"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 5 and "신용" not in answer.content.decode()
    with as_owner():
        assert ReadEntry.objects.filter(what="export", subject_ids__contains=[case.pk]).count() == 1


@pytest.mark.rule("D5")
def test_a_sealed_case_counts_nowhere(hana, ana):
    case = make_case(hana)
    make_case(hana, make_person("김가나", make_household(), phone="010-0000-0002"))
    with as_owner():
        Person.objects.filter(pk=case.main_person_id).update(sealed=True, scope_keys=[-(1_000_000_000 + hana.id)])
    with acting_as(ana.viewer):
        page = case_page(ana.viewer, Filters(scope="team"))
    assert (page.total, len(page.cases)) == ("1", 1)


@pytest.mark.rule("K9")
def test_nobody_signs_off_their_own_odd_looks(hana, eli, someone, as_):
    case = make_case(hana)
    with clock.pinned(datetime(2026, 11, 20, 23, 30, tzinfo=clock.SEOUL)):
        as_(eli).get(f"/desk/cases/{case.number}/")
    with clock.pinned(datetime(2026, 12, 1, 9, 0, tzinfo=clock.SEOUL)):
        answer = as_(eli).post("/desk/odd-looks/?month=2026-11", {"words": "당번이었음"})
        assert answer.status_code == 422 and "이 목록에 본인이 있습니다" in answer.content.decode()
        with pytest.raises(errors.Impossible, match="own_looks"):
            reviews.sign_month(by=eli.viewer, month=date(2026, 11, 1), words="당번이었음")
        other = someone("privacy_officer")
        assert reviews.sign_month(by=other.viewer, month=date(2026, 11, 1), words="당번이었다고 함").looks == 1


@pytest.mark.rule("K9")
def test_the_city_looks_through_odd_looks_at_the_town_offices_and_at_no_centres(hana, ana, eli, someone, as_):
    officer = someone("privacy_officer", "city_hall")
    office = Town.objects.get(code="hwado").office
    public, centres = make_case(hana, make_person("안영수", phone="010-0000-0003")), make_case(hana)
    with as_owner():
        Case.objects.filter(pk=public.pk).update(provider=office)
    with clock.pinned(datetime(2026, 11, 20, 23, 30, tzinfo=clock.SEOUL)):
        for case in (public, centres):
            as_(ana).get(f"/desk/cases/{case.number}/")
    with clock.pinned(datetime(2026, 12, 1, 9, 0, tzinfo=clock.SEOUL)):
        listed = {}
        for viewer in (officer.viewer, eli.viewer):
            with acting_as(viewer):
                looks = odd_looks(viewer, date(2026, 11, 1))
            listed[viewer.user_id] = {number for look in looks for number in look.numbers}
        assert listed == {officer.id: {public.number}, eli.id: {centres.number}}
        signed = reviews.sign_month(by=officer.viewer, month=date(2026, 11, 1), words="당번이었다고 함")
    assert signed.organisation.code == "city_hall" and signed.looks > 0


@pytest.mark.rule("K7")
def test_what_climbs_in_a_town_office_reaches_the_head_of_the_central_centre(eli, someone):
    mina = someone("centre_head", "central", "central")
    office = Town.objects.get(code="hwado").office
    assert heads_of(office.pk) == [mina.id]
    assert heads_of(Organisation.objects.get(code="east_centre").pk) == [eli.id]
    assert heads_of(Organisation.objects.get(code="north_centre").pk) == [], "a centre appoints its own head"


@pytest.mark.rule("K7")
def test_a_broken_glass_over_a_public_case_alarms_the_lead_and_the_central_head(hana, chi, someone):
    mina = someone("centre_head", "central", "central")
    case = make_case(hana)
    with as_owner():
        Case.objects.filter(pk=case.pk).update(provider=Town.objects.get(code="hwado").office)
    break_glass.break_glass(
        by=chi.viewer, number=case.number, reason="이웃이 쓰러지셨다고 전화함, 연락이 닿지 않음", urgent=True
    )
    with as_owner():
        told = set(Message.objects.filter(purpose="glass_broken").values_list("recipient_id", flat=True))
    assert told == {str(hana.id), str(mina.id)}
