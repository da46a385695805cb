"""Figures of the law: exact to the won, dated, with their source."""

from datetime import date

import pytest

from eligibility import parameters
from eligibility.selectors import compare_with_near_poverty, median_income, near_poverty_line

DAY = date(2026, 11, 23)


def test_one_person_in_2026():
    line = near_poverty_line(1, DAY)
    assert line.won == 1_282_119
    assert line.year == 2026
    assert "제2025-135호" in line.reference


@pytest.mark.parametrize("size, won", [(1, 1_282_119), (2, 2_099_646), (3, 2_679_518), (4, 3_247_369), (7, 4_757_575)])
def test_half_of_the_median_rounded_half_up(size, won):
    assert near_poverty_line(size, DAY).won == won


@pytest.mark.parametrize("entry", [entry for entry in parameters.entries("median_income") if "eight" in entry])
def test_the_eighth_person_as_the_notice_prints_it(entry):
    assert median_income(8, entry["valid_from"]).won == entry["eight"]


def test_a_new_year_has_new_figures_and_the_future_the_last_known():
    assert median_income(1, date(2026, 12, 31)).won == 2_564_238
    assert median_income(1, date(2027, 1, 1)).won == 2_736_042
    assert median_income(1, date(2031, 1, 1)).year == 2027


def test_every_figure_names_its_notice():
    assert all(entry["reference"] for name in ("median_income", "near_poverty") for entry in parameters.entries(name))


def test_nobody_in_the_household_is_an_error():
    with pytest.raises(ValueError, match="at least one"):
        median_income(0, DAY)


@pytest.mark.rule("R87")
def test_income_of_the_journey_stands_a_little_over_the_line():
    told = compare_with_near_poverty(1_310_000, 1, DAY)
    assert told.is_over
    assert told.distance_won == 27_881
