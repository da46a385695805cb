"""Hours for the portals, thanks in public, days on which nobody asks, the plan by town."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from hopecare.kernel import clock
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import ChangeEntry
from tests.cast import Actor
from tests.database import as_owner
from tests.volunteers.conftest import THURSDAY, Street, offer_of, offers, put_action
from tests.volunteers.test_partners import MEALS, SHOP
from tests.volunteers.test_week import MONDAY
from volunteers.models import Volunteer
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
