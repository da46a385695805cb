"""kill -9 of the web and of the worker at each step of a single gift: from its start to what it paid, nothing is lost
and nothing happens twice.

Each step runs in a process of its own that kills itself before or after one inner step; then a fresh process does it
again, as a giver loads the page again, a company calls again and the clock comes round. The monthly run is killed in
tests/donations/test_payments.py, and the processes of a whole Hope Care in test_kill_at_each_step.py.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from cases.models import Action
from donations.models import Account, Charge, Gift, Order, Payout, ProviderEvent
from donations.selectors.ledger import trouble
from hopecare.kernel import codes
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Category, Service
from tests.cases.case_kit import task
from tests.cast import NOW, TEST_NET, Actor
from tests.donations import conftest as givers
from tests.donations.books_kit import fund, giving
from tests.donations.companies import FEES, Postbox
from tests.donations.conftest import StandIn, speak_to
from tests.factories import make_case

PROCESS = """
import importlib, json, os, signal, sys
import django
from django.conf import settings
settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": sys.argv[2]}}
django.setup()
from datetime import datetime
from django.test import Client
from django.test.utils import setup_test_environment
from hopecare.kernel import clock
setup_test_environment()
told = json.loads(sys.argv[1])
def reach(place):
    home, name = place.rsplit(".", 1)
    return importlib.import_module(home), name
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
if told["dies"]:
    when, place = told["dies"].split()
    module, name = reach(place)
    whole = getattr(module, name)
    def last(*given, **named):
        whole(*given, **named)
        die()
    setattr(module, name, die if when == "before" else last)
with clock.pinned(datetime.fromisoformat(told["now"])):
    if told["path"].startswith("/"):
        client = Client(REMOTE_ADDR=told["address"])
        for name, value in told["cookies"].items():
            client.cookies[name] = value
        if told["raw"]:
            answer = client.post(told["path"], told["raw"].encode(), "application/json", headers=told["headers"])
        elif told["form"]:
            answer = client.post(told["path"], told["form"])
        else:
            answer = client.get(told["path"])
        print(answer.status_code)
    else:
        module, name = reach(told["path"])
        while getattr(module, name)():
            pass
        print(0)
"""
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
S = "donations.services"
#: step → where its process dies, one after the other.
DEATHS = {
    "start": (f"before {S}.orders.write", f"after {S}.orders.write", f"after {S}.giving.start"),
    "window": ("before donations.gateway.providers.open_window", "after donations.gateway.providers.open_window"),
    "call_back": (f"before {S}.charging.keep_event", f"after {S}.charging.keep_event"),
    "understand": (
        f"before {S}.booking.take",
        f"before {S}.ledger.receive",
        f"after {S}.ledger.receive",
        f"after {S}.booking.take",
    ),
    "settle": (
        f"before {S}.ledger.settle",
        f"after {S}.ledger.settle",
        f"after {S}.ledger.operating",
        "before donations.gateway.files.put_away",
    ),
    "refund": (
        "before donations.gateway.providers.refund",
        "after donations.gateway.providers.refund",
        f"after {S}.ledger.give_back",
        f"after {S}.booking.take",
    ),
    "ask": ("before hopecare.kernel.audit.changed", f"after {S}.payouts.request"),
    "approve": ("before hopecare.kernel.audit.changed", f"after {S}.payouts.approve"),
    "pay": (f"before {S}.ledger.spend", f"after {S}.ledger.spend", f"after {S}.payouts.pay"),
}
ROUNDS = range(max(map(len, DEATHS.values())))
WON, BACK, PAID = 50_000, 20_000, 10_000


@pytest.fixture
def box() -> Iterator[Postbox]:
    made = Postbox()
    yield made
    made.close()


@pytest.fixture
def company(box: Postbox, tmp_path: Path, settings: Any) -> Iterator[StandIn]:
    running = StandIn(tmp_path, box.url)
    speak_to(running, settings)
    yield running
    running.stop()


class Walk:
    """One gift on its way; `number` says which of its deaths each step dies."""

    def __init__(self, number: int, company: StandIn, box: Postbox, cookies: dict[str, dict[str, str]]) -> None:
        self.number, self.company, self.box, self.cookies = number, company, box, cookies
        self.provider = ("stripe", "portone")[number % 2]

    def run(
        self, step: str, path: str, *, who: str = "", stands: Callable[[], bool] = lambda: False, **told: Any
    ) -> None:
        """Die in it; then, unless it stands already, do it again to its end."""
        deaths = DEATHS[step]
        self.process(path, who, deaths[self.number % len(deaths)], told)
        if not stands():
            self.process(path, who, "", told)

    def process(self, path: str, who: str, dies: str, told: dict[str, Any]) -> None:
        asked = {"raw": "", "headers": {}, "form": {}, "cookies": self.cookies.get(who, {}), **told}
        asked |= {"path": path, "dies": dies, "now": NOW.isoformat(), "address": TEST_NET}
        command = [sys.executable, "-W", "ignore", "-c", PROCESS, json.dumps(asked), PLAIN]
        home = {"HOPECARE_HOME": str(self.company.home), "PYTHONPATH": str(Path(__file__).parents[2])}
        done = subprocess.run(
            command, env=environment(self.company) | home, timeout=90, check=False, capture_output=True, text=True
        )
        if dies:
            assert done.returncode == -signal.SIGKILL, f"{dies}: {done.stdout}{done.stderr[-800:]}"
        else:
            assert done.returncode == 0 and int(done.stdout.split()[-1]) < 400, (
                f"{path}: {done.stdout}{done.stderr[-800:]}"
            )

    @property
    def order(self) -> Order:
        with giving():
            return Order.objects.latest("pk")

    @property
    def charge(self) -> Charge:
        with giving():
            return Charge.objects.latest("pk")

    def give(self) -> None:
        form = {"amount": str(WON), "provider": self.provider, "overflow": "category", "name": "도하람"}
        self.run("start", f"/donate/fund/{fund().pk}/", form=form)
        self.run("window", f"/donate/follow/{codes.shown(self.order.code)}/")
        self.company.post("manners", hold=1)
        self.company.post("finish", id=self.charge.reference)
        self.call_back()
        self.run("understand", f"{S}.charging.understand_open")
        self.company.post("banks")
        self.run("settle", f"{S}.filing.take_files")

    def call_back(self) -> None:
        self.company.post("manners", hold=0)
        for one in self.box.empty():
            self.run("call_back", one.path, raw=one.body.decode(), headers=one.headers)

    def send_back(self) -> None:
        path = f"/desk/accounts/refunds/{self.charge.pk}/"
        stands = lambda: self.charge.refunded_won == BACK  # noqa: E731 – she looks before she presses again
        self.run("refund", path, who="ivo", stands=stands, form={"won": str(BACK)})
        self.call_back()
        self.process(f"{S}.charging.understand_open", "", "", {})

    def pay(self, action: Action, hana: Actor) -> None:
        def payout() -> Payout | None:
            with acting_as(hana.viewer):
                return Payout.objects.filter(action_id=action.pk).order_by("-pk").first()

        before = payout()
        form = {"fund": str(fund().pk), "amount": str(PAID), "payee_kind": "shop", "payee_name": "한마음에너지"}
        form |= {"payee_account": "예시은행 000-11", "why": "난방비"}
        self.run("ask", f"/desk/payouts/new/{action.pk}/", who="hana", stands=lambda: payout() != before, form=form)
        asked = payout()
        assert asked is not None
        for step, who, more, state in (
            ("approve", "eli", {}, "approved"),
            ("pay", "ivo", {"bank_reference": f"T-{self.number}"}, "paid"),
        ):
            stands = lambda state=state: getattr(payout(), "state", "") == state  # noqa: E731
            self.run(step, f"/desk/payouts/{asked.uuid}/", who=who, stands=stands, form={"do": step, **more})
            assert stands()


def environment(company: StandIn) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "hopecare.settings",
        "STRIPE_API_URL": company.url,
        "PORTONE_API_URL": company.url,
        "PORTONE_SDK_URL": f"{company.url}/portone/browser-sdk.js",
        "PORTONE_WINDOW_HOSTS": company.url,
        "PORTONE_CHANNEL_KEY": "channel-key-stand-in",
        "PORTONE_STORE_ID": "store-stand-in",
        "PORTONE_WEBHOOK_SECRET": givers.PORTONE_SECRET,
        "STRIPE_WEBHOOK_SECRET": "whsec_stand_in",
        "STRIPE_API_KEY": "sk_test_stand_in",
        "PORTONE_API_SECRET": "secret",
        "SECRET_KEY": django_settings.SECRET_KEY,
    }


@pytest.mark.rule("R66")
@pytest.mark.rule("R71")
@pytest.mark.django_db(transaction=True)
def test_a_gift_survives_a_kill_at_each_step(
    company: StandIn, box: Postbox, as_: Callable[..., Client], hana: Actor, eli: Actor, ivo: Actor
) -> None:
    service, kind = Service.objects.get(code="other"), Category.objects.get(code="living")
    action = task(hana, make_case(hana), title="밀린 난방비", service=service, category=kind)
    who = {"hana": hana, "eli": eli, "ivo": ivo}
    cookies = {name: {key: one.value for key, one in as_(actor).cookies.items()} for name, actor in who.items()}
    for number in ROUNDS:
        walk = Walk(number, company, box, cookies)
        walk.give()
        stands(company, number + 1, refunds=number, payouts=number)
        walk.send_back()
        walk.pay(action, hana)
        stands(company, number + 1, refunds=number + 1, payouts=number + 1)


def stands(company: StandIn, gifts: int, *, refunds: int, payouts: int) -> None:
    """The company took each gift and sent each refund once, and so do the books say."""
    paid = [row for row in company.payments() if row["status"] == "paid"]
    assert (len(paid), sum(row["refunded"] for row in paid)) == (gifts, refunds * BACK)
    with giving():
        assert trouble() == [] and not ProviderEvent.objects.filter(handled_at=None, attempts__gt=3).exists()
        assert list(Gift.objects.values_list("amount_won", flat=True)) == [WON] * gifts
        rows = {(row.fund.code, row.chart_id): row.balance_won for row in Account.objects.select_related("fund")}
    assert rows["east:cause:living", "clearing"] == 0
    assert rows["east:cause:living", "bank"] == gifts * WON - refunds * BACK - payouts * PAID
    assert rows.get(("east:cause:living", "living"), 0) == payouts * PAID
    fees = sum(WON * FEES[row["provider"]] // 10_000 for row in paid)
    assert rows["east:operating", "fees"] == fees and rows["east:operating", "own_bank"] == -fees
