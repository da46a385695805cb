"""Forms of the citizen's side. Texts are told in the first person when somebody reports about themselves."""

import secrets
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.facts import SAFETY_LIMIT, Told, with_safety
from cases.models import About, Seen, Urgency
from cases.rules import reports as rules
from cases.selectors import routing
from hopecare.kernel.errors import Problem

PICTURES = {
    Seen.LIVES_ALONE: "alone",
    Seen.SKIPS_MEALS: "meal",
    Seen.MAIL_PILES: "mail",
    Seen.NO_LIGHT: "dark",
    Seen.ILL: "sick",
    Seen.BILLS: "bill",
    Seen.CHILDREN_ALONE: "child",
    Seen.CARES: "self",
    Seen.OTHER: "other",
    Urgency.SOON: "calendar",
    Urgency.TODAY: "today",
    Urgency.DANGER: "alarm",
}
SEEN = [
    (Seen.LIVES_ALONE, _("Lives alone")),
    (Seen.SKIPS_MEALS, _("Seems to skip meals")),
    (Seen.MAIL_PILES, _("Mail is piling up")),
    (Seen.NO_LIGHT, _("No light goes on")),
    (Seen.ILL, _("Looks ill")),
    (Seen.BILLS, _("Bills seem unpaid")),
    (Seen.CHILDREN_ALONE, _("Children are alone")),
    (Seen.OTHER, _("Something else")),
]
MINE = [
    (Seen.LIVES_ALONE, _("I live alone")),
    (Seen.SKIPS_MEALS, _("I skip meals")),
    (Seen.ILL, _("I am ill")),
    (Seen.BILLS, _("I cannot pay bills")),
    (Seen.CHILDREN_ALONE, _("My children are alone at times")),
    (Seen.CARES, _("I look after someone at home")),
    (Seen.OTHER, _("Something else")),
]
URGENCY = [
    (Urgency.SOON, _("Please look within a few days")),
    (Urgency.TODAY, _("Please look today")),
    (Urgency.DANGER, _("It looks dangerous now (ring 119 first)")),
]
MY_URGENCY = [
    (Urgency.SOON, _("Please get in touch within a few days")),
    (Urgency.TODAY, _("Please get in touch today")),
    (Urgency.DANGER, _("I am in danger now (ring 119 first)")),
]
#: field of a rule → field of the form
_FIELDS = {"reporter_phone": "phone", "reporter_name": "caller_name"}


def town_choices() -> list[tuple[str, str]]:
    return [("", str(_("I am not sure"))), *((code, town.name) for code, town in routing.routes().towns.items())]


def tell(form: forms.Form, problems: tuple[Problem, ...]) -> None:
    """Put what a service found beside the fields it belongs to."""
    for found in problems:
        name = _FIELDS.get(found.field, found.field)
        form.add_error(name if name in form.fields else None, forms.ValidationError(str(found.words), code=found.code))


class Words(forms.CharField):
    """Text without what no person typed: nobody could find and take out an invisible sign."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(rules.clean(value) if isinstance(value, str) else value)


class OnceForm(forms.Form):
    """A form that is taken once, however often it is sent, and a field that only machines fill in."""

    once = Words(widget=forms.HiddenInput, required=False, max_length=80)
    website = Words(required=False, label=_("Please leave this empty"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["once"].initial = secrets.token_urlsafe(24)
        self.fields["website"].widget.attrs.update({"tabindex": "-1", "autocomplete": "off"})

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Please leave this empty; it is a trap for machines. Nothing is lost."))
        return ""

    @property
    def trapped(self) -> bool:
        """Whether somebody filled in the trap; it is shown then, so that a person can empty it."""
        return self.is_bound and bool(self["website"].errors)


class ReportForm(OnceForm):
    """What a citizen tells. No field but the place is needed; the rules say what is missing."""

    town = forms.ChoiceField(required=False, label=_("Town"))
    directions = Words(
        required=False, label=_("Words that help to find the home"), max_length=rules.PLACE_LIMIT, strip=True
    )
    lat = forms.FloatField(required=False, widget=forms.HiddenInput, min_value=-90, max_value=90)
    lon = forms.FloatField(required=False, widget=forms.HiddenInput, min_value=-180, max_value=180)
    seen = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, help_text=_("Several, or none, as you like.")
    )
    words = Words(required=False, widget=forms.Textarea(attrs={"rows": 4}), max_length=rules.WORDS_LIMIT)
    urgency = forms.ChoiceField(required=False, widget=forms.RadioSelect, initial=Urgency.SOON)
    phone = Words(
        required=False,
        label=_("Telephone (may stay empty)"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    safe_when = Words(
        required=False,
        label=_("When may we ring? A time that is safe for you"),
        max_length=SAFETY_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    safe_say = Words(
        required=False,
        label=_("What shall we say if somebody else answers?"),
        max_length=SAFETY_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, about: str = About.NEIGHBOUR, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subject = about
        mine = about == About.SELF
        self.fields["town"].choices = town_choices()  # type: ignore[attr-defined]
        self.fields["seen"].choices = MINE if mine else SEEN  # type: ignore[attr-defined]
        self.fields["urgency"].choices = MY_URGENCY if mine else URGENCY  # type: ignore[attr-defined]
        self.fields["seen"].label = _("What is the matter?") if mine else _("What did you see?")
        self.fields["words"].label = _("Tell it in your own words") if mine else _("Write what you saw")
        self.fields["urgency"].label = _("How urgent is it?")
        self.fields["directions"].widget.attrs["autocomplete"] = "off"
        if not mine:
            del self.fields["safe_when"], self.fields["safe_say"]

    def told(self, *, door: str, language: str = "") -> Told:
        """The report of a valid form."""
        data = self.cleaned_data
        whole = data.get("lat") is not None and data.get("lon") is not None
        return Told(
            about=self.subject,
            town=data["town"],
            directions=data["directions"],
            lat=data["lat"] if whole else None,
            lon=data["lon"] if whole else None,
            seen=tuple(data["seen"]),
            words=with_safety(data["words"], data.get("safe_when", ""), data.get("safe_say", "")),
            urgency=data["urgency"] or Urgency.SOON,
            language=(language or get_language() or "ko")[:8],
            reporter_name=data.get("caller_name", ""),
            reporter_phone=data["phone"],
            reporter_kind=data.get("reporter_kind") or "citizen",
            door=door,
        )


class CallerForm(ReportForm):
    """The same report, typed by staff for somebody on the telephone: both names stand on it."""

    about = forms.ChoiceField(
        choices=[(About.NEIGHBOUR, _("about a neighbour")), (About.SELF, _("about the caller"))],
        label=_("Whom is it about?"),
        widget=forms.RadioSelect,
        initial=About.NEIGHBOUR,
    )
    caller_name = Words(required=False, label=_("The caller's name (may stay empty)"), max_length=rules.NAME_LIMIT)
    reporter_kind = forms.ChoiceField(required=False, label=_("The caller is"))
    field_order = ("about", "caller_name", "reporter_kind", "phone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reporter_kind"].choices = kind_choices()  # type: ignore[attr-defined]
        self.fields["seen"].label = _("What did the caller see?")
        self.fields["words"].label = _("In the caller's words")
        self.fields["phone"].label = _("The caller's telephone (may stay empty)")
        self.fields["phone"].widget.attrs["autocomplete"] = "off"


def kind_choices() -> list[tuple[str, str]]:
    korean = (get_language() or "ko").startswith("ko")
    return [(kind["code"], kind["name_ko"] if korean else kind["name_en"]) for kind in rules.reporter_kinds()]


class AdditionForm(OnceForm):
    """More words for a report, from whoever holds its code."""

    words = Words(
        label=_("What have you seen since?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=rules.WORDS_LIMIT,
        required=False,
    )


class CallBackForm(OnceForm):
    """A name and a number, with consent, so that somebody rings back."""

    name = Words(
        label=_("Your name"), max_length=rules.NAME_LIMIT, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = Words(
        label=_("Telephone"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    town = forms.ChoiceField(required=False, label=_("Town (may stay empty)"))
    words = Words(
        required=False,
        label=_("What is it about? (may stay empty)"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )
    consent = forms.BooleanField(
        label=_("I agree that my name, number and words are used to ring me back."),
        error_messages={"required": _("Without your consent we may not keep your number. You can ring us instead.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["town"].choices = town_choices()  # type: ignore[attr-defined]
