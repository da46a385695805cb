"""Whom a row means: weights that were learnt, thresholds from costs, and what no weight may loosen (D5, D6, D17)."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date
from io import StringIO
from itertools import product

import pytest
from django.core.management import CommandError, call_command

from cases.rules import estimating, linking, weights
from cases.rules.likeness import Known
from cases.rules.linking import Candidate, Stranger, judge
from cases.rules.weights import FIELDS
from hopecare.kernel.access import Principal
from hopecare.kernel.models import ReadEntry
from tests.cases.import_kit import PEOPLE, as_csv
from tests.database import as_owner
from tests.factories import make_person

BORN = date(1948, 3, 2)
PHONE = frozenset({"h"})
ROW = Stranger(Known("윤순덕", BORN, False, PHONE), town=1, sex="F")
#: The points that were set by hand before anything was learnt.
POINTS = {"phone": 5, "name": 4, "name_turned": 4, "name_near": 2, "birth": 4, "birth_turned": 3, "birth_near": 2,
          "birth_year": 2, "year": 2}  # fmt: skip


def ours(number=1, name="윤순덕", born=BORN, phones=PHONE, town=1, sex="F", **fields):
    return Candidate(number, Known(name, born, False, phones), town, sex, **fields)


def drawn(share, count, dice):
    """Pairs whose levels fall as `share` says, each field by itself."""
    pairs = Counter()
    for _ in range(count):
        fields = [names for field, names in FIELDS.items() if field != "year"]
        pairs[tuple(dice.choices(names, [share[name] for name in names])[0] for names in fields)] += 1
    return pairs


@pytest.mark.rule("D6")
def test_learning_finds_what_was_put_in():
    dice, told = random.Random(3), weights.current()
    true = {**told.m, "name": 0.8, "name_turned": 0.1, "name_near": 0.08, "name_other": 0.02,
            "birth": 0.85, "birth_turned": 0.05, "birth_near": 0.06, "birth_year": 0.01, "birth_other": 0.03,
            "phone": 0.7, "phone_other": 0.3, "town": 0.8, "town_other": 0.2}  # fmt: skip
    two = drawn(told.u, 40_000, dice)
    sought = {field: {**told.u, **{name: float(name in keys) for name in FIELDS[field]}}
              for field, keys in estimating.ROUNDS.items()}  # fmt: skip
    pairs = drawn(true, 6_000, dice)
    for share in sought.values():
        pairs += drawn(share, 20_000, dice)
    u = {**told.u, **estimating.of_two(two, {level: told.u[level] for level in estimating.ROUNDS})}
    found = estimating.rounds(pairs, 8_000, u, told.m)
    m = estimating.together(found, told.m)
    assert {one.by for one in found} == {"name", "birth", "phone"}
    wrong = {level: (share, m[level]) for level, share in true.items() if abs(share - m[level]) > 0.03}
    assert wrong == {}


def test_where_nobody_stands_twice_nothing_is_learnt():
    dice, told = random.Random(4), weights.current()
    pairs = drawn({**told.u, "name": 1.0, "name_turned": 0.0, "name_near": 0.0, "name_other": 0.0}, 30_000, dice)
    found = estimating.rounds(pairs, 5_000, told.u, told.m)
    assert found == [] and estimating.together(found, told.m) == told.m


def test_thresholds_are_what_the_costs_say():
    told = replace(weights.current(), costs={"glance": 1, "look": 2, "missed": 20, "mixed_up": 1000})
    assert (told.shown, told.asked, told.sure) == (0.05, 0.1, 0.998)
    assert told.chance([]) == pytest.approx(told.known / told.people)
    assert told.chance(["name", "birth", "phone", "town"]) > told.sure > told.asked > told.chance(["name"])


@pytest.mark.rule("D6")
def test_alone_it_is_linked_and_two_who_are_as_alike_go_to_a_person():
    assert judge(ROW, [ours()]).kind == "same"
    verdict = judge(ROW, [ours(1), ours(2)])
    assert verdict.kind == "doubtful" and [found.chance for found in verdict.near] == pytest.approx(
        [0.5, 0.5], abs=0.01
    )


@pytest.mark.rule("D6")
@pytest.mark.parametrize(
    "other",
    [ours(sex="M"), ours(born=date(1970, 9, 9)), ours(name="윤순득"),
     replace(ours(), known=replace(ROW.known, numbers=frozenset("x")))],
)  # fmt: skip
def test_past_what_speaks_against_it_nothing_is_linked_by_itself(other):
    asked = replace(ROW, known=replace(ROW.known, numbers=frozenset("n")))
    assert judge(asked, [other]).kind in {"doubtful", "new"}


def test_the_household_s_telephone_is_no_likeness():
    spouse = ours(name="김영수", born=date(1946, 1, 5), sex="M")
    assert judge(ROW, [spouse]).kind == "new"


@pytest.mark.rule("D5")
def test_a_sealed_person_who_moved_and_took_another_telephone_is_still_held():
    gone = ours(name="윤순득", phones=frozenset({"other"}), town=9)
    assert judge(ROW, [gone]).kind == "new"
    assert judge(ROW, [replace(gone, sealed=True)]).kind == "held"
    numbered = replace(ROW, known=replace(ROW.known, numbers=frozenset("n")))
    twice = [replace(ours(number), known=replace(ROW.known, numbers=frozenset("n"))) for number in (1, 2)]
    shown = judge(numbered, [*twice, ours(3, sealed=True)]).near
    assert [found.one.id for found in shown] == [1, 2], "by the number others are meant, and she is not shown"


@pytest.mark.rule("D17")
def test_a_quiet_case_is_held_and_shown_to_nobody():
    verdict = judge(ROW, [ours(1, quiet=True), ours(2)])
    assert verdict.kind == "held" and [found.one.id for found in verdict.near] == [1]


@pytest.mark.rule("D5")
def test_whoever_was_held_before_the_weights_were_learnt_is_held_still():
    stands = product(
        FIELDS["name"], ("", *FIELDS["birth"], *FIELDS["year"]), ("", *FIELDS["phone"]), ("", *FIELDS["town"])
    )
    for stand in stands:
        how = [level for level in stand if level]
        if _held_before(set(how)):
            assert linking._may_be_sealed(how), how


def _held_before(how: set[str]) -> bool:
    found = how & set(POINTS)
    named = bool(found & {"name", "name_turned", "name_near"})
    if sum(POINTS[level] for level in found) < 6 or not (named or {"phone", "birth"} <= found):
        return False
    if found <= {"name", "name_turned", "year", "birth_year"}:
        return {"year", "town"} <= how
    return bool({"phone", "birth", "birth_turned", "town"} & how)


def test_a_file_of_weights_says_what_is_wrong_with_it(tmp_path):
    path, good = tmp_path / "weights.yaml", weights.as_text(weights.current())
    path.write_text(good)
    assert weights.read(path).bits == pytest.approx(weights.current().bits, abs=0.01)
    for bad in (good.replace("    name_near:", "    nearly:"), good.replace("glance: 0.5", "glance: 500"),
                good.replace("known: 0.", "known: 1.")):  # fmt: skip
        path.write_text(bad)
        with pytest.raises(ValueError, match=r"weights\.yaml"):
            weights.read(path)


@pytest.mark.rule("D5")
def test_the_command_tells_figures_of_our_own_people_and_nothing_about_anybody(city, tmp_path):
    make_person("윤순덕")
    make_person("김말순", birth_date=date(1951, 1, 5), phone="010-0000-0500")
    listed = as_csv(
        tmp_path / "a.csv", PEOPLE, [("1", "", "윤순덕", "1948-03-02", "여", "010-0000-0078", "화도읍", "", "")]
    )
    for words in ([], [str(listed)]):
        said, path = StringIO(), tmp_path / "new.yaml"
        call_command("likeness_weights", *words, write=path, stdout=said)
        told = weights.read(path)
        assert told.people == 2 and told.m == pytest.approx(weights.current().m, rel=1e-3)
        assert "Too few people" in said.getvalue() and "was" in said.getvalue()
        assert "윤" not in said.getvalue() + path.read_text() and "0000" not in path.read_text().replace("0.0000", "")
    with as_owner():
        assert ReadEntry.objects.filter(what="weights", principal=Principal.IMPORTS).exists()
    with pytest.raises(CommandError):
        call_command("likeness_weights", str(tmp_path / "none.csv"))
