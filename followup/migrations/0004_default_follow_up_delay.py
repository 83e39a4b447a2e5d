"""The default delay of the contact after a course, from the proposal of domain.md B13 (« Sortie sans contact PE : +5 j »)."""

from datetime import date

from django.db import migrations


def create(apps, schema_editor):
    apps.get_model("followup", "FollowUpDelay").objects.create(
        step="contact", days=5, valid_from=date(2016, 1, 1)
    )


class Migration(migrations.Migration):
    dependencies = [("followup", "0003_follow_up_delay")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
