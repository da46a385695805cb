"""A restaurant, a hairdresser and a pupils' group: given again and again, matched, promised, told, taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from cases.models import Action
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.models import Service
from hopecare.messaging.facts import ReceivedMessage
from hopecare.messaging.models import Message
from tests.cast import Actor
from tests.volunteers.conftest import Street, offers, offers_principal, put_action, request_now
from tests.volunteers.test_week import MONDAY
from volunteers.access import visible_to
from volunteers.facts import Gift, PartnerTold, Pattern, PupilTold
from volunteers.models import Call, Offer, Partner, Portion, Pupil, Request, Turn, Volunteer
from volunteers.rules import recurring
from volunteers.services import assuring, partner_days, partners, portions, requests, week
from volunteers.states import PartnerState

FRIDAY = datetime(2026, 11, 27, 12, 0, tzinfo=clock.SEOUL)  # the fourth of the month
SHOP = PartnerTold("마석 국밥집", "business", "최사장", "031-000-0501", "hwado", agreed=True)
MEALS = Gift("dining", (4,), (4,), time(11, 30), time(13, 30), capacity=2)
SCHOOL = PartnerTold("새빛중학교 봉사반", "school", "한선생", "031-000-0502", "hwado", agreed=True)
TIDY = Gift(
    "housekeeping", (4,), (), time(10), time(14), capacity=2, place="homes", pupils=True, adult_name="한선생"
)  # fmt: skip
PUPIL = PupilTold("김푸름", 2012, "김부모", "010-0000-0881", date(2026, 11, 2))


@pytest.fixture
def shop(eli: Actor) -> Partner:
    return partners.register(by=eli.viewer, told=SHOP, gift=MEALS)


@pytest.fixture
def school(eli: Actor) -> Partner:
    return partners.register(by=eli.viewer, told=SCHOOL, gift=TIDY)


def want(street: Street, code: str = "dining", at: datetime = FRIDAY, **wishes: Any) -> Request:
    service = Service.objects.get(code=code)
    with acting_as(street.hana.viewer):
        action = put_action(street.case, street.hana, at=at, service=service, category=service.category)
    return requests.open_request(by=street.hana.viewer, action_id=action.pk, **wishes)


def states(partner: Partner) -> list[tuple[int | None, str]]:
    with offers_principal():
        rows = Portion.objects.filter(standing__partner=partner).order_by("pk")
        return list(rows.values_list("number", "state"))


def gift_of(partner: Partner) -> int:
    with offers_principal():
        return int(partner.standings.values_list("pk", flat=True)[0])


def texts_to(partner: Partner) -> list[Message]:
    with acting_as(system(Principal.MESSAGES)):
        return list(Message.objects.filter(recipient_id=str(partner.uuid)).order_by("pk"))


@pytest.mark.rule("R30")
@pytest.mark.parametrize(
    ("weekdays", "nth", "per", "expected"),
    [
        ({4}, {3}, "day", [date(2026, 11, 20), date(2026, 12, 18)]),
        ({4}, {5}, "day", [date(2026, 11, 27), date(2026, 12, 25)]),  # the last
        ({0, 1}, {1}, "month", [date(2026, 11, 2), date(2026, 11, 3), date(2026, 12, 1), date(2026, 12, 7)]),
    ],
)
def test_days_of_a_standing_gift(weekdays: set[int], nth: set[int], per: str, expected: list[date]) -> None:
    pattern = Pattern(frozenset(weekdays), frozenset(nth), per, date(2026, 11, 1))
    found = recurring.days(pattern, date(2026, 11, 1), date(2026, 12, 31))
    assert [day.on for day in found] == expected
    assert all(day.period == (day.on.replace(day=1) if per == "month" else day.on) for day in found)


@pytest.mark.rule("R30")
def test_the_weeks_plan_uses_a_gift_before_it_asks_anybody(street: Street, shop: Partner) -> None:
    asked = [want(street, at=FRIDAY + timedelta(minutes=5 * number), later=True) for number in range(3)]
    run = week.solve(run_id=week.ask_run(by=street.hana.viewer, monday=MONDAY).pk)
    assert (run.seats, run.filled, run.gap_percent) == (3, 2, 0) and states(shop) == [(None, "planned")] * 2
    week.publish(by=street.hana.viewer, run_id=run.pk)
    assert states(shop) == [(1, "promised"), (2, "promised")]
    assert sorted(request_now(one).state for one in asked) == ["filled", "filled", "planned"]
    with offers_principal():
        assert Offer.objects.count() == 0
    with acting_as(street.hana.viewer):
        assert Action.objects.filter(helper_name="마석 국밥집", state="booked").count() == 2


@pytest.mark.rule("R30")
def test_one_more_than_is_given_is_refused_by_the_database(street: Street, shop: Partner) -> None:
    for _ in range(3):
        want(street)
    assert states(shop) == [(1, "promised"), (2, "promised")]
    with pytest.raises(IntegrityError), offers_principal(), transaction.atomic():
        portion = Portion.objects.latest("pk")
        Portion.objects.create(
            standing=portion.standing, request=portion.request, team_id=portion.team_id, case_id=portion.case_id,
            provider_id=portion.provider_id, on=portion.on, period=portion.period, number=3, state="promised",
        )  # fmt: skip


def test_another_hour_another_service_or_a_rest_uses_no_gift(street: Street, shop: Partner, eli: Actor) -> None:
    want(street, at=FRIDAY + timedelta(hours=4))
    want(street, "laundry")
    partners.move(by=eli.viewer, partner_id=shop.pk, state=PartnerState.RESTS)
    want(street)
    assert states(shop) == []


@pytest.mark.rule("D7")
def test_a_gift_is_never_for_a_house_with_a_minor(street: Street, shop: Partner) -> None:
    request = want(street, with_minor=True)
    assert states(shop) == []
    with pytest.raises(IntegrityError, match="minor"), offers_principal(), transaction.atomic():
        portion = portions.draft(request, shop.standings.get())
        portion.number, portion.state = 1, "promised"
        portion.save()


@pytest.mark.rule("R82")
def test_a_haircut_wants_the_licence_on_the_day_itself(street: Street, eli: Actor) -> None:
    told = replace(SHOP, name="미소 미용실", phone="031-000-0503")
    cut = Gift("hair_care", (4,), (), time(10), time(18), capacity=10, per="month")
    with pytest.raises(errors.Impossible):
        partners.register(by=eli.viewer, told=told, gift=cut)
    cut = replace(cut, paper_kind="barber", paper_until=date(2026, 11, 27))
    salon = partners.register(by=eli.viewer, told=told, gift=cut)
    want(street, "hair_care")
    want(street, "hair_care", at=FRIDAY + timedelta(days=7))
    assert states(salon) == [(1, "promised")]


@pytest.mark.rule("R30")
def test_the_day_before_one_text_tells_how_many_and_a_two_gives_the_day_back(street: Street, shop: Partner) -> None:
    request = want(street)
    with clock.pinned(FRIDAY - timedelta(hours=20)):
        assert assuring.watch_all() == 1 and assuring.watch_all() == 0
        text = texts_to(shop)[0]
        assert "1명" in text.body and "순덕" not in text.body and len(text.body.encode("cp949")) <= 90
        received = ReceivedMessage(1, shop.phone_hash, "2", "2", clock.now(), (text.fact(),))
        assert partner_days.reply(shop.phone_hash, "2", received) is not None
    assert states(shop) == [(1, "back")] and request_now(request).filled == 0
    with offers_principal():
        assert Turn.objects.get().off_at is not None
    with acting_as(street.hana.viewer):
        assert Action.objects.get(pk=request.action_id).state == "offered"


def test_all_came_is_one_number_and_fewer_is_for_a_colleague(street: Street, shop: Partner) -> None:
    first, second = want(street), want(street, at=FRIDAY + timedelta(minutes=30))
    standing_id = gift_of(shop)
    with pytest.raises(errors.Impossible):
        partner_days.came(token=shop.token, standing_id=standing_id, on=FRIDAY.date(), number=2)
    with clock.pinned(FRIDAY + timedelta(hours=3)):
        partner_days.came(token=shop.token, standing_id=standing_id, on=FRIDAY.date(), number=1)
        assert {state for _, state in states(shop)} == {"promised"}
        with offers_principal():
            one = Portion.objects.get(request=second).pk
        assert portions.settle(by=street.hana.viewer, portion_id=one, came=False)
        partner_days.came(token=shop.token, standing_id=standing_id, on=FRIDAY.date(), number=1)
    assert states(shop) == [(1, "given"), (2, "missed")]
    with acting_as(street.hana.viewer):
        done = dict(Action.objects.filter(pk__in=[first.action_id, second.action_id]).values_list("pk", "state"))
    assert done == {first.action_id: "done", second.action_id: "open"}


@pytest.mark.rule("K10")
def test_pupils_come_in_a_group_each_with_a_guardians_consent(street: Street, school: Partner, eli: Actor) -> None:
    early = want(street, "housekeeping")
    partners.add_pupil(by=eli.viewer, partner_id=school.pk, told=PUPIL)
    want(street, "housekeeping", at=FRIDAY + timedelta(minutes=10))
    assert states(school) == []  # one alone is no group
    with pytest.raises(IntegrityError, match="group"), offers_principal(), transaction.atomic():
        portion = portions.draft(early, school.standings.get())
        portion.number, portion.state = 1, "promised"
        portion.save()
    second = partners.add_pupil(by=eli.viewer, partner_id=school.pk, told=replace(PUPIL, name="박솔"))
    request = want(street, "housekeeping", at=FRIDAY + timedelta(minutes=20))
    assert states(school) == [(1, "promised")]
    partners.withdraw_pupil(by=eli.viewer, pupil_id=second.pk)
    assert states(school) == [(1, "back")] and request_now(request).filled == 0
    with acting_as(eli.viewer):
        assert Pupil.objects.get(pk=second.pk).name == "–"


@pytest.mark.rule("K10")
@pytest.mark.parametrize(
    "change",
    [
        {"consent_on": None},
        {"consent_on": date(2025, 11, 1)},
        {"guardian_name": " "},
        {"guardian_phone": ""},
        {"birth_year": 1999},
    ],
)
def test_nothing_of_a_minor_is_kept_without_consent(school: Partner, eli: Actor, change: dict[str, Any]) -> None:
    with pytest.raises(errors.Impossible):
        partners.add_pupil(by=eli.viewer, partner_id=school.pk, told=replace(PUPIL, **change))
    with acting_as(eli.viewer):
        assert not Pupil.objects.exists()


@pytest.mark.rule("K10")
def test_minors_need_a_grown_up_and_easy_work(eli: Actor) -> None:
    for gift in (replace(TIDY, adult_name=""), replace(TIDY, service="going_out")):
        with pytest.raises(errors.Impossible):
            partners.register(by=eli.viewer, told=SCHOOL, gift=gift)


@pytest.mark.rule("K10")
def test_pupils_are_seen_by_whoever_runs_volunteering_at_that_centre_alone(
    school: Partner, eli: Actor, hana: Actor, chi: Actor
) -> None:
    partners.add_pupil(by=eli.viewer, partner_id=school.pk, told=PUPIL)
    seen = []
    for actor in (eli, hana, chi):
        with acting_as(actor.viewer):
            seen.append(visible_to(actor.viewer, Pupil).count())
    assert seen == [1, 0, 0]
    with acting_as(chi.viewer):
        assert Pupil.objects.count() == 0  # the second wall


@pytest.mark.rule("K10")
def test_a_minor_books_nothing_alone(street: Street, moon_helps: Volunteer) -> None:
    requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    with offers_principal():
        Volunteer.objects.filter(pk=moon_helps.pk).update(birth_year=2010)
        with pytest.raises(IntegrityError, match="minors come in a group"), transaction.atomic():
            Offer.objects.update(state="accepted")


def test_who_gets_no_texts_is_rung(street: Street, shop: Partner) -> None:
    want(street)
    partner_days.opted_out(shop.phone_hash)
    with clock.pinned(FRIDAY - timedelta(hours=20)):
        assuring.watch_all()
    with offers_principal():
        call = Call.objects.get(kind="partner")
    assert call.phone == shop.phone and "(1)" in call.name


def test_a_case_that_ends_gives_its_portion_back(street: Street, shop: Partner) -> None:
    request = want(street)
    with clock.pinned(FRIDAY - timedelta(hours=20)):
        assuring.watch_all()
        requests.take_back(by=street.hana.viewer, request_id=request.pk)
        assert assuring.watch_all() == 1 and assuring.watch_all() == 0
    assert "안 계세요" in texts_to(shop)[-1].body
    assert states(shop) == [(1, "back")] and offers(request.pk) == []
    want(street)
    assert states(shop) == [(1, "back"), (1, "promised")]


def test_the_pages_of_partners_work_from_the_form_to_the_shops_own_link(
    street: Street, eli: Actor, as_: Callable[..., Client]
) -> None:
    client, new = as_(eli), "/desk/matching/partners/new/"
    form = {
        "kind": "business", "name": "마석 국밥집", "contact_name": "최사장", "phone": "031-000-0501", "town": "hwado",
        "service": "dining", "capacity": "12", "per": "day", "weekdays": ["4"], "nth": ["4"], "starts": "11:30",
        "ends": "13:30", "place": "theirs", "sms_ok": "on",
    }  # fmt: skip
    assert client.post(new, form).status_code == 422
    made = client.post(new, form | {"agreed": "on"})
    assert made.status_code == 302
    want(street)
    shown = client.get(made["Location"]).content.decode()
    assert "매월 넷째 금요일" in shown and "그날마다 12명" in shown and "1/12" in shown
    assert "1/12" in client.get("/desk/matching/partners/").content.decode()
    with offers_principal():
        shop = Partner.objects.get()
    own = as_().get(f"/g/{shop.token}/").content.decode()
    assert "<b>1</b>명" in own and "순덕" not in own and "마석우리" not in own
    gift = {"gift": gift_of(shop), "on": "2026-11-27"}
    assert as_().post(f"/g/{shop.token}/", gift | {"do": "came", "came": "1"}).status_code == 422
    assert as_().post(f"/g/{shop.token}/", gift | {"do": "cannot"}).status_code == 302
    assert states(shop) == [(1, "back")]
    assert as_().get(f"/g/{shop.token[:-1]}x/").status_code == 404
