"""Training: sessions of a course, who was asked and who came. Courses themselves are data (data/courses.yaml)."""

from typing import ClassVar

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q

from hopecare.kernel import clock
from volunteers.models.register import Volunteer
from volunteers.states import AttendanceState


class Session(models.Model):
    """One date of a course at a centre."""

    course = models.CharField(max_length=24)
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    during = DateTimeRangeField()
    place = models.CharField(max_length=120)
    taught_by = models.CharField(max_length=80, blank=True)
    seats = models.PositiveSmallIntegerField(default=20)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    planned_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["provider", "during"], name="session_provider")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(seats__range=(1, 500)) & ~Q(place=""), name="session_seats_and_place")
        ]


class Attendance(models.Model):
    """One volunteer at one session; `completed_on`: the course was complete with it."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendances")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="attendances")
    state = models.CharField(max_length=8, default=AttendanceState.ASKED)
    asked_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    noted_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    noted_at = models.DateTimeField(null=True, blank=True)
    completed_on = models.DateField(null=True, blank=True)
    code = models.CharField(max_length=13, unique=True, null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["volunteer", "state"], name="attendance_volunteer")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "volunteer"], name="attendance_once"),
            models.CheckConstraint(
                condition=Q(completed_on=None, code=None)
                | Q(completed_on__isnull=False, code__isnull=False, state="came"),
                name="attendance_completed_who_came",
            ),
        ]
