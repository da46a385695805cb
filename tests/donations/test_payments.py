"""Payments over the real wire to the stand-in: windows, debits, retries, refunds, disputes, files, call-backs."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from donations.gateway import errors as gateway_errors
from donations.gateway import files, stripe_cards
from donations.models import Charge, Deposit, Gift, Order, Pledge, ProviderEvent, Settlement
from donations.selectors.ledger import fund_balance, payable, trouble
from donations.services import charging, filing, giving, monthly
from donations.services.giving import Wish
from donations.standin.hooks import Hooks
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as
from tests.cast import NOW, Actor
from tests.donations.books_kit import TODAY, fund
from tests.donations.books_kit import giving as as_giving
from tests.donations.conftest import StandIn, charge_of, same_method

pytestmark = pytest.mark.django_db
Ordered, Enrolled = Callable[..., Order], Callable[..., Pledge]


def state(row: Order | Pledge) -> tuple[str, int, int]:
    charge = charge_of(row)
    return charge.state, charge.refunded_won, charge.disputed_won


def whole() -> bool:
    with as_giving():
        return trouble() == []


@pytest.mark.parametrize("provider", ["stripe", "portone"])
def test_a_gift_by_card_from_the_window_to_the_dedicated_account(
    payments: StandIn, ordered: Ordered, provider: str
) -> None:
    order = ordered(50_000, provider)
    charge = charge_of(order)
    assert charge.window.startswith(payments.url) if provider == "stripe" else charge.window.endswith("/window/")
    payments.post("finish", id=charge.reference)
    charging.look_again(provider, charge.reference)
    charging.look_again(provider, charge.reference)
    assert (fund_balance(fund().pk), payable(fund().pk)) == (50_000, 0)
    payments.post("banks")
    filing.take_files()
    assert payable(fund().pk) == 50_000 and fund_balance(fund("east:operating").pk) < 0 and whole()


@pytest.mark.parametrize("provider", ["stripe", "portone"])
def test_refunds_in_part_and_in_full_and_a_dispute(
    payments: StandIn, ordered: Ordered, ivo: Actor, provider: str
) -> None:
    order = ordered(50_000, provider)
    payments.post("finish", id=charge_of(order).reference)
    charge = charging.look_again(provider, charge_of(order).reference)
    for won, total in ((20_000, 20_000), (30_000, 50_000)):
        charging.refund(by=ivo.viewer, charge_id=charge.pk, won=won)
        assert state(order) == ("paid", total, 0)
    assert fund_balance(fund().pk) == 0 and whole()
    other = ordered(10_000, provider)
    payments.post("finish", id=charge_of(other).reference)
    charging.look_again(provider, charge_of(other).reference)
    payments.post("dispute", id=charge_of(other).reference, status="needs_response")
    charging.look_again(provider, charge_of(other).reference)
    assert state(other) == ("paid", 0, 10_000) and fund_balance(fund().pk) == 10_000
    payments.post("dispute", id=charge_of(other).reference, status="won")
    charging.look_again(provider, charge_of(other).reference)
    assert state(other) == ("paid", 0, 0) and fund_balance(fund("east:operating").pk) == 0 and whole()


def test_what_is_left_after_a_refund_is_passed_on_and_too_much_is_refused(
    payments: StandIn, ordered: Ordered, ivo: Actor
) -> None:
    order = ordered(50_000)
    payments.post("finish", id=charge_of(order).reference)
    charge = charging.look_again("stripe", charge_of(order).reference)
    for won in (0, 50_001):
        with pytest.raises(errors.Impossible):
            charging.refund(by=ivo.viewer, charge_id=charge.pk, won=won)
    charging.refund(by=ivo.viewer, charge_id=charge.pk, won=20_000)
    payments.post("banks")
    filing.take_files()
    assert payable(fund().pk) == 30_000 and whole()


@pytest.mark.rule("R64")
def test_one_debit_per_giver_and_day_and_one_line_per_account(payments: StandIn, enrolled: Enrolled) -> None:
    first = enrolled(units=2)
    second = enrolled(donor=first.donor, fund=fund())
    same_method(first, second)
    for _ in range(3):  # the run is repeated as often as one likes
        monthly.run_today()
    assert [payment["won"] for payment in payments.payments()] == [15_000]
    with as_giving():
        assert sorted(Gift.objects.values_list("amount_won", "pledge_id")) == [(5_000, second.pk), (10_000, first.pk)]


@pytest.mark.rule("R64")
def test_a_stopped_account_takes_its_part_out_of_the_debit_that_waits_and_no_other(
    payments: StandIn, enrolled: Enrolled
) -> None:
    first = enrolled("cus_1/pm_soft", units=2)
    second = enrolled(donor=first.donor, fund=fund())
    same_method(first, second)
    monthly.run_today()
    assert (charge_of(first).state, charge_of(first).amount_won) == ("ready", 15_000)
    monthly.change(code=second.code, to="stopped")
    monthly.run_today()
    with as_giving():
        rows = Charge.objects.order_by("pk").values_list("state", "amount_won", "attempts", "failure")
        assert list(rows) == [("failed", 15_000, 1, "held_back"), ("ready", 10_000, 1, "")]
    assert charge_of(second).failure == "held_back"
    with clock.pinned(NOW + timedelta(days=1)):
        charging.run_due()
    assert (charge_of(first).attempts, charge_of(first).amount_won) == (2, 10_000)
    monthly.change(code=first.code, to="stopped")
    with as_giving():
        assert set(Charge.objects.values_list("state", flat=True)) == {"failed"}


@pytest.mark.parametrize(("token", "provider"), [("cus_1/pm_late", "stripe"), ("bk_late", "portone")])
def test_an_answer_that_is_lost_is_looked_up_before_anything_is_repeated(
    payments: StandIn, enrolled: Enrolled, token: str, provider: str
) -> None:
    pledge = enrolled(token, provider)
    monthly.run_today()
    assert charge_of(pledge).uncertain
    with clock.pinned(NOW + timedelta(minutes=2)):
        charging.run_due()
    assert state(pledge)[0] == "paid" and len(payments.payments()) == 1 and whole()


def test_a_soft_decline_is_tried_again_after_one_three_and_seven_days_then_rests(
    payments: StandIn, enrolled: Enrolled
) -> None:
    pledge, tried = enrolled("cus_1/pm_soft"), []
    monthly.run_today()
    for day in range(1, 15):
        with clock.pinned(NOW + timedelta(days=day)):
            before = charge_of(pledge).attempts
            charging.run_due()
            tried += [day] if charge_of(pledge).attempts > before else []
    assert tried == [1, 4, 11]
    with as_giving():
        assert (Pledge.objects.get().state, state(pledge)[0]) == ("paused", "failed")


def test_a_hard_decline_asks_the_giver_and_cancels_nothing(payments: StandIn, enrolled: Enrolled) -> None:
    pledge = enrolled("bk_hard", "portone")
    monthly.run_today()
    with as_giving():
        assert (state(pledge)[0], Pledge.objects.get().state) == ("failed", "active")


def test_a_debit_file_and_its_result(payments: StandIn, enrolled: Enrolled) -> None:
    good, poor = enrolled("예시은행 000-11", "cms"), enrolled("예시은행 000-21", "cms")
    monthly.run_today()
    payments.post("banks")
    filing.take_files()
    filing.take_files()
    assert (state(good)[0], state(poor)[0]) == ("paid", "ready")
    assert payable(fund("east:general").pk) == 5_000 and whole()
    with as_giving():
        assert Settlement.objects.get().problem == ""


def test_a_debit_file_that_could_not_be_written_is_written_once_by_the_next_run(
    settings: Any, tmp_path: Path, enrolled: Enrolled
) -> None:
    settings.HOPECARE_HOME = tmp_path
    enrolled("예시은행 000-11", "cms")
    out = files.folder("cms", "out")
    in_the_way = out / f"{TODAY:%Y%m%d}-001.draft"
    in_the_way.mkdir()
    with pytest.raises(OSError, match="draft"):
        monthly.run_today()
    in_the_way.rmdir()
    assert [monthly.run_today() for _ in "ab"] == [1, 0]
    assert [path.read_bytes().count(b"\nR") for path in out.iterdir()] == [1]


def test_a_transfer_finds_its_order_and_an_unknown_one_waits_for_a_person(
    payments: StandIn, ordered: Ordered, ivo: Actor
) -> None:
    by_code, other = ordered(50_000, "bank"), ordered(70_000, "bank", name="김영자")
    account = fund().receiver.account_number
    payments.post("deposit", account=account, name=f"하람{by_code.code[:6]}", won=50_000)
    payments.post("deposit", account=account, name="모름", won=70_000)
    filing.take_files()
    assert payable(fund().pk) == 50_000
    with acting_as(ivo.viewer):
        unknown = Deposit.objects.get(journal=None)
    with pytest.raises(errors.Impossible):
        filing.match_by_hand(by=ivo.viewer, deposit_id=unknown.pk, typed=by_code.code)
    filing.match_by_hand(by=ivo.viewer, deposit_id=unknown.pk, typed=other.code)
    assert payable(fund().pk) == 120_000 and whole()


def _held(payments: StandIn, orders: list[Order], client: Client) -> list[tuple[str, bytes, dict[str, str]]]:
    """Genuine posts as the providers sign them, made here so that a test may shuffle and tamper with them."""
    posts: list[tuple[str, bytes, dict[str, str]]] = []
    hooks = Hooks("http://127.0.0.1:9", "whsec_stand_in", "whsec_c3RhbmQtaW4=")
    hooks._post = lambda path, body, headers: posts.append((path, body, headers))  # type: ignore[method-assign]
    for order in orders:
        charge = charge_of(order)
        for kind in ("created", "succeeded", "refunded"):
            if order.provider == "stripe":
                hooks.stripe(f"x.{kind}", {"id": charge.reference, "object": "x"})
            else:
                hooks.portone("Transaction.Paid", charge.reference, "store-stand-in")
    return posts


@pytest.mark.rule("R66")
def test_call_backs_replayed_shuffled_and_tampered_end_where_the_provider_stands(
    payments: StandIn, ordered: Ordered, client: Client
) -> None:
    dice, oracle = random.Random(11), {}
    orders = [ordered(10_000 + 1_000 * n, ("stripe", "portone")[n % 2]) for n in range(8)]
    for number, order in enumerate(orders):
        if number % 4 != 3:
            payments.post("finish", id=charge_of(order).reference)
            oracle[order.pk] = order.amount_won
    posts = _held(payments, orders, client) * 4
    dice.shuffle(posts)
    for number, (path, body, headers) in enumerate(posts):
        sent = body.replace(b'"id"', b'"Id"', 1) if number % 5 == 0 else body
        genuine = number % 5 != 0 or sent == body
        answer = client.post(path, sent, content_type="application/json", headers=headers)
        assert answer.status_code == (200 if genuine else 400)
        if number % 7 == 0:
            charging.understand_open()
    while charging.understand_open():
        continue
    with as_giving():
        assert dict(Gift.objects.values_list("order_id", "amount_won")) == oracle
        assert ProviderEvent.objects.count() <= 24
    assert whole()


def test_an_old_or_unsigned_post_is_refused(payments: StandIn, client: Client, city: object) -> None:
    for path in ("/donate/webhooks/stripe/", "/donate/webhooks/portone/"):
        assert client.post(path, b"{}", content_type="application/json").status_code == 400
        assert client.get(path).status_code == 405


@pytest.mark.rule("D16")
def test_the_demo_reaches_nothing_but_this_machine(settings: Any) -> None:
    settings.HOPECARE_DEMO, settings.STRIPE_API_URL = True, "https://api.stripe.com"
    with pytest.raises(gateway_errors.Refused):
        stripe_cards.client()


def test_two_givers_of_the_last_won_do_not_both_get_it(payments: StandIn, ordered: Ordered) -> None:
    with pytest.raises(errors.Impossible) as refusal:
        giving.start(Wish(fund().pk, 500, "stripe"))
    assert [problem.code for problem in refusal.value.problems] == ["amount"]
    ordered(5_000)
    with clock.pinned(NOW + timedelta(hours=1)):
        assert giving.expire_orders() == 1


WORKER = """
import os, signal, sys
import django
django.setup()
from datetime import datetime
from hopecare.kernel import clock
from donations.services import booking, charging, filing, monthly
from donations.gateway import providers
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
step = sys.argv[1]
if step == "before the call":
    providers.charge = die
elif step == "after the call":
    booking.take = die
elif step == "while booking":
    from donations.services import ledger
    ledger.receive = die
elif step == "between two results":
    seen, take = [], booking.take
    def once(*given):
        seen.append(given) if not seen else die()
        return take(*given)
    booking.take = once
with clock.pinned(datetime.fromisoformat(sys.argv[2])):
    if step == "between two results":
        filing.take_results()
    monthly.run_today()
"""
MOMENTS = ["before the call", "after the call", "while booking", "between two results"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_at_any_step_of_the_monthly_run_neither_loses_nor_doubles_a_charge(
    payments: StandIn, enrolled: Enrolled
) -> None:
    pledges = [enrolled(), enrolled("bk_ok", "portone")]
    debited = [enrolled(f"예시은행 000-1{number}", "cms") for number in range(3)]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "hopecare.settings",
        "HOPECARE_HOME": str(payments.home),
        "STRIPE_API_URL": payments.url,
        "PORTONE_API_URL": payments.url,
        "STRIPE_API_KEY": "sk_test_stand_in",
        "PORTONE_API_SECRET": "secret",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    for number, moment in enumerate(MOMENTS):
        if moment == MOMENTS[-1]:
            payments.post("banks")
        now = NOW + timedelta(minutes=2 * number)
        command = [sys.executable, "-W", "ignore", "-c", WORKER, moment, now.isoformat()]
        done = subprocess.run(command, env=environment, timeout=60, check=False, capture_output=True)
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-800:]
    with clock.pinned(NOW + timedelta(minutes=10)):
        for _ in "ab":
            filing.take_results()
            monthly.run_today()
    assert sorted(payment["won"] for payment in payments.payments()) == [5_000, 5_000]
    with as_giving():
        assert Gift.objects.count() == len(pledges) + len(debited) and trouble() == []
        assert set(Charge.objects.values_list("state", flat=True)) == {"paid"}
