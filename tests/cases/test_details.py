"""People, home and contact change after a case was opened, and nothing is lost (D4, D5, D6, K9)."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection

from cases.models import Case, CaseLock, DetailChange
from cases.rules import details as rules
from cases.selectors import details as selectors
from cases.services import details, locks
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Address, ChangeEntry, Membership, Person, SafeContact
from hopecare.messaging import services as messaging
from hopecare.messaging.models import Message
from tests.cases.case_kit import DAY, again, entries
from tests.cases.details_kit import now_of, opened, page, sent, text_to, told, typed
from tests.database import as_owner
from tests.factories import make_case, make_person


@pytest.fixture
def case(hana):
    return opened(hana)


# ---- (a) how somebody may be reached --------------------------------------------------------------------------------


@pytest.mark.rule("D4")
def test_he_reads_my_phone_now_and_the_text_that_waits_is_never_sent(case, hana, as_):
    queued, client = text_to(case.main_person), as_(hana)
    url = page(case, "people", case.main_person_id, "reach")
    assert url in client.get(page(case)).content.decode(), "one press from the case"
    answer = client.post(url, typed(client, url, sms_ok=None, note="남편이 전화를 봄"))
    assert answer.status_code == 302
    messaging.send_due()
    with as_owner():
        row = Message.objects.get(pk=queued.id)
        contact = SafeContact.objects.get(person=case.main_person_id)
    assert (row.state, row.reason) == ("suppressed", "safe_contact")
    assert (contact.sms_ok, contact.note, contact.phone_ok) == (False, "남편이 전화를 봄", True)
    assert told("contact") == [{"sms_ok": ["yes", ""], "note": ["", "남편이 전화를 봄"]}]
    shown = client.get(page(case, "people")).content.decode()
    assert "남편이 전화를 봄" in shown and "하나" in shown
    assert entries(case) == ["state"]
    with as_owner():
        assert "남편" not in json.dumps(list(ChangeEntry.objects.values_list("details", flat=True)), ensure_ascii=False)


@pytest.mark.rule("D4")
def test_other_hours_hold_for_the_next_text(case, hana, as_):
    client, url = as_(hana), page(case, "people", case.main_person_id, "reach")
    assert client.post(url, typed(client, url, from_hour="13", to_hour="15")).status_code == 302
    queued = text_to(case.main_person)
    messaging.send_due()
    with as_owner():
        row = Message.objects.get(pk=queued.id)
    assert (row.state, row.next_attempt_at) == ("queued", clock.now().replace(hour=13))


@pytest.mark.parametrize("wrong", [{"number": "12"}, {"from_hour": "18", "to_hour": "9"}, {"to_hour": "25"}])
def test_what_cannot_be_is_said_and_what_was_typed_stays(case, hana, as_, wrong):
    client, url = as_(hana), page(case, "people", case.main_person_id, "reach")
    answer = client.post(url, typed(client, url, note="저녁에만", **wrong))
    assert answer.status_code == 422 and "저녁에만" in answer.content.decode()
    assert told("contact") == []


@pytest.mark.rule("D4")
def test_each_adult_has_a_contact_of_their_own_and_nobody_asked_means_no_texts(case, hana, as_):
    husband = make_person("박기남", case.household, relation="spouse", phone="010-0000-0079")
    with as_owner():
        SafeContact.objects.filter(person=husband).delete()
    client, url = as_(hana), page(case, "people", husband.pk, "reach")
    assert client.post(url, typed(client, url, number="010-0000-0199")).status_code == 302
    with as_owner():
        contact = SafeContact.objects.get(person=husband)
        assert (contact.number, contact.sms_ok) == ("+821000000199", False)
        assert SafeContact.objects.get(person=case.main_person_id).number == ""


@pytest.mark.rule("D4")
@pytest.mark.rule("D6")
def test_of_two_merged_records_the_one_by_which_texts_go_is_changed(case, hana, as_):
    kept = make_case(hana).main_person
    with as_owner():
        Person.objects.filter(pk=case.main_person_id).update(canonical=kept)
        SafeContact.objects.filter(person=kept).update(sms_ok=True, to_hour=18)
    queued, client = text_to(case.main_person), as_(hana)
    url = page(case, "people", case.main_person_id, "reach")
    assert client.post(url, typed(client, url, sms_ok=None)).status_code == 302
    messaging.send_due()
    with as_owner():
        assert Message.objects.get(pk=queued.id).reason == "safe_contact"
        assert not SafeContact.objects.filter(sms_ok=True).exists()
    url = page(case, "people", case.main_person_id, "correct")
    assert client.post(url, typed(client, url, phone="010-0000-0777", reason="새 전화")).status_code == 302
    with as_owner():
        assert Person.objects.get(pk=kept.pk).phone == "+821000000777"


@pytest.fixture
def third(case, hana):
    """Three records of one person: the one that counts, the case's own, and one that forbids more than both."""
    counts, other = make_case(hana).main_person, make_case(hana).main_person
    with as_owner():
        Person.objects.filter(pk__in=[case.main_person_id, other.pk]).update(canonical=counts)
        SafeContact.objects.filter(person=counts).update(sms_ok=True, to_hour=18)
        SafeContact.objects.filter(person=other).update(phone_ok=False, sms_ok=False, to_hour=12, note="옆집 벨")
    return other


@pytest.mark.rule("D4")
@pytest.mark.rule("D17")
def test_a_third_and_stricter_record_stands_on_the_form_and_is_not_talked_over(case, third, hana, as_):
    client, url = as_(hana), page(case, "people", case.main_person_id, "reach")
    shown = client.get(url).content.decode()
    assert "이것은 지켜집니다: 문자 금지, 전화 금지" in shown and "옆집 벨" not in shown
    assert client.post(url, typed(client, url, phone_ok=None, sms_ok=None)).status_code == 302, "less is always allowed"
    for loose in ({"phone_ok": "on"}, {"sms_ok": "on"}):
        refused = client.post(url, typed(client, url, **loose))
        assert refused.status_code == 422 and "지금 이 사람에게 안전하지 않습니다" in refused.content.decode()
    with as_owner():
        SafeContact.objects.filter(person=third).update(phone_ok=True, sms_ok=True, to_hour=18)
    assert "이것은 지켜집니다" not in client.get(url).content.decode()
    assert client.post(url, typed(client, url, phone_ok="on", sms_ok="on")).status_code == 302


@pytest.mark.rule("D5")
@pytest.mark.rule("D17")
def test_a_protected_record_is_no_hint_on_the_form_and_its_word_holds_all_the_same(case, third, hana, ana, as_):
    with as_owner():
        keys = [-(1_000_000_000 + ana.id)]
        Person.objects.filter(pk=third.pk).update(sealed=True, scope_keys=keys)
        SafeContact.objects.filter(person=third).update(scope_keys=keys)
    client, url = as_(hana), page(case, "people", case.main_person_id, "reach")
    assert "이것은 지켜집니다" not in client.get(url).content.decode()
    assert client.post(url, typed(client, url, note="오전에만")).status_code == 302, "what was there is left alone"
    assert client.post(url, typed(client, url, phone_ok=None)).status_code == 302
    refused = client.post(url, typed(client, url, phone_ok="on"))
    assert refused.status_code == 422 and "지금 이 사람에게 안전하지 않습니다" in refused.content.decode()


@pytest.mark.rule("D6")
def test_the_database_tells_no_contact_to_whoever_does_not_see_the_person(case, third, hana, chi):
    told = [case.main_person_id, [], True]
    for actor, rows in ((hana, 1), (chi, 0)):
        with acting_as(actor.viewer), connection.cursor() as cursor:
            cursor.execute("select * from hc_strictest_contact(%s, %s::bigint[], %s)", told)
            assert len(cursor.fetchall()) == rows


@pytest.mark.rule("D4")
def test_two_at_once_see_each_other_s_value_and_lose_nothing(case, hana, ana, as_):
    url = page(case, "people", case.main_person_id, "reach")
    one, other = as_(hana), as_(ana)
    mine, theirs = typed(one, url, note="오전에만", sms_ok=None), typed(other, url, note="벨 세 번", letter_ok=None)
    assert other.post(url, theirs).status_code == 302
    answer = one.post(url, mine)
    words = answer.content.decode()
    assert answer.status_code == 422
    assert "벨 세 번" in words and "오전에만" in words and ana.user.name in words
    with as_owner():
        contact = SafeContact.objects.get(person=case.main_person_id)
        assert (contact.note, contact.sms_ok) == ("벨 세 번", True), "nothing of a form in conflict was written"
    again_sent = {**mine, "seen": answer.context["form"]["seen"].value()}
    assert one.post(url, again_sent).status_code == 302
    with as_owner():
        contact.refresh_from_db()
    assert (contact.note, contact.sms_ok) == ("오전에만", False)


def test_what_another_changed_and_i_did_not_touch_stays_theirs():
    now, seen = {"a": "2", "b": "1"}, rules.marks_in(rules.marks({"a": "1", "b": "1"}))
    assert rules.settle({"a": "1", "b": "5"}, now, seen) == rules.Settled({"b": ("1", "5")}, {})
    assert rules.settle({"a": "3", "b": "1"}, now, seen) == rules.Settled({}, {"a": "2"})
    assert rules.settle({"a": "2", "b": "1"}, now, {}) == rules.Settled({}, {}), "both wrote the same"
    assert rules.settle({"a": "9", "b": "1"}, now, {}).overtaken == {"a": "2"}, "a form that showed nothing"
    assert rules.marks_in("[1") == rules.marks_in("[]") == {}


# ---- (b) name, birth, telephone -------------------------------------------------------------------------------------


def test_a_correction_needs_a_reason_and_finds_by_the_new_number(case, hana, as_):
    client, url = as_(hana), page(case, "people", case.main_person_id, "correct")
    assert client.post(url, typed(client, url, name="윤순득")).status_code == 422
    answer = client.post(
        url, typed(client, url, name="윤순득", birth="1947", phone="010-0000-0555", reason="주민등록과 다름")
    )
    assert answer.status_code == 302
    with as_owner():
        person = Person.objects.get(pk=case.main_person_id)
    assert (person.name, person.birth_date, person.birth_year_only) == ("윤순득", date(1947, 1, 1), True)
    found = client.get("/desk/cases/?q=0555").content.decode()
    assert "윤순득" in found
    shown = client.get(page(case, "people")).content.decode()
    assert all(words in shown for words in ("윤순덕", "1948-03-02", "010-0000-0555", "주민등록과 다름"))


@pytest.mark.rule("D6")
def test_a_corrected_name_or_number_locks_the_case_for_kin(case, hana, ana, as_):
    locks.declare(by=ana.viewer, relation="kin", name="안말자", birth_year=1948)
    assert as_(ana).get(page(case)).status_code == 200
    now = selectors.person_now(case.main_person)
    details.correct_person(
        by=hana.viewer,
        number=case.number,
        person_id=case.main_person_id,
        sent=sent(now, name="안말자"),
        reason="가명이었음",
    )
    assert as_(ana).get(page(case)).status_code == 404
    with as_owner():
        assert CaseLock.objects.get(case=case).kind == "kin"


@pytest.mark.rule("D6")
def test_after_a_correction_somebody_alike_is_looked_for_anew(case, hana, as_):
    twin = make_case(hana, make_person("하나비", birth_date=date(1950, 5, 5), phone="010-0000-0333"))
    client, url = as_(hana), page(case, "people", case.main_person_id, "correct")
    told_now = typed(client, url, name="하나비", birth="1950-05-05", phone="010-0000-0444", reason="본명")
    answer = client.post(url, told_now)
    assert answer.url == page(case, "people", case.main_person_id, "same")
    assert twin.number in client.get(answer.url).content.decode()


# ---- (c) a new address ----------------------------------------------------------------------------------------------


def test_they_moved_and_the_earlier_address_stays_with_its_days(case, hana, as_):
    with as_owner():
        Address.objects.filter(household=case.household_id).update(starts_on=DAY - timedelta(days=30))
    client, url = as_(hana), page(case, "home")
    since = DAY - timedelta(days=3)
    assert client.post(url, typed(client, url, since=since.isoformat())).status_code == 422, "neither line nor way"
    answer = client.post(url, typed(client, url, line="경춘로 12, 301호", since=since.isoformat()))
    assert answer.status_code == 302
    with as_owner():
        old, new = Address.objects.filter(household=case.household_id).order_by("pk")
    assert (old.ends_on, new.starts_on, new.ends_on) == (since - timedelta(days=1), since, None)
    assert new.scope_keys == old.scope_keys and new.line == "경춘로 12, 301호" and new.line_words
    shown = client.get(page(case, "people")).content.decode()
    assert "경춘로 12, 301호" in shown and "마석 장터" in shown
    assert case.number in client.get("/desk/cases/?q=경춘로").content.decode()


@pytest.mark.rule("R17")
def test_another_zone_is_told_and_the_case_stays_until_it_is_handed_over(case, hana, ana, as_):
    client, url = as_(ana), page(case, "home")
    answer = client.post(url, typed(client, url, town="jinjeop", line="금강로 5"), follow=True)
    assert "다른 팀의 구역" in answer.content.decode()
    after = again(case)
    with as_owner():
        after = Case.objects.select_related("town", "household__town").get(pk=case.pk)
        assert (after.town.code, after.household.town.code) == ("jinjeop", "jinjeop")
        assert Message.objects.get(purpose="other_zone").recipient_id == str(hana.id)
    assert (after.team_id, after.provider_id, after.lead_id) == (case.team_id, case.provider_id, hana.id)
    assert as_(hana).get(page(case)).status_code == 200


def test_two_new_addresses_at_once_are_one_thing_each(case, hana, ana, as_):
    url = page(case, "home")
    one, other = as_(hana), as_(ana)
    mine, theirs = typed(one, url, line="경춘로 12"), typed(other, url, line="비룡로 7", directions="약국 위")
    assert other.post(url, theirs).status_code == 302
    answer = one.post(url, mine)
    words = answer.content.decode()
    assert answer.status_code == 422 and all(part in words for part in ("비룡로 7", "약국 위", "경춘로 12"))
    with as_owner():
        assert Address.objects.filter(household=case.household_id).count() == 2


@pytest.mark.parametrize("days, problem", [(1, "future_day"), (-1, "before")])
def test_a_move_has_a_day_that_can_be(case, hana, days, problem):
    now = now_of(hana, selectors.home_now, hana.viewer, case)
    with pytest.raises(errors.Impossible, match=problem):
        details.move_home(
            by=hana.viewer, number=case.number, sent=sent(now, line="경춘로 1"), since=DAY + timedelta(days=days)
        )


# ---- who may, and who is protected ----------------------------------------------------------------------------------

FORMS = ("reach", "correct", "left")


@pytest.mark.rule("D5")
def test_of_a_protected_person_only_the_two_change_anything_and_the_new_home_stays_theirs(case, hana, ana, eli, as_):
    told_now = {"deputy": eli.id, "reason": "남편이 찾고 있음"}
    assert as_(eli).post(page(case, "people", case.main_person_id, "protect"), told_now).status_code == 302
    lead, outside = as_(hana), as_(ana)
    urls = [page(case, "people", case.main_person_id, form) for form in FORMS]
    urls += [page(case, *rest) for rest in (("people",), ("people", "new"), ("home",), ("coverage",))]
    assert {outside.get(url).status_code for url in urls} == {404} == {outside.post(url).status_code for url in urls}
    assert {lead.get(url).status_code for url in urls} == {200}
    home = page(case, "home")
    assert lead.post(home, typed(lead, home, line="쉼터로 9")).status_code == 302
    baby = typed(lead, page(case, "people", "new"), how="born", name="윤봄", relation="child")
    assert lead.post(page(case, "people", "new"), baby).status_code == 302
    with as_owner():
        kept = {tuple(row.scope_keys) for row in Address.objects.filter(household=case.household_id)}
    assert len(kept) == 1 and all(key < -1_000_000_000 for key in kept.pop())
    with acting_as(ana.viewer):
        assert not Address.objects.filter(line_words__len__gt=0).exists()
    for words in ("쉼터로", "윤봄"):
        assert case.number not in outside.get(f"/desk/cases/?q={words}").content.decode()
    assert "윤봄" in as_(eli).get(page(case, "people")).content.decode()


@pytest.mark.rule("D5")
def test_a_protected_person_does_not_leave_and_open_the_case_by_it(case, hana, eli, as_):
    wife = make_person("박서연", case.household, relation="spouse", phone="010-0000-0080")
    with as_owner():
        SafeContact.objects.filter(person=wife).update(scope_keys=case.main_person.scope_keys)
        Membership.objects.filter(person=wife).update(scope_keys=case.main_person.scope_keys)
        Person.objects.filter(pk=wife.pk).update(scope_keys=case.main_person.scope_keys)
    told_now = {"deputy": eli.id, "reason": "남편이 찾고 있음"}
    assert as_(eli).post(page(case, "people", wife.pk, "protect"), told_now).status_code == 302
    client, url = as_(hana), page(case, "people", wife.pk, "left")
    answer = client.post(url, typed(client, url, how="moved_out"))
    assert answer.status_code == 422 and "보호" in answer.content.decode()


def test_only_whoever_may_write_the_case(case, chi, fraud, as_):
    urls = [page(case, "people", case.main_person_id, form) for form in FORMS]
    urls += [page(case, *rest) for rest in (("people",), ("people", "new"), ("home",), ("coverage",))]
    assert {as_(one).get(url).status_code for one in (chi, fraud) for url in urls} == {404}


@pytest.mark.rule("K9")
def test_the_database_shows_what_was_before_to_identity_and_household_alone(case, hana, someone):
    now = now_of(hana, selectors.contact_now, hana.viewer, case.main_person)
    sent_now = sent(now, note="벨 세 번")
    assert details.change_contact(by=hana.viewer, number=case.number, person_id=case.main_person_id, sent=sent_now)
    with acting_as(hana.viewer):
        assert DetailChange.objects.count() == 1
    partner = someone("partner_worker", "east_centre")
    with acting_as(partner.viewer):
        assert Case.objects.filter(pk=case.pk).exists() and not DetailChange.objects.exists()
