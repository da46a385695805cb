"""A bank's file is never lost, and one row that cannot be booked keeps no other one waiting."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from donations.errors import Refused
from donations.gateway import files
from donations.models import OddLine, Order, Settlement
from donations.services import charging, filing, ledger, odd, odd_lines
from hopecare.kernel import clock
from tests.cast import NOW, Actor
from tests.donations.books_kit import fund, giving
from tests.donations.conftest import StandIn, charge_of

pytestmark = pytest.mark.django_db
NO_TEXT = b"\xff\xfe\x00\x81"


@pytest.fixture
def inbox(tmp_path: Path, settings: Any, city: object) -> Path:
    settings.HOPECARE_HOME = tmp_path
    place = files.folder("bank", "in")
    (place / "a.csv").write_bytes(NO_TEXT)
    (place / "b.csv").write_text(f"B1,{fund().receiver.account_number},2026-11-20,도하람,50000\n", "utf-8")
    return place


def open_files() -> list[str]:
    with giving():
        return list(OddLine.objects.filter(settled_at=None, line=0).values_list("file_name", flat=True))


def broken(*_given: object, **_named: object) -> None:
    raise OperationalError


@pytest.mark.rule("R73")
def test_a_file_is_not_set_aside_before_the_worklist_names_it(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (inbox / "aside").mkdir()
    (inbox / "aside" / "a.csv").write_bytes(b"one of last month")
    with monkeypatch.context() as without:
        without.setattr(odd_lines, "keep", broken)
        assert filing.take_statements() == 1
    assert (inbox / "a.csv").exists() and (inbox / "done" / "b.csv").exists()
    filing.take_statements()
    assert open_files() == ["a.1.csv"] and (inbox / "aside" / "a.1.csv").read_bytes() == NO_TEXT


@pytest.mark.rule("R73")
def test_a_file_that_another_process_set_aside_meanwhile_ends_nothing(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = odd_lines.keep

    def slowly(*given: Any) -> None:
        keep(*given)
        (inbox / "a.csv").replace(inbox / "aside" / "a.csv")

    monkeypatch.setattr(odd_lines, "keep", slowly)
    assert filing.take_statements() == 1
    assert open_files() == ["a.csv"] and (inbox / "aside" / "a.csv").exists()


@pytest.mark.rule("R73")
def test_a_file_that_is_set_aside_again_while_it_is_brought_back_stays_on_the_worklist(
    inbox: Path, ivo: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    filing.take_statements()
    with giving():
        row = OddLine.objects.get()
    bring_back = files.bring_back

    def and_the_worker(kind: str, name: str) -> bool:
        came = bring_back(kind, name)
        with clock.pinned(NOW + timedelta(seconds=1)):
            filing.take_statements()
        return came

    with monkeypatch.context() as quick:
        quick.setattr(files, "bring_back", and_the_worker)
        odd.take_line_again(by=ivo.viewer, line_id=row.pk)
    assert open_files() == ["a.csv"] and (inbox / "aside" / "a.csv").exists()
    odd.take_line_again(by=ivo.viewer, line_id=row.pk)
    assert open_files() == [] and (inbox / "a.csv").exists()


@pytest.mark.rule("R73")
def test_a_late_settlement_that_the_books_refuse_keeps_no_later_one_waiting(
    payments: StandIn, ordered: Callable[..., Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = ordered(50_000), ordered(20_000)
    for order in (first, second):
        payments.post("finish", id=charge_of(order).reference)
    payments.post("banks")
    filing.take_files()
    for order in (first, second):
        charging.look_again("stripe", charge_of(order).reference)
    settle, bad = ledger.settle, f"settle:{charge_of(first).uuid}"

    def refusing(**call: Any) -> Any:
        if call["key"] == bad:
            raise Refused("period_closed")
        return settle(**call)

    monkeypatch.setattr(ledger, "settle", refusing)
    assert filing.take_settlements() == 1
    with giving():
        assert list(Settlement.objects.filter(problem="unknown").values_list("charge_id", flat=True)) == [
            charge_of(first).pk
        ]
    monkeypatch.setattr(ledger, "settle", broken)
    with pytest.raises(OperationalError):
        filing.take_settlements()
