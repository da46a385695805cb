"""Hope managers: whose cohort and area, how many houses at most, and the weekly contact with each of them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from hopecare.kernel import clock
from hopecare.kernel.crypto import EncryptedTextField
from volunteers.models.offers import Keyed
from volunteers.models.register import Volunteer

MOST_HOUSES, USUAL_HOUSES, WEEKLY = 20, 10, 7


class Cohort(models.Model):
    """Those who took the course together, at one centre."""

    name = models.CharField(max_length=40)
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    began_on = models.DateField()
    opened_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "name"], name="cohort_once"),
            models.CheckConstraint(condition=~Q(name=""), name="cohort_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class HopeManager(models.Model):
    """One of a cohort. `leader`: of the area, whoever rings when a week passed without contact.

    `token` opens the manager's own page of houses by town and letter; no name of anybody who is helped stands there.
    """

    volunteer = models.OneToOneField(Volunteer, on_delete=models.PROTECT, related_name="manager")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="managers")
    leader = models.ForeignKey(Volunteer, on_delete=models.PROTECT, null=True, blank=True, related_name="leads")
    most = models.PositiveSmallIntegerField(default=USUAL_HOUSES, help_text="houses at the same time")
    since = models.DateField()
    token = EncryptedTextField()
    token_hash = models.CharField(max_length=80, unique=True)
    noted_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(most__range=(1, MOST_HOUSES)), name="manager_most_houses"),
            models.CheckConstraint(condition=Q(leader=None) | ~Q(leader=F("volunteer")), name="manager_led_by_another"),
        ]

    def __str__(self) -> str:
        return self.volunteer.name


class Pairing(Keyed):
    """A manager and a house, for long. `due_on`: by then the next contact; three days tell three people in turn.

    `letter` tells the houses of one manager apart in texts. `rests`: nobody is at home (D15), nothing is due.
    """

    manager = models.ForeignKey(HopeManager, on_delete=models.PROTECT, related_name="pairings")
    lead = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    town = models.ForeignKey("kernel.Town", on_delete=models.PROTECT, related_name="+")
    quarter = models.CharField(max_length=40, blank=True, help_text="as a stranger may know it")
    letter = models.CharField(max_length=1)
    every_days = models.PositiveSmallIntegerField(default=WEEKLY)
    since = models.DateField()
    last_on = models.DateField(null=True, blank=True)
    due_on = models.DateField()
    rests = models.BooleanField(default=False)
    reminded_at = models.DateTimeField(null=True, blank=True)
    leader_told_at = models.DateTimeField(null=True, blank=True)
    lead_told_at = models.DateTimeField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    begun_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_on"], name="pairing_due", condition=Q(ended_on=None, rests=False)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_on=None), name="pairing_one_manager_a_house"),
            models.UniqueConstraint(
                fields=["manager", "letter"], condition=Q(ended_on=None), name="pairing_letter_once"
            ),
            models.CheckConstraint(condition=Q(every_days__range=(1, 31)), name="pairing_rhythm"),
        ]


class Contact(Keyed):
    """One contact, or one that was tried: when and by which path it was told. No words about the person."""

    pairing = models.ForeignKey(Pairing, on_delete=models.PROTECT, related_name="contacts")
    at = models.DateTimeField(default=clock.now)
    reached = models.BooleanField()
    via = models.CharField(max_length=5)
    noted_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["pairing", "-at"], name="contact_pairing")]
