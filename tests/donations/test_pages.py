"""The pages of giving without a browser: what they say by law, what they refuse, what they cost the database."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from donations.facts import NewGift
from donations.models import Fund, Order, Payout, Pledge
from donations.selectors import desk
from donations.selectors import transparency as figures
from donations.selectors.follow import Followed, Use
from donations.services import filing, ledger, monthly, payouts
from hopecare.kernel import clock, codes
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Category, Service
from tests.cases.case_kit import task
from tests.cast import NOW, Actor
from tests.donations.books_kit import TODAY, fund, given, giving, paid
from tests.donations.conftest import StandIn
from tests.factories import make_case

pytestmark = pytest.mark.django_db
As = Callable[..., Any]


@pytest.fixture(autouse=True)
def fresh_figures() -> None:
    figures.forget()


def text(client: Any, url: str, language: str = "ko") -> str:
    answer = client.get(url, headers={"Accept-Language": language})
    assert answer.status_code == 200, url
    return str(answer.content.decode())


@pytest.mark.rule("K11")
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_giving_page_names_who_receives(as_: As, city: object, language: str) -> None:
    general = fund("east:general")
    foundation = general.receiver.organisation
    name = foundation.name_ko if language == "ko" else foundation.name_en
    for url in ("/donate/", f"/donate/fund/{general.pk}/", "/donate/monthly/"):
        assert name in text(as_(), url, language)


def test_a_gift_on_the_page_leads_to_the_slip_with_its_name(as_: As, city: object) -> None:
    client, url = as_(), f"/donate/fund/{fund('east:general').pk}/"
    assert client.post(url, {"amount": "500", "provider": "bank"}).status_code == 422
    done = client.post(url, {"amount": "50,000", "provider": "bank", "name": "도하람"})
    page = text(client, done["Location"])
    with giving():
        order = Order.objects.get()
    assert f"도하람{order.code[:6]}" in page and fund("east:general").receiver.account_number in page


def test_a_wrong_number_is_answered_like_a_missing_one(as_: As, city: object) -> None:
    client = as_()
    assert client.get("/donate/follow/nonsense/").status_code == 404
    assert client.get(f"/donate/follow/{codes.new_code()}/").status_code == 404
    assert client.get("/donate/follow/?code=7K2M").status_code == 422


@pytest.mark.rule("R64")
def test_a_monthly_account_is_opened_skipped_paused_and_stopped(as_: As, city: object) -> None:
    client = as_()
    told = {"fund": str(fund("east:general").pk), "units": "2", "day": "25", "name": "도하람", "phone": "010-0000-0055"}
    told |= {"way": "cms", "bank": "예시은행", "account": "000-0000-0011", "consent": "on"}
    for left_out in ("consent", "account", "way"):
        assert client.post("/donate/monthly/", {**told, left_out: ""}).status_code == 422
    url = client.post("/donate/monthly/", told)["Location"]
    assert "11월 25일" in text(client, url)
    assert f'action="{url}change/"' in text(client, url)
    client.post(f"{url}change/", {"do": "skip"})
    assert "12월 25일" in text(client, url)
    client.post(f"{url}change/", {"do": "units", "units": "3"})
    assert "15,000" in text(client, url)
    for do, state in (("pause", "paused"), ("resume", "active"), ("stop", "stopped"), ("resume", "stopped")):
        if do == "resume" and state == "stopped":
            continue
        client.post(f"{url}change/", {"do": do})
        with giving():
            assert Pledge.objects.get().state == state


@pytest.mark.rule("R73")
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_transparency_page_says_what_the_books_say(as_: As, city: object, language: str) -> None:
    given("g1", 50_000)
    given("g2", 30_000, "east:general", source="monthly")
    paid("p1", 20_000)
    page = text(as_(), "/donate/transparency/", language)
    assert all(won in page for won in ("50,000", "30,000", "20,000", "60,000"))
    csv = as_().get("/donate/transparency/figures.csv").content.decode()
    assert "sources,한 번 후원,Single gifts,50000" in csv


def test_small_cells_are_not_told(as_: As, city: object) -> None:
    given("g1", 50_000)
    assert figures.transparency().ages[0].count is None
    figures.forget()
    for number in range(4):
        given(f"h{number}", 1_000)
    assert figures.transparency().ages[0].count == 5


def test_the_giving_page_costs_the_same_at_one_and_three_funds(
    as_: As, city: object, django_assert_num_queries: Any
) -> None:
    client = as_()
    client.get("/donate/")
    with django_assert_num_queries(10):
        client.get("/donate/")


def test_the_front_page_promises_what_the_books_say(as_: As, city: object) -> None:
    assert "운영비로 쓴 돈 0원" in text(as_(), "/")


def test_the_desk_asks_approves_pays_and_the_accountant_sees_it(as_: As, hana: Actor, eli: Actor, ivo: Actor) -> None:
    given("g1", 500_000)
    living, service = Category.objects.get(code="living"), Service.objects.get(code="other")
    case = make_case(hana)
    action = task(hana, case, title="밀린 난방비", service=service, category=living)
    assert f"/desk/payouts/new/{action.pk}/" in text(as_(hana), f"/desk/cases/{case.number}/")
    url = f"/desk/payouts/new/{action.pk}/"
    told = {"fund": str(fund().pk), "amount": "200,000", "payee_kind": "shop", "payee_name": "한마음에너지"}
    assert as_(hana).post(url, told).status_code == 422
    page = as_(hana).post(url, {**told, "payee_account": "예시은행 1", "why": "난방비"})["Location"]
    assert as_(hana).post(page, {"do": "approve"}).status_code == 404
    assert as_(eli).post(page, {"do": "approve"}).status_code == 302
    assert as_(ivo).post(page, {"do": "pay", "bank_reference": ""}).status_code == 422
    assert as_(ivo).post(page, {"do": "pay", "bank_reference": "T1"}).status_code == 302
    assert "한마음에너지" in text(as_(hana), page)
    for who, where in ((hana, "/desk/payouts/"), (eli, "/desk/payouts/"), (ivo, "/desk/payouts/")):
        assert "200,000" in text(as_(who), where)
    assert "300,000" in text(as_(ivo), "/desk/accounts/")
    with acting_as(hana.viewer):
        assert Payout.objects.get().state == "paid"


def test_the_accountant_s_papers_and_closing(as_: As, ivo: Actor, hana: Actor) -> None:
    given("g1", 50_000)
    for what in ("sheet.csv", "postings.csv", "books.beancount"):
        answer = as_(ivo).get(f"/desk/accounts/export/{what}/")
        assert answer.status_code == 200 and b"50000" in b"".join(answer.streaming_content)
        assert as_(hana).get(f"/desk/accounts/export/{what}/").status_code == 404
    assert as_(ivo).post("/desk/accounts/close/", {"month": "2026-10-01"}).status_code == 302
    assert "2026-10" not in text(as_(ivo), "/desk/accounts/").split('id="month"')[-1].split("</select>")[0]


@pytest.mark.rule("D15")
def test_a_paused_account_is_not_debited(payments: StandIn, enrolled: Callable[..., Pledge]) -> None:
    pledge = enrolled(provider="cms", token="예시은행 000-11")
    monthly.change(code=pledge.code, to="paused")
    assert monthly.prepare(TODAY) == 0
    monthly.change(code=pledge.code, to="active")
    with clock.pinned(NOW + timedelta(minutes=1)):
        assert monthly.prepare(TODAY) == 1 and filing.send_debits() == 1
    assert payouts.free_won(Fund.objects.get(code="east:general").pk) == 0


@pytest.mark.rule("R62")
@pytest.mark.rule("R70")
def test_gifts_stand_beside_the_city_s_subsidy_and_beside_everything_that_ever_came(as_: As, city: object) -> None:
    with giving() as viewer:
        own = fund("east:operating")
        legs = {"own_bank": 100_000, "subsidy": -100_000}
        ledger.operating(by=viewer, key="subsidy", fund_id=own.pk, legs=legs, booked_on=TODAY)
        last_year = [NewGift(fund().pk, 7_000, "box", TODAY - timedelta(days=365))]
        day = TODAY - timedelta(days=365)
        ledger.receive(by=viewer, key="old", gifts=last_year, booked_on=day, into="bank")
    given("g1", 97_400)
    found = figures.transparency()
    assert (found.leverage, found.in_won, found.ever_won) == (97, 97_400, 104_400)
    page = text(as_(), "/donate/transparency/")
    assert "처음부터" in page and "104,400" in page and "97 %" in page


@pytest.mark.rule("R63")
def test_the_accountant_sees_whether_givers_stay(
    as_: As, ivo: Actor, enrolled: Callable[..., Pledge], transferred: Callable[..., Order]
) -> None:
    for _ in "ab":
        enrolled(provider="cms", token="예시은행 000-11")
    monthly.change(code=enrolled(provider="cms", token="예시은행 000-11").code, to="stopped")
    with clock.pinned(NOW - timedelta(days=400)):
        transferred(10_000, phone="010-0000-0071")
        transferred(10_000, phone="010-0000-0072")
    transferred(20_000, phone="010-0000-0071")
    with acting_as(ivo.viewer):
        found = desk.staying(ivo.viewer, TODAY)
    assert (found.standing, found.begun, found.ended, found.resting) == (2, 3, 1, 0)
    assert (found.came_again, found.stayed_away) == (1, 1)
    assert "후원자는 머무르고 있나요" in text(as_(ivo), "/desk/accounts/")


@pytest.mark.rule("R73")
def test_an_account_of_years_tells_its_newest_outcomes_once_and_folds_old_steps_away() -> None:
    told = ["방이 따뜻해졌습니다.", "냉장고가 채워졌습니다."] * 20
    uses = [
        Use(TODAY + timedelta(days=number), "payout", 5_000, "", "", 50_000, 9, "shop", words, TODAY)
        for number, words in enumerate(told)
    ]
    found = Followed("", None, None, None, Fund(), None, 200_000, 0, uses, [])
    assert [use.outcome for use in found.outcomes] == told[:-3:-1]
    assert len(found.latest) == 12 and [*found.earlier, *found.latest] == uses


TOLD = {"way": "cms", "units": "2", "day": "25", "name": "도하람", "phone": "010-0000-0055", "consent": "on"}


@pytest.mark.rule("R64")
def test_each_tap_says_what_it_did_and_a_number_that_cannot_be_is_told(as_: As, city: object) -> None:
    client = as_()
    told = {**TOLD, "fund": str(fund("east:general").pk), "bank": "예시은행", "account": "000-111-222233"}
    url = client.post("/donate/monthly/", told)["Location"]
    page = client.get(url).content.decode()
    assert "동부 어디든" in page and "동부사회복지재단" in page  # for what, and who receives it (K11)
    for do, said in (("skip", "다음 출금"), ("pause", "쉽니다"), ("resume", "다음 출금"), ("stop", "끝냈습니다")):
        assert said in client.post(f"{url}change/", {"do": do}, follow=True).content.decode(), do
    other = client.post("/donate/monthly/", told)["Location"]
    for units in ("", "abc", "0", "2001", "99999999999"):
        page = client.post(f"{other}change/", {"do": "units", "units": units}, follow=True).content.decode()
        assert "1에서 2,000 사이" in page and 'value="2"' in page


def test_a_form_by_bank_account_names_all_that_is_missing_at_once(as_: As, city: object) -> None:
    page = as_().post("/donate/monthly/", {"way": "cms", "units": "0", "day": "25"}).content.decode()
    for field in ("units", "name", "phone", "bank", "account", "consent"):
        assert f'href="#id_{field}"' in page, field
    by_card = as_().post("/donate/monthly/", {"way": "stripe", "units": "1", "day": "25"}).content.decode()
    assert 'href="#id_bank"' not in by_card


def test_the_day_of_the_month_is_told_in_the_language_of_the_page(as_: As, city: object) -> None:
    page = as_().get("/donate/monthly/", headers={"accept-language": "en"}).content.decode()
    assert "25일" not in page and "the 25." in page


def test_a_transfer_s_name_is_not_called_optional(as_: As, city: object) -> None:
    page = as_().get(f"/donate/fund/{fund('east:general').pk}/").content.decode()
    assert page.index('for="id_name"') < page.index("원하실 때만") and "계좌이체에는" in page
