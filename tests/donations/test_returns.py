"""What a payee sends back: the same fund and purpose, the youngest won first, told honestly to its givers (R73)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.urls import reverse

from cases.models import Action, ServiceRecord, TimelineEntry
from cases.rules.official_forms import forms
from cases.selectors.exports import exported_services
from cases.selectors.official_forms import facts as official_facts
from cases.services.came_back import came_back
from cases.ui.official_words import filled
from donations.errors import Refused
from donations.facts import Entry, Leg
from donations.models import Deposit, Order, Payout, PayoutReturn
from donations.selectors import transparency as figures
from donations.selectors.follow import follow
from donations.selectors.form19 import form19
from donations.selectors.ledger import payable, trouble
from donations.services import ledger, payouts, periods, returns
from hopecare.insight.selectors import money_by_source
from hopecare.kernel import codes, errors
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Category, FundSource, Service
from hopecare.messaging.models import Message
from tests.cases.case_kit import task
from tests.cast import Actor
from tests.donations.books_kit import GIVING, TODAY, fund, given, giving, left, paid
from tests.donations.test_payouts import photo, wanted
from tests.factories import make_case, make_household, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R73")]


@pytest.fixture
def heating(hana: Actor) -> Action:
    living = Category.objects.get(code="living")
    return task(hana, make_case(hana), title="난방비", service=Service.objects.get(code="other"), category=living)


def made(hana: Actor, eli: Actor, ivo: Actor, action: Action, won: int) -> Payout:
    row = payouts.request(by=hana.viewer, action_id=action.pk, wanted=wanted(won))
    payouts.approve(by=eli.viewer, key=row.uuid)
    return payouts.pay(by=ivo.viewer, key=row.uuid, bank_reference="T1")


def deposit(won: int, name: str = "한마음에너지(주)", code: str = "east:general") -> Deposit:
    values = {"bank_reference": f"R{won}{name}"[:60], "booked_on": TODAY, "name": name, "amount_won": won}
    with giving():
        return Deposit.objects.create(receiver=fund(code).receiver, **values)


def test_the_youngest_won_come_back_first_and_the_page_says_so(
    hana: Actor, eli: Actor, ivo: Actor, heating: Action, transferred: Callable[..., Order], as_: Callable[..., Any]
) -> None:
    old, order = given("old", 300_000), transferred(100_000)
    row = made(hana, eli, ivo, heating, 350_000)
    with giving():
        young = order.gifts.get()
    came = deposit(80_000)
    books, url = as_(ivo), f"/desk/accounts/deposits/{came.pk}/came-back/"
    assert as_(hana).get(url).status_code == 404
    assert f'href="{url}"' in books.get("/desk/accounts/").content.decode()
    assert "한마음에너지" in books.get(url).content.decode()
    assert books.post(url, {"reason": "less"}).status_code == 422
    assert books.post(url, {"payout": str(row.uuid)}).status_code == 422
    assert books.post(url, {"payout": str(row.uuid), "reason": "less"}).status_code == 302
    assert (left(old), left(young), payable(fund().pk)) == (30_000, 100_000, 130_000)
    page = as_().get(f"/donate/follow/{codes.shown(order.code)}/").content.decode()
    assert "받은 곳에서 돌아왔어요" in page and "50,000" in page
    assert "80,000" in as_(hana).get(f"/desk/payouts/{row.uuid}/").content.decode()
    with acting_as(hana.viewer):
        assert Message.objects.notices().filter(purpose="payout_came_back").count() == 1
    with giving():
        assert trouble() == []
    assert books.get(url).status_code == 404  # the deposit has its place


@pytest.mark.rule("R56")
def test_a_later_entry_corrects_the_record_of_the_service(
    hana: Actor, eli: Actor, ivo: Actor, heating: Action, as_: Callable[..., Any]
) -> None:
    given("g1", 500_000)
    row = made(hana, eli, ivo, heating, 300_000)
    returns.book(by=ivo.viewer, deposit_id=deposit(50_000).pk, key=row.uuid, reason="less")
    payouts.prove(by=hana.viewer, key=row.uuid, outcome="따뜻한 겨울을 나게 되셨어요.", receipt=photo())
    returns.book(by=ivo.viewer, deposit_id=deposit(80_000).pk, key=row.uuid, reason="less")
    with acting_as(hana.viewer):
        record = ServiceRecord.objects.get(payment_uuid=row.uuid)
        told = TimelineEntry.objects.filter(case=record.case, details__has_key="came_back_won").get()
    assert record.amount_won == 250_000  # what was out on the day of the record; never edited
    assert (told.details["record"], told.details["came_back_won"]) == (record.pk, 80_000)
    again = {"case_id": record.case_id, "payment": row.uuid, "won": 80_000, "came_on": TODAY}
    assert not came_back(**again, mark=told.details["came_back"])
    page = as_(hana).get(reverse("case_services", args=[record.case.number])).content.decode()
    assert "170,000원" in page and "80,000원" in page and "250,000원" in page
    front = as_(hana).get(reverse("case", args=[record.case.number])).content.decode()
    assert "80,000원" in front and "170,000원" in front and "250,000원" not in front
    with pytest.raises(Error, match="the books alone"), acting_as(ivo.viewer), connection.cursor() as cursor:
        cursor.execute(
            "select hc_payment_came_back(%s, %s, 99, 1, now()::date, now())", [record.case_id, str(row.uuid)]
        )


@pytest.mark.rule("R61")
def test_boards_forms_and_files_count_what_was_spent(
    hana: Actor, eli: Actor, ivo: Actor, heating: Action, as_: Callable[..., Any]
) -> None:
    given("g1", 2_000_000)
    rows = [made(hana, eli, ivo, task_like(hana, heating, n), 100_000) for n in range(5)]
    for row in rows:
        payouts.prove(by=hana.viewer, key=row.uuid, outcome="따뜻한 겨울을 나게 되셨어요.", receipt=photo())
    assert money_of("gift_living", ivo) == 500_000
    returns.book(by=ivo.viewer, deposit_id=deposit(30_000).pk, key=rows[0].uuid, reason="less")
    assert money_of("gift_living", ivo) == 470_000
    with acting_as(hana.viewer) as viewer:
        record = ServiceRecord.objects.select_related("case").get(payment_uuid=rows[0].uuid)
        told = official_facts(viewer, record.case.number)
        form = "".join(text for one in forms().values() for _field, text in filled(one, told))
        lines = exported_services(viewer, reason="감사")
    assert (record.amount_won, record.spent_won) == (100_000, 70_000)
    assert "70,000원" in form and "100,000원" not in form
    assert sorted(line[-1] for line in lines[1:]) == ["100000"] * 4 + ["70000"]
    with acting_as(hana.viewer), pytest.raises(Error, match="the books alone"), transaction.atomic():
        ServiceRecord.objects.filter(pk=record.pk).update(returned_won=0)
    returns.book(by=ivo.viewer, deposit_id=deposit(70_000).pk, key=rows[0].uuid, reason="less")
    assert money_of("gift_living", ivo) is None, "four payments are left: too few to be shown"


def task_like(hana: Actor, action: Action, number: int) -> Action:
    case = make_case(hana, make_person(f"윤{number}", make_household(), phone=f"010-0000-1{number:03d}"))
    return task(hana, case, title="난방비", service=action.service, category=action.category)


def money_of(source: str, ivo: Actor) -> int | None:
    """This month's won of one source, as the board tells it."""
    name = FundSource.objects.get(code=source).name
    with acting_as(ivo.viewer) as viewer:
        return next(line.cells[-1] for line in money_by_source(viewer) if line.name == name)


def test_all_of_it_came_back_nothing_came_of_it(
    hana: Actor, eli: Actor, ivo: Actor, heating: Action, transferred: Callable[..., Order]
) -> None:
    order = transferred(200_000)
    row = made(hana, eli, ivo, heating, 200_000)
    payouts.prove(by=hana.viewer, key=row.uuid, outcome="따뜻한 겨울을 나게 되셨어요.", receipt=photo())
    assert follow(order.code).outcomes
    with pytest.raises(errors.Impossible) as refusal:
        returns.book(by=ivo.viewer, deposit_id=deposit(200_001).pk, key=row.uuid, reason="wrong")
    assert refusal.value.problems[0].code == "much"
    with pytest.raises(errors.Impossible) as refusal:
        returns.book(by=ivo.viewer, deposit_id=deposit(10, code="west:general").pk, key=row.uuid, reason="wrong")
    assert refusal.value.problems[0].code == "account"
    for won in (150_000, 50_000):
        returns.book(by=ivo.viewer, deposit_id=deposit(won).pk, key=row.uuid, reason="wrong")
    found = follow(order.code)
    assert (found.outcomes, found.left_won, sum(use.my_won for use in found.uses)) == ([], 200_000, 0)
    figures.forget()
    assert figures.transparency().out_won == 0
    with acting_as(ivo.viewer):
        assert Payout.objects.get(pk=row.pk).state == "returned" and PayoutReturn.objects.count() == 2
        spent = form19(ivo.viewer, row.fund.receiver_id, TODAY.year, names=True).parts[1].lines
    assert sum(int(line[3]) for line in spent[1:]) == 0 and len(spent) == 4
    with pytest.raises(errors.Impossible):
        returns.book(by=ivo.viewer, deposit_id=deposit(1).pk, key=row.uuid, reason="wrong")
    periods.seal_day()
    assert periods.broken_links() == []


@pytest.mark.parametrize(
    ("legs", "used", "words"),
    [
        ({"bank": 60_000, "living": -60_000}, -60_000, "no more comes back than was taken"),
        ({"bank": 20_000, "outings": -20_000}, -20_000, "goes where it was taken from"),
        ({"bank": -20_000, "living": 20_000}, 20_000, "goes where it was taken from"),
    ],
)
def test_the_database_refuses_a_return_that_is_none(city: object, legs: dict[str, int], used: int, words: str) -> None:
    gift = given("g1", 100_000)
    out = paid("p1", 50_000)
    paid("p2", 30_000, chart="outings")
    lines = tuple(Leg(fund().pk, chart, won) for chart, won in legs.items())
    entry = Entry("r1", "return", TODAY, lines, uses=((gift.pk, used),), returns_id=out.id)
    with pytest.raises(Refused, match=words), giving() as viewer:
        ledger.post(entry, by=viewer)
    assert left(gift) == 20_000


def test_a_return_is_booked_once_and_never_beyond_the_payment(city: object) -> None:
    gift = given("g1", 100_000)
    out = paid("p1", 50_000)
    call: dict[str, Any] = {"by": GIVING, "journal_id": out.id, "booked_on": TODAY}
    with giving():
        assert ledger.take_return(**call, key="r1", won=30_000).fresh
        assert not ledger.take_return(**call, key="r1", won=30_000).fresh
        with pytest.raises(Refused), transaction.atomic():
            ledger.take_return(**call, key="r2", won=20_001)
        ledger.take_return(**call, key="r3", won=20_000)
    assert left(gift) == 100_000
