"""Shapes of a simulation. Money is a whole number of won; incomes are monthly unless said. Missing is not zero."""

from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from eligibility.facts import MAX_PERSONS, MAX_WON
from mobile_api.schemas import Strict

Won = Annotated[int, Field(ge=0, le=MAX_WON, strict=True)]
Count = Annotated[int, Field(ge=1, le=MAX_PERSONS, strict=True)]
Flag = Annotated[bool, Field(strict=True)]
BirthDay = Annotated[str, Field(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$", description="a day, a month or a year")]
WholeDay = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="a day")]
Detail = Literal["full", "reasons", "verdicts"]


class LastYearTold(Strict):
    """Income of the whole last calendar year."""

    earned: Won | None = None
    business: Won | None = None
    other: Won | None = None


class PersonTold(Strict):
    """A person of the benefit unit. What is left out or null was not asked and counts as unknown, never as zero."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
    birth_date: BirthDay
    relation: Literal["head", "spouse", "child", "parent", "grandparent", "grandchild", "sibling", "other"] | None = (
        None
    )
    spouse_of: Annotated[str | None, Field(max_length=40)] = None
    sex: Literal["F", "M"] | None = None
    disability: Literal["none", "mild", "severe"] | None = None
    disability_pension_class: Flag | None = None
    illness: Literal["none", "chronic", "rare_or_severe"] | None = None
    pregnant: Flag | None = None
    due_date: WholeDay | None = None
    birth_order: Annotated[int | None, Field(ge=1, le=20, strict=True)] = None
    school: Literal["none", "kindergarten", "elementary", "middle", "high", "university"] | None = None
    childcare: Literal["home", "daycare", "kindergarten"] | None = None
    earned_income: Won | None = None
    business_income: Won | None = None
    property_income: Won | None = None
    interest_income: Won | None = None
    transfer_income: Won | None = None
    public_pension_income: Won | None = None
    public_pension_kind: Literal["national", "special"] | None = None
    last_year: LastYearTold | None = None


class SupporterTold(Strict):
    """A parent or child elsewhere, or their spouse, whom the law may ask to help."""

    yearly_income: Won | None = None
    general_property: Won | None = None
    household_size: Count | None = None
    dependants: Count | None = None


class ParentsTold(Strict):
    """The household of a young adult's parents."""

    size: Count | None = None
    monthly_income: Won | None = None
    property: Won | None = None


class HouseholdTold(Strict):
    """Home, property, debt, car, circumstances. `supporters` [] = there are none."""

    tenure: Literal["owned", "jeonse", "monthly_rent", "free"] | None = None
    deposit: Won | None = None
    monthly_rent: Won | None = None
    home_value: Won | None = None
    other_property: Won | None = None
    financial_assets: Won | None = None
    debt: Won | None = None
    car_value: Won | None = None
    car_general_rate: Flag | None = None
    car_cc: Annotated[int | None, Field(ge=0, le=20_000, strict=True)] = None
    car_age_years: Annotated[int | None, Field(ge=0, le=100, strict=True)] = None
    car_use: Literal["private", "disabled", "business"] | None = None
    luxury_membership: Won | None = None
    farm: Flag | None = None
    single_parent: Flag | None = None
    single_parent_kind: Literal["unmarried", "divorced", "widowed", "grandparent"] | None = None
    crisis: (
        Literal["none", "job_loss", "illness", "death", "divorce", "fire", "abuse", "eviction", "utility_cut", "other"]
        | None
    ) = None
    supporters: Annotated[list[SupporterTold] | None, Field(max_length=MAX_PERSONS)] = None
    parents_household: ParentsTold | None = None


class NewSimulation(Strict):
    """One benefit unit on a day. Nothing of it is stored."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "as_of": "2026-11-21",
                "town": "hwado",
                "detail": "reasons",
                "persons": [{"id": "a", "relation": "head", "birth_date": "1950-03", "public_pension_income": 210000}],
                "household": {"tenure": "monthly_rent", "deposit": 5000000, "monthly_rent": 250000},
            }
        },
    )

    as_of: WholeDay
    town: Annotated[str, Field(max_length=40, description="code of a town: GET /report/towns.json")]
    persons: Annotated[list[PersonTold], Field(min_length=1, max_length=MAX_PERSONS)]
    household: HouseholdTold | None = None
    receives: Annotated[list[str] | None, Field(max_length=100, description="ids of programmes drawn already")] = None
    detail: Detail | None = None


class AmountTold(Schema):
    """Cash, vouchers, limits and loans are never added together."""

    won: int
    per: Literal["month", "year", "once"]
    kind: Literal["cash", "voucher", "limit", "loan", "in_kind"]


class PartTold(AmountTold):
    person: str | None


class CriterionTold(Schema):
    """`met` null = unknown. `confirmed` false = shown as "to be confirmed"; `announced` false = last known figure."""

    id: str
    person: str | None
    label: str
    met: bool | None
    value: bool | int | str | None
    operator: str
    threshold: bool | int | str | None
    gap: int | None
    unit: str
    reference: str
    valid_from: str
    confirmed: bool
    announced: bool
    note: str


class FlipTold(Schema):
    """The won value of an input nearest to today's with another verdict."""

    input: str
    at: int
    verdict: Literal["likely", "possible", "unlikely"]


class QuestionTold(Schema):
    input: str
    words: str


class ApplicationTold(Schema):
    """A window never makes a verdict unlikely."""

    from_: Annotated[str | None, Field(alias="from")]
    to: str | None
    open: bool


class ContactTold(Schema):
    name: str
    phone: str


class ChangeTold(Schema):
    """What a coming day or event alters."""

    event: str
    on: str | None
    words: str
    verdict: Literal["likely", "possible", "unlikely"]
    amount: AmountTold | None


class ResultTold(Schema):
    """`near_miss`: unlikely by less than a tenth, or on an unconfirmed figure: please ask."""

    programme: str
    name: str
    category: str
    provider: Literal["public", "private", "volunteer"]
    verdict: Literal["likely", "possible", "unlikely"]
    amount: AmountTold | None
    parts: list[PartTold]
    criteria: list[CriterionTold]
    flips: list[FlipTold]
    next_question: QuestionTold | None
    application: ApplicationTold | None
    documents: list[str]
    apply_at: ContactTold
    interacts_with: list[str]
    effects: list[str]
    lowers: Annotated[list[str], Field(description="what drawing one takes from another, in won; detail=full")]
    near_miss: bool
    advice: str
    changes: list[ChangeTold]
    announced: bool
    confirmed: bool
    unknown_inputs: list[str]


class FiguresTold(Schema):
    household_size: int
    median_income: int
    recognised_income: dict[str, int | None]


class SimulationTold(Schema):
    """Not a decision: whatever it says, one may apply."""

    rules_version: str
    as_of: str
    disclaimer: str
    rights: list[str]
    assumptions: list[str]
    facts: FiguresTold
    results: list[ResultTold]
    next_question: QuestionTold | None


class ProgrammeTold(Schema):
    programme: str
    name: str
    summary: str
    category: str
    life_stages: list[str]
    provider: Literal["public", "private", "volunteer"]
    documents: list[str]
    apply_at: ContactTold
    deadline: str
    source: str
    valid_from: str
    checked_on: str
    complete_through: str


class ProgrammesTold(Schema):
    rules_version: str
    items: list[ProgrammeTold]
