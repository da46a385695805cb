"""Forms of access: danger to life, hand-overs, urgent requests, covers, people close to oneself, reasons."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import DeclaredRelation, OmissionAnswer, OverlapAnswer
from cases.services.overlaps import UNFOUNDED
from cases.ui.forms_case import DayField, OnceForm, PickField, earlier_field, words_field


class BreakGlassForm(forms.Form):
    number = forms.CharField(label=_("Case number"), max_length=11, help_text=_("As the caller reads it out."))
    reason = words_field(_("What is happening?"), required=True, rows=3, most=1000)
    urgent = forms.BooleanField(
        label=_("Life or body is in danger, and nobody of the team can be reached"), required=False
    )


class WordsForm(forms.Form):
    words = words_field(_("What you found out"), rows=2, most=500)


class AcceptForm(forms.Form):
    to = PickField(label=_("Who leads it with us"), label_of=lambda user: user.name)

    def __init__(self, *args: Any, leaders: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].offer(leaders)  # type: ignore[attr-defined]


class OfferForm(forms.Form):
    team = PickField(label=_("To which team"), label_of=lambda team: team.name)
    reason = words_field(_("Why"), required=True, most=300)

    def __init__(self, *args: Any, teams: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].offer(teams)  # type: ignore[attr-defined]


class UrgentForm(forms.Form):
    town = PickField(label=_("Town"), label_of=lambda town: town.name)
    category = PickField(label=_("What is needed"), label_of=lambda category: category.name)
    call_back = forms.CharField(
        label=_("Number to ring"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel", "class": "short"})
    )
    words = forms.CharField(
        label=_("In a sentence"),
        required=False,
        max_length=300,
        help_text=_("No name and no address: you tell those on the telephone."),
    )

    def __init__(self, *args: Any, towns: Any, categories: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["town"].offer(towns)  # type: ignore[attr-defined]
        self.fields["category"].offer(categories)  # type: ignore[attr-defined]


class CoverForm(forms.Form):
    absent = PickField(label=_("Who is away"), label_of=lambda user: user.name)
    cover = PickField(label=_("Who stands in"), label_of=lambda user: user.name)
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("To"))
    reason = forms.CharField(label=_("Why"), required=False, max_length=200)

    def __init__(self, *args: Any, colleagues: Any, absent: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["absent"].offer(absent)  # type: ignore[attr-defined]
        self.fields["cover"].offer(colleagues)  # type: ignore[attr-defined]


class DeclareForm(forms.Form):
    relation = forms.ChoiceField(label=_("How are you related?"), choices=DeclaredRelation.choices)
    name = forms.CharField(label=_("Name"), max_length=80)
    birth_year = forms.IntegerField(
        label=_("Year of birth"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "tiny"}),
    )
    phone = forms.CharField(
        label=_("Telephone"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "class": "short"}),
    )


class HomeForm(forms.Form):
    town = PickField(label=_("The town I live in"), label_of=lambda town: town.name)
    directions = forms.CharField(label=_("Where, in words"), required=False, max_length=200)

    def __init__(self, *args: Any, towns: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["town"].offer(towns)  # type: ignore[attr-defined]


class ShareForm(forms.Form):
    organisation = PickField(label=_("Organisation"), label_of=lambda house: house.name)
    reason = forms.CharField(label=_("Why"), max_length=200)
    earlier = earlier_field()

    def __init__(self, *args: Any, houses: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].offer(houses)  # type: ignore[attr-defined]


class LockForm(forms.Form):
    user = PickField(label=_("Colleague"), label_of=lambda user: user.name)
    reason = forms.CharField(label=_("Why"), max_length=200)

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].offer(colleagues)  # type: ignore[attr-defined]


class ProtectForm(forms.Form):
    deputy = PickField(label=_("Who besides the lead sees them"), label_of=lambda user: user.name)
    reason = words_field(_("Why"), required=True, most=500)

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy"].offer(colleagues)  # type: ignore[attr-defined]


class AgainForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=200)


class OpenForm(forms.Form):
    """Whoever asked can only take it back."""

    agrees_to = forms.ChoiceField(label=_("Your answer"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep = ("no", _("No: it stays protected") if not own else _("I take it back: it stays protected"))
        choices = [keep] if own else [("yes", _("Yes: nobody seeks them any more")), keep]
        self.fields["agrees_to"].choices = choices  # type: ignore[attr-defined]

    def agrees(self) -> bool:
        return bool(self.cleaned_data.get("agrees_to") == "yes")


class KeepersForm(forms.Form):
    lead = PickField(label=_("Who leads from now on"), label_of=lambda user: user.name)
    deputy = PickField(label=_("Who sees them besides"), label_of=lambda user: user.name)
    reason = words_field(_("Why"), required=True, most=500)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("lead", "deputy"):
            self.fields[name].offer(people)  # type: ignore[attr-defined]


class KeeperAnswerForm(OpenForm):
    """As the end of a protection: whoever asked can only take it back."""

    def __init__(self, *args: Any, own: bool, **kwargs: Any) -> None:
        super().__init__(*args, own=own, **kwargs)
        keep = ("no", _("No: it stays as it is") if not own else _("I take it back: it stays as it is"))
        choices = [keep] if own else [("yes", _("Yes: these two see the person")), keep]
        self.fields["agrees_to"].choices = choices  # type: ignore[attr-defined]


class OverlapAnswerForm(OnceForm):
    answer = forms.ChoiceField(
        label=_("What you found out"),
        widget=forms.RadioSelect,
        choices=[*OverlapAnswer.choices, (UNFOUNDED, _("It was unfounded: delete the question"))],
    )
    words = words_field(_("In a sentence"), required=True, rows=2, most=300)
    told_person_on = DayField(label=_("The person was told on"), required=False)


class OmissionAnswerForm(OnceForm):
    answer = forms.ChoiceField(label=_("What comes of it"), widget=forms.RadioSelect, choices=OmissionAnswer.choices)
    words = words_field(_("In a sentence"), rows=2, most=300)


class ExportForm(forms.Form):
    reason = forms.CharField(
        label=_("What the file is for"), max_length=200, help_text=_("It stands in the log for two years.")
    )


class SignMonthForm(forms.Form):
    words = words_field(_("What you asked and learned"), rows=3, most=1000)
