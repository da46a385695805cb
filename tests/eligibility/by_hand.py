"""The money paths once more, written from the texts of the law with Decimal, for 2026, knowing nothing of the engine.

`judge(told)` takes a household in the API's shape with everything told and gives {programme: (likely, won or None)}.
"""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

D = Decimal
Told = dict[str, Any]
Verdicts = dict[str, tuple[bool, int | None]]
MEDIAN = [2_564_238, 4_199_292, 5_359_036, 6_494_738, 7_556_719, 8_555_952, 9_515_150]
RENT = [300_000, 335_000, 401_000, 463_000, 479_000, 568_000]
EMERGENCY = [783_000, 1_286_600, 1_644_000, 1_994_600, 2_324_400, 2_636_700]
ENERGY = [295_200, 407_500, 532_700, 701_300]
SCHOOL = {"elementary": 502_000, "middle": 699_000, "high": 860_000}


def won(value: Decimal) -> int:
    return int(value.quantize(D(1), rounding=ROUND_HALF_UP))


def median(size: int) -> int:
    return MEDIAN[size - 1] if size <= 7 else MEDIAN[6] + (size - 7) * (MEDIAN[6] - MEDIAN[5])


def line(size: int, percent: int) -> int:
    return won(D(median(size)) * percent / 100)


class Home:
    def __init__(self, told: Told) -> None:
        self.told, self.h, self.people = told, told["household"], told["persons"]
        self.day = date.fromisoformat(told["as_of"])
        self.size = len(self.people)
        self.head = next(p for p in self.people if p["relation"] == "head")
        self.spouse = next((p for p in self.people if p["relation"] == "spouse"), None)

    def age(self, person: Told) -> int:
        born = date.fromisoformat(person["birth_date"])
        return self.day.year - born.year - ((self.day.month, self.day.day) < (born.month, born.day))

    def months(self, person: Told) -> int:
        born = date.fromisoformat(person["birth_date"])
        months = (self.day.year - born.year) * 12 + self.day.month - born.month
        return months - (self.day.day < born.day)

    def leads(self, person: Told) -> bool:
        return person["relation"] in ("head", "spouse")

    def raised(self, under: int) -> list[Told]:
        return [p for p in self.people if not self.leads(p) and self.age(p) < under]

    @property
    def dwelling(self) -> int:
        if self.h["tenure"] == "owned":
            return int(self.h["home_value"])
        return int(self.h["deposit"]) if self.h["tenure"] in ("jeonse", "monthly_rent") else 0

    def evaluated(self, youth_age: int = 34) -> Decimal:
        """Work less 30 % (the young: 600,000 won before that), everything else whole."""
        total = D(0)
        for p in self.people:
            work = D(p["earned_income"] + p["business_income"])
            if self.age(p) <= youth_age:
                work = max(work - 600_000, D(0))
            rest = p["property_income"] + p["interest_income"] + p["transfer_income"] + p["public_pension_income"]
            total += work * D("0.7") + rest
        return total

    def converted(self, basic: int) -> Decimal:
        """Property as monthly income: what remains of the basic amount and of debt moves on to the next kind."""
        house = min(self.dwelling, 151_000_000)
        general = self.h["other_property"] + self.dwelling - house
        allowance = basic + self.h["debt"]
        pots = []
        for pot in (house, general, max(self.h["financial_assets"] - 5_000_000, 0)):
            taken = min(pot, allowance)
            allowance -= taken
            pots.append(D(pot - taken))
        severe = any(p["disability"] == "severe" for p in self.people)
        use = self.h["car_use"]
        free = use == "business" or (use == "disabled" and severe and self.h["car_cc"] < 2000)
        car = D(0 if free else self.h["car_value"])
        return pots[0] * D("0.0104") + pots[1] * D("0.0417") + pots[2] * D("0.0626") + car

    @property
    def recognised(self) -> Decimal:
        return self.evaluated() + self.converted(80_000_000)

    @property
    def plain(self) -> int:
        names = ("earned", "business", "property", "interest", "transfer", "public_pension")
        return sum(p[f"{name}_income"] for p in self.people for name in names)

    @property
    def belongings(self) -> int:
        return int(self.dwelling + self.h["other_property"] + self.h["car_value"])


def judge(told: Told) -> Verdicts:
    home = Home(told)
    found: Verdicts = {}
    for rule in (livelihood, pensions, families, children, others, taxes):
        found |= rule(home, found)
    return found


def livelihood(home: Home, known: Verdicts) -> Verdicts:
    exact, size, h = home.recognised, home.size, home.h
    income = won(exact)
    rich = any(s["yearly_income"] > 130_000_000 or s["general_property"] > 1_200_000_000 for s in h["supporters"])
    able = any(
        D(s["yearly_income"]) / 12 > D(median(size)) * D("0.4") + median(s["household_size"])
        or s["general_property"] > 1_200_000_000
        for s in h["supporters"]
    )
    renting = h["tenure"] in ("jeonse", "monthly_rent")
    costs = h["tenure"] == "owned" or (renting and (h["monthly_rent"] > 0 or h["deposit"] > 0))
    pupils = [p for p in home.people if p["school"] in SCHOOL and home.age(p) < 25]
    rent = D(h["monthly_rent"] if h["tenure"] == "monthly_rent" else 0) + D(h["deposit"]) * 4 / 100 / 12
    own = max(income - line(size, 32), 0) * D("0.3")
    tenants = won(max(min(rent, D(RENT[min(size, 6) - 1])) - own, D(0)))
    share = 100 if exact <= line(size, 32) else 90 if exact <= line(size, 40) else 80
    return {
        "nbls_livelihood": (exact <= line(size, 32) and not rich, max(line(size, 32) - income, 0)),
        "nbls_medical": (exact <= line(size, 40) and not able, None),
        "nbls_housing": (exact <= line(size, 48) and costs, tenants if renting else 16_010_000 * share // 100),
        "nbls_education": (exact <= line(size, 50) and bool(pupils), sum(SCHOOL[p["school"]] for p in pupils)),
    }


def pensions(home: Home, known: Verdicts) -> Verdicts:
    return basic_pension(home) | disability(home, known)


def means_of_pair(home: Home, pair: list[Told], free: int) -> Decimal:
    h = home.h
    luxury = h["car_value"] >= 40_000_000 and h["car_age_years"] < 10 and h["car_use"] == "private"
    general = home.dwelling + h["other_property"] + (0 if luxury else h["car_value"])
    left = max(general - 85_000_000, 0) + max(h["financial_assets"] - 20_000_000, 0) - h["debt"]
    total = D(max(left, 0)) * 4 / 100 / 12 + (h["car_value"] if luxury else 0)
    for p in pair:
        total += D(max(p["earned_income"] - free, 0)) * D("0.7") + max(p["interest_income"] - 40_000, 0)
        total += p["business_income"] + p["property_income"] + p["public_pension_income"]
    return total


def basic_pension(home: Home) -> Verdicts:
    base, tenth = 349_700, 34_970
    drawn: list[tuple[int, int]] = []  # pension before reductions, gap to the line
    couple = [p for p in (home.head, home.spouse) if p is not None]
    for unit in [couple] + [[p] for p in home.people if not home.leads(p)]:
        exact = means_of_pair(home, unit, 1_160_000)
        limit = 3_952_000 if len(unit) == 2 else 2_470_000
        special = any(p["public_pension_kind"] == "special" and p["public_pension_income"] > 0 for p in unit)
        entitled = [p for p in unit if home.age(p) >= 65 and exact <= limit and not special]
        gap = max(limit - won(exact), 0)
        before = []
        for p in entitled:
            national = p["public_pension_income"]
            linked = min(max(D(base) * D("2.5") - national, D(base) / 2), D(base))
            before.append(int(linked) if national > D(base) * D("1.5") else base)
        if len(entitled) == 2:
            fifth_less = [won(D(amount) * D("0.8")) for amount in before]
            drawn.append((max(min(sum(fifth_less), gap), 2 * tenth), gap))
        elif entitled:
            drawn.append((max(min(before[0], gap), tenth), gap))
    return {"basic_pension": (bool(drawn), sum(amount for amount, _ in drawn))}


def disability(home: Home, known: Verdicts) -> Verdicts:
    poor = known["nbls_livelihood"][0] or known["nbls_medical"][0]
    near = home.recognised <= line(home.size, 50) or known["nbls_housing"][0] or known["nbls_education"][0]
    total, somebody = 0, False
    couple = [p for p in (home.head, home.spouse) if p is not None]
    for unit in [couple] + [[p] for p in home.people if not home.leads(p)]:
        exact, limit = means_of_pair(home, unit, 950_000), 2_240_000 if len(unit) == 2 else 1_400_000
        entitled = [p for p in unit if p["disability"] == "severe" and home.age(p) >= 18 and exact <= limit]
        young = [p for p in entitled if home.age(p) < 65]
        gap = max(limit - won(exact), 0)
        for p in entitled:
            somebody, old = True, home.age(p) >= 65
            if not old:
                step = 40_000 if len(young) == 2 else 20_000
                stepped = max(-(-gap // step), 1) * step
                total += min(279_760, stepped // 2) if len(young) == 2 else min(349_700, stepped)
            total += (439_700 if old else 90_000) if poor else 80_000 if near else (50_000 if old else 30_000)
    lighter = [p for p in home.people if p["disability"] == "mild" and home.age(p) >= 18]
    recipient = poor or near
    return {
        "disability_pension": (somebody, total),
        "disability_allowance": (bool(lighter) and recipient, 60_000 * len(lighter)),
    }


def families(home: Home, known: Verdicts) -> Verdicts:
    size, h = home.size, home.h
    exact = home.evaluated() + home.converted(135_000_000)
    ill = any(p["illness"] != "none" or home.age(p) < 18 for p in home.people)
    rates = {1: D("1.2"), 2: D("1.3")}
    strong = any(
        s["yearly_income"] > won(median(s["household_size"]) * rates.get(s["dependants"], D("1.4"))) * 12
        for s in h["supporters"]
    )
    copay = exact <= line(size, 50) and ill and not strong and not known["nbls_medical"][0]
    parent, kind = home.age(home.head), h["single_parent_kind"]
    children = [
        p for p in home.people
        if not home.leads(p) and (home.age(p) < 18 or (home.age(p) < 22 and p["school"] == "high"))
    ]  # fmt: skip
    paid = 0
    for child in children:
        if parent <= 24:
            paid += 400_000 if home.age(child) < 2 else 370_000
            continue
        alone = kind == "grandparent" or (kind == "unmarried" and parent >= 35)
        paid += 230_000 + (100_000 if alone and home.age(child) <= 5 else 0)
        paid += 100_000 if 25 <= parent <= 34 and home.age(child) < 18 else 0
    single = home.recognised <= line(size, 65) and h["single_parent"] and bool(children)
    return {"near_poverty_copay": (copay, None), "single_parent": (single, paid)}


def children(home: Home, known: Verdicts) -> Verdicts:
    allowed = [p for p in home.people if home.age(p) < 9 or p["birth_date"].startswith("2017")]
    infants = [p for p in home.people if home.months(p) < 24]
    cash = voucher = 0
    for p in infants:
        whole, paid_there = (1_000_000, 584_000) if home.months(p) < 12 else (500_000, 515_000)
        away = p["childcare"] == "daycare"
        cash += max(whole - paid_there, 0) if away else whole
        voucher += paid_there if away else 0
    small = [p for p in home.people if 24 <= home.months(p) <= 85 and p["childcare"] == "home"]
    care = sum(
        200_000 if p["disability"] != "none" and home.months(p) < 36 else 100_000 for p in small
    )  # fmt: skip
    young = sorted(p["birth_date"] for p in home.people if p["relation"] == "child")
    first = [2_000_000 if young.index(p["birth_date"]) == 0 else 3_000_000 for p in infants]
    return {
        "child_allowance": (bool(allowed), 100_000 * len(allowed)),
        "parent_benefit": (bool(infants), cash or voucher),
        "first_meeting_voucher": (bool(infants), sum(first)),
        "home_care_allowance": (bool(small), care),
    }


def others(home: Home, known: Verdicts) -> Verdicts:
    size, h = home.size, home.h
    urgent = (
        h["crisis"] != "none"
        and home.plain <= line(size, 75)
        and max(home.belongings - min(home.dwelling, 42_000_000) - h["debt"], 0) <= 152_000_000
        and h["financial_assets"] <= 6_000_000 + median(size)
    )
    granted = EMERGENCY[size - 1] if size <= 6 else EMERGENCY[5] + (size - 6) * 301_700
    frail = any(
        p["birth_date"] <= "1961-12-31" or p["birth_date"] >= "2019-01-01" or p["disability"] != "none"
        or p["illness"] == "rare_or_severe" or p["pregnant"] for p in home.people
    )  # fmt: skip
    many = len(home.raised(19))
    frail = frail or many >= 2 or (h["single_parent"] and many > 0)
    basic = any(known[f"nbls_{name}"][0] for name in ("livelihood", "medical", "housing", "education"))
    return {
        "emergency_livelihood": (urgent, granted),
        "energy_voucher": (basic and frail, ENERGY[min(size, 4) - 1]),
        "youth_rent": youth(home, known),
        "young_carer": carers(home),
    }


def carers(home: Home) -> tuple[bool, int]:
    """Two million won a year to each from 13 to 34 with somebody else at home who is ill or disabled."""
    frail = [p["id"] for p in home.people if p["disability"] != "none" or p["illness"] != "none"]
    beside = [home.age(p) for p in home.people if any(one != p["id"] for one in frail)]
    likely = any(9 <= age <= 34 for age in beside) and home.plain <= median(home.size)
    return likely, 2_000_000 * sum(13 <= age <= 34 for age in beside)


def youth(home: Home, known: Verdicts) -> tuple[bool, int]:
    h, age = home.h, home.age(home.head)
    income = home.evaluated(youth_age=-1)
    waived = age >= 30 or home.spouse is not None or h["single_parent"] or income >= line(home.size, 50)
    parents = h["parents_household"]
    fits = waived or (parents["monthly_income"] <= median(parents["size"]) and parents["property"] <= 470_000_000)
    owned = max(home.belongings + h["financial_assets"] - h["debt"], 0)
    likely = (
        19 <= age <= 34 and h["tenure"] == "monthly_rent" and h["monthly_rent"] > 0 and fits
        and not any(p["relation"] in ("parent", "grandparent") for p in home.people)
        and income <= line(home.size, 60) and owned <= 122_000_000
    )  # fmt: skip
    housing = known["nbls_housing"][1] or 0 if known["nbls_housing"][0] else 0
    return likely, max(min(h["monthly_rent"], 200_000) - housing, 0)


def _curve(x: int, up: int, most: int, down: int, limit: int) -> int:
    if x >= limit:
        return 0
    if x < up:
        return won(D(x) * most / up)
    return most if x < down else most - won(D(x - down) * most / (limit - down))


def taxes(home: Home, known: Verdicts) -> Verdicts:
    leaders = [p for p in home.people if home.leads(p)]
    work = [12 * (p["earned_income"] + p["business_income"]) for p in leaders]
    rest = sum(12 * (p["property_income"] + p["interest_income"] + p["public_pension_income"]) for p in leaders)
    gross = sum(work)
    kids = len(home.raised(18))
    old = any(p["relation"] in ("parent", "grandparent") and home.age(p) >= 70 for p in home.people)
    if home.spouse is not None and all(amount >= 3_000_000 for amount in work):
        figures, start = (8_000_000, 3_300_000, 17_000_000, 44_000_000), 25_000_000
    elif home.spouse is not None or kids or old:
        figures, start = (7_000_000, 2_850_000, 14_000_000, 32_000_000), 21_000_000
    else:
        figures, start = (4_000_000, 1_650_000, 9_000_000, 22_000_000), 21_000_000
    owned = home.belongings + home.h["financial_assets"]
    half: Callable[[int], int] = lambda amount: won(D(amount) / 2) if owned >= 170_000_000 else amount  # noqa: E731
    credit = half(_curve(gross, *figures))
    credit = 0 if credit < 15_000 else credit
    if credit:
        credit = max(credit, 100_000 if gross < figures[0] else 30_000 if gross >= figures[2] else 0)
    slope = won(D(max(gross - start, 0)) * 500_000 / (70_000_000 - start))
    child = half(max(1_000_000 - slope, 500_000) * kids)
    income = gross + rest
    return {
        "eitc": (gross > 0 and income < figures[3] and owned < 240_000_000, credit),
        "ctc": (gross > 0 and kids > 0 and income < 70_000_000 and owned < 240_000_000, child),
    }
