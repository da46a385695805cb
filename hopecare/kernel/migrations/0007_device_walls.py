"""The second wall around telephones: only the principal that lets them in sees them."""

from django.db import migrations

from hopecare.kernel.rls import principal, protect

TABLES = ("kernel_signincode", "kernel_device", "kernel_devicekey")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0006_devices")]
    operations = [protect(table, principal("devices")) for table in TABLES]
