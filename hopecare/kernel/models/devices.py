"""Telephones that people have signed in on, the keys they hold, and keys of other systems that write to us."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from hopecare.kernel import clock
from hopecare.kernel.crypto import EncryptedTextField


class SignInCode(models.Model):
    """One code that was sent to one number, or shown to staff at their desk. Neither stands here in clear."""

    phone_hash = models.CharField(max_length=80)
    user = models.ForeignKey("kernel.User", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    digest = models.CharField(max_length=80)
    asked_at = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["phone_hash", "-asked_at"], name="sign_in_code_number")]


class DeviceEnd(models.TextChoices):
    SIGNED_OUT = "signed_out"
    REVOKED = "revoked"  # from another telephone of the same number
    STOLEN = "stolen"  # a key that had been replaced was shown again
    UNUSED = "unused"


class Device(models.Model):
    """One telephone of one number, or of one member of staff (`user`), whose `phone` is "staff:" and the account.

    `version` counts its changes, for edits that must not overwrite one another.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey("kernel.User", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    phone = EncryptedTextField()
    phone_hash = models.CharField(max_length=80)
    name = models.CharField(max_length=60, blank=True, help_text="as its owner calls it")
    language = models.CharField(max_length=8, default="ko")
    version = models.PositiveIntegerField(default=1)
    signed_in_at = models.DateTimeField(default=clock.now)
    seen_on = models.DateField(default=clock.today)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=10, choices=DeviceEnd, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["phone_hash"], name="device_number", condition=Q(ended_at=None)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_why="") | Q(ended_at__isnull=False) & ~Q(ended_why=""),
                name="device_ended_why",
            ),
        ]


class KeyState(models.TextChoices):
    WAITING = "waiting"  # given out, not shown yet: the answer may have been lost on its way
    CURRENT = "current"
    REPLACED = "replaced"  # whoever shows it now is not the only one who holds it


class DeviceKey(models.Model):
    """One refresh token of a telephone, as its digest; all keys of a telephone are one family and end together."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="device_keys")
    digest = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=8, choices=KeyState)
    issued_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["device"], condition=Q(state="current"), name="device_key_one_current"),
            models.UniqueConstraint(fields=["device"], condition=Q(state="waiting"), name="device_key_one_waiting"),
        ]


class ApiKey(models.Model):
    """One system of somebody else that may write to us for one purpose; the key stands here as its digest.

    `beginning`: its first signs, by which people recognise it. `used`: how often it wrote.
    """

    purpose = models.CharField(max_length=20)
    name = models.CharField(max_length=80, help_text="whose system it is")
    organisation = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    beginning = models.CharField(max_length=8)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    used = models.PositiveIntegerField(default=0)
    last_used_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
