"""Nobody rewrites history: the database itself refuses to change, delete or truncate events and cohort decisions."""

from django.db import migrations

GUARD = """
CREATE FUNCTION jalons_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: history is append-only, state a correcting event instead', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
"""
TABLES = ("pathways_event", "pathways_cohortdecision")


def forwards():
    yield GUARD
    for table in TABLES:
        yield f"""
CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION jalons_refuse_rewriting();
CREATE TRIGGER refuse_truncating BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION jalons_refuse_rewriting();
"""


def backwards():
    for table in TABLES:
        yield f"DROP TRIGGER refuse_rewriting ON {table}; DROP TRIGGER refuse_truncating ON {table};"
    yield "DROP FUNCTION jalons_refuse_rewriting();"


class Migration(migrations.Migration):
    dependencies = [("pathways", "0001_initial")]

    operations = [migrations.RunSQL("\n".join(forwards()), "\n".join(backwards()))]
