"""What somebody told the simulator: kept only when they ask for it, encrypted, for a time, findable by code alone.

No name, no account, no person: neither table can be joined to anybody. The code or key itself is not stored, only its
keyed hash; the answers are readable with the row and the key ring together.
"""

from django.db import models

from hopecare.kernel import clock
from hopecare.kernel.crypto import EncryptedTextField


class SavedAnswers(models.Model):
    """Answers to come back to. `answers` is JSON; emptied when the time is over or the owner throws them away.

    `outcome`: JSON {"facts", "verdicts", "turned"}: what was reckoned, what it said, and which verdicts other rules
    have turned since (id → what it said then). `rules_version` said it, `run_version` looked last.
    """

    code_hash = models.CharField(max_length=90, unique=True)
    answers = EncryptedTextField(blank=True)
    outcome = EncryptedTextField(blank=True)
    rules_version = models.CharField(max_length=40)
    run_version = models.CharField(max_length=40, blank=True)
    saved_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    reopened = models.BooleanField(default=False, help_text="a rule was corrected since: its owner is told (D12)")

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="answers_expire")]


class HandOver(models.Model):
    """Answers given, with consent, to a centre: read once, by a one-time key, and emptied then or in an hour."""

    key_hash = models.CharField(max_length=90, unique=True)
    answers = EncryptedTextField(blank=True)
    town = models.SlugField(max_length=40, blank=True)
    rules_version = models.CharField(max_length=40)
    consent_version = models.CharField(max_length=40)
    made_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="hand_over_expires")]
