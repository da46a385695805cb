"""What groups give: hours of partners and pupils once confirmed, and what becomes free within the week."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from hopecare.kernel import clock, errors, events
from hopecare.kernel.access import acting_as
from tests.cast import Actor
from tests.volunteers.conftest import Street, offers, offers_principal, request_now
from tests.volunteers.test_partners import FRIDAY, MEALS, PUPIL, SCHOOL, SHOP, TIDY, gift_of, states, want
from volunteers.access import visible_to
from volunteers.models import GroupHours, Partner, Portion, Pupil, Turn, Volunteer
from volunteers.selectors.hours_export import hours_file
from volunteers.services import assuring, group_hours, partners, portions, requests
from volunteers.states import PartnerState

AFTER = FRIDAY + timedelta(days=1)


@pytest.fixture
def school(eli: Actor) -> Partner:
    row = partners.register(by=eli.viewer, told=SCHOOL, gift=TIDY)
    for name in ("김푸름", "박솔"):
        partners.add_pupil(by=eli.viewer, partner_id=row.pk, told=replace(PUPIL, name=name))
    return row


def given(street: Street, code: str) -> Turn:
    """A portion of Friday was had, and the partner was told the day before."""
    want(street, code)
    with clock.pinned(FRIDAY - timedelta(hours=20)):
        assuring.watch_all()
    with offers_principal():
        portion = Portion.objects.get()
        turn = Turn.objects.get(standing=portion.standing, on=portion.on)
    with clock.pinned(AFTER):
        portions.settle(by=street.hana.viewer, portion_id=portion.pk, came=True)
    return turn


@pytest.mark.rule("R32")
@pytest.mark.rule("K10")
def test_a_pupils_hours_count_by_name_with_consent_and_once(
    street: Street, school: Partner, eli: Actor, chi: Actor, as_: Callable[..., Client]
) -> None:
    turn = given(street, "housekeeping")
    with acting_as(eli.viewer):
        first, second = Pupil.objects.order_by("pk")
    with clock.pinned(AFTER):
        desk, address = as_(eli), f"/desk/matching/turns/{turn.pk}/hours/"
        assert "확인을 기다" not in desk.get(f"/desk/matching/partners/{school.pk}/").content.decode()
        assert "김푸름" in desk.get(address).content.decode()
        assert desk.post(address, {"people": "0", "minutes": "120"}).status_code == 422
        sent = {"people": "1", "pupils": [first.pk, second.pk], "minutes": "120"}
        for _ in range(2):
            assert desk.post(address, sent).status_code == 302
        assert as_(street.hana).get(address).status_code == 404
        page = desk.get(f"/desk/matching/partners/{school.pk}/").content.decode()
        assert "확인된 6시간" in page and "김푸름 · 2시간" in page
        papers = [desk.post(f"/desk/matching/pupils/{first.pk}/certificate/")["Location"] for _ in range(2)]
        shown = as_().get(papers[0]).content.decode()
        assert papers[0] == papers[1] and "김푸름" in shown and "2시간" in shown
        assert not [word for word in ("순덕", "마석", "박솔", "보호자") if word in shown]
        assert as_(chi).post(f"/desk/matching/pupils/{first.pk}/certificate/").status_code == 404
        days = {"first": FRIDAY.date(), "last": AFTER.date(), "reason": "포털 등록"}
        with acting_as(eli.viewer):
            lines = hours_file(eli.viewer, portal="vms", **days).lines
            assert hours_file(eli.viewer, portal="1365", **days).lines[1:] == []
        assert [(row[0], row[1], row[5]) for row in lines[1:]] == [
            (f"{school.name} 1명", "", "120"), ("김푸름", "2012", "120"), ("박솔", "2012", "120"),
        ]  # fmt: skip
        partners.withdraw_pupil(by=eli.viewer, pupil_id=second.pk)
        assert as_().get(papers[0]).status_code == 200
        assert desk.post(f"/desk/matching/pupils/{second.pk}/certificate/")["Location"] == "/desk/matching/partners/"
    with acting_as(eli.viewer):
        assert sorted(GroupHours.objects.values_list("people", "minutes")) == [(1, 120)] * 3
        line = GroupHours.objects.get(pupil=first)
    with pytest.raises(errors.Impossible):
        group_hours.correct(by=eli.viewer, line_id=line.pk, minutes=90, reason=" ")
    assert group_hours.correct(by=eli.viewer, line_id=line.pk, minutes=90, reason="먼저 갔음") == -30
    with acting_as(chi.viewer):
        assert (visible_to(chi.viewer, GroupHours).count(), GroupHours.objects.count()) == (0, 0)


@pytest.mark.rule("R32")
def test_no_hours_for_a_day_on_which_nobody_had_anything_and_no_line_is_changed(
    street: Street, eli: Actor, school: Partner
) -> None:
    turn = given(street, "housekeeping")
    with acting_as(eli.viewer):
        empty = Turn.objects.create(
            standing_id=turn.standing_id, provider_id=turn.provider_id, on=turn.on.replace(day=20)
        )
    with clock.pinned(AFTER):
        with pytest.raises(errors.Impossible):
            group_hours.confirm(by=eli.viewer, turn_id=empty.pk, people=3, minutes=60)
        [line] = group_hours.confirm(by=eli.viewer, turn_id=turn.pk, people=3, minutes=60)
    assert line.minutes == 180
    for change in (
        lambda: GroupHours.objects.filter(pk=line.pk).update(minutes=1),
        lambda: GroupHours.objects.create(turn=empty, provider_id=turn.provider_id, people=1, minutes=60),
    ):
        with pytest.raises(IntegrityError, match="hours"), acting_as(eli.viewer), transaction.atomic():
            change()


@pytest.mark.rule("R30")
def test_a_portion_that_becomes_free_is_used_within_the_week(
    street: Street, eli: Actor, helper: Callable[..., Volunteer]
) -> None:
    helper("식당봉사", 97, services=("dining",), weekday=4)
    with clock.pinned(FRIDAY - timedelta(days=3)):
        shop = partners.register(by=eli.viewer, told=SHOP, gift=MEALS)
        wanted = [want(street) for _ in range(3)]
        assert [request_now(one).state for one in wanted] == ["filled", "filled", "calls"]
        requests.take_back(by=street.hana.viewer, request_id=wanted[0].pk)
        events.deliver_open()
        assert request_now(wanted[2]).state == "filled" and states(shop)[2][1] == "promised"
        partners.move(by=eli.viewer, partner_id=shop.pk, state=PartnerState.RESTS)
        assert [request_now(one).state for one in wanted[1:]] == ["calls", "calls"]
        partners.move(by=eli.viewer, partner_id=shop.pk, state=PartnerState.ACTIVE)
        events.deliver_open()
        assert [request_now(one).state for one in wanted[1:]] == ["filled", "filled"]
        assert gift_of(shop) and offers(wanted[2].pk) == []
