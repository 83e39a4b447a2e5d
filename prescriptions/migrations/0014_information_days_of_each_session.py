"""The information days of an action become meetings of its sessions; hours too; then the action forgets its days.

A day announced for an action serves each of its sessions that opens later, and each session with permanent entries.
"""

from django.db import migrations

FORWARDS = """
INSERT INTO prescriptions_meeting
    (session_id, kind, held_on, place, declared_by_id, declared_at, recorded_at)
SELECT s.id, 'information', day, '', s.declared_by_id, s.declared_at, now()
FROM prescriptions_session s
JOIN prescriptions_trainingaction a ON a.id = s.action_id
CROSS JOIN LATERAL (SELECT DISTINCT unnest(a.information_dates) AS day) days
WHERE a.entry_mode = 'permanent' OR s.starts_on IS NULL OR day <= s.starts_on;
UPDATE prescriptions_session s SET hours = a.hours_total
FROM prescriptions_trainingaction a WHERE a.id = s.action_id AND a.hours_total IS NOT NULL;
UPDATE prescriptions_session s SET known_on = h.first
FROM (SELECT id, min(history_date)::date AS first FROM prescriptions_historicalsession GROUP BY id) h
WHERE h.id = s.id;
"""
BACKWARDS = """
UPDATE prescriptions_trainingaction a SET information_dates = m.days
FROM (
    SELECT s.action_id, array_agg(DISTINCT m.held_on ORDER BY m.held_on) AS days
    FROM prescriptions_meeting m JOIN prescriptions_session s ON s.id = m.session_id
    WHERE m.kind = 'information' AND m.withdrawn_at IS NULL GROUP BY s.action_id
) m WHERE m.action_id = a.id;
DELETE FROM prescriptions_meeting;
"""


class Migration(migrations.Migration):
    dependencies = [("prescriptions", "0013_session_meetings")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
        # The new rows' keys are checked here: what follows changes tables.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL IMMEDIATE"),
        migrations.RemoveField(model_name="historicaltrainingaction", name="information_dates"),
        migrations.RemoveField(model_name="trainingaction", name="information_dates"),
    ]
