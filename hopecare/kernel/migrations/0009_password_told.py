from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0008_staff_devices"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="password_told",
            field=models.BooleanField(default=False, help_text="somebody else knows it: the owner chooses another"),
        ),
    ]
