"""One outbox for text messages, e-mail and staff notices, and what came in."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from hopecare.kernel import clock
from hopecare.kernel.crypto import EncryptedTextField
from hopecare.messaging.facts import MessageFact
from hopecare.messaging.states import Channel, InboundState, MessageState


def _choices(kind: Any) -> list[tuple[str, str]]:
    return [(value.value, value.value) for value in kind]


class MessageQuerySet(models.QuerySet["Message"]):
    def about(self, object_kind: str, object_id: object) -> "MessageQuerySet":
        return self.filter(object_kind=object_kind, object_id=str(object_id))

    def to_number(self, hashes: list[str]) -> "MessageQuerySet":
        return self.filter(phone_hash__in=hashes)

    def due(self) -> "MessageQuerySet":
        """Waiting and due, or left behind by a worker that died."""
        now = clock.now()
        return self.filter(
            Q(state=MessageState.QUEUED, next_attempt_at__lte=now)
            | Q(state=MessageState.SENDING, leased_until__lte=now)
        )

    def notices(self) -> "MessageQuerySet":
        return self.filter(channel=Channel.NOTICE)

    def outgoing(self) -> "MessageQuerySet":
        return self.exclude(channel=Channel.NOTICE)


class Message(models.Model):
    """One message, unique by (purpose, object, step): asking twice for the same step sends once.

    A notice carries English words and parameters; they are told in the reader's language. `uncertain`: a provider may
    have taken it although no answer came back, so it is looked up there before it is sent again.
    """

    purpose = models.CharField(max_length=40)
    object_kind = models.CharField(max_length=30)
    object_id = models.CharField(max_length=40)
    step = models.CharField(max_length=60)
    channel = models.CharField(max_length=8, choices=_choices(Channel))
    recipient_kind = models.CharField(max_length=10)
    recipient_id = models.CharField(max_length=40, blank=True)
    provider = models.ForeignKey(
        "kernel.Organisation", on_delete=models.PROTECT, null=True, related_name="+", help_text="pays and repairs"
    )
    phone = EncryptedTextField(blank=True)
    phone_hash = models.CharField(max_length=80, blank=True)
    email = EncryptedTextField(blank=True)
    language = models.CharField(max_length=8, default="ko")
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    parameters = models.JSONField(default=dict, blank=True)
    link = models.CharField(max_length=400, blank=True)
    segments = models.PositiveSmallIntegerField(default=1)
    duty = models.BooleanField(default=False, help_text="an alarm: knows no quiet hours and no budget")
    quiet_from = models.SmallIntegerField(default=-1)
    quiet_to = models.SmallIntegerField(default=-1)
    state = models.CharField(max_length=10, choices=_choices(MessageState), default=MessageState.QUEUED)
    reason = models.CharField(max_length=20, blank=True)
    not_after = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(default=clock.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    tries_from = models.PositiveSmallIntegerField(default=0, help_text="attempts when a person last said again")
    uncertain = models.BooleanField(default=False)
    provider_sid = models.CharField(max_length=40, null=True, blank=True)
    provider_status = models.CharField(max_length=12, blank=True)
    error_code = models.CharField(max_length=20, blank=True)
    unsent_to_tell = models.BooleanField(default=False, help_text="the app that queued it is still to be told")
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["purpose", "object_kind", "object_id", "step"], name="message_step_once"),
            models.UniqueConstraint(fields=["provider_sid"], name="message_sid_once"),
            models.CheckConstraint(
                condition=~Q(state=MessageState.SENDING) | Q(leased_until__isnull=False), name="message_sending_leased"
            ),
            models.CheckConstraint(
                condition=~Q(state=MessageState.SUPPRESSED) | ~Q(reason=""), name="message_suppressed_why"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_attempt_at"], name="message_due", condition=Q(state__in=["queued", "sending"])),
            models.Index(fields=["phone_hash", "-id"], name="message_phone", condition=~Q(phone_hash="")),
            models.Index(
                fields=["recipient_kind", "recipient_id", "-id"], name="message_notice", condition=Q(channel="notice")
            ),
            models.Index(
                fields=["recipient_kind", "recipient_id"],
                name="message_unread",
                condition=Q(channel="notice", read_at=None),
            ),
            models.Index(fields=["id"], name="message_to_tell", condition=Q(unsent_to_tell=True)),
            models.Index(fields=["sent_at"], name="message_unseen", condition=Q(channel="push", state="sent")),
            models.Index(
                fields=["provider", "-id"], name="message_stuck", condition=Q(state__in=["failed", "suppressed"])
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.pk} {self.purpose}"

    def fact(self) -> MessageFact:
        """What other apps may know of it."""
        return MessageFact(
            id=self.pk,
            purpose=self.purpose,
            object_kind=self.object_kind,
            object_id=self.object_id,
            step=self.step,
            channel=self.channel,
            recipient_kind=self.recipient_kind,
            recipient_id=self.recipient_id,
            state=self.state,
            reason=self.reason,
            error_code=self.error_code,
            created_at=self.created_at,
            sent_at=self.sent_at,
        )

    def words(self) -> str:
        """A notice in the reader's language; any other message as it was written."""
        if self.channel != Channel.NOTICE:
            return self.body
        return str(gettext(self.body) % self.parameters)


class InboundMessage(models.Model):
    """A text that reached us, stored before anybody understands it; once per provider's id, however often it comes."""

    provider_sid = models.CharField(max_length=40, unique=True)
    phone = EncryptedTextField(blank=True)
    phone_hash = models.CharField(max_length=80)
    text = EncryptedTextField(blank=True)
    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=_choices(InboundState), default=InboundState.RECEIVED)
    purpose = models.CharField(max_length=40, blank=True, help_text="which conversation took it")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=clock.now)
    received_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_attempt_at"], name="inbound_open", condition=Q(state=InboundState.RECEIVED)),
            models.Index(fields=["provider", "-id"], name="inbound_unknown", condition=Q(state=InboundState.UNKNOWN)),
        ]

    def __str__(self) -> str:
        return f"inbound {self.pk}"


class OptOut(models.Model):
    """A telephone that said STOP, from a moment to a moment (START re-opens). It wins over everything."""

    phone_hash = models.CharField(max_length=80)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=20, default="reply", help_text="reply, provider, staff")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["phone_hash"], condition=Q(until=None), name="opt_out_open_once"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="opt_out_in_order"),
        ]


class BudgetDay(models.Model):
    """What an organisation spent on text messages on one day, in parts, against its limit; the runaway stop.

    `extra`: parts that a person allowed on top today. `stopped_at`: when the limit was met.
    """

    provider = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    day = models.DateField()
    used = models.PositiveIntegerField(default=0)
    extra = models.PositiveIntegerField(default=0)
    stopped_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "day"], nulls_distinct=False, name="budget_day_once"),
        ]


class WebhookCall(models.Model):
    """One piece of news for one partner's system: a name, an id made for that partner alone, a state. Nobody's data.

    `next_attempt_at` is empty once it was taken, or once we gave up; a replay asks anew.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.CharField(max_length=40)
    body = models.JSONField()
    at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True, default=clock.now)
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="of the last answer")
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_attempt_at"], name="webhook_due", condition=Q(next_attempt_at__isnull=False)),
            models.Index(fields=["partner", "at"], name="webhook_partner"),
        ]


class PushSubscription(models.Model):
    """Where one telephone's push messages go, and the keys that only it can open them with. It ends with the telephone.

    Once ended, address and keys are empty: nothing can be sent there any more.
    """

    device = models.OneToOneField("kernel.Device", on_delete=models.CASCADE, related_name="+")
    endpoint = EncryptedTextField(blank=True)
    receiver_key = EncryptedTextField(blank=True, help_text="the telephone's public key (p256dh)")
    secret = EncryptedTextField(blank=True, help_text="shared with the telephone (auth)")
    since = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
