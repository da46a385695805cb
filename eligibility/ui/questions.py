"""One form a page of the simulator. Each takes what was told before, so that it asks about the people there are."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from eligibility import interview
from eligibility.interview import Told, meaning
from eligibility.selectors import board
from eligibility.ui.fields import ManWon, chosen, listed, ticked, whole
from eligibility.ui.question_words import (
    ALONE,
    BANDS,
    CRISES,
    DAYS,
    KIN,
    LIFE,
    PAGE_WORDS,
    RELATIONS,
    SCHOOLS,
    TENURES,
    USES,
    YES_NO,
)
from hopecare.kernel import clock


def person_words(told: Told, number: int) -> str:
    """ "You", "Child · 13 to 15": how the pages call somebody, without a name."""
    if number == 1:
        return _("You")
    people = told.get("people", {})
    relation = dict(RELATIONS).get(people.get(f"relation_{number}", ""), _("Person %(number)s") % {"number": number})
    age = dict(BANDS).get(interview.band(told, number), "")
    return f"{relation} · {age}" if age else str(relation)


class Question(forms.Form):
    """A page. `groups` are the fieldsets of a page that asks the same of several people."""

    def __init__(self, data: Any = None, *, told: Told) -> None:
        super().__init__(data, prefix=None)
        self.told = told
        self.groups: list[tuple[str, list[str]]] = []
        self.build()

    def build(self) -> None:
        """Add the fields that depend on what was told."""

    def group(self, number: int, fields: dict[str, forms.Field]) -> None:
        """Fields about one person, named with their number."""
        named = {f"{name}_{number}": field for name, field in fields.items()}
        self.fields.update(named)
        self.groups.append((person_words(self.told, number), list(named)))

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(words, [self[name] for name in names]) for words, names in self.groups]


class Home(Question):
    town = listed([], required=True, label=gettext_lazy("Town"))
    size = whole(1, interview.MOST_PEOPLE, required=True, label=gettext_lazy("How many live together?"))

    def build(self) -> None:
        field: Any = self.fields["town"]
        field.choices = [("", _("Please choose")), *((town.code, town.name) for town in board.towns())]
        many = _("Between 1 and %(most)s. If you are more, please ring us.") % {"most": interview.MOST_PEOPLE}
        self.fields["size"].error_messages |= {"max_value": many, "min_value": many, "invalid": many}
        for validator in self.fields["size"].validators:
            validator.message = many  # type: ignore[attr-defined]


class People(Question):
    def build(self) -> None:
        for number in interview.numbers(self.told):
            age = listed(BANDS, required=True, label=gettext_lazy("Age"))
            who = listed(RELATIONS, required=True, label=gettext_lazy("Who is it to you?"))
            self.group(number, {"band": age} if number == 1 else {"relation": who, "band": age})
            self.groups[-1] = (
                _("You") if number == 1 else _("Person %(number)s") % {"number": number},
                self.groups[-1][1],
            )

    def clean(self) -> dict[str, Any]:
        words = {
            "second_spouse": _("There is a husband or wife already. Please choose another word."),
            "child_not_younger": _("A child is younger than you. Please look at the ages again."),
            "parent_not_older": _("A parent is older than you. Please look at the ages again."),
        }
        for name, code in meaning.unfit_people({**self.told, "people": self.cleaned_data}):
            self.add_error(name, forms.ValidationError(words[code], code=code))
        return self.cleaned_data


class Children(Question):
    def build(self) -> None:
        for number in interview.children(self.told):
            if interview.band(self.told, number) == interview.MONTH_BAND:
                born = forms.CharField(
                    label=gettext_lazy("Month of birth"),
                    help_text=gettext_lazy("For example 2026-08"),
                    max_length=7,
                    widget=forms.TextInput(attrs={"type": "month", "autocomplete": "off"}),
                )
                day = listed(DAYS, label=gettext_lazy("By day"))
                self.group(number, {"born": born, "day": day})
            else:
                school = listed(SCHOOLS, label=gettext_lazy("School"))
                school.initial = interview.SCHOOL_OF.get(interview.band(self.told, number), "")
                self.group(number, {"school": school})

    def clean(self) -> dict[str, Any]:
        for name in [name for name in self.cleaned_data if name.startswith("born_")]:
            problem = _unfit_month(self.cleaned_data[name], clock.today())
            if problem:
                self.add_error(name, forms.ValidationError(problem, code="unfit_month"))
        return self.cleaned_data


def _unfit_month(text: str, today: date) -> str:
    """What is wrong with a month of birth of a child under ten; empty when nothing is."""
    year, _bar, month = text.partition("-")
    if not (year.isdigit() and month.isdigit() and len(year) == 4 and 1 <= int(month) <= 12):
        return _("Please write year and month, such as 2026-08.")
    months = (today.year - int(year)) * 12 + today.month - int(month)
    if months < 0:
        return _("This month has not come yet. For a child on its way, choose “Somebody is pregnant” on the next page.")
    if months > 120:
        return _("That is more than nine years ago. Please look at the age again.")
    return ""


class Life(Question):
    of = ticked(LIFE, label=PAGE_WORDS["life"])


class Whose(Question):
    def build(self) -> None:
        people = [(str(number), person_words(self.told, number)) for number in interview.numbers(self.told)]
        for flag in interview.flags(self.told):
            self.fields[flag] = ticked(people, label=dict(LIFE)[flag])


class Alone(Question):
    kind = chosen(ALONE, label=PAGE_WORDS["alone"])


class Income(Question):
    def build(self) -> None:
        for number in interview.earners(self.told):
            self.group(
                number,
                {
                    "earned": ManWon(label=gettext_lazy("Wages, before tax")),
                    "business": ManWon(label=gettext_lazy("Own business or farm, after costs")),
                    "pension": ManWon(label=gettext_lazy("National or other public pension")),
                    "special": forms.BooleanField(
                        required=False,
                        label=gettext_lazy("It is a pension of officials, teachers, soldiers or the post"),
                    ),
                    "let": ManWon(label=gettext_lazy("Rent from tenants")),
                    "other": ManWon(label=gettext_lazy("Money from family or others")),
                    "rest": forms.BooleanField(
                        required=False, label=gettext_lazy("That is all; the empty ones are nothing")
                    ),
                    "nothing": forms.BooleanField(required=False, label=gettext_lazy("Nothing comes in")),
                },
            )

    def clean(self) -> dict[str, Any]:
        for number in interview.earners(self.told):
            typed = any(
                self.cleaned_data.get(f"{name}_{number}") for name in ("earned", "business", "pension", "let", "other")
            )
            if typed and self.cleaned_data.get(f"nothing_{number}"):
                words = _("You wrote a sum and ticked that nothing comes in. Which of them is so?")
                self.add_error(f"nothing_{number}", forms.ValidationError(words, code="both"))
        return self.cleaned_data


class Housing(Question):
    tenure = chosen(TENURES, label=PAGE_WORDS["housing"])


class Rent(Question):
    deposit = ManWon(label=gettext_lazy("Deposit"))
    monthly_rent = ManWon(label=gettext_lazy("Rent a month"))
    home_value = ManWon(
        label=gettext_lazy("Official value of the home"),
        help_text=gettext_lazy("It stands on the property tax bill. A guess is enough."),
    )

    def build(self) -> None:
        tenure = self.told.get("housing", {}).get("tenure")
        wanted = {"owned": {"home_value"}, "jeonse": {"deposit"}, "monthly_rent": {"deposit", "monthly_rent"}}
        for name in set(self.fields) - wanted.get(str(tenure), set()):
            del self.fields[name]


class Savings(Question):
    financial_assets = ManWon(label=gettext_lazy("Bank accounts, savings, insurance"))
    debt = ManWon(label=gettext_lazy("Debts at banks and the like"))
    other_property = ManWon(label=gettext_lazy("Land, buildings or other property"))
    nothing = forms.BooleanField(required=False, label=gettext_lazy("None of these"))


class Car(Question):
    car = chosen(YES_NO, label=PAGE_WORDS["car"])
    car_value = ManWon(label=gettext_lazy("What is it worth today?"))
    car_cc = whole(50, 10_000, label=pgettext_lazy("car", "Engine (cc)"))
    car_age_years = whole(0, 60, label=gettext_lazy("How many years old is it?"))
    car_use = listed(USES, label=gettext_lazy("What is it for?"))


class Crisis(Question):
    crisis = chosen(CRISES, label=PAGE_WORDS["crisis"])


class Receives(Question):
    of = ticked([], label=PAGE_WORDS["receives"])

    def build(self) -> None:
        known = board.entries()
        field: Any = self.fields["of"]
        field.choices = [(code, str(known[code].name)) for code in interview.RECEIVABLE if code in known]


class Family(Question):
    kin = chosen(KIN, label=gettext_lazy("Are there parents or children of yours who live elsewhere?"))
    yearly_income = ManWon(label=gettext_lazy("Income of the best-off one in a year"))
    general_property = ManWon(label=gettext_lazy("Property of the best-off one"))


class Parents(Question):
    size = whole(1, 20, label=gettext_lazy("How many are they, you included?"))
    monthly_income = ManWon(label=gettext_lazy("Their income a month"))
    property = ManWon(label=gettext_lazy("Their property"))


FORMS: dict[str, type[Question]] = {
    "home": Home,
    "people": People,
    "children": Children,
    "life": Life,
    "whose": Whose,
    "alone": Alone,
    "income": Income,
    "housing": Housing,
    "rent": Rent,
    "savings": Savings,
    "car": Car,
    "crisis": Crisis,
    "receives": Receives,
    "family": Family,
    "parents": Parents,
}
