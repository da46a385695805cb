"""Pictures of rooms from a visit: agreed to for that visit, nobody on them, for the team of the house alone (D9)."""

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.test import Client
from PIL import Image

from cases.models import RoomConsent, RoomPhoto
from cases.services import rooms
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Principal, acting_as, system, visible_to
from hopecare.kernel.models import Document, GroundPurpose
from hopecare.kernel.services import people
from hopecare.privacy import services as privacy
from tests.cases.report_kit import picture, upload
from tests.cast import Actor
from tests.database import as_owner
from tests.volunteers.conftest import THURSDAY, Street, offer_of, other_house, put_action
from volunteers.models import Offer, Request, Volunteer
from volunteers.services import answers, requests

As = Callable[..., Client]
TRACE = b"R0OM-TRACE"
THERE = THURSDAY + timedelta(minutes=10)


@pytest.fixture
def promised(street: Street, moon_helps: Volunteer, bo_helps: Volunteer) -> Request:
    request = requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    answers.answer_by_link(token=offer_of(moon_helps).token, yes=True)
    return request


def with_traces() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = TRACE.decode()
    exif[0x8825] = {1: "N", 2: (37.0, 39.0, 0.0)}
    return picture(exif=exif, comment=TRACE)


def sent(as_: As, offer: Offer, content: bytes = b"", **told: Any) -> int:
    values = {"moment": "after", "rooms_only": "on", "photos": [upload(content or picture())], **told}
    return as_().post(f"/o/{offer.token}/rooms/", {k: v for k, v in values.items() if v is not None}).status_code


def agree(street: Street) -> RoomConsent:
    return rooms.agree(by=street.hana.viewer, number=street.case.number, action_id=street.action.pk)


def kept() -> list[RoomPhoto]:
    with as_owner():
        return list(RoomPhoto.objects.select_related("document").order_by("pk"))


@pytest.mark.rule("D9")
def test_a_picture_needs_the_households_word_and_the_takers_and_loses_what_the_camera_wrote(
    street: Street, promised: Request, moon_helps: Volunteer, as_: As
) -> None:
    offer, desk, here = offer_of(moon_helps), as_(street.hana), f"/desk/cases/{street.case.number}/rooms/"
    with clock.pinned(THERE):
        assert "방 사진" not in as_().get(f"/o/{offer.token}/").content.decode()
        assert (as_().get(f"/o/{offer.token}/rooms/").status_code, sent(as_, offer)) == (404, 404)
        assert desk.post(f"{here}{street.action.pk}/", {"act": "agree"}).status_code == 302
        page = as_().get(f"/o/{offer.token}/rooms/").content.decode()
        assert page.index("사람이 나오면 안 돼요") < page.index('type="file"')  # told before it is taken
        assert "순덕" not in page and "방 사진 보내기" in as_().get(f"/o/{offer.token}/").content.decode()
        assert (
            sent(as_, offer, rooms_only=None) == sent(as_, offer, photos=None) == sent(as_, offer, b"%PDF-1.4") == 422
        )
        assert sent(as_, offer, photos=[upload(picture((80, 60 + n))) for n in range(6)]) == 422
        assert kept() == []
        assert [sent(as_, offer, with_traces()) for _ in range(2)] == [302, 302]  # twice is once
    [row] = kept()
    told = (row.moment, row.by_name, row.document.scope_keys)
    case = street.case
    assert told == ("after", "문보라", sorted([case.team_id, -case.provider_id, 10**9 + case.pk]))
    answer = desk.get(f"{here}photos/{row.pk}/")
    content = b"".join(answer) if answer.streaming else answer.content
    assert answer["Content-Type"] == "image/jpeg" and "no-store" in answer["Cache-Control"]
    assert TRACE not in content and not Image.open(io.BytesIO(content)).getexif()
    assert f"photos/{row.pk}/" in desk.get(f"{here}{street.action.pk}/").content.decode()


@pytest.mark.rule("D9")
def test_the_team_sees_it_and_nobody_else_and_it_goes_when_the_word_is_taken_back(
    street: Street,
    promised: Request,
    moon_helps: Volunteer,
    bo_helps: Volunteer,
    someone: Callable[..., Actor],
    chi: Actor,
    as_: As,
) -> None:
    consent, hana = agree(street), street.hana
    with acting_as(hana.viewer):
        elsewhere = put_action(other_house(street, 418), hana)
    requests.open_request(by=hana.viewer, action_id=elsewhere.pk)
    answers.answer_by_link(token=offer_of(bo_helps).token, yes=True)
    with clock.pinned(THERE):
        assert sent(as_, offer_of(bo_helps)) == 404  # she goes to another house, where nobody agreed
        assert sent(as_, offer_of(moon_helps)) == 302
        assert "photos/" not in as_().get(f"/o/{offer_of(moon_helps).token}/rooms/").content.decode()
    [row] = kept()
    address = f"/desk/cases/{street.case.number}/rooms/photos/{row.pk}/"
    for other in (someone("volunteer_coordinator"), someone("accountant"), chi):
        assert as_(other).get(address).status_code == 404
        with acting_as(other.viewer):
            assert not RoomPhoto.objects.exists() and not visible_to(other.viewer, RoomPhoto).exists()
    assert as_().get(address).status_code in (302, 404)
    with acting_as(system(Principal.OFFERS)) as machine:
        assert not Document.objects.exists() and visible_to(machine, RoomPhoto).count() == 1  # a number, no picture
    assert rooms.take_back(by=street.hana.viewer, number=street.case.number, action_id=street.action.pk)
    assert as_(street.hana).get(address).status_code == 404
    with clock.pinned(THERE):
        assert sent(as_, offer_of(moon_helps)) == 404
    with pytest.raises(Error), acting_as(system(Principal.OFFERS)), transaction.atomic():
        RoomPhoto.objects.create(
            consent=consent, document_id=row.document_id, sha256="0" * 64, moment="after", by_name="문보라",
            team_id=consent.team_id, provider_id=consent.provider_id, case_id=consent.case_id,
        )  # fmt: skip
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("update kernel_document set created_at = created_at - interval '9 days'")
    privacy.obey()
    assert kept() == []
    with as_owner():
        assert not Document.objects.filter(pk=row.document_id).exists()


@pytest.mark.rule("D9")
@pytest.mark.rule("K6")
def test_never_at_another_hour_and_never_without_the_ground_for_volunteers(
    street: Street, promised: Request, moon_helps: Volunteer, as_: As
) -> None:
    agree(street)
    offer = offer_of(moon_helps)
    for far in (timedelta(hours=-2), timedelta(hours=26)):
        with clock.pinned(THURSDAY + far):
            assert sent(as_, offer) == 404
    with acting_as(street.hana.viewer):
        people.record_ground(
            by=street.hana.viewer, person=street.person, purpose=GroundPurpose.VOLUNTEERS, given=False, form_version="1"
        )
    with clock.pinned(THERE):
        assert sent(as_, offer) in (404, 422) and kept() == []
    with pytest.raises(errors.NotFound):
        rooms.agree(by=street.hana.viewer, number=street.case.number, action_id=0)
    assert rooms.take_back(by=street.hana.viewer, number=street.case.number, action_id=street.action.pk)
    with pytest.raises(errors.Impossible):
        agree(street)


@pytest.mark.rule("D9")
def test_the_whole_lot_sent_again_after_a_lost_answer_is_no_mistake(
    street: Street, promised: Request, moon_helps: Volunteer, as_: As
) -> None:
    agree(street)
    offer, task = offer_of(moon_helps), f"/desk/cases/{street.case.number}/plan/{street.action.pk}/"
    with clock.pinned(THERE):
        for _again in range(2):
            assert sent(as_, offer, photos=[upload(picture((80, 60 + n))) for n in range(5)]) == 302
        assert sent(as_, offer, photos=[upload(picture((99, 60)))]) == 422
    assert len(kept()) == 5
    assert f"/rooms/{street.action.pk}/" in as_(street.hana).get(task).content.decode(), "found from the task, too"


@pytest.mark.rule("D9")
@pytest.mark.django_db(transaction=True)
def test_two_taps_at_the_same_moment_keep_each_picture_once_and_never_too_many(
    street: Street, promised: Request, moon_helps: Volunteer, as_: As
) -> None:
    agree(street)
    offer, wait = offer_of(moon_helps), threading.Barrier(3)

    def send(pictures: list[bytes]) -> int:
        wait.wait()
        try:
            return sent(as_, offer, photos=[upload(one) for one in pictures])
        finally:
            connection.close()

    same = [picture((80, 60 + n)) for n in range(3)]
    with clock.pinned(THERE), ThreadPoolExecutor(3) as pool:  # the pin is one for all threads
        answers_ = list(pool.map(send, [same, same, [picture((90, 60 + n)) for n in range(3)]]))
    assert sorted(answers_) in ([302, 302, 422], [302, 422, 422]) and len(kept()) == 3
