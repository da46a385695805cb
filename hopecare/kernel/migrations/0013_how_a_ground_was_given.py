"""How a consent was said, and why it was taken back if they tell (K7)."""

from django.db import migrations, models

from hopecare.kernel import together


class Migration(together.Migration):
    dependencies = [
        ("kernel", "0012_address_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="ground",
            name="reason",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="why it was taken back, if they say so", max_length=200
            ),
        ),
        migrations.AddField(
            model_name="ground",
            name="way",
            field=models.CharField(
                blank=True,
                choices=[("paper", "Paper"), ("words", "Words"), ("telephone", "Telephone")],
                db_default="",
                default="",
                max_length=9,
            ),
        ),
    ]
