"""A session is looked at again by the detection when anything that its provider declares has changed (0007)."""

from django.db import migrations

BEFORE = (
    *("title", "provider_id", "area_id", "is_regional", "starts_on", "capacity", "seats_held"),
    "cancelled_on",
)
NOW = (*BEFORE, "minimum", "hours", "price", "recruitment", "declared_at")


def trigger(columns: tuple[str, ...]) -> str:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"""
DROP TRIGGER touch_session ON prescriptions_session;
CREATE TRIGGER touch_session AFTER UPDATE OF {", ".join(columns)} ON prescriptions_session FOR EACH ROW
    WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION jalons_touch_session();
"""


class Migration(migrations.Migration):
    dependencies = [("prescriptions", "0014_information_days_of_each_session")]

    operations = [migrations.RunSQL(trigger(NOW), trigger(BEFORE))]
