"""Forms of giving. Everything is optional to Django: the service finds all problems at once."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from donations.models import PayeeKind
from donations.states import Overflow
from hopecare.kernel.errors import Problem
from hopecare.kernel.models import Town

WAYS = {
    "bank": _("Bank transfer"),
    "portone": _("Card or easy pay (Korea)"),
    "stripe": _("Card from abroad"),
}
MONTHLY_WAYS = {
    "cms": _("My bank account"),
    "portone": _("My card (typed at the payment company; its number never reaches us)"),
    "stripe": _("My card from abroad (typed at the payment company, too)"),
}
OVERFLOWS = [
    (Overflow.SAME_CATEGORY, _("for others with the same kind of need, at the same centre")),
    (Overflow.GENERAL, _("wherever it is needed most, at the same centre")),
    (Overflow.RETURN, _("back to me")),
]
AMOUNTS = (10_000, 30_000, 50_000, 100_000)


def place_problems(form: forms.Form, problems: tuple[Problem, ...]) -> None:
    """Each problem beside its field, the others on top."""
    for problem in problems:
        form.add_error(problem.field if problem.field in form.fields else None, str(problem.words))


_ACCOUNT = {"invalid": _("Only the figures of the account number, please, 8 to 24 of them.")}


class WonField(forms.IntegerField):
    """Won as people write them: "50,000", "50000원"."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"error_messages": {"invalid": _("In figures, please: 50000.")}, **kwargs})

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").replace(",", "").replace("원", "").replace(" ", "")
        return super().to_python(text)


class GiveForm(forms.Form):
    pick = forms.TypedChoiceField(
        label=_("How much, in won"), choices=[], coerce=int, empty_value=None, widget=forms.RadioSelect, required=False
    )
    amount = WonField(label=_("Or another amount"), required=False)
    provider = forms.ChoiceField(label=_("How do you pay?"), widget=forms.RadioSelect, required=False)
    overflow = forms.ChoiceField(
        label=_("If it is not all needed, or its last day passes, my gift goes"),
        choices=OVERFLOWS,
        widget=forms.RadioSelect,
        required=False,
        initial=Overflow.SAME_CATEGORY,
    )
    name = forms.CharField(
        label=_("Name"),
        help_text=_("A transfer needs the name that the bank shows; with a card you may leave it empty."),
        max_length=80,
        required=False,
    )
    phone = forms.CharField(
        label=_("Telephone"),
        help_text=_("Only to tell you what came of it. You may leave it empty."),
        max_length=40,
        required=False,
    )
    town = forms.ChoiceField(label=_("Where do you live?"), required=False)

    def __init__(
        self, *args: Any, ways: list[str], earmarked: bool, most: int | None, of_need: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        sums = [won for won in AMOUNTS if most is None or won <= most] or [most or 0]
        self.fields["pick"].choices = [(str(won), f"{won:,}") for won in sums]  # type: ignore[attr-defined]
        self.fields["provider"].choices = [(way, WAYS[way]) for way in ways]  # type: ignore[attr-defined]
        self.fields["provider"].initial = ways[0]
        towns = [(str(town.pk), town.name) for town in Town.objects.order_by("pk")]
        self.fields["town"].choices = [("", _("rather not say")), *towns]  # type: ignore[attr-defined]
        self.fields["amount"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}
        self.fields["phone"].widget.input_type = "tel"
        self.fields["phone"].widget.attrs["autocomplete"] = "tel"
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        if not earmarked:
            del self.fields["overflow"]
        if not of_need:
            del self.fields["town"]


class MonthlyForm(forms.Form):
    units = forms.IntegerField(
        label=_("How many accounts of 5,000 won a month"),
        min_value=1,
        max_value=2_000,
        initial=1,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _("A number from 1 to 2,000, please.")),
    )
    day = forms.TypedChoiceField(
        label=_("Day of the month"),
        choices=[(day, format_lazy(_("the {day}."), day=day)) for day in (5, 10, 15, 20, 25)],
        coerce=int,
        initial=25,
    )
    way = forms.ChoiceField(label=_("What it goes off"), widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name (of the holder, for a bank account)"), max_length=80)
    phone = forms.CharField(
        label=_("Telephone"), help_text=_("You are told three days before each debit."), max_length=40
    )
    bank = forms.CharField(
        label=_("Bank"),
        help_text=_("Only for a bank account, together with its number."),
        max_length=20,
        required=False,
    )
    account = forms.RegexField(
        r"^[\d -]{8,24}$", label=_("Account number"), max_length=24, required=False, error_messages=_ACCOUNT
    )
    consent = forms.BooleanField(
        label=_("I agree that this amount is debited from this account or card each month."),
        help_text=_("You can skip, pause or stop with one tap at any time."),
    )

    def __init__(
        self,
        *args: Any,
        ways: list[str],
        known: tuple[tuple[str, str], ...] = (),
        told: tuple[str, ...] = (),
        **kwargs: Any,
    ) -> None:
        """`known`: bank accounts and cards in use already; `told`: fields that a giver who is logged in told before."""
        super().__init__(*args, **kwargs)
        offered = [*known, *((way, MONTHLY_WAYS[way]) for way in ways)]
        self.fields["way"].choices = offered  # type: ignore[attr-defined]
        self.fields["way"].initial = offered[0][0]
        self.fields["account"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}
        self.fields["phone"].widget.input_type = "tel"
        self.fields["phone"].widget.attrs["autocomplete"] = "tel"
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        for name in told:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A debit needs the bank account; told with everything else that is missing, not after it."""
        told = super().clean() or {}
        for name in ("bank", "account"):
            if told.get("way") == "cms" and not told.get(name, "").strip() and name not in self.errors:
                self.add_error(name, self.fields["consent"].error_messages["required"])
        return told


class TelephoneForm(forms.Form):
    """Where a code is sent."""

    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.input_type = "tel"
        self.fields["phone"].widget.attrs["autocomplete"] = "tel"


class CodeForm(forms.Form):
    """The six digits that came there; `phone` goes along, so that nothing is kept while somebody looks for them."""

    phone = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    code = forms.CharField(label=_("The six digits of the text message"), max_length=12, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}
        if not self.is_bound:  # a form that came back is led to by its summary of what is wrong
            self.fields["code"].widget.attrs["autofocus"] = True


class AccountForm(forms.Form):
    """Another bank account for the monthly gifts of one means of payment."""

    bank = forms.CharField(label=_("Bank"), max_length=20)
    account = forms.RegexField(r"^[\d -]{8,24}$", label=_("Account number"), max_length=24, error_messages=_ACCOUNT)
    consent = forms.BooleanField(label=_("I agree that my monthly gifts are debited from this account."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}


class ReceiptForm(forms.Form):
    """For the tax office: asked anew each year, as the number is not kept."""

    year = forms.TypedChoiceField(label=_("For which year"), coerce=int, required=False)
    kind = forms.ChoiceField(
        label=_("Who claims it"),
        choices=[("person", _("a person")), ("company", _("a company"))],
        widget=forms.RadioSelect,
        required=False,
        initial="person",
    )
    name = forms.CharField(label=_("Name as on the card or the certificate"), max_length=80, required=False)
    number = forms.CharField(
        label=_("Resident number or business number"),
        help_text=_("The law asks for it. It is encrypted, nobody reads it on a screen, and it is erased once filed."),
        max_length=20,
        required=False,
    )
    consent = forms.BooleanField(label=_("Please tell the tax office about my gifts of this year."), required=False)

    def __init__(self, *args: Any, years: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = years  # type: ignore[attr-defined]
        self.fields["number"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}
        self.fields["name"].widget.attrs["autocomplete"] = "name"


class PayoutForm(forms.Form):
    fund = forms.ChoiceField(label=_("From which fund"))
    amount = WonField(label=_("Amount in won"), required=False)
    payee_kind = forms.ChoiceField(label=_("Paid directly to"), choices=PayeeKind.choices, widget=forms.RadioSelect)
    payee_name = forms.CharField(label=_("Holder of the account"), max_length=80, required=False)
    payee_account = forms.CharField(label=_("Bank and account number"), max_length=60, required=False)
    why = forms.CharField(label=_("For what"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}), required=False)
    urgent = forms.BooleanField(label=_("Urgent: pay now, second approval by the next working day"), required=False)

    def __init__(self, *args: Any, funds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fund"].choices = funds  # type: ignore[attr-defined]


class ProofForm(forms.Form):
    outcome = forms.CharField(
        label=_("What came of it, as givers may read it"),
        help_text=_("No name, no place, no date, nothing that happened."),
        max_length=160,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    thanks = forms.CharField(
        label=_("A letter of thanks, if the person would like to write one"),
        help_text=_("In their own words, without a name or place. Please read it with them first."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    receipt = forms.FileField(label=_("Photo of the receipt"), required=False)
