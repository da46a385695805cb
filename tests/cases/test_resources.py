"""What there is in the city, what is missing, and who is sent where (R12, R17, R37, R81, D4, K6)."""

from datetime import date, timedelta

import pytest

from cases.models import Case, Gap, Referral, Resource
from cases.selectors import resources as found
from cases.selectors.referrals import referral_counts, referrals
from cases.services import referrals as sending
from cases.services import resources as keeping
from cases.services import sealed
from cases.services.closing import close_case
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as, visible_to
from hopecare.kernel.models import Category, Organisation, Person, Zone
from hopecare.messaging.models import Message
from hopecare.messaging.services import sending as outbox
from tests.cases.case_kit import DAY, TOLD, ask, consent, entries
from tests.cast import NOW
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person

SOON = NOW + timedelta(days=3, hours=4)


def offer(actor, name="동네 목욕탕 나눔", category="health", zone="east", **fields):
    told = {
        "name": name, "sector": "business", "category": Category.objects.get(code=category), "owner_name": "마석탕",
        "phone": "031-000-0501", "zone": Zone.objects.get(code=zone) if zone else None, "confirmed_on": DAY,
    }  # fmt: skip
    return keeping.add(by=actor.viewer, told=keeping.Told(**{**told, **fields}))


def refer(actor, case, **fields):
    told = {
        "person": case.main_person, "category": Category.objects.get(code="health"), "to_name": "한빛의원",
        "words": "무릎 진료를 부탁드려요", "to_private": False,
    }  # fmt: skip
    return sending.send(by=actor.viewer, number=case.number, sent=sending.Sent(**{**told, **fields}))


def again(row):
    with as_owner():
        row.refresh_from_db()
    return row


def look(actor, **fields):
    with acting_as(actor.viewer):
        return [entry.resource.name for entry in found.directory(actor.viewer, found.Look(**fields))]


@pytest.mark.rule("R37")
def test_the_directory_is_found_by_need_zone_and_words(hana, chi, django_assert_num_queries):
    offer(hana), offer(hana, "북부 이동목욕", zone="north"), offer(hana, "온 도시 미용", "care", zone=None)
    east, health = Zone.objects.get(code="east").pk, Category.objects.get(code="health").pk
    assert look(chi, zone=east, category=health) == ["동네 목욕탕 나눔"]
    assert look(chi, zone=east) == ["동네 목욕탕 나눔", "온 도시 미용"]
    assert look(chi, line="마석탕 이동") == ["북부 이동목욕"]
    with acting_as(hana.viewer) as viewer, django_assert_num_queries(1):
        found.directory(viewer, found.Look())


@pytest.mark.rule("R12")
def test_after_ninety_days_whoever_confirmed_it_is_asked_once(hana, eli):
    row = offer(hana, confirmed_on=DAY - timedelta(days=91))
    assert look(eli, again=True) == [row.name]
    assert (keeping.watch(), keeping.watch()) == (1, 0)
    keeping.confirm(by=eli.viewer, resource_id=row.pk)
    assert (look(eli, again=True), again(row).confirmed_by_id) == ([], eli.id)


def test_an_entry_needs_somebody_to_ring_and_a_day_that_was(hana):
    with pytest.raises(errors.Impossible) as refusal:
        offer(hana, phone="없음", owner_name=" ", confirmed_on=DAY + timedelta(days=1))
    assert {problem.field for problem in refusal.value.problems} == {"owner_name", "phone", "confirmed_on"}


@pytest.mark.rule("R12")
def test_what_nobody_offers_is_a_gap_until_somebody_does(hana, chi):
    case, category = make_case(hana), Category.objects.get(code="health")
    keeping.note_gap(by=hana.viewer, number=case.number, category=category, words="밤에 여는 목욕탕")
    keeping.note_gap(by=hana.viewer, number=case.number, category=category)
    with acting_as(hana.viewer) as viewer:
        assert [(one.zone.code, one.count, one.words) for one in found.missing(viewer)] == [
            ("east", 1, ("밤에 여는 목욕탕",))
        ]
    with acting_as(chi.viewer) as viewer:
        assert found.missing(viewer) == [] and not visible_to(viewer, Gap).exists()
    offer(chi, zone=None)
    with as_owner():
        assert Gap.objects.filter(closed_at=None).count() == 1  # the North does not see the East's gaps
    keeping.watch()
    with as_owner():
        assert Gap.objects.get().resource.owner_name == "마석탕"


@pytest.mark.rule("R17")
@pytest.mark.rule("R81")
def test_outside_the_city_it_stays_ours_until_somebody_accepts(hana):
    case = make_case(hana)
    ask(hana, case, TOLD)
    row = refer(hana, case, to_name="서울재활병원", outside_city=True)
    with pytest.raises(errors.Impossible, match="outside"):
        close_case(by=hana.viewer, number=case.number, reason="improved", words="", values=TOLD)
    with clock.pinned(NOW + timedelta(days=7)):
        assert (sending.watch(), sending.watch()) == (1, 0)  # nobody said yes: the lead hears of it, once
    sending.accept(by=hana.viewer, number=case.number, referral_id=row.pk, who="원무과 박 선생")
    close_case(by=hana.viewer, number=case.number, reason="improved", words="", values=TOLD)
    assert again(row).state == "back"
    with as_owner():
        assert Case.objects.get(pk=case.pk).closed_at is not None


@pytest.mark.rule("D4")
def test_the_reminder_says_a_day_and_an_hour_and_nothing_else(hana):
    case = make_case(hana)
    with as_owner():
        contact = case.main_person.safe_contact
        contact.sms_ok, contact.neutral_sender = True, True
        contact.save()
    row = refer(hana, case, to_name="정신건강복지센터", appointment_at=SOON, place="2층 상담실")
    with as_owner():
        text = Message.objects.get(purpose=sending.REMINDER)
    assert text.next_attempt_at.astimezone(clock.SEOUL).hour == 10 and text.not_after == SOON
    assert "14:00" in text.body and not {"정신", "상담", "센터", "윤순덕"} & {
        word for word in ("정신", "상담", "센터", "윤순덕") if word in text.body
    }
    sending.accept(
        by=hana.viewer, number=case.number, referral_id=row.pk, who="접수", appointment_at=SOON + timedelta(days=1)
    )
    with as_owner():
        states = Message.objects.filter(purpose=sending.REMINDER).order_by("pk").values_list("state", flat=True)
        assert list(states) == ["suppressed", "queued"]


@pytest.mark.rule("D4")
def test_where_no_text_may_be_sent_the_lead_is_asked_to_ring(hana):
    case = make_case(hana)
    refer(hana, case, appointment_at=SOON)
    with clock.pinned(SOON - timedelta(hours=26)):
        outbox.send_due()
    with as_owner():
        assert (
            Message.objects.filter(purpose="referral", recipient_id=str(hana.id), step__startswith="ring:").count() == 1
        )


@pytest.mark.rule("K6")
def test_a_private_house_is_told_with_consent_only(hana):
    case = make_case(hana)
    with pytest.raises(errors.Impossible, match="no_consent"):
        refer(hana, case, to_private=True)
    consent(hana, case.main_person, "case_management")
    assert refer(hana, case, to_private=True) is not None


@pytest.mark.rule("K6")
def test_no_adult_is_referred_on_the_word_of_another(hana):
    case = make_case(hana)
    husband = make_person("김영수", case.household, birth_date=date(1946, 1, 5), relation="spouse", phone="")
    grandchild = make_person("윤민호", case.household, birth_date=date(2012, 5, 9), relation="grandchild", phone="")
    consent(hana, case.main_person, "case_management")
    assert refer(hana, case, to_private=True, person=grandchild) is not None
    with pytest.raises(errors.Impossible, match="no_consent"):
        refer(hana, case, to_private=True, person=husband)
    consent(hana, husband, "case_management")
    assert refer(hana, case, to_private=True, person=husband) is not None


@pytest.mark.rule("R44")
def test_attended_missed_and_back_each_leave_their_line(hana):
    case = make_case(hana)
    row = refer(hana, case, appointment_at=SOON, token="t")
    assert refer(hana, case, token="t") is None
    which = {"by": hana.viewer, "number": case.number, "referral_id": row.pk}
    with pytest.raises(errors.Impossible):
        sending.conclude(**which, state="attended")  # nobody there has said yes yet
    sending.accept(**which, who="접수", appointment_at=SOON)
    sending.conclude(**which, state="missed")
    sending.accept(**which, who="접수", appointment_at=SOON + timedelta(days=2))
    assert sending.conclude(**which, state="attended").ended_at is not None
    assert entries(case).count("referral") == 5


def test_lists_and_counts_are_the_same_rows_and_end_at_the_border(hana, chi, as_, django_assert_num_queries):
    cases = [make_case(hana, make_person(f"김가{n}", make_household(), phone=f"010-0000-{n:04d}")) for n in range(3)]
    rows = [refer(hana, case) for case in cases]
    with acting_as(hana.viewer) as viewer:
        with django_assert_num_queries(1):
            assert len(referrals(viewer, show="waiting", mine=True)) == 3
        with django_assert_num_queries(1):
            assert referral_counts(viewer, mine=False) == {"waiting": 3, "coming": 0, "ask": 0, "all": 3}
    with acting_as(chi.viewer) as viewer:
        assert referral_counts(viewer, mine=False)["all"] == 0 and Referral.objects.count() == 0
    assert "김가1" in as_(hana).get("/desk/referrals/").content.decode()
    assert as_(chi).get(f"/desk/cases/{cases[0].number}/referrals/{rows[0].pk}/").status_code == 404


def test_from_the_plan_into_the_directory_and_back(hana, as_):
    case, client = make_case(hana), as_(hana)
    row = offer(hana, owner=Organisation.objects.get(code="central"))
    page = client.get(f"/desk/resources/?case={case.number}").content.decode()
    assert f"plan/new/?resource={row.pk}" in page and row.name in page
    form = client.get(f"/desk/cases/{case.number}/plan/new/?resource={row.pk}").content.decode()
    assert f'value="{row.name}"' in form
    sent = client.get(f"/desk/cases/{case.number}/referrals/new/?resource={row.pk}").content.decode()
    assert f"{row.owner_words} · {row.name}" in sent
    housing = Category.objects.get(code="housing").pk
    empty = client.get(f"/desk/resources/?case={case.number}&category={housing}").content.decode()
    assert f"/desk/cases/{case.number}/gap/" in empty
    gap = {"category": housing, "words": "휠체어가 들어가는 임시 거처"}
    assert client.post(f"/desk/cases/{case.number}/gap/", gap).status_code == 302
    assert "휠체어가 들어가는" in client.get("/desk/resources/?show=gaps").content.decode()


def test_the_pages_take_what_is_typed_and_keep_what_is_wrong(hana, as_):
    case, client = make_case(hana), as_(hana)
    health = Category.objects.get(code="health").pk
    body = {
        "name": "새벽 목욕",
        "sector": "business",
        "category": health,
        "owner_name": "마석탕",
        "phone": "03",
        "confirmed_on": f"{DAY}",
    }
    kept = client.post("/desk/resources/new/", body)
    assert kept.status_code == 422 and "새벽 목욕" in kept.content.decode()
    assert client.post("/desk/resources/new/", {**body, "phone": "031-000-0502"}).status_code == 302
    with as_owner():
        row = Resource.objects.get(name="새벽 목욕")
    assert client.post(f"/desk/resources/{row.pk}/", {"confirm": "1"}).status_code == 302
    assert client.post(f"/desk/resources/{row.pk}/", {"end": "1"}).status_code == 302
    url = f"/desk/cases/{case.number}/referrals/new/"
    sent = {"person": case.main_person_id, "category": health, "to_name": "보건소", "words": "혈압", "day": f"{DAY}"}
    assert client.post(url, sent).status_code == 422  # a day without an hour
    consent(hana, case.main_person, "case_management")
    assert client.post(url, {**sent, "day": ""}).status_code == 302
    with as_owner():
        referral = Referral.objects.get()
    here = f"/desk/cases/{case.number}/referrals/{referral.pk}/"
    assert client.post(here, {"accept": "1", "who": "보건소 김 주무관"}).status_code == 302
    assert client.post(here, {"back": "1", "words": ""}).status_code == 422
    assert client.post(here, {"result": "attended"}).status_code == 302
    assert "보건소 김 주무관" in client.get(here).content.decode()


@pytest.mark.rule("D5")
def test_a_look_at_a_sealed_persons_case_alarms_its_lead_once_an_hour(hana, eli, as_):
    case = make_case(hana)
    with as_owner():
        keys = [-(1_000_000_000 + hana.id), -(1_000_000_000 + eli.id)]
        Person.objects.filter(pk=case.main_person_id).update(sealed=True, scope_keys=keys)
    assert sealed.watch() == 0
    as_(hana).get(f"/desk/cases/{case.number}/")
    assert sealed.watch() == 0  # the lead's own looks alarm nobody
    as_(eli).get(f"/desk/cases/{case.number}/")
    as_(eli).get(f"/desk/cases/{case.number}/")
    assert (sealed.watch(), sealed.watch()) == (1, 0)
    with as_owner():
        assert Message.objects.get(purpose="sealed_look").recipient_id == str(hana.id)
