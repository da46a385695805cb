"""The payment providers' stand-in as a real process, and givers."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from donations.models import Charge, Deposit, Donor, Order, Pledge
from donations.services import filing, monthly
from donations.services import giving as giving_services
from donations.services.giving import Wish
from hopecare.kernel import clock
from hopecare.kernel.access import Principal, acting_as, system
from tests.donations.books_kit import TODAY, fund

PORTONE_SECRET = "whsec_c3RhbmQtaW4="


class StandIn:
    """A running stand-in; `home` is where the banks put their files."""

    def __init__(self, home: Path, deliver_url: str = "http://127.0.0.1:9") -> None:
        self.home = home
        command = [sys.executable, "-m", "donations.standin", "--home", str(home), "--deliver-url", deliver_url]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().split()[-1]

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()

    def post(self, path: str, **values: Any) -> Any:
        return requests.post(f"{self.url}/stand-in/{path}", data=values, timeout=20, proxies={"http": ""}).json()

    def payments(self) -> list[dict[str, Any]]:
        return list(requests.get(f"{self.url}/stand-in/payments", timeout=20, proxies={"http": ""}).json()["payments"])


def speak_to(running: StandIn, settings: Any) -> None:
    """From here on this stand-in is the payment companies and the banks."""
    settings.HOPECARE_HOME = running.home
    settings.STRIPE_API_URL = settings.PORTONE_API_URL = running.url
    settings.PORTONE_SDK_URL = f"{running.url}/portone/browser-sdk.js"
    settings.PORTONE_WINDOW_HOSTS, settings.PORTONE_CHANNEL_KEY = [running.url], "channel-key-stand-in"
    settings.STRIPE_API_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test_stand_in", "whsec_stand_in"
    settings.PORTONE_API_SECRET, settings.PORTONE_STORE_ID = "secret", "store-stand-in"
    settings.PORTONE_WEBHOOK_SECRET = PORTONE_SECRET


@pytest.fixture
def payments(tmp_path: Path, settings: Any) -> Iterator[StandIn]:
    running = StandIn(tmp_path)
    speak_to(running, settings)
    yield running
    running.stop()


@pytest.fixture
def ordered(city: object) -> Callable[..., Order]:
    """`ordered(50_000)` is a started order by Stripe for the East's daily living, its window open."""

    def make(won: int = 50_000, provider: str = "stripe", code: str = "east:cause:living", **told: Any) -> Order:
        wish = Wish(**{"fund_id": fund(code).pk, "won": won, "provider": provider, "name": "도하람", **told})
        order = giving_services.start(wish)
        giving_services.open_window(order)
        return order

    return make


@pytest.fixture
def transferred(city: object) -> Callable[..., Order]:
    """`transferred(50_000)` is a gift by bank transfer that stands in the dedicated account and in the books."""

    def make(won: int = 50_000, code: str = "east:cause:living", **told: Any) -> Order:
        wish = Wish(**{"fund_id": fund(code).pk, "won": won, "provider": "bank", "name": "도하람", **told})
        order = giving_services.start(wish)
        with acting_as(system(Principal.GIVING)) as viewer:
            values = {"bank_reference": f"T{order.pk}", "booked_on": TODAY, "name": order.code[:6], "amount_won": won}
            deposit = Deposit.objects.create(receiver=fund(code).receiver, **values)
            filing.match(viewer, deposit, order)
        return order

    return make


@pytest.fixture
def enrolled(city: object) -> Callable[..., Pledge]:
    """`enrolled("pm_ok")` gives one account a month by Stripe, of yesterday; `same_method` lets two share a debit."""

    def make(token: str = "cus_1/pm_ok", provider: str = "stripe", units: int = 1, **fields: Any) -> Pledge:
        with acting_as(system(Principal.GIVING)):
            donor = fields.pop("donor", None) or Donor.objects.create(name="도하람", phone="+821000000055")
        values = {"donor": donor, "provider": provider, "token": token, "consent_words": "매달 25일 자동이체에 동의"}
        wanted = {"fund": fund("east:general"), "units": units, "day": 23}
        with clock.pinned(fields.pop("at", clock.now() - timedelta(days=1))):
            return monthly.enrol(**{**values, **wanted, **fields})

    return make


def charge_of(row: Order | Pledge) -> Charge:
    with acting_as(system(Principal.GIVING)):
        if isinstance(row, Order):
            return Charge.objects.get(order=row)
        return Charge.objects.filter(lines__pledge=row).latest("pk")


def same_method(pledge: Pledge, other: Pledge) -> None:
    """Two accounts on one means of payment."""
    with acting_as(system(Principal.GIVING)):
        Pledge.objects.filter(pk=other.pk).update(method_id=pledge.method_id)
