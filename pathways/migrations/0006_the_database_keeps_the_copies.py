"""`Pathway.sort_key` and `department` repeat the person's name and the cohort's Département, whoever writes them.

Triggers rather than services: people are written by forms, imports and corrections, one by one and in bulk, and a copy
that one of them forgets would put somebody in the wrong place of a list without anybody noticing. The updates of the
engine name neither column: a fact costs nothing here.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION jalons_pathway_copies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT sort_key INTO NEW.sort_key FROM pathways_beneficiary WHERE id = NEW.beneficiary_id;
    SELECT department_id INTO NEW.department_id FROM pathways_cohort WHERE id = NEW.cohort_id;
    NEW.sort_key := coalesce(NEW.sort_key, '');
    RETURN NEW;
END
$$;
CREATE TRIGGER keep_copies BEFORE INSERT OR UPDATE OF beneficiary_id, cohort_id, sort_key, department_id
    ON pathways_pathway FOR EACH ROW EXECUTE FUNCTION jalons_pathway_copies();

CREATE FUNCTION jalons_rename_pathways() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE pathways_pathway SET sort_key = NEW.sort_key WHERE beneficiary_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER rename_pathways AFTER UPDATE OF sort_key ON pathways_beneficiary FOR EACH ROW
    WHEN (OLD.sort_key IS DISTINCT FROM NEW.sort_key) EXECUTE FUNCTION jalons_rename_pathways();

CREATE FUNCTION jalons_move_cohort() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE pathways_pathway SET department_id = NEW.department_id WHERE cohort_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER move_cohort AFTER UPDATE OF department_id ON pathways_cohort FOR EACH ROW
    WHEN (OLD.department_id IS DISTINCT FROM NEW.department_id) EXECUTE FUNCTION jalons_move_cohort();

-- Each row is given its copies by the first trigger.
UPDATE pathways_pathway SET sort_key = '';
"""
BACKWARDS = """
DROP TRIGGER keep_copies ON pathways_pathway;
DROP TRIGGER rename_pathways ON pathways_beneficiary;
DROP TRIGGER move_cohort ON pathways_cohort;
DROP FUNCTION jalons_pathway_copies();
DROP FUNCTION jalons_rename_pathways();
DROP FUNCTION jalons_move_cohort();
"""


class Migration(migrations.Migration):
    dependencies = [("pathways", "0005_lists_of_a_department")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
