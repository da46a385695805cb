"""What came from another system: the file, each of its rows with what became of it, and benefits paid there (R19)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.base import CaseRow
from cases.models.intake import Intake
from cases.models.work import ServiceRecord
from hopecare.kernel import clock
from hopecare.kernel.crypto import EncryptedTextField
from hopecare.kernel.models import Household, Organisation, Person, User


class ImportKind(models.TextChoices):
    PEOPLE = "people", _("people and households")
    HOUSEHOLDS = "households", _("households")
    SERVICES = "services", _("services given")
    BENEFITS = "benefits", _("benefits received")


class ImportState(models.TextChoices):
    """What became of a row. `held`: it may speak of somebody it must not touch; whoever imports does not learn so."""

    WAITING = "waiting", _("not looked at yet")
    DONE = "done", _("taken in")
    WRONG = "wrong", _("to be corrected")
    REVIEW = "review", _("to be decided")
    LATER = "later", _("waits for a case and consent")
    HELD = "held", _("taken in")
    LEFT_OUT = "left_out", _("not taken in")


class ImportFile(models.Model):
    """One file: who brought it, its keyed print, how far it is read. `rows_read` lets an interrupted one go on."""

    mapping = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=ImportKind)
    source = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    brought_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    brought_at = models.DateTimeField(default=clock.now)
    rows_read = models.PositiveIntegerField(default=0)
    rows_same = models.PositiveIntegerField(default=0, help_text="rows that had come before, word for word")
    read_at = models.DateTimeField(null=True, blank=True)
    ignored = models.JSONField(default=list, help_text="headings that were not read")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sha256", "mapping", "provider"], name="import_file_once")
        ]
        indexes: ClassVar = [models.Index(fields=["provider", "-brought_at"], name="import_file_recent")]


class ImportRow(models.Model):
    """One row and what became of it: provenance of what it made, or what is wrong with it.

    `cells`: the row's words as JSON, kept until nothing more is to be done with them. `row_hash`: keyed, so that the
    same row twice is one; `corrected_hash`: the same of the row as it was corrected by hand.
    """

    file = models.ForeignKey(ImportFile, on_delete=models.CASCADE, related_name="rows")
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ImportKind)
    source = models.CharField(max_length=20)
    number = models.PositiveIntegerField(help_text="in its file, headings not counted")
    key = models.CharField(max_length=80, blank=True, help_text="how the source names it")
    household_key = models.CharField(max_length=80, blank=True)
    row_hash = models.CharField(max_length=80)
    corrected_hash = models.CharField(max_length=80, blank=True)
    cells = EncryptedTextField(blank=True)
    state = models.CharField(max_length=8, choices=ImportState, default=ImportState.WAITING)
    problems = models.JSONField(default=list, help_text="pairs of field and code")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    record = models.ForeignKey(ServiceRecord, on_delete=models.PROTECT, null=True, blank=True, related_name="imported")
    made_person = models.BooleanField(default=False)
    intake = models.OneToOneField(Intake, on_delete=models.SET_NULL, null=True, blank=True, related_name="import_row")
    decided = models.CharField(max_length=6, blank=True, help_text="same or other, as a person said")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    words = models.CharField(max_length=300, blank=True, help_text="why it was left out")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["file", "number"], name="import_row_waiting", condition=Q(state="waiting")),
            models.Index(fields=["provider", "state", "id"], name="import_row_queue"),
            models.Index(fields=["source", "kind", "key"], name="import_row_key", condition=~Q(key="")),
            models.Index(
                fields=["source", "household_key"], name="import_row_household", condition=~Q(household_key="")
            ),
            models.Index(fields=["file", "state"], name="import_row_file"),
            models.Index(fields=["person"], name="import_row_person"),
            models.Index(fields=["record"], name="import_row_record"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "kind", "row_hash"], name="import_row_once"),
            models.CheckConstraint(
                condition=~Q(state="left_out") | ~Q(words=""), name="import_row_left_out_with_words"
            ),
            models.CheckConstraint(
                condition=Q(decided="", decided_by=None) | ~Q(decided="") & Q(decided_by__isnull=False),
                name="import_row_decided_by_somebody",
            ),
        ]


class Benefit(CaseRow):
    """A benefit that another system pays to somebody of the case: a part of their means (R37). Added, never changed."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    programme = models.CharField(max_length=40, help_text="code of the programme, as in the simulator")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    amount_won = models.BigIntegerField(default=0, help_text="a month; 0 = not told")
    source = models.CharField(max_length=20)
    told_at = models.DateTimeField(default=clock.now)
    row = models.OneToOneField(ImportRow, on_delete=models.SET_NULL, null=True, blank=True, related_name="benefit")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "person"], name="benefit_case")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="benefit_period_in_order"
            ),
            models.CheckConstraint(condition=Q(amount_won__gte=0), name="benefit_not_negative"),
        ]


class ImportKey(models.Model):
    """A key with which another system brings its files by itself; it may what its maker may of this, and no more.

    Only its digest is kept. It ends by hand, and with the account or the work of whoever made it.
    """

    name = models.CharField(max_length=60, help_text="which system holds it")
    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
