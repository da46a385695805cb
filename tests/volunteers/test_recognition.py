"""Hours for the portals, thanks in public, days on which nobody asks, the plan by town."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from hopecare.kernel import clock
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import ChangeEntry
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.volunteers.conftest import (
    THURSDAY,
    Street,
    offer_of,
    offers,
    offers_principal,
    other_house,
    put_action,
)
from tests.volunteers.test_partners import MEALS, SHOP
from tests.volunteers.test_week import MONDAY
from volunteers import access
from volunteers.models import Echo, Hours, Offer, Volunteer
from volunteers.services import answers, hours, leaving, papers, partners, requests, visits, week

REASON = "11월 실적 입력"


def given(street: Street, volunteer: Volunteer, minutes: int) -> None:
    requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    answers.answer_by_link(token=offer_of(volunteer).token, yes=True)
    with clock.pinned(THURSDAY + timedelta(hours=1)):
        visits.report_done(token=offer_of(volunteer).token)
        hours.confirm(by=street.hana.viewer, offer_id=offer_of(volunteer).pk, minutes=minutes)


@pytest.mark.rule("K9")
def test_confirmed_hours_go_out_with_a_reason_and_their_corrections(
    street: Street, moon_helps: Volunteer, eli: Actor, as_: Callable[..., Client]
) -> None:
    given(street, moon_helps, 60)
    form = {"portal": "1365", "first": "2026-11-01", "last": "2026-11-27", "reason": REASON}
    with clock.pinned(THURSDAY + timedelta(days=1)):
        desk, address = as_(eli), "/desk/matching/hours/"
        assert desk.post(address, form | {"reason": " "}).status_code == 422
        assert desk.post(address, form)["Content-Type"].startswith("text/html")  # no number in 1365 is known
        papers.insure(by=eli.viewer, volunteer_id=moon_helps.pk, insurer="1365", number_1365="=moon41")
        hours.correct(by=street.hana.viewer, offer_id=offer_of(moon_helps).pk, minutes=90, reason="더 계셨음")
        lines = desk.post(address, form).content.decode().splitlines()
        assert lines[1].split(",")[:6] == ["'=moon41", "문보라", "2026-11-26", "14:00", "15:30", "90"]
        assert len(lines) == 2 and "순덕" not in lines[1] and "화도" not in lines[1]
        by_name = desk.post(address, form | {"portal": "vms"}).content.decode().splitlines()
        assert by_name[1].startswith("문보라,1960,") and as_(street.hana).get(address).status_code == 404
        with as_owner():
            assert ChangeEntry.objects.filter(what="exported", details__reason=REASON, details__lines=1).count() == 2


@pytest.mark.rule("R31")
def test_who_wishes_it_stands_on_the_wall_and_nobody_else(eli: Actor, as_: Callable[..., Client]) -> None:
    shop = partners.register(by=eli.viewer, told=SHOP, gift=MEALS)
    wall, own = "/volunteer/partners/", f"/g/{shop.token}/"
    assert "국밥집" not in as_().get(wall).content.decode()
    assert as_().post(own, {"do": "thank", "wished": "1"}).status_code == 302
    shown = as_().get(wall).content.decode()
    assert "마석 국밥집" in shown and "최사장" not in shown and "031-000-0501" not in shown
    as_(eli).post(f"/desk/matching/partners/{shop.pk}/move/", {"thank": "0"})
    assert "국밥집" not in as_().get(wall).content.decode()


def test_on_a_day_off_somebody_else_is_asked_by_hand_and_by_the_plan(
    street: Street, moon_helps: Volunteer, bo_helps: Volunteer, eli: Actor, as_: Callable[..., Client]
) -> None:
    change = f"/desk/matching/volunteers/{moon_helps.pk}/change/"
    assert as_(eli).post(change, {"do": "days", "first": "2026-11-27", "last": "2026-11-26"}).status_code == 422
    assert as_(eli).post(change, {"do": "days", "first": "2026-11-26"}).status_code == 302
    request = requests.open_request(by=street.hana.viewer, action_id=street.action.pk, later=True)
    run = week.solve(run_id=week.ask_run(by=street.hana.viewer, monday=MONDAY).pk)
    page = as_(street.hana).get(f"/desk/matching/?week={MONDAY}").content.decode()
    assert run.filled == 1 and "한보순" in page and "문보라" not in page
    assert 'data-wanted="1"' in page and 'data-empty="0"' in page  # the plan by town
    week.publish(by=street.hana.viewer, run_id=run.pk)
    assert offers(request.pk) == [("한보순", "offered")]
    with acting_as(street.hana.viewer):
        friday = put_action(street.case, street.hana, at=THURSDAY + timedelta(days=7))
    leaving.not_on(by=eli.viewer, volunteer_id=moon_helps.pk, first=date(2026, 12, 2), last=date(2026, 12, 9))
    other = requests.open_request(by=street.hana.viewer, action_id=friday.pk)
    assert offers(other.pk) == []  # Moon is away, and Bo holds a question


def crowd(street: Street, volunteer: Volunteer, many: int) -> None:
    """So many further houses where the same was done and confirmed."""
    pattern = offer_of(volunteer)
    for number in range(many):
        house = other_house(street, 500 + number)
        with acting_as(street.hana.viewer):
            action = put_action(house, street.hana)
        token = access.new_token()
        with offers_principal():
            request, offer = pattern.request, Offer.objects.get(pk=pattern.pk)
            request.pk, request.case, request.action = None, house, action
            request.save()
            offer.pk, offer.uuid, offer.case, offer.request = None, uuid4(), house, request
            offer.token, offer.token_hash = token, access.token_hash(token)
            offer.save()
            keys = {"team_id": house.team_id, "provider_id": house.provider_id, "case": house}
            Hours.objects.create(
                offer=offer, volunteer=volunteer, service_id=request.service_id, on=THURSDAY.date(), minutes=60, **keys
            )


@pytest.mark.rule("D1")
@pytest.mark.rule("D17")
def test_what_help_changed_is_told_in_sums_and_sentences_two_people_read(
    street: Street,
    moon_helps: Volunteer,
    eli: Actor,
    as_: Callable[..., Client],
) -> None:
    hana, address = as_(street.hana), "/desk/matching/echoes/"
    words = "누가 들러 주니 잠을 편히 주무신다고들 하세요"
    for wrong in ("짧음", "88세 어르신이 웃으세요", "순덕 씨가 웃으세요, 고맙습니다", "화도에서는 모두 기뻐하세요"):
        assert hana.post(address, {"service": "companionship", "words": wrong}).status_code == 422
    assert hana.post(address, {"service": "legal_aid", "words": words}).status_code == 422
    assert hana.post(address, {"service": "companionship", "words": words}).status_code == 302
    with acting_as(eli.viewer):
        row = Echo.objects.get()
    hana.post(address, {"approve": row.pk})  # neither whoever wrote it, nor without the permission
    assert as_(eli).post(address, {"approve": row.pk}).status_code == 302
    with acting_as(eli.viewer):
        row.refresh_from_db()
        assert row.approved_by_id == eli.id and row.shown_from is not None
        assert timedelta(days=7) <= row.shown_from - NOW.date() <= timedelta(days=30)
        Echo.objects.update(shown_from=NOW.date())
    given(street, moon_helps, 60)
    own = f"/o/{offer_of(moon_helps).token}/changed/"
    with clock.pinned(THURSDAY + timedelta(days=1)):
        page = as_().get(own).content.decode()
        assert (
            "나눠 주신 시간이 바꾼 것" in page and words not in page and "모두 함께" not in page
        )  # one house is no crowd
        crowd(street, moon_helps, 21)
        page = as_().get(own).content.decode()
        assert words in page and "20명" in page and "순덕" not in page and "화도" not in page
        as_(eli).post(address, {"withdraw": row.pk})
        assert words not in as_().get(own).content.decode()
