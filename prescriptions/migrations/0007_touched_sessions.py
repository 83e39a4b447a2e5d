"""A session whose dates, places or organisation change is looked at again by the detection (pathways, 0007)."""

from django.db import migrations

COLUMNS = (
    "title",
    "provider_id",
    "area_id",
    "is_regional",
    "starts_on",
    "capacity",
    "seats_held",
    "cancelled_on",
)
OLD, NEW = (", ".join(f"{row}.{column}" for column in COLUMNS) for row in ("OLD", "NEW"))
FORWARDS = f"""
CREATE FUNCTION jalons_touch_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notifications_touched (subject_key) VALUES ('session:' || NEW.id);
    RETURN NULL;
END
$$;
CREATE TRIGGER touch_new_session AFTER INSERT ON prescriptions_session
    FOR EACH ROW EXECUTE FUNCTION jalons_touch_session();
CREATE TRIGGER touch_session AFTER UPDATE OF {", ".join(COLUMNS)} ON prescriptions_session FOR EACH ROW
    WHEN (({OLD}) IS DISTINCT FROM ({NEW})) EXECUTE FUNCTION jalons_touch_session();

CREATE FUNCTION jalons_touch_by_provider() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notifications_touched (subject_key)
    SELECT 'session:' || id FROM prescriptions_session WHERE provider_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER touch_sessions AFTER UPDATE OF name ON pathways_organisation FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION jalons_touch_by_provider();
"""  # noqa: S608 (names written above)
BACKWARDS = """
DROP TRIGGER touch_new_session ON prescriptions_session;
DROP TRIGGER touch_session ON prescriptions_session;
DROP TRIGGER touch_sessions ON pathways_organisation;
DROP FUNCTION jalons_touch_session();
DROP FUNCTION jalons_touch_by_provider();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("prescriptions", "0006_what_a_day_makes_due"),
        ("notifications", "0003_touched"),
        ("pathways", "0001_initial"),
    ]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
