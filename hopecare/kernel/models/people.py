"""People, households and what protects them. Private: every table here is `Scoped` and behind row-level security."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from hopecare.kernel import address_words, clock
from hopecare.kernel.crypto import EncryptedTextField
from hopecare.kernel.models.base import Dated, Scoped
from hopecare.kernel.models.places import Town
from hopecare.kernel.models.users import User

#: Rows copied in by SQL name the columns they know.
EMPTY = Value([], output_field=ArrayField(models.CharField(max_length=24)))


class Sex(models.TextChoices):
    FEMALE = "F"
    MALE = "M"
    UNKNOWN = "U"


class PersonState(models.TextChoices):
    """D15: everything but `here` stops messages, visits, debits and offers."""

    HERE = "here"
    HOSPITAL = "hospital"
    MOVED = "moved"
    DIED = "died"


def age_on(birth: date | None, day: date) -> int | None:
    """Full years (만 나이); None when the birth date is unknown."""
    if birth is None:
        return None
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


class Person(Scoped):
    """A person, recipient or helper or both; a merged person points to the one that counts.

    A sealed person (D5) carries only the personal keys of the lead and one deputy, so no team and no search finds them.
    """

    name = models.CharField(max_length=80)
    name_jamo = models.GeneratedField(
        expression=Func(F("name"), function="hc_jamo", output_field=models.TextField()),
        output_field=models.TextField(),
        db_persist=True,
    )
    name_initials = models.GeneratedField(
        expression=Func(F("name"), function="hc_initials", output_field=models.TextField()),
        output_field=models.TextField(),
        db_persist=True,
    )
    birth_date = models.DateField(null=True, blank=True)
    birth_year_only = models.BooleanField(default=False, help_text="only the year of birth_date is known")
    sex = models.CharField(max_length=1, choices=Sex, default=Sex.UNKNOWN)
    language = models.CharField(max_length=8, default="ko")
    phone = EncryptedTextField(blank=True)
    phone_hash = models.CharField(max_length=80, blank=True)
    phone_tail_hash = models.CharField(max_length=80, blank=True)
    pregnant_until = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=PersonState, default=PersonState.HERE)
    state_since = models.DateField(null=True, blank=True)
    sealed = models.BooleanField(default=False)
    canonical = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["scope_keys"], name="person_scope"),
            GinIndex(fields=["name_jamo"], opclasses=["gin_trgm_ops"], name="person_jamo"),
            GinIndex(fields=["name_initials"], opclasses=["gin_trgm_ops"], name="person_initials"),
            models.Index(fields=["phone_hash"], name="person_phone", condition=~Q(phone_hash="")),
            models.Index(fields=["phone_tail_hash"], name="person_phone_tail", condition=~Q(phone_tail_hash="")),
        ]

    def __str__(self) -> str:
        return f"person {self.pk}"  # a name in a log line or an error page would leak

    @property
    def age(self) -> int | None:
        """Full years today (만 나이); None when the birth date is unknown."""
        return age_on(self.birth_date, clock.today())


class ResidentNumber(Scoped):
    """A resident registration number, only where K8 names the article; encrypted, matched by a keyed hash."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="resident_number")
    number = EncryptedTextField()
    number_hash = models.CharField(max_length=80, db_index=True)
    article = models.CharField(max_length=120)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [GinIndex(fields=["scope_keys"], name="resident_number_scope")]
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(article=""), name="resident_number_has_article")]


class Household(Scoped):
    town = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [GinIndex(fields=["scope_keys"], name="household_scope")]


class Relation(models.TextChoices):
    SELF = "self"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    GRANDPARENT = "grandparent"
    GRANDCHILD = "grandchild"
    SIBLING = "sibling"
    OTHER = "other"


class Membership(Dated, Scoped):
    """A person in a household; `lives_here` is false for kin who belong to the picture but live apart."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    relation = models.CharField(max_length=12, choices=Relation, default=Relation.SELF)
    lives_here = models.BooleanField(default=True)

    class Meta:
        indexes: ClassVar = [GinIndex(fields=["scope_keys"], name="membership_scope")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household", "person"], condition=Q(ends_on=None), name="membership_once_at_a_time"
            )
        ]


class Address(Dated, Scoped):
    """Where a household lives: exact words and point (private), and a rounded point for routing and maps (~1 km)."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="addresses")
    line = EncryptedTextField(blank=True)
    line_words = ArrayField(
        models.CharField(max_length=24), default=list, blank=True, db_default=EMPTY, help_text="marks of address_words"
    )
    directions = models.CharField(max_length=200, blank=True)
    town = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="+")
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    rough_lat = models.FloatField(null=True, blank=True)
    rough_lon = models.FloatField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["scope_keys"], name="address_scope"),
            GinIndex(fields=["line_words"], name="address_line_words"),
            GinIndex(
                OpClass(
                    Func(F("directions"), function="hc_jamo", output_field=models.TextField()), name="gin_trgm_ops"
                ),
                name="address_directions",
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The marks follow the line; whoever writes rows in numbers sets them beside it."""
        self.line_words = address_words.marks(self.line)
        super().save(*args, **kwargs)


class CoverageClass(models.TextChoices):
    BASIC_RECIPIENT = "basic_recipient"
    NEAR_POVERTY = "near_poverty"
    LOW_INCOME = "low_income"
    OTHER = "other"


class Coverage(Dated, Scoped):
    """Dated history of a household's coverage class (R86); it never blocks access (R87)."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="coverages")
    coverage_class = models.CharField(max_length=16, choices=CoverageClass)

    class Meta:
        indexes: ClassVar = [GinIndex(fields=["scope_keys"], name="coverage_scope")]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="coverage_periods_do_not_overlap",
                expressions=[
                    ("household", RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_on"),
                            Coalesce(
                                F("ends_on"), Func(Value("infinity"), function="DATE", template="%(expressions)s::date")
                            ),
                            Value("[]"),
                            function="daterange",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            )
        ]


class SafeContact(Scoped):
    """How a person may be reached without danger (D4); every message passes it."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="safe_contact")
    phone_ok = models.BooleanField(default=True)
    sms_ok = models.BooleanField(default=False)
    letter_ok = models.BooleanField(default=True)
    from_hour = models.PositiveSmallIntegerField(default=9)
    to_hour = models.PositiveSmallIntegerField(default=18)
    number = EncryptedTextField(blank=True, help_text="another number than the person's own")
    neutral_sender = models.BooleanField(default=False, help_text="never say the word welfare")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [GinIndex(fields=["scope_keys"], name="safe_contact_scope")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(from_hour__lt=F("to_hour")) & Q(to_hour__lte=24), name="safe_contact_hours_in_order"
            )
        ]


class GroundKind(models.TextChoices):
    CONSENT = "consent"
    PUBLIC_DUTY = "public_duty"
    LAW = "law"
    URGENT = "urgent"


class GroundPurpose(models.TextChoices):
    CASE_MANAGEMENT = "case_management"
    HEALTH = "health"
    VOLUNTEERS = "volunteers"
    DONORS = "donors"


class GroundWay(models.TextChoices):
    """How somebody said yes or no."""

    PAPER = "paper"
    WORDS = "words"
    TELEPHONE = "telephone"


class Ground(Dated, Scoped):
    """Why we may process for a purpose: consent with form version and end, or law with its article (K6, K7).

    History is appended: a changed mind is a new row; `given=False` is a refusal that must be respected.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grounds")
    purpose = models.CharField(max_length=16, choices=GroundPurpose)
    kind = models.CharField(max_length=12, choices=GroundKind, default=GroundKind.CONSENT)
    given = models.BooleanField()
    form_version = models.CharField(max_length=20, blank=True)
    article = models.CharField(max_length=120, blank=True)
    guardian = models.CharField(
        max_length=80, blank=True, default="", db_default="", help_text="who consented for a small child (K10)"
    )
    way = models.CharField(max_length=9, choices=GroundWay, blank=True, default="", db_default="")
    reason = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="why it was taken back, if they say so"
    )
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [GinIndex(fields=["scope_keys"], name="ground_scope")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind="consent") | ~Q(article=""), name="ground_law_has_article"),
            models.CheckConstraint(condition=~Q(kind="consent") | ~Q(form_version=""), name="ground_consent_has_form"),
        ]


class Document(Scoped):
    """A file, stored once by content, encrypted below HOPECARE_HOME/files, served by a checked view only."""

    sha256 = models.CharField(max_length=64, db_index=True)
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [GinIndex(fields=["scope_keys"], name="document_scope")]
