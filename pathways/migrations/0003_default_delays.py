"""Default delays per state, from the proposal of domain.md B13. They are parameters: each convention may change them."""

from django.db import migrations

DELAYS = {
    "identified": (21, "une prescription, ou un échange noté"),
    "prescribed": (14, "une réponse de l'organisme"),
    "admitted": (45, "l'entrée en formation"),
    "suspended": (30, "une reprise, ou la fin de la formation"),
    "in_exam": (15, "le résultat de l'examen"),
    "completed": (15, "un contact, puis un emploi ou une autre suite"),
    "dropped_out": (15, "un contact, puis une nouvelle étape"),
    "lost_contact": (90, "la clôture du dossier"),
}


def create(apps, schema_editor):
    delay = apps.get_model("pathways", "StateDelay")
    delay.objects.bulk_create(
        delay(state=state, days=days, explanation=explanation)
        for state, (days, explanation) in DELAYS.items()
    )


class Migration(migrations.Migration):
    dependencies = [("pathways", "0002_events_are_append_only")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
