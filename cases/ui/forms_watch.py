"""Forms of the watch: its ground, the person's own plan, whom to call, absences, devices, who answers, results."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.facts import WatchGround, WatchPlan
from cases.models import AlarmResult, ContactKind, WatchWay
from cases.rules import opening as grounds
from cases.rules import watching as rules
from cases.selectors.senders import senders
from cases.selectors.watch_sentences import WEEKDAYS
from cases.ui.forms_case import DayField, OnceForm, PickField, words_field


def _number(label: Any, least: int, most: int, **kwargs: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"class": "tiny", "inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=least, max_value=most, widget=widget, **kwargs)


class PlanForm(OnceForm):
    """What the person chose, in their order: how to ask, what else counts, what is to be done and never done."""

    way = forms.ChoiceField(label=_("How they want to be asked"), choices=WatchWay.choices, widget=forms.RadioSelect)
    weekday = forms.ChoiceField(
        label=_("How often"),
        required=False,
        choices=[("", _("every day")), *((str(number), day) for number, day in enumerate(WEEKDAYS))],
    )
    ask_at = forms.TimeField(
        label=_("At what hour"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M"),
    )
    answer_minutes = _number(
        _("Minutes to wait for the answer"),
        rules.bounds("answer_minutes")["least"],
        rules.bounds("answer_minutes")["most"],
        initial=rules.bounds("answer_minutes")["default"],
    )
    caller = PickField(label=_("Who rings"), required=False, label_of=lambda user: user.name)
    on_closed_door = forms.BooleanField(label=_("nobody opens at an agreed visit"), required=False, initial=True)
    no_contact_days = _number(
        _("Days without any contact"),
        rules.bounds("no_contact_days")["least"],
        rules.bounds("no_contact_days")["most"],
        required=False,
        help_text=_("Empty: silence alone is no signal."),
    )
    never_break = forms.BooleanField(label=_("never break the door"), required=False, initial=True)
    keys = forms.CharField(
        label=_("Who has the key"),
        required=False,
        max_length=200,
        help_text=_("A person's name, never where a key lies."),
    )
    safe_from = _number(_("Ring or knock from (hour)"), 0, 23, initial=8)
    safe_to = _number(_("until (hour)"), 1, 24, initial=20)
    words = words_field(_("In their own words: what should we do?"), rows=2, most=1000)
    devices = forms.BooleanField(label=_("devices may report"), required=False)

    def __init__(self, *args: Any, callers: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["caller"].offer(callers)  # type: ignore[attr-defined]

    def plan(self) -> WatchPlan:
        data = self.cleaned_data
        same = ("ask_at", "answer_minutes", "on_closed_door", "no_contact_days", "never_break", "keys", "words")
        return WatchPlan(
            way=data["way"],
            weekday=int(data["weekday"]) if data["weekday"] else None,
            caller_id=data["caller"].pk if data["caller"] else None,
            devices=data["devices"],
            safe_from=data["safe_from"],
            safe_to=data["safe_to"],
            **{name: data[name] for name in same},
        )


class StartForm(PlanForm):
    person = PickField(label=_("Who"), label_of=lambda person: person.name)
    ground = forms.ChoiceField(
        label=_("On what ground"),
        widget=forms.RadioSelect,
        choices=[
            ("consent", _("their own wish and consent")),
            ("public_duty", _("public duty, by this article")),
            ("urgent", _("urgent danger to life or body, by this article")),
        ],
        initial="consent",
    )
    given = forms.BooleanField(label=_("asked in person, understood, and said yes"), required=False)
    article = forms.ChoiceField(label=_("Article"), required=False)
    field_order = ("person", "ground", "given", "article")

    def __init__(self, *args: Any, people: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].offer(people)  # type: ignore[attr-defined]
        named = [*grounds.articles("public_duty"), *grounds.articles("urgent")]
        self.fields["article"].choices = [("", "–"), *((one, one) for one in named)]  # type: ignore[attr-defined]

    def stands_on(self) -> WatchGround:
        data = self.cleaned_data
        return WatchGround(data["ground"], data["given"], data["article"])


class ContactForm(forms.Form):
    kind = forms.ChoiceField(label=_("Who they are"), choices=ContactKind.choices)
    name = forms.CharField(label=_("Name"), max_length=80)
    phone = forms.CharField(
        label=_("Telephone"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel", "class": "short"})
    )
    agreed_on = DayField(label=_("Said yes to it on"), required=False)
    texts = forms.BooleanField(label=_("may be asked by text message"), required=False)


class AwayForm(forms.Form):
    starts_on = DayField(label=_("Away from"))
    ends_on = DayField(label=_("Back on"))


class SourceForm(forms.Form):
    sender = forms.ChoiceField(label=_("Who sends"))
    name = forms.CharField(
        label=_("Name of the device there"),
        max_length=80,
        help_text=_("A number or a made-up name: the sender must not learn who lives there."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sender"].choices = [(one.code, one.name) for one in senders()]  # type: ignore[attr-defined]


class DutyForm(forms.Form):
    team = PickField(label=_("Team"), label_of=lambda team: team.name)
    user = PickField(label=_("Who answers"), label_of=lambda user: user.name)
    weekdays = forms.MultipleChoiceField(
        label=_("On these days"),
        choices=[(str(number), day) for number, day in enumerate(WEEKDAYS)],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    from_hour = _number(_("From (hour)"), 0, 23, initial=9)
    to_hour = _number(_("Until (hour)"), 1, 24, initial=18)
    holidays = forms.BooleanField(label=_("also on public holidays"), required=False)
    phone = forms.CharField(
        label=_("Mobile that may ring at night"),
        max_length=20,
        required=False,
        help_text=_("Outside office hours an alarm comes as a text here. It names nobody."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "class": "short"}),
    )

    def __init__(self, *args: Any, teams: Iterable[Any], colleagues: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = list(teams)
        self.fields["team"].offer(rows)  # type: ignore[attr-defined]
        self.fields["user"].offer(colleagues)  # type: ignore[attr-defined]
        if len(rows) == 1:
            self.fields["team"].initial = rows[0].pk


class EndForm(forms.Form):
    """What came of an alarm."""

    result = forms.ChoiceField(label=_("What came of it"), choices=AlarmResult.choices, widget=forms.RadioSelect)
    words = words_field(_("In a sentence"), rows=2, most=500)


class OwnForm(forms.Form):
    """How long somebody is away, on their own page."""

    days = forms.IntegerField(min_value=1, max_value=rules.figure("longest_away_days"), required=False)
