"""Few payments are not told in public, and nobody works them out from everything else that is (D1, R73)."""

import csv
import io
import random
from collections import Counter
from collections.abc import Callable
from datetime import date
from fractions import Fraction

import pytest
from django.test import Client

from donations.facts import NewGift
from donations.models import Receiver
from donations.rules.small_cells import Behind, untold
from donations.selectors import transparency as figures
from donations.services import ledger
from donations.ui.flow import flow
from tests.donations.books_kit import fund, giving

pytestmark = pytest.mark.rule("D1")
CENTRES = ("east", "west", "south", "north")
PAYS = {"cause:living": "living", "cause:medical": "medical", "category:housing": "house_repair", "general": "parcels"}
Row = tuple[str, str, int | None, int | None]


@pytest.mark.parametrize(
    ("cells", "hidden"),
    [
        ({"a": (9, 9), "b": (5, 5), "c": (0, 0)}, set()),
        ({"a": (9, 9), "b": (4, 4), "c": (7, 7)}, {"b", "c"}),
        ({"a": (9, 4), "b": (6, 6), "c": (7, 7)}, {"a", "b"}),
        ({"a": (2, 2), "b": (2, 2), "c": (7, 7), "d": (8, 8)}, {"a", "b", "c"}),
        ({"a": (2, 2), "b": (0, 0), "c": (0, 0)}, {"a", "b", "c"}),
        ({"a": (2, 2)}, {"a"}),
    ],
)
def test_a_small_cell_is_never_hidden_alone(cells: dict[str, tuple[int, int]], hidden: set[str]) -> None:
    assert untold({key: Behind(*cell) for key, cell in cells.items()}) == hidden


@pytest.fixture
def told(as_: Callable[..., Client], city: object) -> Callable[[int], tuple[list[Row], Counter[tuple[str, str]]]]:
    """Random books of a year: the rows of the download, and how many payments stand behind each cell in truth."""

    def make(seed: int) -> tuple[list[Row], Counter[tuple[str, str]]]:
        dice, truth = random.Random(seed), Counter[tuple[str, str]]()
        names = {row.pk: row.centre.name_en for row in Receiver.objects.select_related("centre")}
        with giving() as viewer:
            for number in range(dice.choice([12, 60, 140])):
                centre = dice.choices(CENTRES, [12, 6, 1, dice.choice([0, 1])])[0]
                to = fund(f"{centre}:{dice.choices(list(PAYS), [9, 1, 2, 4])[0]}")
                day, won = date(2026, dice.choice([8, 9, 9, 10, 10, 10, 11]), 5), dice.randrange(1_000, 90_000)
                gifts = [NewGift(to.pk, won, "once", day)]
                ledger.receive(by=viewer, key=f"g{number}", gifts=gifts, booked_on=day, into="bank")
                truth["months in", f"{day:%Y-%m}"] += 1
                truth["zones in", names[to.receiver_id]] += 1
                if dice.random() < 0.6:
                    chart = PAYS[to.code.partition(":")[2]]
                    spent = {"fund_id": to.pk, "chart": chart, "won": won // 2, "booked_on": day}
                    ledger.spend(by=viewer, key=f"p{number}", **spent)
                    truth["months out", f"{day:%Y-%m}"] += 1
                    truth["zones out", names[to.receiver_id]] += 1
                    truth["purposes", chart] += 1
        figures.forget()
        body = as_().get("/donate/transparency/figures.csv").content.decode("utf-8-sig")
        rows = [(one[0], one[2], _won(one[3]), _won(one[4])) for one in list(csv.reader(io.StringIO(body)))[1:]]
        return rows, truth

    return make


def _won(text: str) -> int | None:
    return int(text) if text else None


def equations(rows: list[Row]) -> list[tuple[set[str], int]]:
    """Everything a reader knows of the hidden cells: of each column, which are hidden and what they are together."""
    one = {section: won or 0 for section, _, won, _ in rows if section in {"before", "left", "operating"}}
    came = sum(won or 0 for section, _, won, _ in rows if section == "sources")
    out = one["before"] + came - one["left"]
    columns = [("months", 2, came), ("zones", 2, came), ("months", 3, out), ("zones", 3, out), ("ages", 2, one["left"])]
    found = []
    for section, at, total in [*columns, ("purposes", 2, out), ("funds", 2, one["left"]), ("funds", 3, out)]:
        cells = [row for row in rows if row[0] == section and row[1] != figures.TOGETHER[1]]
        hidden = {f"{section} {at} {row[1]}" for row in cells if row[at] is None}
        found.append((hidden, total - sum(int(row[at] or 0) for row in cells)))
    return found


def worked_out(known: list[tuple[set[str], int]]) -> set[str]:
    """Hidden cells that follow from the equations: those left alone when all are solved as far as they go."""
    names = sorted(set().union(*(hidden for hidden, _ in known)))
    matrix = [[Fraction(name in hidden) for name in names] for hidden, _ in known if hidden]
    done = 0
    for column in range(len(names)):
        place = next((row for row in range(done, len(matrix)) if matrix[row][column]), None)
        if place is None:
            continue
        matrix[done], matrix[place] = matrix[place], matrix[done]
        matrix[done] = [value / matrix[done][column] for value in matrix[done]]
        for row in range(len(matrix)):
            if row != done and matrix[row][column]:
                factor = matrix[row][column]
                matrix[row] = [one - factor * two for one, two in zip(matrix[row], matrix[done], strict=True)]
        done += 1
    return {names[row.index(1)] for row in matrix if sum(value != 0 for value in row) == 1}


def test_the_solver_would_find_a_cell_that_is_hidden_alone() -> None:
    assert worked_out([({"a", "b"}, 9), ({"b"}, 4)]) == {"a", "b"}
    assert worked_out([({"a", "b"}, 9), ({"c", "d"}, 4)]) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_nobody_works_out_what_is_not_told(
    told: Callable[[int], tuple[list[Row], Counter[tuple[str, str]]]], seed: int
) -> None:
    rows, truth = told(seed)
    known = equations(rows)
    assert any(hidden for hidden, _ in known) and worked_out(known) == set()
    for section, name, won, second in rows:
        for told_won, column in ((won, "in"), (second, "out")):
            few = 0 < truth[f"{section} {column}", name] < 5
            assert not (few and told_won is not None), (section, name, column)
    for hidden, rest in known:
        assert not hidden or rest >= 0
    shown = figures.transparency()
    drawn = flow(shown)
    if drawn is not None:
        names = {stream.name_en for stream in drawn.streams}
        assert not names & {row.name_en for row in shown.purposes if row.won is None}


@pytest.mark.django_db
def test_the_page_says_why_a_sum_is_missing(told: object, as_: Callable[..., Client]) -> None:
    told(3)  # type: ignore[operator]
    page = as_().get("/donate/transparency/").content.decode()
    assert 'id="few"' in page and "–</td>" in page
