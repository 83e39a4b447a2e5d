"""The delay of the contact after an exit becomes a dated parameter like the others; what had been chosen is kept."""

from django.db import migrations

DEFAULT = 5


def carry_over(apps, schema_editor):
    values = apps.get_model("pathways", "ParameterValue").objects
    for row in apps.get_model("followup", "FollowUpDelay").objects.order_by("valid_from"):
        if row.days != DEFAULT or values.filter(code="contact_days").exists():
            values.create(
                code="contact_days",
                value=row.days,
                valid_from=row.valid_from,
                reason="Délai choisi avant que les paramètres aient leur page.",
            )


class Migration(migrations.Migration):
    dependencies = [("followup", "0005_reopened_days"), ("pathways", "0011_parameter_values")]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.DeleteModel(name="FollowUpDelay"),
    ]
