"""Cards for monthly accounts: typed at the provider, kept as a token; another card takes over what failed (R64)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests

from donations.models import Charge, Method, Order, Pledge
from donations.selectors.follow import follow
from donations.services import cards, charging, filing, monthly
from hopecare.kernel import clock, codes
from tests.cast import NOW
from tests.donations.books_kit import fund, giving
from tests.donations.conftest import StandIn, charge_of

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R64")]
As, Enrolled = Callable[..., Any], Callable[..., Pledge]


def entry_of(payments: StandIn) -> str:
    """The window of the card entry that was opened last."""
    return str([row["window"] for row in payments.payments() if row["id"].startswith("seti_")][-1])


def begun(client: Any, way: str = "stripe") -> str:
    told = {"way": way, "fund": str(fund("east:general").pk), "units": "2", "day": "25", "name": "도하람"}
    answer = client.post("/donate/monthly/", {**told, "phone": "010-0000-0055", "consent": "on"})
    return str(answer["Location"])


def only() -> Pledge:
    with giving():
        return Pledge.objects.select_related("method").get()


def test_an_account_begins_when_its_card_is_there_and_no_number_reaches_us(payments: StandIn, as_: As) -> None:
    client = as_()
    url = begun(client)
    page = client.get(url).content.decode()
    assert f"{payments.url}/window/{entry_of(payments)}" in page and "카드 입력창 열기" in page
    client.post(f"{url}change/", {"do": "resume"})  # without a card nothing goes on
    due = NOW + timedelta(days=2)
    with clock.pinned(due):
        assert only().state == "paused" and monthly.prepare(due.date()) == 0
    payments.post("finish", id=entry_of(payments), do="pay")
    assert "•• 4242" in client.get(url).content.decode()
    with clock.pinned(due):
        monthly.run_today()
    assert (only().state, charge_of(only()).state, charge_of(only()).amount_won) == ("active", "paid", 10_000)
    with giving():
        assert Method.objects.get().token.endswith("/pm_ok")


def test_a_giver_who_does_not_come_back_from_the_window_is_found(payments: StandIn, as_: As) -> None:
    client = as_()
    client.get(begun(client))
    payments.post("finish", id=entry_of(payments), do="pay")
    assert cards.look_at_waiting() == 1 and only().state == "active"


def test_another_card_takes_over_and_what_failed_goes_off_it_once(
    payments: StandIn, enrolled: Enrolled, as_: As
) -> None:
    pledge, client = enrolled("cus_1/pm_hard"), as_()
    monthly.run_today()
    assert charge_of(pledge).state == "failed"
    url = f"/donate/follow/{codes.shown(pledge.code)}/"
    for _ in "ab":
        client.post(f"{url}change/", {"do": "card"})
    assert "다른 카드" in client.get(url).content.decode() and only().method_id == pledge.method_id
    payments.post("finish", id=entry_of(payments), do="pay")
    client.get(url)
    with clock.pinned(NOW + timedelta(days=1)):
        monthly.run_today()
        charging.run_due()
    with giving():
        assert [row.state for row in Charge.objects.all()] == ["paid"]
        assert Method.objects.get(pk=pledge.method_id).ended_at is not None and Method.objects.count() == 2
    assert follow(pledge.code).given_won == 5_000


def test_a_card_that_changed_after_the_debit_is_not_debited_again_this_month(
    payments: StandIn, enrolled: Enrolled, as_: As
) -> None:
    pledge, client = enrolled(), as_()
    monthly.run_today()
    url = f"/donate/follow/{codes.shown(pledge.code)}/"
    client.post(f"{url}change/", {"do": "card"})
    client.get(url)
    payments.post("finish", id=entry_of(payments), do="pay")
    client.get(url)
    assert only().method_id != pledge.method_id
    with clock.pinned(NOW + timedelta(days=1)):
        monthly.run_today()
    assert len([row for row in payments.payments() if row["won"]]) == 1


def test_a_korean_card_begins_an_account_by_its_billing_key(payments: StandIn, as_: As) -> None:
    client = as_()
    url = begun(client, "portone")
    assert f'{url}window/"' in client.get(url).content.decode()
    issue = client.get(f"{url}window/").content.decode().split('data-issue="')[1].split('"')[0]
    assert issue.startswith("issue_") and only().state == "paused"
    requests.get(f"{payments.url}/window?issueId={issue}", timeout=20, proxies={"http": ""})
    client.get(url)
    assert only().state == "paused"  # the window is open, no card is there yet
    payments.post("finish", id=issue, do="pay")
    assert "•• 4242" in client.get(url).content.decode()
    due = NOW + timedelta(days=2)
    with clock.pinned(due):
        monthly.run_today()
    assert (only().state, charge_of(only()).state, only().method.token) == ("active", "paid", "bk_ok")


def test_another_bank_account_takes_over_what_failed_once(payments: StandIn, enrolled: Enrolled, as_: As) -> None:
    pledge, client = enrolled("예시은행 000-99", "cms"), as_()
    monthly.run_today()
    payments.post("banks")
    filing.take_files()
    url = f"/donate/follow/{codes.shown(pledge.code)}/"
    assert charge_of(pledge).state == "failed" and f"{url}account/" in client.get(url).content.decode()
    told = {"bank": "예시은행", "account": "000-0000-0011", "consent": "on"}
    assert client.post(f"{url}account/", {**told, "consent": ""}).status_code == 422
    assert client.post(f"{url}account/", told).status_code == 302
    for _ in "ab":
        monthly.run_today()
        payments.post("banks")
        filing.take_files()
    assert follow(pledge.code).given_won == 5_000 and "••11" in client.get(url).content.decode()
    with giving():
        assert Method.objects.get(pk=pledge.method_id).ended_at is not None


@pytest.mark.rule("K20")
def test_the_korean_window_opens_from_a_page_that_may_load_nothing_else(
    payments: StandIn, ordered: Callable[..., Order], as_: As
) -> None:
    order, client = ordered(30_000, provider="portone"), as_()
    url = f"/donate/follow/{codes.shown(order.code)}/"
    assert f'{url}window/"' in client.get(url).content.decode()
    answer = client.get(f"{url}window/")
    page, policy = answer.content.decode(), answer["Content-Security-Policy"]
    assert f'data-payment="{charge_of(order).uuid}"' in page and 'data-won="30000"' in page
    allowed = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert allowed["script-src"] == f"'self' {payments.url}/portone/browser-sdk.js"
    assert allowed["frame-src"] == allowed["connect-src"] == f"'self' {payments.url}"
    assert payments.url not in client.get(url)["Content-Security-Policy"]
    library = requests.get(f"{payments.url}/portone/browser-sdk.js", timeout=20, proxies={"http": ""}).text
    assert "requestPayment" in library and "requestIssueBillingKey" in library
    told = {"paymentId": str(charge_of(order).uuid), "totalAmount": "29999"}
    assert requests.get(f"{payments.url}/window", params=told, timeout=20, proxies={"http": ""}).status_code == 409
    payments.post("finish", id=str(charge_of(order).uuid))
    assert client.get(f"{url}window/").status_code == 302 or "30,000" in client.get(url).content.decode()
    assert client.get(f"{url}window/").status_code == 302
