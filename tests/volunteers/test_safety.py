"""Both sides are safe: somebody goes along the first time, what went wrong is read by few, nobody gives a reason."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client

from cases.models import Action
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Service
from tests.cast import Actor
from tests.volunteers.conftest import (
    THURSDAY,
    Street,
    offer_of,
    offers,
    offers_principal,
    put_action,
    request_now,
    texts,
)
from tests.volunteers.test_assuring import ask, calls, promised
from volunteers.access import visible_to
from volunteers.models import Escort, Incident, Insurance, Paper, Parting, Volunteer
from volunteers.services import answers, asking, assuring, escorts, incidents, leaving, papers, visits


@pytest.fixture
def tidy(street: Street) -> Street:
    """The same house, where somebody is wanted who helps with the housekeeping."""
    service = Service.objects.get(code="housekeeping")
    with acting_as(street.hana.viewer):
        action = put_action(street.case, street.hana, service=service, category=service.category)
    return replace(street, action=action)


@pytest.fixture
def moon_tidies(helper: Callable[..., Volunteer]) -> Volunteer:
    return helper("문보라", 41, services=("housekeeping",))


@pytest.mark.rule("D7")
def test_the_first_visit_asks_the_lead_to_go_along_and_the_second_does_not(
    street: Street, tidy: Street, moon_tidies: Volunteer
) -> None:
    promised(tidy, moon_tidies)
    with offers_principal():
        assert Escort.objects.get().user_id is None
    escorts.go_along(by=street.hana.viewer, offer_id=offer_of(moon_tidies).pk)
    assert any("송하나" in text.body and "함께" in text.body for text in texts(moon_tidies))
    with clock.pinned(THURSDAY - timedelta(hours=20)):
        assuring.watch_all()
    assert calls("escort") == []
    with offers_principal():
        offer = offer_of(moon_tidies)
        type(offer).objects.filter(pk=offer.pk).update(state="done")
        assert not escorts.wanted(offer)


@pytest.mark.rule("D7")
def test_a_first_visit_with_nobody_beside_stands_on_the_call_list_once(tidy: Street, moon_tidies: Volunteer) -> None:
    promised(tidy, moon_tidies)
    with clock.pinned(THURSDAY - timedelta(hours=20)):
        assuring.watch_all()
        assuring.watch_all()
    assert len(calls("escort")) == 1


@pytest.mark.rule("D8")
def test_what_went_wrong_is_read_by_the_lead_and_the_centre_alone(
    street: Street, moon_helps: Volunteer, eli: Actor, ana: Actor, chi: Actor, as_: Callable[..., Client]
) -> None:
    promised(street, moon_helps)
    token = offer_of(moon_helps).token
    page = as_().post(f"/o/{token}/incident/", {"kind": "harassment", "words": "문 앞에서 소리를 지르셨어요"})
    assert page.status_code == 200 and "소리를" not in as_().get(f"/o/{token}/").content.decode()
    seen = {}
    for name, actor in {"lead": street.hana, "head": eli, "team": ana, "north": chi}.items():
        with acting_as(actor.viewer):
            seen[name] = (visible_to(actor.viewer, Incident).count(), Incident.objects.count())
    assert seen == {"lead": (1, 1), "head": (1, 1), "team": (0, 0), "north": (0, 0)}
    with offers_principal():
        incident = Incident.objects.get()
    assert as_(ana).get(f"/desk/matching/incidents/{incident.pk}/").status_code == 404
    assert "소리를" in as_(eli).get(f"/desk/matching/incidents/{incident.pk}/").content.decode()


def test_a_serious_one_lets_the_volunteer_rest_until_it_is_settled(
    street: Street, moon_helps: Volunteer, bo_helps: Volunteer, eli: Actor
) -> None:
    request = promised(street, moon_helps)
    row = incidents.note(
        by=eli.viewer,
        offer_id=offer_of(moon_helps).pk,
        told_by="house",
        kind="money",
        words="통장을 보자고 함",
        rests=True,
    )
    assert offers(request.pk) == [("문보라", "cancelled"), ("한보순", "offered")]
    assuring.watch_all()
    with pytest.raises(errors.Impossible):
        leaving.come_back(by=eli.viewer, volunteer_id=moon_helps.pk)
    incidents.settle(by=eli.viewer, incident_id=row.pk, outcome="오해였음을 함께 확인")
    with offers_principal():
        assert Volunteer.objects.get(pk=moon_helps.pk).state == "active"


def test_either_side_changes_without_a_reason(
    street: Street, moon_helps: Volunteer, bo_helps: Volunteer, as_: Callable[..., Client]
) -> None:
    request = promised(street, moon_helps)
    address = f"/o/{offer_of(moon_helps).token}/"
    for _ in range(2):
        assert as_().post(address, {"do": "part"}).status_code == 302
    assert offers(request.pk) == [("문보라", "cancelled"), ("한보순", "offered")]
    answers.answer_by_link(token=offer_of(bo_helps).token, yes=True)
    client = as_(street.hana)
    assert client.post(f"/desk/matching/offers/{offer_of(bo_helps).pk}/beside/", {"do": "part"}).status_code == 302
    with offers_principal():
        assert list(Parting.objects.order_by("pk").values_list("wished_by", flat=True)) == ["volunteer", "house"]
    assert request_now(request).state == "calls"


@pytest.mark.rule("R89")
@pytest.mark.parametrize(("with_minor", "state"), [(False, "scheduled"), (True, "accepted")])
def test_one_of_two_does_not_come_and_others_are_rung(
    street: Street,
    moon_helps: Volunteer,
    bo_helps: Volunteer,
    helper: Callable[..., Volunteer],
    with_minor: bool,
    state: str,
) -> None:
    request = ask(street, seats=2, with_minor=with_minor)
    for volunteer in (moon_helps, bo_helps):
        answers.answer_by_link(token=offer_of(volunteer).token, yes=True)
    third = helper("차은결", 51)
    with clock.pinned(THURSDAY + timedelta(minutes=5)):
        visits.did_not_come(by=street.hana.viewer, offer_id=offer_of(moon_helps).pk)
        assert offer_of(bo_helps).state == state and len(calls("now")) == 1
        assert answers.answer_by_call(by=street.hana.viewer, offer_id=offer_of(third).pk, yes=True) == "booked"
    assert [one for _, one in offers(request.pk)] == ["no_show", "scheduled", "scheduled"]


@pytest.mark.rule("D7")
@pytest.mark.parametrize(("with_minor", "end"), [(False, "scheduled"), (True, "cancelled")])
def test_whoever_may_be_alone_goes_on_when_nobody_else_is_found(
    street: Street, moon_helps: Volunteer, bo_helps: Volunteer, with_minor: bool, end: str
) -> None:
    request = ask(street, seats=2, with_minor=with_minor)
    for volunteer in (moon_helps, bo_helps):
        answers.answer_by_link(token=offer_of(volunteer).token, yes=True)
    with clock.pinned(THURSDAY + timedelta(minutes=5)):
        visits.did_not_come(by=street.hana.viewer, offer_id=offer_of(moon_helps).pk)
    with clock.pinned(THURSDAY + timedelta(minutes=30)):
        asking.advance(request_id=request.pk)
    assert offer_of(bo_helps).state == end
    with acting_as(street.hana.viewer):
        assert Action.objects.get(pk=street.action.pk).state == ("open" if with_minor else "booked")


@pytest.mark.rule("R82")
def test_a_paper_renewed_in_time_ends_the_call_and_counts_with_its_grace(
    street: Street, moon_helps: Volunteer, eli: Actor
) -> None:
    def put(until: date, *, renewing: bool = False) -> Paper:
        return papers.put_paper(
            by=eli.viewer, volunteer_id=moon_helps.pk, kind="hope_manager", body="희망케어센터",
            valid_until=until, renewing=renewing,
        )  # fmt: skip

    put(date(2026, 12, 24))
    assuring.watch_all()
    assert len(calls("paper")) == 1
    with pytest.raises(errors.Impossible):
        put(date(2026, 11, 20))
    put(date(2028, 12, 24))
    assert [call.done_at is not None for call in calls("paper")] == [True]


def test_one_page_shows_a_volunteer_to_the_desk_and_changes_what_was_seen(
    street: Street, moon_helps: Volunteer, eli: Actor, as_: Callable[..., Client]
) -> None:
    promised(street, moon_helps)
    page = f"/desk/matching/volunteers/{moon_helps.pk}/"
    client = as_(eli)
    sent = {"do": "insurance", "insurer": "1365", "number_1365": "0000-1111", "valid_until": "2026-12-31"}
    assert client.post(f"{page}change/", sent).status_code == 302
    assert client.post(f"{page}change/", sent | {"number_1365": ""}).status_code == 422
    assert client.post(f"{page}change/", {"do": "rest", "days": "14"}).status_code == 302
    shown = client.get(page).content.decode()
    assert "문보라" in shown and "0000-1111" in shown and "12월 7일" in shown
    with offers_principal():
        assert Insurance.objects.get().insurer == "1365"
    for words in ("문보", "0041"):
        assert page in client.get("/desk/matching/volunteers/", {"q": words}).content.decode()
    hana = as_(street.hana).get(page).content.decode()
    assert f"volunteers/{moon_helps.pk}/change" not in hana


@pytest.mark.rule("D8")
def test_an_insurance_that_ends_is_told_early_blocks_later_visits_and_frees_the_place(
    street: Street, moon_helps: Volunteer, bo_helps: Volunteer, eli: Actor, as_: Callable[..., Client]
) -> None:
    request = promised(street, moon_helps)
    until = THURSDAY.date() - timedelta(days=1)
    papers.insure(by=eli.viewer, volunteer_id=moon_helps.pk, insurer="centre", valid_until=until)
    for _ in range(2):
        assuring.watch_all()
    assert [(call.volunteer_id, call.reason) for call in calls("paper")] == [(moon_helps.pk, "insurance")]
    assert "문보라" in as_(street.hana).get("/desk/notices/").content.decode()
    with clock.pinned(THURSDAY - timedelta(hours=40)):
        assuring.watch_all()
        assert offers(request.pk) == [("문보라", "cancelled"), ("한보순", "offered")]
        page = as_(eli).get(f"/desk/matching/volunteers/{moon_helps.pk}/").content.decode()
        assert "곧 갱신" in page or "갱신" in page
        later = papers.insure(by=eli.viewer, volunteer_id=moon_helps.pk, insurer="centre", valid_until=None)
    assert (
        later.warned_at is None
        and [call for call in calls("paper") if call.done_at is None and not call.offer_id] == []
    )
