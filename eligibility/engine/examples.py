"""Worked examples of official texts, reckoned by the same formulas as every answer: rule → input → whole numbers."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np

from eligibility.engine.formulas.livelihood import rent_less_share
from eligibility.engine.formulas.means import property_steps
from eligibility.engine.formulas.people import DAYCARE
from eligibility.engine.formulas.taxes import CURVES, curve
from eligibility.engine.registry import RATE, Layout, by_size, half_up, median_of, share
from eligibility.engine.system import Run, System

Figures = dict[str, int]
Reckon = Callable[..., Figures]
DECEMBER = (12, 31)


class Examples:
    def __init__(self, system: System) -> None:
        self.system = system

    def faults(self, example: Any) -> list[str]:
        """What is wrong with an example: unknown rule or keys, figures that differ; nothing when it passes."""
        if not isinstance(example, Mapping) or not {"rule", "year", "input", "expect"} <= set(example):
            return ["an example has rule, year, input and expect"]
        unknown = sorted(set(example) - {"id", "rule", "year", "input", "expect", "confidence", "source", "note"})
        if unknown:
            return [f"unknown key {key}" for key in unknown]
        reckon = getattr(self, f"_{example['rule']}", None)
        if reckon is None:
            return [f"unknown rule {example['rule']}"]
        try:
            self.day = date(int(example["year"]), *DECEMBER)
            self.law = self.system.law(self.day)
            found = reckon(**example["input"])
        except TypeError as error:
            return [str(error).split(")", 1)[-1].strip()]
        except (KeyError, ValueError) as error:
            return [f"unknown value {error}"]
        return _differences(example["expect"], found)

    def _run(self, size: int = 1, couple: bool = False, **told: int | list[int]) -> Run:
        """One household of `size` people on the day; lists are per person, numbers are the household's."""
        layout = Layout(np.zeros(1, dtype=np.int64), np.zeros(size, dtype=np.int64))
        spouse = [1, 0] if couple else [-1] * size
        plain: dict[str, int | list[int]] = {
            "today": self.day.year * 10_000 + 1231,
            "birth": [19400101] * size,
            "spouse_row": spouse,
            "parents_size": 1,
        }
        inputs = {name: np.asarray(value, dtype=np.int64).reshape(-1) for name, value in (plain | told).items()}
        return self.system.run(self.day, layout, inputs)

    def _median_income(self, size: int) -> Figures:
        return {"amount": int(median_of(self.law, np.asarray([size]))[0])}

    def _line(self, size: int, rate: int) -> int:
        return int(share(rate, median_of(self.law, np.asarray([size])))[0])

    def _threshold_livelihood(self, size: int) -> Figures:
        return {"amount": self._line(size, self.law.nbls.livelihood)}

    def _threshold_medical(self, size: int) -> Figures:
        return {"amount": self._line(size, self.law.nbls.medical)}

    def _threshold_housing(self, size: int) -> Figures:
        return {"amount": self._line(size, self.law.nbls.housing)}

    def _threshold_education(self, size: int) -> Figures:
        return {"amount": self._line(size, self.law.nbls.education)}

    def _threshold_near_poor(self, size: int) -> Figures:
        return {"amount": self._line(size, self.law.near_poverty.rate)}

    def _threshold_emergency(self, size: int) -> Figures:
        return {"amount": self._line(size, self.law.emergency.income_rate)}

    def _single_parent_thresholds(self, size: int) -> Figures:
        rules = self.law.single_parent
        return {f"p{rate // 100}": self._line(size, rate) for rate in (rules.rate, rules.certificate_rate)}

    def _copay_obligor_limit(self, dependants: int, size: int) -> Figures:
        rates = self.law.copay.supporter_rates
        return {"limit": self._line(size, rates[min(dependants, len(rates)) - 1])}

    def _emergency_income_limit(self, size: int) -> Figures:
        return {"limit_thousand_won": self._line(size, self.law.emergency.income_rate) // 1000}

    def _emergency_financial_limit(self, size: int) -> Figures:
        return {"limit_thousand_won": int(self._run(size)("emergency_financial_line")[0]) // 1000}

    def _basic_pension_gift_consumption(self) -> Figures:
        """What a gift is taken to be used up by, a month: half of the three- and of the four-person median."""
        half = self.law.near_poverty.rate
        return {"single": self._line(3, half), "couple": self._line(4, half)}

    def _livelihood_payment(self, size: int, recognised: int) -> Figures:
        return {"payment": max(self._line(size, self.law.nbls.livelihood) - recognised, 0)}

    def _nbls_property_income(self, region: str, home: int, general: int, financial: int = 0, debt: int = 0) -> Figures:
        classes, means = self.law.region_classes, self.law.nbls_means
        limit, basic = getattr(classes.housing_limit, region), getattr(classes.basic_property, region)
        homes, others, savings, debts = (np.asarray([value]) for value in (home, general, financial, debt))
        home_net, general_net, financial_net = property_steps(
            homes, others, savings, debts, limit=limit, basic=basic, reserve=means.living_reserve
        )
        monthly = home_net * means.housing + general_net * means.general + financial_net * means.financial
        return {
            "to_general": max(home - limit, 0),
            "general_net": int(general_net[0]),
            "home_net": int(home_net[0]),
            "property_income": int(half_up(monthly, RATE)[0]),
        }

    def _nbls_housing_benefit(self, region: str | int, size: int, recognised: int, rent: int) -> Figures:
        rules, parts = self.law.housing_benefit, RATE * 12
        listed = [rules.rent_class_1, rules.rent, rules.rent_class_3, rules.rent_class_4][_rent_class(region) - 1]
        most = np.minimum(np.asarray([rent]), by_size(listed, np.asarray([size]))) * parts
        line = np.asarray([self._line(size, self.law.nbls.livelihood)])
        return {
            "benefit": int(half_up(rent_less_share(most, np.asarray([recognised]), line, rules.own_share), parts)[0])
        }

    def _basic_pension_recognised_income(self, earned_only: int) -> Figures:
        return {"recognised": int(self._run(earned=[earned_only])("basic_pension_income")[0])}

    def _basic_pension_recognised_income_pair(self, each_earned: int) -> Figures:
        run = self._run(2, couple=True, earned=[each_earned, each_earned])
        return {"recognised_pair": int(run("basic_pension_income")[0])}

    def _disability_pension_amounts(self, both: bool) -> Figures:
        size = 2 if both else 1
        adults = [(self.day.year - 40) * 10_000 + 101] * size
        run = self._run(size, couple=both, birth=adults, disability=[2] * size, class_told=[1] * size)
        base = run("disability_base")
        return {"each": int(base[0]), "pair_max": int(base.sum())}

    def _parent_benefit_amounts(self, age: int, daycare: bool) -> Figures:
        born = (self.day.year - age) * 10_000 + 1201
        run = self._run(birth=[born], childcare=[DAYCARE if daycare else 0])
        return {"voucher": int(run("parent_voucher")[0]), "cash": int(run("parent_cash")[0])}

    def _child_allowance_amount(self, age: int) -> Figures:
        return {"amount": int(self._run(birth=[(self.day.year - age) * 10_000 + 101])("child_allowance_paid")[0])}

    def _eitc_credit(self, type: str, gross: int) -> Figures:
        names = {"단독": CURVES[0], "홑벌이": CURVES[1], "맞벌이": CURVES[2]}
        return {"credit": int(curve(np.asarray([gross]), getattr(self.law.tax_credits, names[type]))[0])}


def _rent_class(region: str | int) -> int:
    """1 to 4 from "2급지 경기·인천", "경기" or 2."""
    words = str(region)
    if words[:1] in "1234":
        return int(words[0])
    known = {"서울": 1, "경기": 2, "인천": 2, "경기·인천": 2, "광역·세종·창원": 3, "그 외": 4}
    return known[words]


def _differences(expected: Mapping[str, Any], found: Figures) -> list[str]:
    faults = [f"unknown key {key}" for key in expected if key not in found]
    for key, value in expected.items():
        exact = type(value) is int
        if key in found and (not exact or found[key] != value):
            faults.append(f"{key} is {found[key]}, expected {value}")
    return faults
