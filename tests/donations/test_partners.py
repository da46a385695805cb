"""Shops with a fixed share of their sales, schools that collect by class: told, transferred, booked, never a pupil."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from donations.models import ClassTotal, Gift, Partner, PartnerReport
from donations.rules.partners import ClassTold, share
from donations.selectors import partners as selectors
from donations.selectors.ledger import payable, trouble
from donations.services import filing, partners
from donations.services.partners import Agreed
from hopecare.kernel import clock, codes, errors
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.messaging.models import Message
from tests.cast import NOW, Actor
from tests.donations.books_kit import fund, giving
from tests.donations.conftest import StandIn

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)


def signed(actor: Actor, kind: str = "merchant", **fields: Any) -> Partner:
    """An agreement that was signed in September."""
    usual = {"name": "물골안식당", "contact_name": "남궁솔", "contact_phone": "010-0000-0311", "may_be_named": True}
    rate = {"rate_tt": 150} if kind == "merchant" else {}
    told = Agreed(**{"kind": kind, "fund_id": fund("east:general").pk, **usual, **rate, **fields})
    with clock.pinned(NOW.replace(month=9)):
        return partners.sign(by=actor.viewer, agreed=told)


def classes(*rows: tuple[int, int, int, int, int]) -> list[ClassTold]:
    return [ClassTold(*row) for row in rows]


def bank(payments: StandIn, partner: Partner, won: int) -> None:
    """The partner's open transfer stands on the statement, bearing its slip."""
    with giving():
        page = selectors.by_code(partner.code)
    slip = next(one.bank.slip for one in page.told if one.open)
    payments.post("deposit", account=fund().receiver.account_number, name=f"나눔{slip}", won=won)
    filing.take_files()


@pytest.mark.rule("R74")
def test_a_shop_tells_its_month_and_its_share_is_in_the_books(payments: StandIn, hana: Actor) -> None:
    shop = signed(hana)
    assert share(20_826_699, 150) == 312_400
    with giving() as viewer:
        partners.tell_sales(by=viewer, partner=shop, month=OCTOBER, sales_won=1)
        partners.tell_sales(by=viewer, partner=shop, month=OCTOBER, sales_won=20_826_699)
    bank(payments, shop, 312_400)
    with giving():
        gift = Gift.objects.get()
        assert trouble() == []
    assert (gift.source, gift.amount_won, gift.donor_id) == ("merchant", 312_400, shop.donor_id)
    with giving() as viewer, pytest.raises(errors.Impossible) as refusal:
        partners.tell_sales(by=viewer, partner=shop, month=OCTOBER, sales_won=1)
    assert refusal.value.problems[0].code == "paid"


@pytest.mark.rule("R74")
def test_the_database_itself_works_the_share_out(hana: Actor) -> None:
    shop = signed(hana)
    wrong = {"provider_id": shop.provider_id, "month": OCTOBER, "sales_won": 1_000_000, "rate_tt": 150}
    with acting_as(hana.viewer), pytest.raises(IntegrityError, match="share_is_right"), transaction.atomic():
        PartnerReport.objects.create(partner=shop, amount_won=15_001, **wrong)
    for month in (date(2026, 8, 1), date(2026, 12, 1), None):
        with pytest.raises(errors.Impossible):
            partners.tell_sales(by=hana.viewer, partner=shop, month=month, sales_won=1_000_000)


def test_another_sum_at_the_bank_waits_for_the_accountant(payments: StandIn, hana: Actor, ivo: Actor) -> None:
    shop = signed(hana)
    report = partners.tell_sales(by=hana.viewer, partner=shop, month=OCTOBER, sales_won=20_000_000)
    bank(payments, shop, 290_000)
    with acting_as(ivo.viewer):
        waiting = selectors.to_look_at(ivo.viewer)
    deposit = waiting[0].bank.deposit
    assert deposit is not None and payable(fund("east:general").pk) == 0
    with pytest.raises(errors.Forbidden):
        partners.take_other_sum(by=hana.viewer, report_id=report.pk, deposit_id=deposit.pk)
    partners.take_other_sum(by=ivo.viewer, report_id=report.pk, deposit_id=deposit.pk)
    with acting_as(ivo.viewer):
        told = selectors.one(ivo.viewer, shop.pk).told[0]
    assert (told.row.amount_won, told.bank.paid_won, payable(fund("east:general").pk)) == (300_000, 290_000, 290_000)


@pytest.mark.rule("R68")
@pytest.mark.rule("K10")
@pytest.mark.parametrize(
    ("rows", "attested", "code"),
    [
        ([(3, 2, 84_000, 21, 20)], True, "guardians"),
        ([(3, 2, 84_000, 21, 21)], False, "required"),
        ([(3, 2, 84_000, 21, 21), (3, 2, 1_000, 1, 1)], True, "twice"),
        ([(9, 2, 84_000, 21, 21)], True, "class"),
        ([], True, "none"),
    ],
)
def test_a_collection_is_refused(hana: Actor, rows: list[Any], attested: bool, code: str) -> None:
    school = signed(hana, "school", name="호평초등학교")
    with pytest.raises(errors.Impossible) as refusal:
        partners.tell_classes(by=hana.viewer, partner=school, month=OCTOBER, classes=classes(*rows), attested=attested)
    assert code in {problem.code for problem in refusal.value.problems}


@pytest.mark.rule("R68")
@pytest.mark.rule("K10")
def test_no_pupil_has_a_place_and_the_database_wants_every_guardian(hana: Actor) -> None:
    columns = {field.name for field in ClassTotal._meta.get_fields()}
    assert columns == {"id", "report", "provider", "grade", "room", "amount_won", "givers", "guardians"}
    school = signed(hana, "school", name="호평초등학교")
    rows = classes((3, 2, 84_000, 21, 21))
    report = partners.tell_classes(by=hana.viewer, partner=school, month=OCTOBER, classes=rows, attested=True)
    told = {"report": report, "provider_id": report.provider_id, "grade": 4, "room": 1, "amount_won": 5_000}
    with acting_as(hana.viewer), pytest.raises(IntegrityError, match="guardians_agreed"), transaction.atomic():
        ClassTotal.objects.create(givers=2, guardians=1, **told)


@pytest.mark.rule("R68")
def test_a_school_on_its_own_page_until_the_public_sum(payments: StandIn, as_: Callable[..., Any], hana: Actor) -> None:
    school = signed(hana, "school", name="호평초등학교")
    visitor, url = as_(), f"/donate/together/{codes.shown(school.code)}/"
    told = {"month": "2026-11-01", "grade_1": "3", "room_1": "2", "won_1": "84,000", "givers_1": "21"}
    refused = visitor.post(url, {**told, "guardians_1": "20", "attested": "on"})
    assert refused.status_code == 422 and 'value="84,000"' in refused.content.decode()
    assert visitor.post(url, {**told, "guardians_1": "21", "attested": "on"}).status_code == 302
    with giving():
        slip = selectors.by_code(school.code).told[0].bank.slip
    assert slip in visitor.get(url).content.decode()
    bank(payments, school, 84_000)
    public = visitor.get("/donate/together/").content.decode()
    assert "호평초등학교" in public and "84,000" in public and "3-2" not in public
    assert visitor.get(f"/donate/together/{codes.new_code()}/").status_code == 404


@pytest.mark.rule("R74")
def test_a_shop_from_the_agreement_to_its_end_on_the_pages(as_: Callable[..., Any], hana: Actor, chi: Actor) -> None:
    desk, url = as_(hana), "/desk/giving/partners/"
    told = {"name": "별내꽃집", "contact_name": "남궁솔", "contact_phone": "010-0000-0312", "percent": "1.5"}
    told |= {"fund": str(fund("east:general").pk), "may_be_named": "on"}
    assert desk.post(f"{url}new/merchant/", told).status_code == 422
    assert desk.post(f"{url}new/merchant/", {**told, "signed": "on", "percent": "60"}).status_code == 422
    empty = desk.post(f"{url}new/merchant/", {"name": ""}).content.decode()  # everything that is missing at once
    assert all(f'href="#id_{name}"' in empty for name in ("name", "percent", "contact_name", "contact_phone", "signed"))
    page = desk.post(f"{url}new/merchant/", {**told, "signed": "on"})["Location"]
    month = desk.get(page).content.decode().split('name="month"')[1].split('value="')[1][:10]
    assert desk.post(page, {"month": month, "sales": "1,000,000"}).status_code == 302
    assert "15,000" in desk.get(page).content.decode()
    assert (
        "별내꽃집" in desk.get(url).content.decode() and "별내꽃집" in as_().get("/donate/together/").content.decode()
    )
    assert "별내꽃집" not in as_(chi).get(url).content.decode() and as_(chi).get(page).status_code == 404
    desk.post(f"{page}end/")
    assert "별내꽃집" not in as_().get("/donate/together/").content.decode()


@pytest.mark.rule("R74")
def test_a_shop_whose_month_is_missing_is_asked_once_a_month(hana: Actor) -> None:
    shop, told = signed(hana), signed(hana, name="별내꽃집")
    partners.tell_sales(by=hana.viewer, partner=told, month=OCTOBER, sales_won=1_000_000)
    assert [partners.remind_shops() for _ in "ab"] == [1, 1]
    with clock.pinned(NOW.replace(month=12, day=7)):
        assert partners.remind_shops() == 0
    with acting_as(system(Principal.MESSAGES)):
        sent = Message.objects.filter(purpose="shop_month")
        assert [(row.object_id, row.step) for row in sent] == [(str(shop.pk), "2026-10")]


@pytest.mark.rule("R76")
def test_points_become_won_at_the_rate_of_their_agreement(
    payments: StandIn, as_: Callable[..., Any], hana: Actor
) -> None:
    desk, url = as_(hana), "/desk/giving/partners/"
    told = {"name": "별내포인트", "contact_name": "남궁솔", "contact_phone": "010-0000-0313", "signed": "on"}
    told |= {"fund": str(fund("east:general").pk)}
    assert desk.post(f"{url}new/points/", {**told, "percent": "201"}).status_code == 422
    page = desk.post(f"{url}new/points/", {**told, "percent": "70"})["Location"]
    month = desk.get(page).content.decode().split('name="month"')[1].split('value="')[1][:10]
    assert desk.post(page, {"month": month, "sales": "123,457"}).status_code == 302
    with giving():
        row = Partner.objects.get()
    bank(payments, row, 86_419)
    with giving():
        assert [(gift.source, gift.amount_won) for gift in Gift.objects.all()] == [("points", 86_419)]
        assert trouble() == []
    assert "별내포인트" in desk.get(url).content.decode()


@pytest.mark.rule("R68")
def test_a_school_collects_for_its_own_pupils_who_need_help(as_: Any, hana: Actor) -> None:
    told = {"name": "호평초등학교", "fund": "school", "contact_name": "도하람", "contact_phone": "031-000-0701"}
    assert as_(hana).post("/desk/giving/partners/new/school/", {**told, "signed": "on"}).status_code == 302
    with acting_as(hana.viewer):
        row = Partner.objects.select_related("fund").get()
    assert (row.fund.kind, row.fund.allowed_purposes) == ("school", ["children_education"])
    shop = {**told, "percent": "1.5", "signed": "on"}
    assert as_(hana).post("/desk/giving/partners/new/merchant/", shop).status_code == 422
    assert "호평초등학교 학생의 배움" in as_().get("/donate/").content.decode()
