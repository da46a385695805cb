"""Whole ways, through pages and the telephones' stand-in: what is sent really leaves, what comes in is signed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client

from cases.models import Action, TaskGrant
from hopecare.kernel import clock, events
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Service
from hopecare.messaging import services as messaging
from tests.cast import NOW, Actor
from tests.messaging.conftest import StandIn, provider_settings, running_stand_in, stand_in
from tests.messaging.test_webhooks import INBOUND, post, sid
from tests.volunteers.conftest import THURSDAY, Street, offer_of, offers, offers_principal, put_action, request_now
from tests.volunteers.test_partners import FRIDAY
from volunteers.models import Call, Coupon, Paper, Partner, Portion, Request, Volunteer
from volunteers.services import asking, assuring

__all__ = ["provider_settings", "running_stand_in", "stand_in"]
As = Callable[..., Client]
SIDS = count(90_000)


@dataclass
class Phones:
    """`got(bo)`: what came to her telephone in this test, oldest first; `says(bo, "네")` answers from it."""

    stand_in: StandIn
    before: dict[str, int] = field(default_factory=dict)

    def got(self, whose: Any) -> list[str]:
        messaging.send_due()
        texts = [text["body"] for text in self.stand_in.texts(whose.phone)]
        return texts[self.before.get(whose.phone, 0) :]

    def says(self, whose: Any, words: str) -> None:
        messaging.send_due()
        assert post(INBOUND, MessageSid=sid(next(SIDS)), From=whose.phone, To="+82310000001", Body=words) == 200
        messaging.send_due()


@pytest.fixture
def phones(stand_in: StandIn) -> Iterator[Phones]:
    known = {
        one["number"]: len(stand_in.texts(one["number"])) for one in stand_in.ask("GET", "/stand-in/phones")["phones"]
    }
    yield Phones(stand_in, known)


def task(street: Street, code: str, at: datetime) -> Action:
    service = Service.objects.get(code=code)
    with acting_as(street.hana.viewer):
        return put_action(street.case, street.hana, at=at, service=service, category=service.category)


def ask(client: Client, action: Action, **wishes: str) -> Request:
    assert client.post(f"/desk/matching/{action.pk}/ask/", {"seats": "1", **wishes}).status_code == 302
    with offers_principal():
        return Request.objects.get(action=action)


@pytest.mark.rule("R89")
def test_a_chain_of_noes_silence_and_stop_ends_with_somebody_who_comes(
    street: Street, helper: Callable[..., Volunteer], phones: Phones, as_: As
) -> None:
    anna, bea, cleo, dora = (
        helper(name, 720 + n, away=n / 1000) for n, name in enumerate(("안나", "배아", "조은", "도라"))
    )
    hana = as_(street.hana)
    request = ask(hana, street.action)
    phones.says(anna, "2")
    phones.says(bea, "STOP")
    assert [state for _, state in offers(request.pk)] == ["declined", "offered"]  # nobody is asked twice, nor in vain
    with offers_principal():
        assert Call.objects.get(offer__volunteer=bea).reason == "opt_out"
    with clock.pinned(NOW + timedelta(hours=5)):
        asking.advance_all()
        phones.says(cleo, "네")
        assert offers(request.pk)[2:] == [("조은", "scheduled"), ("도라", "withdrawn")]
    with clock.pinned(THURSDAY - timedelta(hours=3)):
        assert as_().post(f"/o/{offer_of(cleo).token}/", {"do": "cannot"}).status_code == 302
        assert dict(offers(request.pk))["조은"] == "cancelled" and request_now(request).urgent
        phones.says(dora, "1")  # told that it was settled; it is free again, and her yes counts
        assert dict(offers(request.pk))["도라"] == "scheduled"
    with clock.pinned(THURSDAY - timedelta(hours=2)):
        as_().post(f"/o/{offer_of(dora).token}/", {"do": "cannot"})
        hana.post(f"/desk/matching/offers/{offer_of(bea).pk}/answer/", {"said": "yes"})  # rung, as she wants no texts
    assert dict(offers(request.pk))["배아"] == "scheduled" and request_now(request).filled == 1
    assert phones.got(bea)[1:] == []  # after STOP not one text more


@pytest.mark.rule("R82")
def test_a_licence_that_ends_before_the_visit_frees_the_place_and_somebody_else_comes(
    street: Street, eli: Actor, helper: Callable[..., Volunteer], phones: Phones, as_: As
) -> None:
    first, second = (
        helper(name, 730 + n, away=n / 1000, services=("hair_care",), level=2)
        for n, name in enumerate(("가위손", "빗손"))
    )
    with acting_as(eli.viewer):
        for one in (first, second):
            Paper.objects.create(volunteer=one, kind="barber", body="남양주시장", checked_on=NOW.date())
    request = ask(as_(street.hana), task(street, "hair_care", THURSDAY))
    phones.says(first, "1")
    assert offers(request.pk) == [("가위손", "scheduled")]
    page = as_(eli).post(
        f"/desk/matching/volunteers/{first.pk}/change/",
        {"do": "paper", "kind": "barber", "body": "남양주시장", "valid_until": "2026-11-25"},
    )
    assert page.status_code == 302
    assuring.watch_all()
    assert "가위손" in as_(street.hana).get("/desk/notices/").content.decode()  # told early
    with clock.pinned(THURSDAY - timedelta(hours=45)):
        assuring.watch_all()
        assert offers(request.pk) == [("가위손", "cancelled"), ("빗손", "offered")]
        assert "안 오셔도" in phones.got(first)[-1]
        phones.says(second, "가능")
        assuring.watch_all()
    assert offers(request.pk)[1:] == [("빗손", "scheduled")]
    assert [grant.user_id for grant in TaskGrant.objects.filter(ends_at__gt=THURSDAY)] == [offer_of(second).user_id]


@pytest.mark.rule("R30")
@pytest.mark.rule("D9")
def test_a_restaurants_monthly_meals_from_the_form_to_one_tap_at_the_till(
    street: Street, eli: Actor, phones: Phones, as_: As
) -> None:
    form = {
        "kind": "business", "name": "마석 국밥집", "contact_name": "최사장", "phone": "010-0000-0751", "town": "hwado",
        "service": "dining", "capacity": "12", "per": "month", "weekdays": ["4"], "nth": ["4"], "starts": "11:30",
        "ends": "13:30", "place": "theirs", "sms_ok": "on", "agreed": "on",
    }  # fmt: skip
    assert as_(eli).post("/desk/matching/partners/new/", form).status_code == 302
    hana, action = as_(street.hana), task(street, "dining", FRIDAY)
    ask(hana, action)
    with offers_principal():
        shop, portion = Partner.objects.get(), Portion.objects.get()
    paper = hana.post(f"/desk/matching/portions/{portion.pk}/coupon/", follow=True).content.decode()
    assert "마석 국밥집" in paper and "data:image/svg+xml" in paper
    assert not [
        word for word in ("희망케어", "Hope Care", "순덕", "2026-000417", "복지") if word in paper.split("<body")[1]
    ]
    with offers_principal():
        code = Coupon.objects.get().code
    with clock.pinned(FRIDAY - timedelta(hours=20)):
        assuring.watch_all()
        assert "1명" in phones.got(shop)[-1]
    guest, till = as_(), as_()
    assert till.post(f"/g/{shop.token}/", {"do": "till"}).status_code == 302
    assert "쿠폰 받기" not in guest.get(f"/v/{code}/").content.decode()
    assert till.post(f"/v/{code}/").status_code == 422  # another day
    with clock.pinned(FRIDAY - timedelta(minutes=20)):
        guest.post(f"/v/{code}/")
        with offers_principal():
            assert Portion.objects.get().state == "promised"
        assert "쿠폰 받기" in till.get(f"/v/{code}/").content.decode()
        assert till.post(f"/v/{code}/").status_code == 200
        assert till.post(f"/v/{code}/").status_code == 422  # one use
        assert as_().post(f"/g/{shop.token}/", {"do": "coupon", "code": code}).status_code == 422
    with offers_principal():
        assert Portion.objects.get().state == "given"
    with acting_as(street.hana.viewer):
        assert Action.objects.get(pk=action.pk).state == "done"


@pytest.mark.rule("K10")
def test_a_pupils_group_comes_with_every_guardians_consent_and_stays_away_without(
    street: Street, eli: Actor, phones: Phones, as_: As
) -> None:
    desk = as_(eli)
    form = {
        "kind": "school", "name": "새빛중학교 봉사반", "contact_name": "한선생", "phone": "010-0000-0752",
        "town": "hwado",
        "service": "housekeeping", "capacity": "2", "per": "day", "weekdays": ["4"], "starts": "10:00", "ends": "14:00",
        "place": "homes", "pupils": "on", "adult_name": "한선생", "sms_ok": "on", "agreed": "on",
    }  # fmt: skip
    page = desk.post("/desk/matching/partners/new/", form)["Location"]
    pupil = {"name": "김푸름", "birth_year": "2012", "guardian_name": "김부모", "guardian_phone": "010-0000-0881"}
    assert desk.post(f"{page}pupil/", pupil).status_code == 422
    for name in ("김푸름", "박솔"):
        assert desk.post(f"{page}pupil/", pupil | {"name": name, "consent_on": "2026-11-02"}).status_code == 302
    request = ask(as_(street.hana), task(street, "housekeeping", FRIDAY))
    assert request.filled == 1
    with offers_principal():
        school = Partner.objects.get()
    with clock.pinned(FRIDAY - timedelta(hours=20)):
        assuring.watch_all()
        assert "1" in phones.got(school)[-1]
        shown = desk.get(page).content.decode()
        gone = shown.split('name="withdraw" value="')[1].split('"')[0]
        assert desk.post(f"{page}pupil/", {"withdraw": gone}).status_code == 302
    assert request_now(request).filled == 0 and "김푸름" not in desk.get(page).content.decode()


@pytest.mark.rule("R29")
@pytest.mark.rule("R59")
def test_an_architects_team_looks_first_and_then_the_electrician_is_asked(
    street: Street, eli: Actor, helper: Callable[..., Volunteer], phones: Phones, as_: As
) -> None:
    people = {
        kind: [helper(f"{kind}{n}", tail + n, services=("home_environment",), level=2) for n in range(2)]
        for kind, tail in (("architect", 741), ("electric", 746))
    }
    with acting_as(eli.viewer):
        for kind, team in people.items():
            for one in team:
                Paper.objects.create(volunteer=one, kind=kind, body="국토교통부", checked_on=NOW.date())
    hana = as_(street.hana)
    made = hana.post("/desk/matching/projects/new/", {"number": street.case.number, "title": "겨울 전에 따뜻한 집"})
    package = {"minutes": "120", "hour": "14:00", "quarter": "마석우리", "seats": "2", "won": "0"}
    packages: list[tuple[str, str, str, dict[str, str]]] = [
        ("survey", "현장 조사", "2026-11-26", {}),
        ("electric", "분전함 교체", "2026-12-03", {"materials": "전선 40미터", "won": "180000", "fund": "gift_living"}),
    ]
    for trade, what, day, more in packages:
        sent = hana.post(f"{made['Location']}add/", package | {"trade": trade, "what": what, "day": day} | more)
        assert sent.status_code == 302
    assert hana.post(f"{made['Location']}go/").status_code == 302
    survey = offer_of(people["architect"][0]).request
    assert {name for name, _ in offers(survey.pk)} <= {"architect0", "architect1"}
    with clock.pinned(NOW + timedelta(hours=5)):
        asking.advance_all()
    for one in people["architect"]:
        with clock.pinned(NOW + timedelta(hours=5, minutes=1)):
            if offer_of(one).state == "expired":
                hana.post(f"/desk/matching/offers/{offer_of(one).pk}/answer/", {"said": "yes"})
            else:
                phones.says(one, "1")
    assert [state for _, state in offers(survey.pk)] == ["scheduled", "scheduled"]
    assert phones.got(people["electric"][0]) == []  # not yet their turn
    with clock.pinned(THURSDAY + timedelta(hours=2)):
        assert as_().post(f"/o/{offer_of(people['architect'][0]).token}/", {"do": "done"}).status_code == 302
        events.deliver_open()
        asked = [one for one in people["electric"] if phones.got(one)]
        shown = hana.get(made["Location"]).content.decode()
    assert asked and offer_of(asked[0]).request.licences == ["electric"]
    assert "180,000" in shown and "전선 40미터" in shown and "현장 조사" in shown
