"""The page of stuck work, notices, and the demo's telephones."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hopecare.kernel import access
from hopecare.kernel.access import Principal, acting_as, system, visible_to
from hopecare.messaging import phonebook, selectors, services
from hopecare.messaging.facts import Queued, Recipient
from hopecare.messaging.models import BudgetDay, Message
from tests.cast import NOW, Actor
from tests.messaging.conftest import NUMBER, PHONE, StandIn

pytestmark = pytest.mark.django_db
Put = Callable[..., Queued]
Row = Callable[[Queued], Message]
As = Callable[..., Client]
WORDS = "The visit on %(day)s is settled."


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.fixture
def failed(stand_in: StandIn, text: Put, eli: Actor) -> Queued:
    queued = text("stuck", provider_id=eli.viewer.organisation_id, to=Recipient.number("010-0000-9001"))
    services.send_due()
    return queued


def test_a_stuck_message_says_why_and_one_click_tries_again(
    failed: Queued, eli: Actor, as_: As, row: Row, stand_in: StandIn
) -> None:
    body = page(as_(eli), "/desk/messages/")
    assert "없는 번호예요." in body and "010-0000-9001" in body
    assert as_(eli).post(f"/desk/messages/{failed.id}/retry/").status_code == 302
    assert row(failed).state == "queued"
    services.send_due()
    assert (row(failed).state, row(failed).attempts) == ("failed", 2)


@pytest.mark.parametrize("path", ["/desk/messages/1/retry/", "/desk/messages/budget/", "/desk/messages/texts/1/read/"])
def test_only_those_who_repair_come_in(hana: Actor, chi: Actor, as_: As, path: str) -> None:
    for actor in (hana, chi):
        assert as_(actor).get("/desk/messages/").status_code == 404
        assert as_(actor).post(path).status_code == 404
    assert as_().get("/desk/messages/").status_code == 302


def test_another_organisation_s_message_is_not_there(failed: Queued, someone: Any, as_: As, row: Row) -> None:
    stranger = someone("volunteer_coordinator", "north_centre", "north_mixed")
    assert as_(stranger).post(f"/desk/messages/{failed.id}/retry/").status_code == 404
    assert "010-0000-9001" not in page(as_(stranger), "/desk/messages/")
    assert row(failed).state == "failed"


def test_the_second_wall_holds_without_the_filter(
    failed: Queued, eli: Actor, someone: Any, hana: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = someone("volunteer_coordinator", "north_centre", "north_mixed")
    monkeypatch.setitem(access._rules, Message, lambda viewer: Q())  # type: ignore[misc]
    with acting_as(eli.viewer):
        assert visible_to(eli.viewer, Message).filter(pk=failed.id).exists()
    for actor in (stranger, hana):
        with acting_as(actor.viewer):
            assert not visible_to(actor.viewer, Message).filter(pk=failed.id).exists()
    assert not Message.objects.exists()


def test_the_list_costs_the_same_at_one_and_three_rows(failed: Queued, eli: Actor, as_: As, text: Put) -> None:
    def queries() -> int:
        client = as_(eli)
        client.get("/desk/messages/")
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get("/desk/messages/")
        return len([entry for entry in caught if "messaging_" in entry["sql"]])

    one = queries()
    for key in "ab":
        text(key, provider_id=eli.viewer.organisation_id, to=Recipient.number("010-0000-9001"))
    services.send_due()
    assert (one, queries()) == (5, 5)


def test_an_opt_out_cannot_be_clicked_away(stand_in: StandIn, text: Put, eli: Actor, as_: As, row: Row) -> None:
    queued = text("no", provider_id=eli.viewer.organisation_id, to=Recipient.number("010-0000-9002"))
    services.send_due()
    as_(eli).post(f"/desk/messages/{queued.id}/retry/")
    assert (row(queued).state, row(queued).reason) == ("suppressed", "opt_out")


def test_a_text_that_nobody_understood_waits_to_be_read(eli: Actor, text: Put, stand_in: StandIn, as_: As) -> None:
    text("asked", provider_id=eli.viewer.organisation_id)
    services.send_due()
    services.receive(sid="SM" + "a" * 32, phone=NUMBER, text="금요일은 <b>어때요</b>?")
    body = page(as_(eli), "/desk/messages/")
    assert "금요일은 &lt;b&gt;어때요&lt;/b&gt;?" in body
    inbound = re.search(r"/desk/messages/texts/(\d+)/read/", body)
    assert inbound
    assert as_(eli).post(inbound.group(0)).status_code == 302
    assert "금요일은" not in page(as_(eli), "/desk/messages/")


def test_a_budget_stop_is_shown_and_let_go(eli: Actor, as_: As) -> None:
    BudgetDay.objects.create(provider_id=eli.viewer.organisation_id, day=NOW.date(), used=600, stopped_at=NOW)
    assert "오늘 문자가 멈췄습니다." in page(as_(eli), "/desk/messages/")
    assert as_(eli).post("/desk/messages/budget/").status_code == 302
    assert "오늘 문자가 멈췄습니다." not in page(as_(eli), "/desk/messages/")


def notice(to: Recipient, step: str = "one") -> Queued:
    return services.notify(
        by=system(Principal.SWEEP), purpose="settled", about=("offer", 1), step=step, to=to, words=WORDS,
        parameters={"day": "<11/26>"}, link="/desk/",
    )  # fmt: skip


def test_a_notice_reaches_its_reader_and_nobody_else(hana: Actor, chi: Actor, as_: As) -> None:
    queued = notice(Recipient.user(hana.id))
    assert "The visit on &lt;11/26&gt; is settled." in page(as_(hana), "/desk/notices/")
    assert "is settled" not in page(as_(chi), "/desk/notices/")
    assert as_(chi).post(f"/desk/notices/{queued.id}/", {"link": "/desk/"}).status_code == 302
    with acting_as(hana.viewer):
        assert selectors.unread_notices(hana.viewer) == 1  # Chi's click changed nothing
    answer = as_(hana).post(f"/desk/notices/{queued.id}/", {"link": "/desk/"})
    assert answer.headers["Location"] == "/desk/"
    with acting_as(hana.viewer):
        assert selectors.unread_notices(hana.viewer) == 0


def test_a_team_s_notice_reaches_the_team(hana: Actor, eli: Actor, chi: Actor, as_: As) -> None:
    notice(Recipient.team(hana.viewer.team_ids[0]))
    assert "is settled" in page(as_(eli), "/desk/notices/")
    assert "is settled" not in page(as_(chi), "/desk/notices/")
    as_(eli).post("/desk/notices/read/")
    with acting_as(hana.viewer):
        assert selectors.unread_notices(hana.viewer) == 0


def test_a_notice_never_sends_its_reader_elsewhere(hana: Actor, as_: As) -> None:
    queued = notice(Recipient.user(hana.id))
    for link in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        answer = as_(hana).post(f"/desk/notices/{queued.id}/", {"link": link})
        assert answer.headers["Location"] == "/desk/notices/"


def test_the_menu_counts_what_is_unread(hana: Actor, as_: As) -> None:
    assert 'href="/desk/notices/"' in page(as_(hana), "/desk/notices/")
    notice(Recipient.user(hana.id)), notice(Recipient.user(hana.id), "two")
    assert re.search(r'href="/desk/notices/"[^>]*>[^<]*<span class="cnt num">2<', page(as_(hana), "/desk/notices/"))


@pytest.fixture
def demo(settings: Any, city: Any) -> None:
    settings.HOPECARE_DEMO = True


@pytest.mark.rule("D16")
def test_the_telephones_exist_in_the_demo_only(city: Any, as_: As) -> None:
    assert as_().get("/demo/phone/").status_code == 404
    assert as_().post("/demo/phone/", {"number": PHONE, "body": "1"}).status_code == 404


def test_a_text_stands_on_its_telephone_with_number_and_words(
    demo: None, stand_in: StandIn, text: Put, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phonebook, "_readers", [lambda: {"+821000000401": "문보라", "+821000000402": "한보순"}])
    text("shown", to=Recipient.number("010-0000-0401"), link="http://testserver/o/abc/", body="<가능1 불가2>")
    services.send_due()
    body = page(as_(), "/demo/phone/")
    assert 'data-to="+821000000401" data-body="&lt;가능1 불가2&gt;\nhttp://testserver/o/abc/"' in body
    assert 'href="http://testserver/o/abc/"' in body
    assert "문보라" in body and "한보순" in body  # a telephone without texts stands there too


def test_typing_posts_to_the_stand_in_which_tries_until_we_take_it(demo: None, stand_in: StandIn, as_: As) -> None:
    answer = as_().post("/demo/phone/", {"number": "010-0000-0403", "body": "네"})
    assert answer.headers["Location"] == "/demo/phone/#t-821000000403"
    assert 'data-from="+821000000403" data-typed="네"' in page(as_(), "/demo/phone/")


@pytest.mark.parametrize("values", [{}, {"number": "not a number", "body": "1"}, {"number": PHONE, "body": " "}])
def test_a_wrong_telephone_or_no_words_keep_the_form(
    demo: None, stand_in: StandIn, as_: As, values: dict[str, str]
) -> None:
    answer = as_().post("/demo/phone/", values)
    assert answer.status_code == 422
    assert values.get("number", "") in answer.content.decode()


def test_without_a_stand_in_the_page_says_so(demo: None, as_: As) -> None:
    assert "체험용 통신사가 답하지 않아요." in page(as_(), "/demo/phone/")
    assert as_().post("/demo/phone/", {"number": PHONE, "body": "네"}).status_code == 503
