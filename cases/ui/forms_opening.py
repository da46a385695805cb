"""The opening form: the household, the grounds, how to reach the person without danger, and who works on it."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.facts import NewPerson, Opening
from cases.models import CaseKind, Track
from cases.rules import numbers
from cases.rules import opening as rules
from cases.selectors.colleagues import Colleague
from hopecare.kernel import clock
from hopecare.kernel.models import GroundKind, GroundPurpose, Relation, Town
from hopecare.kernel.permissions import Permission

SEXES = [("F", _("Woman")), ("M", _("Man")), ("U", _("Not told"))]
RELATIONS = [
    (Relation.SPOUSE, _("Husband or wife")),
    (Relation.CHILD, _("Child")),
    (Relation.PARENT, _("Parent")),
    (Relation.GRANDPARENT, _("Grandparent")),
    (Relation.GRANDCHILD, _("Grandchild")),
    (Relation.SIBLING, _("Brother or sister")),
    (Relation.OTHER, _("Other")),
]
CONSENTS = [
    (GroundPurpose.CASE_MANAGEMENT, _("Case management: city and centre work together")),
    (GroundPurpose.HEALTH, _("Health data")),
    (GroundPurpose.VOLUNTEERS, _("Volunteers learn place and hour")),
    (GroundPurpose.DONORS, _("Introduction to donors")),
]
GROUNDS = [
    (GroundKind.CONSENT, _("Consent")),
    (GroundKind.PUBLIC_DUTY, _("Public duty, with its article")),
    (GroundKind.URGENT, _("Urgent: life or body")),
]
YES_NO = [("yes", _("Given")), ("no", _("Not given"))]
KINDS = [
    (CaseKind.JOINT, _("Joint: city and centre")),
    (CaseKind.CENTRE, _("The centre's own")),
    (CaseKind.PUBLIC, _("Public")),
]
TRACKS = [(Track.FULL, _("Full case management")), (Track.LINKAGE, _("Service linkage (no full grid)"))]
_BIRTH = re.compile(r"^(\d{4})(?:[-./ ]*(\d{1,2})[-./ ]*(\d{1,2})\.?)?$")


class BirthField(forms.CharField):
    """A birth date or a year alone, as told: 1948-03-02, 1948.3.2, 19480302, 1948."""

    def clean(self, value: Any) -> tuple[date, bool] | None:
        text = super().clean(value).strip()
        if not text:
            return None
        match = _BIRTH.match(text)
        if match is None and re.fullmatch(r"\d{8}", text):
            match = _BIRTH.match(f"{text[:4]}-{text[4:6]}-{text[6:]}")
        problem = forms.ValidationError(_("Write it like 1948-03-02, or the year alone."), code="birth")
        if match is None:
            raise problem
        year, month, day = match.groups()
        try:
            born = date(int(year), int(month or 1), int(day or 1))
        except ValueError as error:
            raise problem from error
        if born.year < 1900 or born > clock.today():
            raise problem
        return born, month is None


class UnseenInput(forms.TextInput):
    """What was typed stands on the screen until the form is sent, and comes back on no page."""

    def format_value(self, value: Any) -> None:
        return None


class NumberField(forms.CharField):
    """A resident number: taken in once, never shown again, not even to whoever typed it a moment ago (K8)."""

    def __init__(self) -> None:
        unseen = UnseenInput(attrs={"inputmode": "numeric", "autocomplete": "off", "data-unseen": "yes"})
        hint = _("City duty only, never required. Compared at once; should this page come back, it is typed again.")
        super().__init__(label=_("Resident number"), max_length=20, required=False, widget=unseen, help_text=hint)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if text and not (plain := numbers.plain(text)):
            raise forms.ValidationError(
                _("This is no resident number. Please ask once more, or leave it empty; all else has stayed."),
                code="number",
            )
        return plain if text else ""


def _birth(value: tuple[date, bool] | None) -> dict[str, Any]:
    return {"birth_date": value[0], "birth_year_only": value[1]} if value else {}


class MemberForm(forms.Form):
    """Somebody else of the household, or kin who lives apart; an empty row is nobody."""

    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    birth = BirthField(label=_("Born"), max_length=12, required=False)
    sex = forms.ChoiceField(label=_("Sex"), choices=SEXES, initial="U", required=False)
    relation = forms.ChoiceField(label=_("Relation"), choices=RELATIONS, initial=Relation.OTHER, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    apart = forms.BooleanField(label=_("lives apart"), required=False)

    def person(self) -> NewPerson | None:
        data = self.cleaned_data
        if not data.get("name", "").strip():
            return None
        return NewPerson(
            name=data["name"],
            sex=data["sex"] or "U",
            phone=data["phone"],
            relation=data["relation"] or Relation.OTHER,
            lives_here=not data["apart"],
            **_birth(data["birth"]),
        )


MemberForms = forms.formset_factory(MemberForm, extra=1, max_num=12, absolute_max=12)


def _number(text: str) -> int:
    return int(text or 0)


class OpeningForm(forms.Form):
    """One page, in the order in which one asks at the door."""

    name = forms.CharField(label=_("Name"), max_length=80)
    birth = BirthField(
        label=_("Born"), max_length=12, required=False, help_text=_("1948-03-02, or the year alone: 1948")
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=SEXES, initial="U")
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    town = forms.ChoiceField(label=_("Town"))
    directions = forms.CharField(label=_("How to get there, in words"), max_length=200, required=False)
    line = forms.CharField(label=_("Address"), max_length=200, required=False)

    ground = forms.ChoiceField(
        label=_("On what does this case stand?"), choices=GROUNDS, initial="consent", widget=forms.RadioSelect
    )
    article = forms.CharField(
        label=_("Law and article"), max_length=120, required=False, widget=forms.TextInput(attrs={"list": "articles"})
    )
    guardian = forms.CharField(label=_("Guardian's name (below fourteen)"), max_length=80, required=False)

    phone_ok = forms.BooleanField(label=_("We may ring"), required=False, initial=True)
    from_hour = forms.IntegerField(label=_("from (hour)"), min_value=0, max_value=23, initial=9)
    to_hour = forms.IntegerField(label=_("to (hour)"), min_value=1, max_value=24, initial=18)
    sms_ok = forms.BooleanField(label=_("We may send texts"), required=False)
    letter_ok = forms.BooleanField(label=_("We may send letters"), required=False)
    number = forms.CharField(label=_("Another number that is safe"), max_length=30, required=False)
    neutral_sender = forms.BooleanField(label=_("Never say the word welfare"), required=False)
    contact_note = forms.CharField(label=_("What else to keep in mind"), max_length=200, required=False)

    kind = forms.ChoiceField(label=_("Kind of case"), choices=KINDS, initial=CaseKind.JOINT)
    track = forms.ChoiceField(label=_("Track"), choices=TRACKS, initial=Track.FULL)
    lead = forms.TypedChoiceField(label=_("Lead"), coerce=int)
    official = forms.TypedChoiceField(label=_("From the city or town office"), coerce=_number, required=False)
    worker = forms.TypedChoiceField(label=_("From the centre"), coerce=_number, required=False)
    another = forms.BooleanField(label=_("Another person: open a new case"), required=False)
    token = forms.CharField(max_length=64, widget=forms.HiddenInput)
    intake = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, team: Sequence[Colleague], towns: Sequence[Town], may_number: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if may_number:
            self.fields["resident_number"] = NumberField()
        for purpose, label in CONSENTS:
            self.fields[f"consent_{purpose}"] = forms.ChoiceField(
                label=label, choices=YES_NO, widget=forms.RadioSelect, error_messages={"required": _("Please ask.")}
            )
        nobody = [("", _("Nobody"))]
        self._choose("town", [("", _("Choose")), *((town.code, town.name) for town in towns)])
        self._choose("lead", [_named(member) for member in team if member.may(Permission.CASE_LEAD)])
        self._choose("official", nobody + [_named(member) for member in team if member.is_public])
        self._choose("worker", nobody + [_named(member) for member in team if not member.is_public])

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        start, end = data.get("from_hour"), data.get("to_hour")
        if start is not None and end is not None and start >= end:
            self.add_error("to_hour", _("This hour lies before the first one."))
        return data

    @property
    def consents(self) -> list[forms.BoundField]:
        return [self[f"consent_{purpose}"] for purpose, _label in CONSENTS]

    @property
    def articles(self) -> list[str]:
        return [*rules.articles("public_duty"), *rules.articles("urgent")]

    def opening(self, others: Sequence[NewPerson]) -> Opening:
        """What was told, for the service."""
        data = self.cleaned_data
        main = NewPerson(name=data["name"], sex=data["sex"], phone=data["phone"], **_birth(data["birth"]))
        contact = {
            name: data[name]
            for name in ("phone_ok", "sms_ok", "letter_ok", "from_hour", "to_hour", "number", "neutral_sender")
        }
        return Opening(
            main=main,
            others=tuple(others),
            town=data["town"],
            directions=data["directions"],
            line=data["line"],
            kind=data["kind"],
            track=data["track"],
            lead_id=data["lead"],
            team=tuple(user_id for user_id in (data["official"], data["worker"]) if user_id),
            ground=data["ground"],
            consents={purpose: data[f"consent_{purpose}"] == "yes" for purpose, _label in CONSENTS},
            article=data["article"],
            guardian=data["guardian"],
            contact={**contact, "note": data["contact_note"]},
            token=data["token"],
            intake=data["intake"],
            resident_number=data.get("resident_number", ""),
        )


def _named(member: Colleague) -> tuple[int, str]:
    return member.user_id, f"{member.name} ({member.organisation})"
