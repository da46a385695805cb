"""A giver's letter to the person: read by a worker first, and neither side learns who the other is (D1, D9)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError

from cases.models import Action, PublishedNeed
from cases.services import published
from cases.services.leads import transfer
from cases.services.published import Telling
from donations.models import Donor, Letter, Order
from donations.rules.letters import giver_problems, look_at, reach_problems
from donations.selectors import letters as found_letters
from donations.selectors.choosing import need_choice
from donations.services import filing, giving, letters
from donations.services.giving import Wish
from hopecare.kernel import clock, codes, errors
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Category, GroundPurpose, ReadEntry, Service
from hopecare.messaging.models import Message
from tests.cases.case_kit import consent, task
from tests.cases.test_leads import north
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.donations.books_kit import GIVING, fund
from tests.donations.conftest import StandIn
from tests.factories import make_case

pytestmark = [pytest.mark.django_db, pytest.mark.rule("D1"), pytest.mark.rule("D9")]
KIND = "따뜻한 겨울 보내시길 빕니다.\n늘 응원합니다."
As = Callable[..., Any]


@pytest.fixture
def heating(hana: Actor) -> Action:
    living = Category.objects.get(code="living")
    return task(hana, make_case(hana), title="난방비", service=Service.objects.get(code="other"), category=living)


@pytest.fixture
def need(hana: Actor, heating: Action) -> PublishedNeed:
    telling = Telling("겨울을 따뜻하게 나실 난방비가 모자랍니다.", heating.service, 300_000)
    with clock.pinned(NOW - timedelta(days=6)):
        consent(hana, heating.case.main_person, GroundPurpose.DONORS)
        row = published.publish(by=hana.viewer, number=heating.case.number, telling=telling)
    assert row is not None
    return row


@pytest.fixture
def order(payments: StandIn, need: PublishedNeed) -> Order:
    """A paid gift to the need, of 도하람."""
    own = giving.fund_of_choice(need_choice(need_uuid=need.uuid))
    order = giving.start(Wish(own, 200_000, "bank", name="도하람", phone="010-0000-0055"))
    payments.post("deposit", account=fund().receiver.account_number, name=f"도하람{order.code[:6]}", won=200_000)
    filing.take_files()
    return order


@pytest.fixture
def written(order: Order) -> Letter:
    return letters.write(order_id=order.pk, words=KIND)


def way(order: Order, more: str = "") -> str:
    return f"/donate/follow/{codes.shown(order.code)}/{more}"


def text(client: Any, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return str(answer.content.decode())


def test_from_the_giver_s_page_to_the_person_s_paper(as_: As, hana: Actor, order: Order, heating: Action) -> None:
    giver, worker = as_(), as_(hana)
    assert way(order, "letter/") in text(giver, way(order))
    answer = giver.post(way(order, "letter/"), {"words": "010-1234-5678로 전화 주세요"})
    assert answer.status_code == 422 and "전화번호" in answer.content.decode()
    assert giver.post(way(order, "letter/"), {"words": KIND}).status_code == 302
    with acting_as(hana.viewer):
        row = Letter.objects.select_related("case").get()
        assert Message.objects.notices().filter(purpose="giver_letter", link=f"/desk/letters/{row.uuid}/").exists()
    one, paper = f"/desk/letters/{row.uuid}/", f"/desk/letters/{row.uuid}/paper/"
    assert one in text(worker, "/desk/letters/") and one in text(worker, f"/desk/cases/{row.case.number}/givers/")
    page = text(worker, one)
    assert "늘 응원합니다." in page and "도하람" not in page and order.code[:4] not in page
    assert worker.get(paper).status_code == 404, "nothing is printed that nobody has passed on"
    assert "늘 응원합니다." not in text(worker, f"/desk/cases/{row.case.number}/plan/paper/")
    assert worker.post(one, {"do": "pass"}).status_code == 302
    for sheet in (paper, f"/desk/cases/{row.case.number}/plan/paper/"):
        found = text(worker, sheet)
        assert "늘 응원합니다." in found and "도하람" not in found and "200,000" not in found
    told = text(giver, way(order))
    assert "읽었고" in told and row.case.number not in told and way(order, "letter/") not in told
    assert worker.post(one, {"do": "handed"}).status_code == 302
    assert text(giver, way(order)).count("읽었고") == 1, "the giver is not told when it was handed over"
    assert worker.post(one, {"do": "keep", "reason": "hurt"}).status_code == 422
    with as_owner():
        assert ReadEntry.objects.filter(subject_kind="letter", subject_ids__contains=[row.pk]).exists()


def test_the_worker_asks_for_another_one_and_keeps_it_back_with_a_reason(
    as_: As, hana: Actor, order: Order, written: Letter
) -> None:
    giver, worker, one = as_(), as_(hana), f"/desk/letters/{written.uuid}/"
    assert worker.post(one, {"do": "change"}).status_code == 422, "a reason is chosen"
    assert worker.post(one, {"do": "change", "reason": "quiet"}).status_code == 422
    assert worker.post(one, {"do": "change", "reason": "meet"}).status_code == 302
    assert "만나거나" in text(giver, way(order)) and "만나거나" in text(giver, way(order, "letter/"))
    assert giver.post(way(order, "letter/"), {"words": "늘 건강하세요."}).status_code == 302
    assert giver.get(way(order, "letter/")).status_code == 302, "one letter a gift"
    with pytest.raises(errors.Impossible):
        letters.write(order_id=order.pk, words="하나 더")
    assert "늘 건강하세요." in text(worker, one)
    assert worker.post(one, {"do": "keep", "reason": "quiet"}).status_code == 302
    told = text(giver, way(order))
    assert "전해 드리지" in told and way(order, "letter/") not in told
    with as_owner():
        assert Message.objects.filter(purpose="gift_letter").count() == 2
        assert not Message.objects.filter(purpose="gift_letter", body__contains="건강").exists()


def test_the_household_s_name_is_never_confirmed_to_the_giver_but_stops_the_letter(
    hana: Actor, order: Order, heating: Action
) -> None:
    name = heating.case.main_person.name
    row = letters.write(order_id=order.pk, words=f"{name} 어르신, 건강하세요.")
    with pytest.raises(errors.Impossible) as refusal:
        letters.pass_on(by=hana.viewer, key=row.uuid)
    assert [problem.code for problem in refusal.value.problems] == ["name"]
    with pytest.raises(errors.Impossible) as refusal:
        letters.write(order_id=order.pk, words="도하람 드림")
    assert [problem.code for problem in refusal.value.problems] == ["own_name"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("010-1234-5678로 주세요", "reach"),
        ("공일공일이삼사오육칠팔", "reach"),
        ("haram@example.com", "reach"),
        ("경춘로 123에 살아요", "reach"),
        ("카톡 주세요", "reach"),
        (" ", "required"),
        ("가" * 301, "long"),
    ],
)
def test_what_is_refused_at_once(words: str, code: str) -> None:
    assert [problem.code for problem in giver_problems(words, "도하람")] == [code]


def test_kind_words_pass_and_the_worker_is_shown_where_to_look() -> None:
    assert giver_problems("서로서로 도우며 2025년 겨울도 함께 나요. 3번 웃으세요!", "") == []
    assert reach_problems("오늘도 길을 걷다가 생각했어요. 5월처럼 따뜻하시길.") == []
    assert look_at("만나 뵙고 싶어요. 교회에 오세요.") == ["만나", "뵙", "교회"]
    assert look_at("Please write back, and vote for us") == ["write back", "vote"]


def test_another_centre_the_accountant_and_another_giver_meet_no_letter(
    as_: As, hana: Actor, chi: Actor, ivo: Actor, dee: Actor, written: Letter
) -> None:
    for other in (chi, ivo, dee):
        with acting_as(other.viewer):
            assert not Letter.objects.exists(), other
        assert as_(other).get(f"/desk/letters/{written.uuid}/").status_code == 404
    with acting_as(hana.viewer):
        assert Letter.objects.exists() and not Order.objects.exists() and not Donor.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("update donations_letter set case_id = case_id where true")
        with pytest.raises(IntegrityError), transaction.atomic():
            Letter.objects.filter(pk=written.pk).update(state="passed")


def test_a_giver_with_an_account_sees_how_far_the_own_letter_is(
    as_: As, hana: Actor, dee: Actor, order: Order, written: Letter
) -> None:
    with acting_as(GIVING):
        Donor.objects.filter(pk=order.donor_id).update(user_id=dee.id)
    assert "직원이 읽고 있어요" in text(as_(dee), "/donate/mine/")
    with acting_as(dee.viewer):
        assert Letter.objects.get().pk == written.pk
        assert Letter.objects.filter(pk=written.pk).update(words="다른 말") == 0, (
            "written behind the gift's number only"
        )
    letters.pass_on(by=hana.viewer, key=written.uuid)
    assert "전해 드려요" in text(as_(dee), "/donate/mine/")


@pytest.mark.rule("D15")
def test_where_nobody_can_be_reached_any_more_letters_stay_and_nobody_is_told_why(
    as_: As, hana: Actor, order: Order, written: Letter, need: PublishedNeed
) -> None:
    published.withdraw(by=hana.viewer, number=need.case.number, need_uuid=need.uuid)
    letters.need_closed({"need": str(need.uuid), "reason": "withdrawn"})
    told = text(as_(), way(order))
    assert "지금은 전해 드릴 수 없" in told and way(order, "letter/") not in told
    with pytest.raises(errors.Impossible):
        letters.pass_on(by=hana.viewer, key=written.uuid)
    with as_owner():
        assert not Message.objects.filter(purpose="gift_letter").exists()


def test_a_gift_to_no_need_and_an_unpaid_one_have_no_letter(
    as_: As, transferred: Callable[..., Order], payments: StandIn, need: PublishedNeed
) -> None:
    unpaid = giving.start(Wish(giving.fund_of_choice(need_choice(need_uuid=need.uuid)), 20_000, "bank", name="또하람"))
    for order in (transferred(50_000), unpaid):
        assert way(order, "letter/") not in text(as_(), way(order))
        assert as_().get(way(order, "letter/")).status_code == 404
        with pytest.raises(errors.Impossible):
            letters.write(order_id=order.pk, words=KIND)


@pytest.mark.rule("R56")
def test_a_letter_goes_with_its_case(hana: Actor, chi: Actor, written: Letter) -> None:
    with acting_as(hana.viewer):
        case = Letter.objects.select_related("case__main_person").get().case
    consent(hana, case.main_person, "case_management")
    team, centre = north()
    transfer(by=hana.viewer, number=case.number, team=team, provider=centre, to=chi.user, reason="이사")
    with acting_as(chi.viewer):
        assert Letter.objects.filter(pk=written.pk).exists()
    with acting_as(hana.viewer):
        assert not Letter.objects.filter(pk=written.pk).exists()


def test_what_waits_is_not_pushed_out_of_the_list_by_newer_ones(
    payments: StandIn, hana: Actor, need: PublishedNeed, written: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = giving.fund_of_choice(need_choice(need_uuid=need.uuid))
    other = giving.start(Wish(own, 50_000, "bank", name="새봄", phone="010-0000-0056"))
    payments.post("deposit", account=fund().receiver.account_number, name=f"새봄{other.code[:6]}", won=50_000)
    filing.take_files()
    with clock.pinned(clock.now() + timedelta(hours=1)):
        newer = letters.write(order_id=other.pk, words=KIND)
        letters.keep_back(by=hana.viewer, key=newer.uuid, reason="belief")
    monkeypatch.setattr(found_letters, "SHOWN", 1)
    with acting_as(hana.viewer) as viewer:
        assert [row.pk for row in found_letters.letters(viewer).to_read] == [written.pk]
