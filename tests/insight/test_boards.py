"""Boards show aggregates to people who may see no case, and nobody can be told apart on them."""

import math
from datetime import timedelta

import pytest

from cases.models import Case, Report, ServiceRecord
from donations.selectors import transparency as figures
from hopecare.demo.figures import Figures
from hopecare.insight import selectors
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import ProviderKind, Service, Town, Zone
from tests.cases import sharing_kit as kit
from tests.cast import NOW
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person


@pytest.mark.rule("R8")
def test_an_advisory_member_sees_sums_and_no_case(small_city, jin):
    with acting_as(jin.viewer) as viewer:
        lines = selectors.cases_by_zone(viewer)
        assert sum(line.total or 0 for line in lines) > 0
        assert not Case.objects.exists()


def test_cells_below_five_are_not_shown(small_city, jin):
    with as_owner():
        zone = Case.objects.filter(closed_at=None).values_list("provider__zone__code", flat=True).first()
        few = list(
            Case.objects.filter(provider__zone__code=zone, stage="survey", closed_at=None).values_list("pk", flat=True)
        )
        Case.objects.filter(pk__in=few).update(stage="delivery")
        other = list(Case.objects.filter(provider__zone__code=zone, stage="delivery").values_list("pk", flat=True)[:4])
        Case.objects.filter(pk__in=other).update(stage="survey")
    with acting_as(jin.viewer) as viewer:
        line = next(line for line in selectors.cases_by_zone(viewer) if line.cells[1] is None)
    assert line.cells[1] is None


@pytest.mark.rule("R8")
def test_who_says_that_it_is_not_better_is_counted_and_few_are_not_shown(small_city, jin, as_):
    with as_owner():
        zone, other = Zone.objects.order_by("pk")[:2]
        for place, answers in (
            (zone, ["not_better", "not_better", "better", "better", "better"]),
            (other, ["better"] * 4),
        ):
            rows = list(Report.objects.filter(provider=place.centre_id).order_by("pk").values_list("pk", flat=True))
            Report.objects.filter(pk__in=rows).update(echo="", echo_at=None)
            for pk, echo in zip(rows, answers, strict=False):
                Report.objects.filter(pk=pk).update(about="self", echo=echo, echo_at=NOW)
            assert len(rows) >= len(answers)
    with acting_as(jin.viewer) as viewer:
        found = {line.name: line.cells[0] for line in selectors.not_better_by_zone(viewer)}
    assert (found[zone.name].part, found[zone.name].whole, found[zone.name].percent) == (2, 5, 40)
    assert found[other.name].whole is None
    assert 'id="b-better"' in as_(jin).get("/desk/boards/").content.decode()


def test_money_is_for_those_who_keep_the_books(small_city, ivo, jin):
    with acting_as(ivo.viewer) as viewer:
        assert sum(line.total or 0 for line in selectors.money_by_source(viewer)) > 0
    with acting_as(jin.viewer) as viewer, pytest.raises(errors.Forbidden):
        selectors.money_by_source(viewer)


@pytest.mark.parametrize("path", ["/desk/boards/", "/desk/boards/money/"])
def test_boards_answer_the_accountant(small_city, as_, ivo, path):
    assert as_(ivo).get(path).status_code == 200


def test_a_worker_of_another_zone_sees_the_same_sums(small_city, chi, jin):
    with acting_as(chi.viewer) as one:
        mine = selectors.cases_by_zone(one)
    with acting_as(jin.viewer) as other:
        assert selectors.cases_by_zone(other) == mine


@pytest.mark.rule("R17", "R80")
def test_the_far_are_seen_to_wait_longer_and_to_get_less_for_each_need(small_city, jin, as_):
    with acting_as(jin.viewer) as viewer:
        before = selectors.treated_by_side(viewer)["distance"]
        assert {"near", "far"} <= set(before) and all(one.given is not None for one in before.values())
    with as_owner():  # nobody far away was given anything
        far = Town.objects.filter(code__in=_far_towns())
        asked = Case.objects.filter(town__in=far, opened_at__gte=clock.now() - timedelta(days=365))
        assert asked.count() >= 5
        ServiceRecord.objects.filter(case__in=asked).delete()
    with acting_as(jin.viewer) as viewer:
        after = selectors.treated_by_side(viewer)["distance"]
    assert after["far"].given == 0 and after["far"].served is None and after["far"].cases == before["far"].cases
    assert after["near"] == before["near"]
    page = as_(jin).get("/desk/boards/").content.decode()
    assert "심각한 욕구당 서비스" in page


def _far_towns() -> list[str]:
    """Towns seven kilometres and more from the middle of their zone's."""
    found = []
    for zone in Zone.objects.all():
        towns = list(Town.objects.filter(zone=zone))
        middle = [sum(float(getattr(town, side)) for town in towns) / len(towns) for side in ("lat", "lon")]
        for town in towns:
            north, east = (float(town.lat) - middle[0]) * 111, (float(town.lon) - middle[1]) * 88
            if math.hypot(north, east) >= 7:
                found.append(town.code)
    return found


@pytest.mark.rule("R17")
def test_few_cases_of_one_side_are_not_told(small_city, jin):
    with as_owner():
        far = Case.objects.filter(town__code__in=_far_towns()).order_by("pk")
        Case.objects.filter(pk__in=far.values("pk")[4:]).update(opened_at=clock.now() - timedelta(days=800))
        Case.objects.filter(pk__in=far.values("pk")[:4]).update(opened_at=clock.now() - timedelta(days=30))
    with acting_as(jin.viewer) as viewer:
        assert selectors.treated_by_side(viewer)["distance"]["far"] == selectors.Treated()


@pytest.mark.rule("R84")
def test_scale_one_is_the_city_file():
    data = {
        "care_targets": {"total": 83_423},
        "service_records": {"total": 2_000_000},
        "staff": {"centre_workers": 44, "partner_organisations": 60, "partner_users": 200},
        "volunteers_and_talent_donors": 124_297,
        "businesses": 1_100,
        "donors": {"people": 4_975, "accounts": 19_681},
    }
    figures = Figures.at(1, data)
    assert (figures.cases, figures.volunteers, figures.centre_workers) == (83_423, 124_297, 44)


@pytest.mark.rule("R60")
def test_the_lobby_s_screen_tells_what_was_given_who_helped_and_what_neighbours_gave(small_city, as_):
    figures.forget()
    page = as_().get("/display/kiosk/").content.decode()
    helped, gifts = selectors.volunteering_lately(), selectors.giving_this_year()
    assert helped is not None and helped.people >= 5 and helped.hours > 0 and gifts is not None
    assert 'id="given"' in page and f"{helped.people:,}명" in page and f"{gifts.came_won:,}원" in page
    with clock.pinned(NOW + timedelta(days=500)):
        assert selectors.volunteering_lately() is None and selectors.giving_this_year() is None
    figures.forget()


@pytest.mark.rule("D17")
def test_the_lobby_s_screen_never_names_what_may_not_be_hinted_at(small_city):
    """One more of a named service since yesterday would be somebody who came yesterday."""
    with as_owner():
        quiet = list(Service.objects.filter(hint=False).order_by("pk"))
        cases = list(Case.objects.order_by("pk")[:6])
        for service in quiet:
            ServiceRecord.objects.bulk_create(
                ServiceRecord(
                    case=case,
                    team_id=case.team_id,
                    provider_id=case.provider_id,
                    service=service,
                    category_id=service.category_id,
                    provider_kind=ProviderKind.objects.get(code="private"),
                    given_on=clock.today(),
                    recorded_by_id=case.lead_id,
                )
                for case in cases
                for _time in range(20)
            )
    shown = {one.name: one for one in selectors.given_lately(20)}
    assert not {service.name for service in quiet} & set(shown)
    assert shown["상담 지원"].times >= 120 * len(quiet)


@pytest.mark.rule("R17")
@pytest.mark.rule("R80")
def test_who_is_heavier_or_of_another_zone_is_seen_to_wait_longer_to_be_taken(hana, gil, jin):
    opened = NOW - timedelta(days=20)
    for town, waited, served, needs in (("hwado", 1, 2, 1), ("jinjeop", 10, 7, 4)):
        for number in range(6):
            person = make_person(f"김{town}{number}", make_household(town), phone=f"010-0000-00{number:02d}")
            case = make_case(hana, person, town=town, opened_at=opened)
            for category in ("living", "health", "care", "housing")[:needs]:
                kit.need(case, category, "", hana.user)
            kit.record(case, "meals", given_on=(opened + timedelta(days=served)).date())
            with as_owner():
                Report.objects.create(
                    code=f"{town[:6]}{number}".upper(),
                    case=case,
                    team=case.team,
                    provider=case.provider,
                    town=case.town,
                    about="neighbour",
                    door="web",
                    received_at=opened - timedelta(days=waited),
                    promised_at=opened,
                )
    with acting_as(jin.viewer) as viewer:
        sides = selectors.treated_by_side(viewer)
    for side, light, heavy in (("zone", "east", "north"), ("weight", "light", "heavy")):
        assert (sides[side][light].accepted, sides[side][heavy].accepted) == (1, 10), side
        assert (sides[side][light].served, sides[side][heavy].served) == (2, 7), side
        assert sides[side][light].cases == sides[side][heavy].cases == 6
