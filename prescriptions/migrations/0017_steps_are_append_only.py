"""Nobody rewrites what was done about an alert, nor what was decided under a minimum."""

from django.db import migrations

TABLES = ("prescriptions_saturationstep", "prescriptions_minimumdecision")
FORWARDS = "".join(
    f"""
CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION jalons_refuse_rewriting();
CREATE TRIGGER refuse_truncating BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION jalons_refuse_rewriting();
"""
    for table in TABLES
)
BACKWARDS = "".join(
    f"DROP TRIGGER refuse_rewriting ON {table}; DROP TRIGGER refuse_truncating ON {table};"
    for table in TABLES
)


class Migration(migrations.Migration):
    dependencies = [
        ("prescriptions", "0016_saturation_cases"),
        ("pathways", "0002_events_are_append_only"),
    ]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
