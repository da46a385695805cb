"""Registered reporters: kind as data, three taps, nothing for the household and nothing for the outcome (K4, D14)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.models import RegisteredReporter
from cases.rules.reports import reporter_kinds
from cases.selectors import reporters as selectors
from cases.services import reporters as services
from hopecare.kernel import errors, phones
from hopecare.kernel.access import acting_as
from tests.cases.report_kit import reports
from tests.cast import Actor
from tests.database import as_owner
from tests.mobile_api.phone_kit import NUMBER, call, sign_in

As = Callable[..., Client]
POSTMAN = {"kind": "postman", "body": "마석우체국", "name": "나우편", "phone": NUMBER}
ROUND = [("수동면 송천리 첫 집", "mail_piles"), ("수동면 외방리 슈퍼 뒤", "no_light"), ("마석 장터 파란 대문", "ill")]


def told(place: str, seen: str) -> dict[str, Any]:
    return {"place": {"words": place, "town": "sudong"}, "about": "neighbour", "seen": [seen]}


def send_round(client: Client, key: str) -> list[Any]:
    return [
        call(client, "POST", "/reports", told(place, seen), key=key, Idempotency_Key=f"{number:032}")
        for number, (place, seen) in enumerate(ROUND)
    ]


@pytest.mark.rule("K4")
@pytest.mark.django_db
def test_the_kinds_are_data_and_only_those_under_a_duty_are_registered(ana: Actor) -> None:
    for kind in reporter_kinds():
        number = f"010-0000-20{len(kind['code']):02}"
        if not kind["duty"]:
            with pytest.raises(errors.Impossible):
                services.register(by=ana.viewer, kind=kind["code"], name="가", phone=number, body="나")
    assert {kind["code"] for kind in reporter_kinds() if kind["duty"]} >= {"postman", "meter_reader", "village_head"}


@pytest.mark.rule("K4", "D14")
@pytest.mark.django_db
def test_a_round_is_told_at_once_and_bears_the_kind(ana: Actor, as_: As) -> None:
    services.register(by=ana.viewer, **POSTMAN)
    key = sign_in(as_())["access_token"]
    assert call(as_(), "GET", "/me", key=key).json()["reporter"]["kind"] == "postman"  # type: ignore[attr-defined]
    answers = [answer.json() for answer in send_round(as_(), key) + send_round(as_(), key)]
    assert len({answer["code"] for answer in answers}) == len(reports()) == 3
    assert {(row.reporter_kind, row.reporter_name, row.reporter_phone) for row in reports()} == {
        ("postman", "나우편", phones.normal(NUMBER))
    }
    assert set(answers[0]) == {
        "code",
        "status",
        "promised_by",
        "status_url",
        "ring_first",
    }  # no reward
    columns = {field.name for field in RegisteredReporter._meta.get_fields()}
    assert not columns & {"points", "reward", "score", "count", "reports", "amount_won"}


@pytest.mark.rule("K4")
@pytest.mark.django_db
def test_what_others_read_of_the_report_names_no_reporter(ana: Actor, as_: As) -> None:
    services.register(by=ana.viewer, **POSTMAN)
    code = send_round(as_(), sign_in(as_())["access_token"])[0].json()["code"]
    for page in (as_().get(f"/report/{code}/"), as_().get(f"/api/v1/reports/{code}")):
        text = page.content.decode()
        assert page.status_code == 200 and not any(word in text for word in ("나우편", "마석우체국", "postman", "0042"))


@pytest.mark.django_db
def test_other_telephones_and_ended_ones_report_without_a_name(ana: Actor, as_: As) -> None:
    row = services.register(by=ana.viewer, **POSTMAN)
    stranger = sign_in(as_(), "010-0000-0043")["access_token"]
    send_round(as_(), stranger)
    services.end(by=ana.viewer, reporter_id=row.pk)
    services.end(by=ana.viewer, reporter_id=row.pk)
    ended = sign_in(as_())["access_token"]
    call(as_(), "POST", "/reports", told("새 집", "ill"), key=ended)
    assert {(row.reporter_kind, row.reporter_name) for row in reports()} == {("citizen", "")}
    assert call(as_(), "POST", "/reports", told("새 집", "ill"), key="forged").status_code == 401


@pytest.mark.django_db
def test_both_walls_keep_reporters_with_their_team(ana: Actor, chi: Actor) -> None:
    row = services.register(by=ana.viewer, **POSTMAN)
    with acting_as(ana.viewer) as viewer:
        assert [entry.row.pk for entry in selectors.registered(viewer)] == [row.pk]
    with acting_as(chi.viewer) as viewer:
        assert selectors.registered(viewer) == [] and RegisteredReporter.objects.count() == 0
    with pytest.raises(errors.NotFound):
        services.end(by=chi.viewer, reporter_id=row.pk)
    with as_owner():
        assert RegisteredReporter.objects.get().ended_at is None


@pytest.mark.django_db
def test_the_desk_registers_keeps_what_was_typed_and_ends(ana: Actor, as_: As) -> None:
    client = as_(ana)
    refused = client.post("/desk/reporters/", {**POSTMAN, "phone": "call me"})
    assert refused.status_code == 422 and "마석우체국" in refused.content.decode()
    assert client.post("/desk/reporters/", POSTMAN).status_code == 302
    assert client.post("/desk/reporters/", POSTMAN).status_code == 422
    page = client.get("/desk/reporters/").content.decode()
    assert "나우편" in page and "집배원" in page
    with as_owner():
        number = RegisteredReporter.objects.get().pk
    assert client.post(f"/desk/reporters/{number}/end/").status_code == 302
    assert "나우편" not in client.get("/desk/reporters/").content.decode().split("<form", 1)[0]
