"""Messages to the phone app: where a telephone's push messages go, seen by the outbox alone."""

import django.db.models.deletion
from django.db import migrations, models

import hopecare.kernel.clock
import hopecare.kernel.crypto
from hopecare.kernel import together
from hopecare.kernel.rls import principal, protect


class Migration(together.Migration):
    dependencies = [
        ("messaging", "0003_webhook_calls"),
        ("kernel", "0008_staff_devices"),
    ]

    operations = [
        migrations.CreateModel(
            name="PushSubscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("endpoint", hopecare.kernel.crypto.EncryptedTextField(blank=True)),
                (
                    "receiver_key",
                    hopecare.kernel.crypto.EncryptedTextField(
                        blank=True, help_text="the telephone's public key (p256dh)"
                    ),
                ),
                (
                    "secret",
                    hopecare.kernel.crypto.EncryptedTextField(blank=True, help_text="shared with the telephone (auth)"),
                ),
                ("since", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "device",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="kernel.device"
                    ),
                ),
            ],
        ),
        migrations.AlterField(
            model_name="message",
            name="channel",
            field=models.CharField(
                choices=[("sms", "sms"), ("push", "push"), ("email", "email"), ("notice", "notice")], max_length=8
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("channel", "push"), ("state", "sent")), fields=["sent_at"], name="message_unseen"
            ),
        ),
        protect("messaging_pushsubscription", principal("messages")),
    ]
