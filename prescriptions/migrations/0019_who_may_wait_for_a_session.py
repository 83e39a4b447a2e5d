"""People and sessions looked at again by « aucune session compatible »: the job project, the home, who pays for what."""

from django.db import migrations

FORWARDS = """
CREATE TRIGGER touch_pathways_of_project AFTER UPDATE OF job_project, commune_id ON pathways_beneficiary FOR EACH ROW
    WHEN ((OLD.job_project, OLD.commune_id) IS DISTINCT FROM (NEW.job_project, NEW.commune_id))
    EXECUTE FUNCTION jalons_touch_by_name();

CREATE FUNCTION jalons_touch_by_action() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notifications_touched (subject_key)
    SELECT 'session:' || id FROM prescriptions_session WHERE action_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER touch_sessions_of_action
    AFTER UPDATE OF financers, is_contracted, entry_mode, latitude, longitude, commune_id
    ON prescriptions_trainingaction FOR EACH ROW
    WHEN ((OLD.financers, OLD.is_contracted, OLD.entry_mode, OLD.latitude, OLD.longitude, OLD.commune_id)
          IS DISTINCT FROM
          (NEW.financers, NEW.is_contracted, NEW.entry_mode, NEW.latitude, NEW.longitude, NEW.commune_id))
    EXECUTE FUNCTION jalons_touch_by_action();
"""
BACKWARDS = """
DROP TRIGGER touch_sessions_of_action ON prescriptions_trainingaction;
DROP FUNCTION jalons_touch_by_action();
DROP TRIGGER touch_pathways_of_project ON pathways_beneficiary;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("prescriptions", "0018_reserved_seats"),
        ("pathways", "0007_touched_pathways"),
    ]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
