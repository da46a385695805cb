"""The council's report: sums of a quarter that is over, from which nobody can be told, not even by what is missing."""

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.models import ServiceRecord
from hopecare.insight import rules, selectors
from hopecare.kernel import clock
from hopecare.kernel.access import acting_as
from tests.database import as_owner

LINES, COLUMNS = ["a", "b", "c"], ["x", "y", "z"]
COUNTS = st.lists(st.integers(0, 14), min_size=9, max_size=9)


def told(counts):
    """As the database tells it: cells and sums, those of one to four empty."""
    clear = dict(zip(product(LINES, COLUMNS), counts, strict=True))
    clear |= {(line, ""): sum(clear[line, column] for column in COLUMNS) for line in LINES}
    clear |= {("", column): sum(clear[line, column] for line in LINES) for column in COLUMNS}
    clear["", ""] = sum(counts)
    return clear, {key: None if 0 < value < 5 else value for key, value in clear.items()}


@pytest.mark.rule("R10")
@given(COUNTS)
def test_no_hidden_cell_follows_from_its_sums(counts):
    clear, found = told(counts)
    table = rules.safe(LINES, COLUMNS, found)
    assert all(table.at(*key) in (None, value) for key, value in clear.items())
    assert all(table.at(*key) is None for key, value in found.items() if value is None)
    rows = [[(line, column) for column in (*COLUMNS, "")] for line in (*LINES, "")]
    for row in [*rows, *zip(*rows, strict=True)]:
        hidden = [key for key in row if table.at(*key) is None]
        assert len(hidden) != 1, row
        if hidden and table.at(*row[-1]) is not None:
            assert sum(clear[key] for key in hidden) >= 5, row


def test_a_table_without_small_cells_stays_whole():
    _, found = told([5, 0, 9, 6, 7, 0, 11, 12, 13])
    assert rules.safe(LINES, COLUMNS, found).cells == found


@pytest.mark.rule("R10")
@pytest.mark.rule("R77")
def test_an_advisory_member_reads_prints_and_takes_the_report(small_city, jin, as_, django_assert_num_queries):
    begins = selectors.quarters()[0].begins
    with as_owner():
        ServiceRecord.objects.filter(pk__gt=0).update(given_on=begins + timedelta(days=3))
        counted = ServiceRecord.objects.count()
        few = ServiceRecord.objects.order_by("pk").first()
        ServiceRecord.objects.filter(category=few.category, case__town__zone=few.case.town.zone).exclude(
            case=few.case
        ).update(given_on=begins - timedelta(days=1))
    with acting_as(jin.viewer) as viewer, django_assert_num_queries(4):
        found = selectors.council_report(viewer)
    cells = found.by_zone.row(few.category.code)
    assert cells[found.by_zone.columns.index(few.case.town.zone.code)] is None and cells.count(None) > 1
    assert 0 < (found.by_zone.at("", "") or 0) <= counted and sum(value or 0 for value in found.unmet.row("")) > 0
    client, key = as_(jin), found.quarter.key
    page = client.get("/desk/boards/report/").content.decode()
    assert "의회 보고서" in page and "data-print" in page and "2 이상" in page
    sheet = client.get(f"/desk/boards/report/file/?quarter={key}")
    assert key in sheet["Content-Disposition"] and "한 번으로" in sheet.content.decode("utf-8-sig")


@pytest.mark.rule("R10")
def test_only_quarters_that_are_over(city, jin, hana, fraud, as_):
    running = f"{clock.today().year}-Q{(clock.today().month + 2) // 3}"
    with acting_as(jin.viewer) as viewer:
        for wanted in (running, "2026-07-01", "x", "1999-Q1"):
            assert selectors.council_report(viewer, wanted).quarter == selectors.quarters()[0]
    assert all(one.ends <= clock.today() for one in selectors.quarters())
    assert as_(hana).get("/desk/boards/report/").status_code == 200
    assert as_(fraud).get("/desk/boards/report/").status_code == 404
