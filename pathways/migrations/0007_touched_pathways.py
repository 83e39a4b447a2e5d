"""A fact, a name or a territory that changes leaves the pathway to be looked at again by the detection of blockages.

A trigger rather than a hook: it costs the door no round trip, sees facts written in bulk, and stands in the
transaction of the change, so that nothing depends on the order in which transactions end.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION jalons_touch_by_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notifications_touched (subject_key) SELECT DISTINCT 'pathway:' || pathway_id FROM stated;
    RETURN NULL;
END
$$;
CREATE TRIGGER touch_pathways AFTER INSERT ON pathways_event REFERENCING NEW TABLE AS stated
    FOR EACH STATEMENT EXECUTE FUNCTION jalons_touch_by_facts();

CREATE FUNCTION jalons_touch_pathway() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notifications_touched (subject_key) VALUES ('pathway:' || NEW.id);
    RETURN NULL;
END
$$;
CREATE TRIGGER touch_pathway AFTER UPDATE OF pole_id, area_id, department_id, beneficiary_id ON pathways_pathway
    FOR EACH ROW
    WHEN ((OLD.pole_id, OLD.area_id, OLD.department_id, OLD.beneficiary_id)
          IS DISTINCT FROM (NEW.pole_id, NEW.area_id, NEW.department_id, NEW.beneficiary_id))
    EXECUTE FUNCTION jalons_touch_pathway();

CREATE FUNCTION jalons_touch_by_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notifications_touched (subject_key)
    SELECT 'pathway:' || id FROM pathways_pathway WHERE beneficiary_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER touch_pathways AFTER UPDATE OF first_name, last_name ON pathways_beneficiary FOR EACH ROW
    WHEN ((OLD.first_name, OLD.last_name) IS DISTINCT FROM (NEW.first_name, NEW.last_name))
    EXECUTE FUNCTION jalons_touch_by_name();
"""
BACKWARDS = """
DROP TRIGGER touch_pathways ON pathways_event;
DROP TRIGGER touch_pathway ON pathways_pathway;
DROP TRIGGER touch_pathways ON pathways_beneficiary;
DROP FUNCTION jalons_touch_by_facts();
DROP FUNCTION jalons_touch_pathway();
DROP FUNCTION jalons_touch_by_name();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("pathways", "0006_the_database_keeps_the_copies"),
        ("notifications", "0003_touched"),
    ]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
