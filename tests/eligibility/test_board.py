"""The board: what stands on it, how it is found, and how staff change it by four eyes."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from eligibility import catalogue, programmes
from eligibility.models import Revision
from eligibility.rules.search import found_in
from eligibility.selectors import board
from eligibility.selectors.board import Wanted
from eligibility.services import revisions
from eligibility.services.revisions import Proposal
from hopecare.kernel import clock
from hopecare.kernel.errors import Forbidden, Impossible
from hopecare.kernel.models import Category, LifeStage
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.eligibility.test_simulator import ALONE, read, walk

As = Callable[..., Client]
MORE = {"limit": {"ko": "한 달 다섯 가지", "en": "Five items a month"}}


def proposal(**changes: Any) -> Proposal:
    values = {"code": "food_market", "category": "living", "fields": MORE, "reason": "시에서 늘렸습니다"}
    return Proposal(**{**values, "valid_from": clock.today(), **changes})


@pytest.mark.rule("R60")
def test_a_hundred_and_twenty_entries_stand_on_the_board_in_both_languages() -> None:
    entries = catalogue.entries()
    assert len(entries) >= 120
    ruled = {code for code, entry in entries.items() if entry.rules}
    assert set(programmes.entries()) <= ruled and len(ruled) >= 30
    for entry in entries.values():
        assert entry.source and entry.ask and entry.checked_on and entry.provider in catalogue.PROVIDERS
        assert entry.kind in catalogue.KINDS and entry.paper_words is not None and entry.asked
        for text in (entry.name, entry.what, entry.who, entry.limit):
            assert text.ko and text.en and text.ko != text.en, entry.code


def test_no_loan_is_told_without_saying_that_it_is_paid_back() -> None:
    loans = [entry for entry in catalogue.entries().values() if entry.kind == "loan"]
    assert len(loans) >= 4 and all(entry.provider in {"public", "private"} for entry in loans)


@pytest.mark.parametrize(
    ("typed", "found"),
    [("기초연금", True), ("ㄱㅊㅇㄱ", True), ("기초ㅇ", True), ("연금 기초", True), ("basic", True), ("월세", False)],
)
def test_words_are_found_as_people_type_them(typed: str, found: bool) -> None:
    assert found_in("기초연금 Basic pension", typed) is found


@pytest.mark.django_db
def test_filters_meet_and_unknown_ones_find_nothing(city: Any) -> None:
    found = board.look(Wanted(category="care", stage="older", situation="alone"))
    assert {"hope_manager", "emergency_safety"} <= {entry.code for entry in found}
    assert all(entry.category == "care" and entry.fits_stage("older") for entry in found)
    assert board.look(Wanted(category="nonsense")) == []
    assert set(Category.objects.values_list("code", flat=True)) == {
        entry.category for entry in catalogue.entries().values()
    }
    known = {*LifeStage.objects.values_list("code", flat=True), catalogue.ALL_STAGES}
    assert all(set(entry.stages) <= known for entry in catalogue.entries().values())


@pytest.mark.django_db
def test_the_board_asks_the_database_little(city: Any, as_: As, django_assert_num_queries: Any) -> None:
    client = as_()
    client.get("/display/")
    with django_assert_num_queries(4):
        client.get("/display/?q=ㅇㅅ")


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_entry_has_its_page(language: str, city: Any, as_: As) -> None:
    client = as_(HTTP_ACCEPT_LANGUAGE=language)
    for code in catalogue.entries():
        assert client.get(f"/display/{code}/").status_code == 200, code
    assert client.get("/display/nonsense/").status_code == 404


@pytest.mark.django_db
def test_the_next_visitor_of_the_lobby_s_screen_finds_it_in_korean_again(city: Any, as_: As) -> None:
    client = as_()
    client.post("/preferences/", {"language": "en", "next": "/display/kiosk/"})
    page = client.get("/display/kiosk/").content.decode()
    assert 'data-turned="yes"' in page and "Please touch." in page
    assert client.get("/display/kiosk/?anew=1")["Location"] == "/display/kiosk/"
    page = client.get("/display/kiosk/").content.decode()
    assert "data-turned" not in page and "눌러 주세요." in page


@pytest.mark.django_db
def test_only_named_partners_frame_the_embedded_board(city: Any, as_: As, settings: Any) -> None:
    plain = as_().get("/display/embed/")
    assert "frame-ancestors 'none'" in plain["Content-Security-Policy"] and plain["X-Frame-Options"] == "DENY"
    settings.DISPLAY_EMBED_ANCESTORS = ["https://partner.example"]
    framed = as_().get("/display/embed/?q=월세")
    assert "frame-ancestors https://partner.example" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    assert "frame-ancestors 'none'" in as_().get("/display/")["Content-Security-Policy"]


@pytest.mark.django_db
def test_a_change_needs_two_and_then_stands_in_the_public_list(hana: Actor, ana: Actor, as_: As) -> None:
    revision = revisions.propose(by=hana.viewer, proposal=proposal())
    assert board.entry("food_market").limit.ko != "한 달 다섯 가지"  # type: ignore[union-attr]
    with pytest.raises(Impossible, match="four_eyes"):
        revisions.approve(by=hana.viewer, revision_id=revision.pk)
    revisions.approve(by=ana.viewer, revision_id=revision.pk)
    entry = board.entry("food_market")
    assert entry is not None and entry.limit.ko == "한 달 다섯 가지" and entry.version == 2
    page = as_().get("/display/changes/").content.decode()
    assert "시에서 늘렸습니다" in page and hana.user.name not in page
    with pytest.raises(Impossible, match="decided"):
        revisions.decline(by=hana.viewer, revision_id=revision.pk, why="doch nicht")


@pytest.mark.django_db
def test_the_database_itself_refuses_one_pair_of_eyes(hana: Actor) -> None:
    revision = revisions.propose(by=hana.viewer, proposal=proposal())
    with pytest.raises(IntegrityError, match="four_eyes"), as_owner():
        Revision.objects.filter(pk=revision.pk).update(approved_by=hana.user, approved_at=clock.now())


@pytest.mark.django_db
def test_a_change_begins_on_its_day_and_an_end_takes_the_entry_off(hana: Actor, ana: Actor) -> None:
    later = clock.today() + timedelta(days=10)
    revision = revisions.propose(by=hana.viewer, proposal=proposal(fields={"ended": True}, valid_from=later))
    revisions.approve(by=ana.viewer, revision_id=revision.pk)
    assert board.entry("food_market") is not None
    assert "food_market" not in board.entries(on=later)


def taken_off(hana: Actor, ana: Actor, valid_from: date) -> None:
    end = proposal(fields={"ended": True}, reason="쉬어 갑니다", valid_from=valid_from)
    revisions.approve(by=ana.viewer, revision_id=revisions.propose(by=hana.viewer, proposal=end).pk)


@pytest.mark.django_db
def test_what_was_taken_off_is_put_back_by_two_and_everybody_reads_of_both(hana: Actor, ana: Actor, as_: As) -> None:
    taken_off(hana, ana, clock.today())
    client, address = as_(hana), "/desk/programmes/food_market/back/"
    over = as_().get("/display/food_market/")
    assert over.status_code == 410 and "쉬어 갑니다" in over.content.decode() and "031-000-" in over.content.decode()
    assert address in client.get("/desk/programmes/").content.decode()
    citizen = as_()
    walk(citizen, ALONE)
    assert 'id="p-meals"' in read(citizen) and 'id="p-food_market"' not in read(citizen)
    typed = {"valid_from": f"{clock.today()}", "checked_on": f"{clock.today()}", "reason": ""}
    assert "쉬어 갑니다" in client.get(address).content.decode() and client.post(address, typed).status_code == 422
    assert client.post(address, {**typed, "reason": "다시 열었습니다"}).status_code == 302
    decide = f"/desk/programmes/changes/{Revision.objects.latest('pk').pk}/"
    assert "푸드마켓" in client.get(decide).content.decode()
    assert client.post(decide, {"go": "approve"}).status_code == 422 and board.entry("food_market") is None
    assert as_(ana).post(decide, {"go": "approve"}).status_code == 302
    entry = board.entry("food_market")
    assert entry is not None and (entry.version, entry.checked_on) == (3, clock.today())
    public = as_().get("/display/changes/").content.decode()
    assert all(
        words in public for words in ("쉬어 갑니다", "다시 열었습니다", "내림", "다시 올림", "/display/food_market/")
    )
    assert client.get(address).status_code == 404 and "taken_off" not in public and hana.user.name not in public


@pytest.mark.django_db
def test_an_end_to_come_is_put_back_on_its_day_and_not_before(hana: Actor, ana: Actor) -> None:
    later, back = clock.today() + timedelta(days=10), {"ended": False}
    taken_off(hana, ana, later)
    assert board.taken_off()["food_market"].since == later
    with pytest.raises(Impossible, match="before_its_end"):
        revisions.propose(by=hana.viewer, proposal=proposal(fields=back))
    with pytest.raises(Impossible, match="on_the_board"):
        revisions.propose(by=hana.viewer, proposal=proposal(fields=back, code="meals"))
    again = revisions.propose(by=hana.viewer, proposal=proposal(fields=back, valid_from=later))
    revisions.approve(by=ana.viewer, revision_id=again.pk)
    assert "food_market" in board.entries(on=later) and board.taken_off() == {}


@pytest.mark.django_db
def test_a_last_day_is_told_and_so_is_that_it_is_over(city: Any, as_: As) -> None:
    last, closed = "마지막 날: 2026년 12월 31일", "지금은 닫힘"
    page = as_().get("/display/energy_voucher/").content.decode()
    assert last in page and closed not in page
    with clock.pinned(NOW + timedelta(days=40)):
        page = as_().get("/display/energy_voucher/").content.decode()
    assert closed in page and "2026년 12월 31일" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"fields": {}}, "nothing_changed"),
        ({"reason": " "}, "required"),
        ({"valid_from": clock.today() - timedelta(days=9999)}, "past"),
        ({"fields": {"name": {"ko": "", "en": "x"}}}, "required"),
    ],
)
def test_a_proposal_that_cannot_be(changes: dict[str, Any], code: str, hana: Actor) -> None:
    with pytest.raises(Impossible, match=code):
        revisions.propose(by=hana.viewer, proposal=proposal(**changes))


@pytest.mark.django_db
def test_one_change_of_an_entry_waits_at_a_time_and_others_may_not(hana: Actor, gil: Actor) -> None:
    revisions.propose(by=hana.viewer, proposal=proposal())
    with pytest.raises(Impossible, match="one_open"):
        revisions.propose(by=hana.viewer, proposal=proposal())
    with pytest.raises(Forbidden):
        revisions.propose(by=gil.viewer, proposal=proposal(code="meals"))


@pytest.mark.django_db
def test_staff_add_an_entry_and_it_stands_on_the_board_when_a_colleague_agrees(
    hana: Actor, ana: Actor, as_: As
) -> None:
    client, new = as_(hana), "/desk/programmes/new/"
    typed = {
        "category": "health",
        "name_ko": "밤 약국 동행",
        "what_ko": "밤에 약국까지 함께 갑니다.",
        "who_ko": "혼자 사시는 분",
    }
    typed |= {"provider": "volunteer", "kind": "in_kind", "valid_from": f"{clock.today()}", "reason": "새로 시작합니다"}
    wrong = client.post(new, typed)
    assert wrong.status_code == 422 and set(wrong.context["form"].errors) == {"name_en", "stages", "ask", "source"}
    typed |= {"name_en": "Food market", "stages": ["older"], "ask": ["centre"], "source": "희망케어센터 사업"}
    assert set(client.post(new, typed).context["form"].errors) == {"name_en"}
    assert client.post(new, {**typed, "name_en": "Night pharmacy!"}).status_code == 302
    assert "밤 약국 동행" in as_(ana).get("/desk/programmes/").content.decode()
    assert as_().get("/display/night_pharmacy/").status_code == 404
    assert as_(ana).post(f"/desk/programmes/changes/{Revision.objects.get().pk}/", {"go": "approve"}).status_code == 302
    page = as_().get("/display/night_pharmacy/").content.decode()
    assert "밤에 약국까지 함께 갑니다." in page and "전화 한 통이면 됩니다. 센터 선생님이" in page
    assert "밤 약국 동행" in as_().get("/display/?q=ㅇㄱ&category=health&stage=older").content.decode()


@pytest.mark.django_db
def test_staff_change_an_entry_by_its_form(hana: Actor, ana: Actor, as_: As) -> None:
    client = as_(hana)
    page = client.get("/desk/programmes/food_market/")
    typed = {name: page.context["form"][name].value() for name in page.context["form"].fields}
    typed = {name: value for name, value in typed.items() if value not in (None, False)}
    wrong = client.post("/desk/programmes/food_market/", {**typed, "limit_ko": "한 달 다섯 가지"})
    assert wrong.status_code == 422 and "한 달 다섯 가지" in wrong.content.decode()
    client.post("/desk/programmes/food_market/", {**typed, "limit_ko": "한 달 다섯 가지", "reason": "늘렸습니다"})
    revision = Revision.objects.get()
    assert list(revision.fields) == ["limit"]
    address = f"/desk/programmes/changes/{revision.pk}/"
    assert client.post(address, {"go": "approve"}).status_code == 422
    assert as_(ana).post(address, {"go": "approve"}).status_code == 302
    assert "한 달 다섯 가지" in as_().get("/display/food_market/").content.decode()
