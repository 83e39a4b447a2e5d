"""Default thresholds of empty places, from the proposal of domain.md B13. They are parameters: dated, changeable."""

from datetime import date

from django.db import migrations

#: Days before the opening -> level of the alert (1: to watch … 4: critical).
THRESHOLDS = {30: 1, 15: 2, 7: 3, 2: 4}
#: Before any session that Jalons can hold.
VALID_FROM = date(2016, 1, 1)


def create(apps, schema_editor):
    threshold = apps.get_model("prescriptions", "SaturationThreshold")
    threshold.objects.bulk_create(
        threshold(days_before=days, level=level, valid_from=VALID_FROM) for days, level in THRESHOLDS.items()
    )


class Migration(migrations.Migration):
    dependencies = [("prescriptions", "0002_saturation_thresholds")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
