"""Nobody is told by taking one board from another: whoever may read all of them is left with nobody or five."""

import random
from datetime import time, timedelta
from itertools import product

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from cases.models import Case, NeedAnswer, ServiceRecord
from hopecare.insight import rules, selectors
from hopecare.kernel import clock
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Category, FundSource, Person, ProviderKind, Service, Zone
from tests.database import as_owner

FEW = {1, 2, 3, 4}
CLASSES = [("2", "0-1"), ("2", "2"), ("2", "3-4"), ("3-4", "0-1"), ("3-4", "2"), ("3-4", "3-4")]


# ---- a random small city --------------------------------------------------------------------------------------------


@pytest.fixture(params=(0, 1, 3))
def random_city(small_city, request):
    """Needs asked twice and services given in one half of a year, a few people protected, every case of this year."""
    dice, half = random.Random(request.param), selectors.halves()[0]
    with as_owner():
        cases = list(Case.objects.select_related("main_person").order_by("pk")[:180])
        categories, fund = list(Category.objects.all()), FundSource.objects.first()
        kinds, services = list(ProviderKind.objects.all()), list(Service.objects.all())
        NeedAnswer.objects.all().delete()
        ServiceRecord.objects.filter(pk__gt=0).update(given_on=half.begins - timedelta(days=900))
        Case.objects.filter(stage="closed").update(stage="delivery", closed_at=None, close_reason="")
        Case.objects.update(opened_at=clock.at(half.begins, time(9)))
        told, given_out = [], []
        heavy, worse = cases[:3], categories[:2]  # three with four severe needs; two categories that hardly get lighter
        for case in cases:
            keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
            for category in dice.sample(categories, 4 if case in heavy else 3):
                fields = {**keys, "person_id": case.main_person_id, "category": category, "answer": "severity"}
                first = 4 if case in heavy else dice.choice([2, 2, 3, 4])
                last = dice.choice([3, 4, 4, 4, 1] if category in worse else [0, 1, 1, 2, 4])
                for days, severity, phase in ((3, first, "open"), (150, last, "review")):
                    at = clock.at(half.begins + timedelta(days=days), time(10))
                    told.append(NeedAnswer(**fields, severity=severity, phase=phase, asked_at=at, by_id=case.lead_id))
                fitting = [service for service in services if service.category_id == category.pk][:2]
                given_out += [
                    ServiceRecord(
                        **keys, service=service, category=category, provider_kind=dice.choice(kinds), fund_source=fund,
                        given_on=half.ends - timedelta(days=dice.randint(1, 80)), amount_won=1000 * dice.randint(1, 90),
                        recorded_by_id=case.lead_id,
                    )
                    for service in fitting if dice.random() < 0.96
                ]  # fmt: skip
            case.stage = dice.choices(selectors.STAGES, [1, 9, 2, 20, 50])[0]
        Case.objects.bulk_update(cases, ["stage"])
        NeedAnswer.objects.bulk_create(told)
        ServiceRecord.objects.bulk_create(given_out)
        Person.objects.filter(pk__in=[case.main_person_id for case in dice.sample(cases, 6)]).update(sealed=True)
    return half


def raw(half):
    """The file for research before it is put beside the boards."""
    with connection.cursor() as cursor:
        cursor.execute("select * from hc_research_extract(%s, %s) where zone <> ''", [half.begins, half.ends])
        return [list(row) for row in cursor.fetchall()]


# ---- what a reader of everything can take away from what -------------------------------------------------------------


def of_the_file(lines, outcomes, council):
    """(what, whole, part) for the file beside the outcomes of its half and the council's last quarter of it."""
    names = {category.name: category.code for category in Category.objects.all()}
    cases = {names[one.category]: one for one in outcomes if not one.service}
    sums = {category: sum(int(line[5]) for line in lines if line[2] == category) for category in cases}
    for category, one in cases.items():
        mine = [line for line in lines if line[2] == category]
        yield f"{category}: cases", one.cases, sums[category]
        if one.lighter is not None:
            lighter = sum(int(line[5]) for line in mine if (line[3], line[4]) in {CLASSES[0], CLASSES[3], CLASSES[4]})
            worse = sum(int(line[5]) for line in mine if (line[3], line[4]) in {CLASSES[1], CLASSES[2]})
            if lighter:
                yield f"{category}: lighter", one.lighter, lighter
            if worse:
                yield f"{category}: not lighter", one.cases - one.lighter, worse
    for table, after in ((council.met, {"0-1"}), (council.unmet, {"2", "3-4"})):
        for category, zone in product((*table.lines, ""), (*table.columns, "")):
            parts = [
                int(line[5])
                for line in lines
                if category in ("", line[2]) and zone in ("", line[0]) and line[4] in after
            ]
            if parts and table.at(category, zone) is not None:
                yield f"council {category} {zone} {after}", table.at(category, zone), sum(parts)


def of_the_boards(viewer, outcomes, council):
    """(what, whole, part) of boards with the same cut."""
    wholes = {one.category: one for one in outcomes if not one.service}
    for one in outcomes:
        whole = wholes[one.category]
        yield f"{one.category} without {one.service}", whole.cases, one.cases
        if one.lighter is not None and whole.lighter is not None:
            yield f"{one.service} lighter", whole.lighter, one.lighter
            yield f"{one.service} not lighter", whole.cases - whole.lighter, one.cases - one.lighter
    for table in (council.by_zone, council.by_kind, council.met, council.unmet):
        beside = council.by_kind if table is council.by_zone else council.by_zone if table is council.by_kind else table
        for line in (*table.lines, ""):
            shown = [value for value in table.row(line)[:-1] if value is not None]
            whole = table.at(line, "") if table.at(line, "") is not None else beside.at(line, "")
            if whole is not None:
                yield f"row {line}", whole, sum(shown)
    for line in selectors.needs_by_category(viewer):
        for share in line.cells:
            if share.part is not None:
                yield f"not severe: {line.name}", share.whole, share.part
    waits = {side: [row.cases for row in rows.values()] for side, rows in selectors.treated_by_side(viewer).items()}
    for whole in [sum(cells) for cells in waits.values() if None not in cells]:
        for side, cells in waits.items():
            yield f"waits by {side}", whole, sum(cell or 0 for cell in cells)


@pytest.mark.rule("R10", "R25")
def test_no_board_taken_from_another_tells_of_few(random_city, eli):
    half = random_city
    with acting_as(eli.viewer) as viewer:
        outcomes = selectors.outcomes(viewer, half)
        council = selectors.council_report(viewer, f"{half.year}-Q{2 * half.number}")
        lines = selectors.research_extract(viewer, half, reason="연구")[1:]
        before = [one for one in of_the_file(raw(half), outcomes, council) if abs(one[1] - one[2]) in FEW]
        after = [*of_the_file(lines, outcomes, council), *of_the_boards(viewer, outcomes, council)]
    assert before, "there was something to be told"
    assert [one for one in after if abs(one[1] - one[2]) in FEW] == []
    rest = [int(line[5]) for line in lines if not line[0]]
    assert not FEW & set(rest) and all(int(line[5]) >= 5 for line in lines)
    assert sum(int(line[5]) for line in lines) == sum(one.cases for one in outcomes if not one.service)


@pytest.mark.rule("R10")
def test_stages_of_a_young_city_are_not_told_by_its_waiting_times(random_city, jin):
    """Where every case is of this year, the waiting times count the very cases whose stages are shown."""
    with acting_as(jin.viewer) as viewer:
        waits = selectors.treated_by_side(viewer)["zone"]
        lines = {line.name: line for line in selectors.cases_by_zone(viewer)}
    met = [(lines[zone.name], waits[zone.code].cases) for zone in Zone.objects.all() if zone.code in waits]
    hidden = [(line.total, whole) for line, whole in met if None in line.cells and whole is not None]
    assert hidden and all(whole - total not in FEW for total, whole in hidden)


# ---- the rules by themselves -----------------------------------------------------------------------------------------

LINES = st.lists(
    st.tuples(st.sampled_from("ew"), st.sampled_from(["20-64", "65+"]), st.sampled_from(CLASSES), st.integers(1, 12)),
    max_size=24,
    unique_by=lambda one: one[:3],
)


@pytest.mark.rule("R25")
@given(LINES)
def test_what_is_left_of_a_whole_is_nobody_or_five(found):
    every = [rules.Line(zone, age, "living", *way, count) for zone, age, way, count in found]
    whole = sum(line.cases for line in every)
    better = sum(line.cases for line in every if line.lighter)
    figures = [rules.Figure(whole, lambda line: True)] if whole >= 5 else []
    figures += [rules.Figure(better, lambda line: line.lighter is True)] if better >= 5 else []
    kept = rules.untold([line for line in every if line.cases >= 5], figures)
    assert set(kept) <= set(every)
    assert not kept or whole - sum(line.cases for line in kept) not in FEW
    lighter = sum(line.cases for line in kept if line.lighter)
    assert not lighter or better - lighter not in FEW


@given(st.lists(st.lists(st.integers(0, 9), min_size=6, max_size=6), min_size=2, max_size=2))
def test_a_sum_that_one_of_two_tables_hides_is_not_read_in_the_other(tables):
    """The same help by zone and by giver: lines of the second are cut anew, with the sums of the first."""
    lines, columns = ["a", "b"], ["x", "y", "z"]
    both = []
    for cells in (tables[0], [tables[0][0] + tables[0][1], 0, tables[0][2], *sorted(tables[0][3:])]):
        clear = dict(zip(product(lines, columns), cells, strict=True))
        clear |= {(line, ""): sum(clear[line, column] for column in columns) for line in lines}
        clear |= {("", column): sum(clear[line, column] for line in lines) for column in (*columns, "")}
        hidden = {key: None if value in FEW else value for key, value in clear.items()}
        both.append((clear, rules.safe(lines, columns, hidden)))
    found = rules.safe_beside(*(table for _clear, table in both))
    for line in (*lines, ""):
        assert len({found[0].at(line, "") is None, found[1].at(line, "") is None}) == 1
    for (clear, _table), table in zip(both, found, strict=True):
        assert all(table.at(*key) in (None, value) for key, value in clear.items())
        for line in (*lines, ""):
            assert table.row(line).count(None) != 1, line


@given(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=2, max_size=3))
def test_the_same_people_cut_in_other_ways_tell_no_small_cell(cuts):
    whole = sum(cuts[0])
    clear = [[*cut[:-1], max(0, whole - sum(cut[:-1]))] for cut in cuts]
    sides = {
        f"{n}": {f"{at}": None if value in FEW else value for at, value in enumerate(cut)}
        for n, cut in enumerate(clear)
        if sum(cut) == whole
    }
    found = rules.of_one_whole(sides)
    for known in [sum(side.values()) for side in found.values() if None not in side.values()]:
        assert all(known - sum(value or 0 for value in side.values()) not in FEW for side in found.values())
    assert all(found[n][at] in (None, value) for n, side in sides.items() for at, value in side.items())


def test_a_hidden_stage_takes_the_smallest_shown_with_it():
    assert rules.with_another([7, None, 0, 9, 6]) == [7, None, 0, 9, None]
    assert rules.with_another([7, 8, 0, 9, 6]) == [7, 8, 0, 9, 6]
    assert rules.with_another([None, None, 0, 0, 0]) == [None, None, 0, 0, 0]
