"""A file joined to another, or taken apart again, leaves both to be looked at by the detection of blockages."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION jalons_touch_merged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notifications_touched (subject_key)
    SELECT 'pathway:' || id FROM unnest(ARRAY[NEW.id, OLD.merged_into_id, NEW.merged_into_id]) AS id
    WHERE id IS NOT NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER touch_merged AFTER UPDATE OF merged_into_id ON pathways_pathway FOR EACH ROW
    WHEN (OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id) EXECUTE FUNCTION jalons_touch_merged();
"""
BACKWARDS = """
DROP TRIGGER touch_merged ON pathways_pathway;
DROP FUNCTION jalons_touch_merged();
"""


class Migration(migrations.Migration):
    dependencies = [("pathways", "0008_merging")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
