"""Nobody waits in vain: reminders, back-ups, papers, rests, partings, a place in reserve."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as
from tests.volunteers.conftest import (
    THURSDAY,
    Street,
    hana_like,
    offer_of,
    offers,
    offers_principal,
    received,
    request_now,
    texts,
)
from tests.volunteers.test_answers import mark_sent
from volunteers.models import Call, Paper, Request, Volunteer
from volunteers.services import answers, assuring, leaving, news, requests
from volunteers.services.requests import Wishes
from volunteers.states import Outcome

EVENING_BEFORE = THURSDAY - timedelta(hours=20)


def ask(street: Street, **wishes: Any) -> Request:
    return requests.open_request(by=street.hana.viewer, action_id=street.action.pk, **wishes)


def promised(street: Street, volunteer: Volunteer, **wishes: Any) -> Request:
    request = ask(street, **wishes)
    assert answers.answer_by_link(token=offer_of(volunteer).token, yes=True) == Outcome.BOOKED
    return request


def calls(kind: str) -> list[Call]:
    with offers_principal():
        return list(Call.objects.filter(kind=kind))


def test_the_day_before_one_word_assures_the_visit(street: Street, moon_helps: Volunteer) -> None:
    promised(street, moon_helps)
    with clock.pinned(EVENING_BEFORE):
        assert assuring.watch_all() == 2 and assuring.watch_all() == 0  # and nobody goes along to a first visit yet
        assert len(calls("escort")) == 1
        assert "오시나요?" in texts(moon_helps, "offer_reminder")[0].body
        mark_sent(moon_helps)
        outcome = news.reminder_reply(moon_helps.phone_hash, "1", received(moon_helps, "1"))
    assert outcome is not None and "고맙습니다" in str(outcome.answer)
    assert offer_of(moon_helps).assured_at is not None and offer_of(moon_helps).state == "scheduled"


def test_a_no_to_the_reminder_asks_the_next_at_once(street: Street, moon_helps: Volunteer, bo_helps: Volunteer) -> None:
    request = promised(street, moon_helps)
    with clock.pinned(EVENING_BEFORE):
        assuring.watch_all()
        mark_sent(moon_helps)
        assert news.reminder_reply(moon_helps.phone_hash, "2", received(moon_helps, "2")) is not None
    assert offers(request.pk) == [("문보라", "cancelled"), ("한보순", "offered")]
    assert request_now(request).urgent


def test_a_reminder_without_an_answer_is_a_call(street: Street, moon_helps: Volunteer) -> None:
    promised(street, moon_helps)
    for moment in (EVENING_BEFORE, THURSDAY - timedelta(hours=3)):
        with clock.pinned(moment):
            assuring.watch_all()
    assert len(calls("assure")) == 1


@pytest.mark.rule("R89")
def test_a_critical_visit_names_a_backup_who_is_called_a_day_before(street: Street, moon_helps: Volunteer) -> None:
    with pytest.raises(errors.Impossible):
        ask(street, wishes=Wishes(critical=True))
    request = ask(street, wishes=Wishes(critical=True, backup_name="도시락 업체", backup_phone="031-000-0099"))
    assert calls("backup") == []
    for _ in range(2):
        with clock.pinned(EVENING_BEFORE):
            assuring.watch_all()
    assert [(call.name, call.phone) for call in calls("backup")] == [("도시락 업체", "031-000-0099")]
    with pytest.raises(IntegrityError), offers_principal(), transaction.atomic():
        Request.objects.filter(pk=request.pk).update(backup_name="")


def test_a_critical_visit_with_a_promise_calls_nobody(street: Street, moon_helps: Volunteer) -> None:
    promised(street, moon_helps, wishes=Wishes(critical=True, backup_name="업체", backup_phone="031-000-0099"))
    with clock.pinned(EVENING_BEFORE):
        assuring.watch_all()
    assert calls("backup") == []


@pytest.mark.rule("R82")
def test_a_paper_that_ran_out_since_the_question_is_seen_again_at_the_yes(
    street: Street, moon_helps: Volunteer, bo_helps: Volunteer
) -> None:
    request = ask(street)
    with offers_principal():
        Request.objects.filter(pk=request.pk).update(licences=["nurse"])
    assert answers.answer_by_link(token=offer_of(moon_helps).token, yes=True) == Outcome.PAPERS
    assert [state for _, state in offers(request.pk)] == ["declined"]  # nor has Bo one
    assert len(calls("paper")) == 1 and request_now(request).filled == 0


@pytest.mark.rule("R82")
@pytest.mark.parametrize(("last_day", "renewing", "asked"), [(26, False, 1), (25, False, 0), (25, True, 1)])
def test_a_paper_counts_by_the_day_of_the_visit_with_its_grace(
    street: Street, moon_helps: Volunteer, last_day: int, renewing: bool, asked: int
) -> None:
    put_paper(street, moon_helps, date(2026, 11, last_day), renewing=renewing)
    request = ask(street, later=True)
    with offers_principal():
        Request.objects.filter(pk=request.pk).update(licences=["hope_manager"])
    ask(street)
    assert len(offers(request.pk)) == asked


def put_paper(street: Street, volunteer: Volunteer, until: date, **fields: Any) -> None:
    with acting_as(hana_like()):
        Paper.objects.create(
            volunteer=volunteer, kind="hope_manager", body="희망케어센터", valid_until=until,
            checked_on=date(2026, 1, 5), **fields,
        )  # fmt: skip


def test_a_paper_that_runs_out_is_told_early_and_once(street: Street, moon_helps: Volunteer) -> None:
    put_paper(street, moon_helps, date(2026, 12, 24))
    assert assuring.watch_all() == 1 and assuring.watch_all() == 0
    assert [call.volunteer_id for call in calls("paper")] == [moon_helps.pk]


def test_a_rest_by_one_tap_asks_the_next_and_ends_by_itself(
    street: Street, moon_helps: Volunteer, bo_helps: Volunteer, as_: Callable[..., Client]
) -> None:
    request = ask(street)
    address = f"/o/{offer_of(moon_helps).token}/"
    assert as_().post(address, {"do": "pause"}).status_code == 302
    assert offers(request.pk) == [("문보라", "declined"), ("한보순", "offered")]
    assert "쉬세요" in as_().get(address).content.decode()
    with clock.pinned(THURSDAY + timedelta(days=40)):
        assuring.watch_all()
    with offers_principal():
        assert Volunteer.objects.get(pk=moon_helps.pk).state == "active"


def test_who_leaves_is_taken_out_of_every_promise_and_hears_no_more(
    street: Street, moon_helps: Volunteer, bo_helps: Volunteer
) -> None:
    request = promised(street, moon_helps)
    leaving.leave(token=offer_of(moon_helps).token)
    assert offers(request.pk) == [("문보라", "cancelled"), ("한보순", "offered")]
    with offers_principal():
        gone = Volunteer.objects.get(pk=moon_helps.pk)
    assert (gone.state, gone.sms_ok) == ("left", False)


def test_either_side_may_part_and_no_reason_is_kept(street: Street, moon_helps: Volunteer, bo_helps: Volunteer) -> None:
    request = promised(street, moon_helps)
    parting = leaving.part(by=street.hana.viewer, offer_id=offer_of(moon_helps).pk)
    assert offers(request.pk) == [("문보라", "cancelled"), ("한보순", "offered")]
    assert not any("reason" in field.name or "why" in field.name for field in parting._meta.fields)


def test_a_yes_that_came_too_late_is_first_when_the_place_is_free_again(
    street: Street, moon_helps: Volunteer, bo_helps: Volunteer
) -> None:
    request = ask(street, urgent=True)
    assert answers.answer_by_link(token=offer_of(bo_helps).token, yes=True) == Outcome.BOOKED
    assert answers.answer_by_link(token=offer_of(moon_helps).token, yes=True) == Outcome.SETTLED
    assert offer_of(moon_helps).reserve
    leaving.leave(token=offer_of(bo_helps).token)
    assert offers(request.pk) == [("문보라", "offered"), ("한보순", "cancelled")]


def test_a_chosen_person_is_asked_before_all_others(street: Street, moon_helps: Volunteer, bo_helps: Volunteer) -> None:
    request = ask(street, first=bo_helps.pk)
    assert offers(request.pk) == [("한보순", "offered")]
