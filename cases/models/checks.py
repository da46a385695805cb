"""What is given twice and what is given by nobody: flags for people, each a question with an answer date (R20, D11)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.base import DERIVED, CaseRow
from cases.models.work import ServiceRecord
from hopecare.kernel import clock
from hopecare.kernel.models import Category, Organisation, Person, ServiceClass, User


class OverlapKind(models.TextChoices):
    PERIOD = "period", _("the same at the same time")
    QUOTA = "quota", _("more than the quota")
    QUESTION = "question", _("a question from another organisation")


class OverlapReason(models.TextChoices):
    OTHER_NEED = "other_need", _("It serves another need")
    AGREED = "agreed", _("Both organisations agreed on it")
    URGENT = "urgent", _("It was urgent")
    NOT_DELIVERED = "not_delivered", _("The other did not come about")
    OTHER = "other", _("Another reason")


class OverlapAnswer(models.TextChoices):
    JUSTIFIED = "justified", _("Both are right")
    ONE_ENDS = "one_ends", _("One of the two ends")
    ASKED = "asked", _("The other organisation was asked")


class Overlap(CaseRow):
    """Two equivalent services at once, or a quota exceeded. Nothing is cut off: somebody answers until a day.

    Of the other side only the organisation and the end stand here, whoever may see more (R20, D17). A flag that was
    unfounded is deleted, not kept; its record bears a print, so that the night does not ask the same again.
    """

    kind = models.CharField(max_length=8, choices=OverlapKind)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    service_class = models.ForeignKey(ServiceClass, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(ServiceRecord, on_delete=models.PROTECT, related_name="overlaps")
    other_record_id = models.BigIntegerField(null=True, blank=True, help_text="0 for a quota; no key: it may be hidden")
    other_provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    other_ends_on = models.DateField(null=True, blank=True)
    section = models.CharField(max_length=16, db_default=DERIVED)
    found_at = models.DateTimeField(default=clock.now)
    nightly = models.BooleanField(default=False)
    reason = models.CharField(max_length=14, choices=OverlapReason, blank=True)
    reason_words = models.CharField(max_length=300, blank=True)
    answer_due = models.DateField()
    answer = models.CharField(max_length=10, choices=OverlapAnswer, blank=True)
    answer_words = models.CharField(max_length=300, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    told_person_on = models.DateField(null=True, blank=True, help_text="when the person heard of the question")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["team", "answer_due"], name="overlap_open", condition=Q(answered_at=None)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record", "kind", "other_record_id"], name="overlap_found_once"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="overlap_answered_by_somebody",
            ),
        ]


class OmissionKind(models.TextChoices):
    NEED = "need", _("need without a service")
    MISSED_VISIT = "missed_visit", _("missed visit")
    STAGE = "stage", _("a new stage of life soon")
    ENDING = "ending", _("a service ends soon")
    ENTITLEMENT = "entitlement", _("perhaps entitled, not receiving")
    UNREACHED = "unreached", _("nobody reached")


class OmissionAnswer(models.TextChoices):
    ARRANGED = "arranged", _("Arranged")
    NOT_WISHED = "not_wished", _("Not wished")
    NOT_NEEDED = "not_needed", _("Not needed any more")
    LATER = "later", _("Ask again later")


class Omission(CaseRow):
    """Something that nobody gives or does; found by the nightly sweep, answered by a person until a day."""

    kind = models.CharField(max_length=12, choices=OmissionKind)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    about = models.CharField(max_length=60, help_text="which one: a stage, a record, a visit, a programme")
    about_on = models.DateField(help_text="since when, or the day it happens")
    section = models.CharField(max_length=16, db_default=DERIVED)
    found_on = models.DateField()
    answer_due = models.DateField()
    answer = models.CharField(max_length=10, choices=OmissionAnswer, blank=True)
    answer_words = models.CharField(max_length=300, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["team", "answer_due"], name="omission_open", condition=Q(answered_at=None)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "kind", "about", "person"], name="omission_found_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="omission_answered_by_somebody",
            ),
        ]
