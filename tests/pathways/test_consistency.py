"""`check_consistency` names each kind of incoherent row; `rebuild_projections` mends those that facts decide."""

import json
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from pathways.consistency import Progress, incoherences, rebuild
from pathways.corrections import annul
from pathways.models import Event
from tests.factories import FIRST_DAY, World

pytestmark = pytest.mark.django_db


def day(number: int):
    return FIRST_DAY + timedelta(days=number)


PATHS = (
    ("submit", 2), ("admit", 10), ("register", 40), ("enter", 60), ("sit_exam", 70), ("exam_passed", 71),
    ("complete", 72), ("contact", 75), ("employ", 76), ("end_job", 90),
)  # fmt: skip


def follow(story, until: str):
    for kind, number in PATHS:
        story.tell(kind, day(number))
        if kind == until:
            return story
    raise ValueError(until)


@pytest.fixture
def world():
    return World.make()


@pytest.fixture
def stories(world):
    """One person at each step, all of them coherent."""
    made = {
        kind: follow(world.story(), kind)
        for kind in ("submit", "admit", "enter", "complete", "contact", "end_job")
    }
    made["draft"] = world.story()
    annulled = follow(world.story(), "enter")
    annul(annulled.tell("suspend", day(61)).event.pk, world.provider, comment="Erreur.")
    return made


def run(command, *arguments) -> tuple[dict, str, int]:
    """The JSON line, the whole output and the exit status of a command."""
    out, status = StringIO(), 0
    try:
        call_command(command, "--json", *arguments, stdout=out)
    except SystemExit as stop:
        status = stop.code
    return json.loads(out.getvalue().splitlines()[-1]), out.getvalue(), status


def sql(statement: str, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@contextmanager
def past_the_database(table: str = "", constraint: str = ""):
    """Let a test write what the database itself refuses: without a constraint, or past the append-only triggers."""
    if constraint:
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        yield
        return
    sql("SET LOCAL session_replication_role = replica")
    yield
    sql("SET LOCAL session_replication_role = origin")


def test_a_coherent_database_says_so(stories):
    report, output, status = run("check_consistency")
    assert (report["incoherent"], status) == (0, 0), output
    assert report["pathways"] == len(stories) + 1
    assert report["events"] == Event.objects.count()
    assert "tout concorde" in output


@pytest.mark.parametrize(
    ("step", "table", "column", "value"),
    [
        ("submit", "pathways_pathway", "state", "'admitted'"),
        ("submit", "pathways_pathway", "state_since", "'2026-01-06'"),
        ("submit", "pathways_pathway", "due_on", "'2027-01-06'"),
        ("submit", "pathways_pathway", "last_fact_on", "NULL"),
        ("contact", "pathways_pathway", "contacted_on", "NULL"),
        ("contact", "pathways_pathway", "contact_attempts", "2"),
        ("end_job", "pathways_pathway", "job_ended_on", "NULL"),
        ("admit", "prescriptions_prescription", "decided_on", "'2026-01-06'"),
        ("enter", "prescriptions_prescription", "entered_on", "'2026-01-06'"),
        ("enter", "followup_enrolment", "state", "'suspended'"),
        ("complete", "followup_enrolment", "exit_on", "'2026-05-06'"),
        ("complete", "followup_enrolment", "exam_state", "'failed'"),
        ("complete", "followup_enrolment", "exam_result_on", "NULL"),
    ],
)
def test_a_projection_that_differs_from_the_facts_is_named_and_mended(stories, step, table, column, value):
    story = stories[step]
    key = {
        "pathways_pathway": ("id", story.pathway.pk),
        "prescriptions_prescription": ("id", story.prescription.pk),
    }
    name, pk = key.get(table, ("prescription_id", story.prescription.pk))
    sql(f"UPDATE {table} SET {column} = {value} WHERE {name} = %s", pk)
    report, output, status = run("check_consistency")
    assert (report["checks"], status) == ({"projection": 1}, 1), output
    assert f" {pk} : {column} « " in output
    dry, _, _ = run("rebuild_projections")
    assert dry["changed"] == 1
    assert run("check_consistency")[0]["incoherent"] == 1, "a dry run must mend nothing"
    wet, _, _ = run("rebuild_projections", "--wet-run")
    assert wet["changed"] == 1
    assert run("check_consistency")[0]["incoherent"] == 0
    assert run("rebuild_projections", "--wet-run")[0]["changed"] == 0


def broken_seats(stories, world):
    sql(
        "UPDATE prescriptions_session SET seats_held = 5 WHERE id = %s",
        stories["admit"].prescription.session_id,
    )


def broken_job(stories, world):
    sql("UPDATE followup_employment SET ended_on = NULL WHERE pathway_id = %s", stories["end_job"].pathway.pk)


def lost_enrolment(stories, world):
    sql("DELETE FROM followup_enrolment WHERE prescription_id = %s", stories["enter"].prescription.pk)


def lost_task(stories, world):
    sql("UPDATE viewflow_task SET status = 'CANCELED' WHERE status = 'NEW' AND flow_task LIKE '%%contact'")


MENDABLE = {
    "seats": broken_seats,
    "employment": broken_job,
    "missing_row": lost_enrolment,
    "contact_not_asked": lost_task,
}


@pytest.mark.parametrize("check", MENDABLE)
def test_other_rows_that_facts_decide_are_named_and_mended(stories, world, check):
    MENDABLE[check](stories, world)
    report, output, status = run("check_consistency")
    assert (report["checks"], status) == ({check: 1}, 1), output
    run("rebuild_projections", "--wet-run")
    assert run("check_consistency")[0]["incoherent"] == 0


def state_without_date(stories, world):
    sql(
        "UPDATE prescriptions_prescription SET state_since = NULL WHERE id = %s",
        stories["submit"].prescription.pk,
    )


def impossible(stories, world):
    with past_the_database():
        sql(
            "UPDATE pathways_event SET kind = 'attend' WHERE kind = 'admit' AND pathway_id = %s",
            stories["admit"].pathway.pk,
        )


def unknown_kind(stories, world):
    with past_the_database():
        sql(
            "UPDATE pathways_event SET kind = 'vanish' WHERE kind = 'contact' AND pathway_id = %s",
            stories["contact"].pathway.pk,
        )


def stranger(stories, world):
    sql("UPDATE pathways_membership SET started_on = '2026-03-22' WHERE user_id = %s", world.advisor.user_id)


def future(stories, world):
    with past_the_database():
        sql(
            "UPDATE pathways_event SET recorded_at = '2026-01-06' WHERE kind = 'submit' AND pathway_id = %s",
            stories["submit"].pathway.pk,
        )


def moved_away(stories, world):
    elsewhere = World.make().referent.organisation_id
    sql("UPDATE pathways_pathway SET pole_id = %s WHERE id = %s", elsewhere, stories["submit"].pathway.pk)


def misfiled(stories, world):
    with past_the_database():
        sql("UPDATE pathways_pathway SET sort_key = 'AUTRE' WHERE id = %s", stories["submit"].pathway.pk)


def borrowed_subject(stories, world):
    with past_the_database():
        sql(
            "UPDATE pathways_event SET subject_id = %s WHERE kind = 'contact' AND pathway_id = %s",
            stories["draft"].prescription.pk, stories["contact"].pathway.pk,
        )  # fmt: skip


def foreign_session(stories, world):
    other = stories["draft"].prescription.session_id
    sql(
        "UPDATE followup_enrolment SET session_id = %s WHERE prescription_id = %s",
        other,
        stories["enter"].prescription.pk,
    )


def foreign_provider(stories, world):
    other = World.make().provider.organisation_id
    sql(
        "UPDATE prescriptions_session SET provider_id = %s WHERE id = %s",
        other,
        stories["draft"].prescription.session_id,
    )


def asked_twice(stories, world):
    story = stories["submit"]
    with past_the_index():
        twin = story.prescription
        twin.pk = None
        twin.save(force_insert=True)


@contextmanager
def past_the_index():
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("DROP INDEX prescription_once_per_session_at_a_time")
    yield


def overfull(stories, world):
    with past_the_database("prescriptions_session", "session_never_overfull"):
        sql(
            "UPDATE prescriptions_session SET capacity = 0 WHERE id = %s",
            stories["admit"].prescription.session_id,
        )


def without_facts(stories, world):
    with past_the_database():
        sql("DELETE FROM pathways_event WHERE pathway_id = %s", stories["draft"].pathway.pk)


def task_in_vain(stories, world):
    sql("UPDATE viewflow_task SET status = 'NEW' WHERE flow_task LIKE '%%contact' AND status = 'DONE'")


ONLY_NAMED = {
    "state_without_date": state_without_date,
    "impossible_history": impossible,
    "unknown_kind": unknown_kind,
    "author_without_role": stranger,
    "recorded_before_it_happened": future,
    "territory": moved_away,
    "copies": misfiled,
    "foreign_subject": borrowed_subject,
    "enrolment_without_entry": foreign_session,
    "session_provider": foreign_provider,
    "asked_twice": asked_twice,
    "overfull": overfull,
    "pathway_without_facts": without_facts,
    "contact_asked_in_vain": task_in_vain,
}


@pytest.mark.parametrize("check", ONLY_NAMED)
def test_every_other_incoherence_is_named(stories, world, check):
    ONLY_NAMED[check](stories, world)
    report, output, status = run("check_consistency")
    assert report["checks"].get(check, 0) >= 1, output
    assert status == 1


def test_reading_more_people_costs_no_more_statements(world):
    """Statements follow the number of groups of 500 people, not of people."""

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert list(incoherences()) == []
        return len(queries)

    follow(world.story(), "contact")
    few = statements()
    for _ in range(5):
        follow(world.story(), "contact")
    assert statements() == few


def test_rebuilding_reports_what_it_read(stories):
    progress = Progress()
    assert list(rebuild(progress)) == []
    assert (progress.pathways, progress.events) == (len(stories) + 1, Event.objects.count())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE pathways_event SET comment = 'autre'",
        "DELETE FROM pathways_event",
        "TRUNCATE pathways_event CASCADE",
    ],
)
def test_the_database_refuses_to_rewrite_history(stories, statement):
    sql("SET CONSTRAINTS ALL IMMEDIATE")  # else TRUNCATE fails for the rows this test has just written
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(statement)
