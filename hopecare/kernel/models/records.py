"""Rows about rows: what changed, who looked, what happened, what was already answered."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from hopecare.kernel import clock


class AuditRow(models.Model):
    """Account, time, source address, whose data, what (K9). No foreign keys, monthly partitions, key (at, id)."""

    pk = models.CompositePrimaryKey("at", "id")
    id = models.BigIntegerField()
    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    user_name = models.CharField(max_length=80)
    organisation_id = models.BigIntegerField(null=True)
    principal = models.CharField(max_length=20)
    source_address = models.GenericIPAddressField(null=True)
    subject_kind = models.CharField(max_length=30)
    subject_ids = ArrayField(models.BigIntegerField())
    owner_ids = ArrayField(models.IntegerField())
    what = models.CharField(max_length=60)

    class Meta:
        abstract = True


class ChangeEntry(AuditRow):
    """One change, written in the transaction that made it; `details` names fields, never their private contents."""

    details = models.JSONField()

    class Meta:
        managed = False
        db_table = "kernel_change"


class ReadEntry(AuditRow):
    """One row a request that read private records, or was refused."""

    refused = models.BooleanField()

    class Meta:
        managed = False
        db_table = "kernel_read"


class Event(models.Model):
    """News of a change, written in the changing transaction, delivered at least once to subscribers by name."""

    name = models.CharField(max_length=60)
    payload = models.JSONField()
    at = models.DateTimeField(default=clock.now)


class Delivery(models.Model):
    """One event for one subscriber; recovery rests on the lease in this row, the broker only nudges."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.CharField(max_length=80)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["event", "subscriber"], name="delivery_once")]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="delivery_open", condition=models.Q(delivered_at=None)),
        ]


class IdempotencyKey(models.Model):
    """An answer already given, kept 30 days because a phone may be offline that long."""

    client = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    body = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["client", "key"], name="idempotency_once")]


class Pulse(models.Model):
    """The last sign of life of a process that serves no requests (worker, beat)."""

    process = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
