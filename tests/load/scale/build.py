"""One database of the bench: created, filled, indexed, looked over by the product's own checks."""

from __future__ import annotations

import random
from datetime import date
from time import perf_counter

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import BigAutoField

from config import clock
from config.embedded_postgres.base import cluster_of
from notifications.models import Alert, AlertAudience
from pathways.consistency import Progress, examine, incoherences
from pathways.models import Pathway
from prescriptions.models import Session
from tests.load.scale.facts import build_facts
from tests.load.scale.people import Population
from tests.load.scale.tables import insert, restart_keys, rows, run, without_indexes
from tests.load.scale.territory import POLES, Territory

#: Up to so many people every row is checked; beyond, a sample.
CHECK_ALL = 2_000
SAMPLE = 400


def connect(name: str) -> None:
    """Make `name` the database of every connection of this process; it is created empty when it is not there."""
    cluster_of(connection.settings_dict).ensure(name)
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    connection.ensure_connection()


def is_built(people: int, events: int) -> date | None:
    """The day for which the database was filled with so many people; None when it was not, or for other tables."""
    migrations = MigrationExecutor(connection)
    if migrations.migration_plan(migrations.loader.graph.leaf_nodes()):
        return None
    if not rows("SELECT to_regclass('scale_built')")[0][0]:
        return None
    found = rows("SELECT day FROM scale_built WHERE people = %s AND events = %s", [people, events])
    return found[0][0] if found else None


def build(people: int, events: int, day: date, tell=print) -> None:
    """Fill the connected, empty database with `people` persons of about `events` facts each, as of `day`."""
    start = perf_counter()

    def done(what: str) -> None:
        tell(f"  {what:<42} {perf_counter() - start:7.1f} s")

    run("DROP SCHEMA public CASCADE")
    run("CREATE SCHEMA public")
    call_command("migrate", verbosity=0)
    run("SET session_replication_role = replica")
    territory = Territory(people, day)
    territory.build()
    population = Population(territory, events)
    population.build()
    done(f"{people:,} personnes, leurs demandes et formations")
    with without_indexes(Session):
        territory.build_sessions()
    written = build_facts(population)
    done(f"{written:,} faits")
    _past_alerts(people)
    restart_keys(*(model for model in apps.get_models() if isinstance(model._meta.pk, BigAutoField)))
    run("SET session_replication_role = origin")
    run("VACUUM ANALYZE")
    done("index, statistiques")
    check(people, day)
    run("CREATE TABLE IF NOT EXISTS scale_built (people bigint, events int, day date)")
    run("INSERT INTO scale_built VALUES (%s, %s, %s)", [people, events, day])
    done("cohérence vérifiée")


def _past_alerts(people: int) -> None:
    """An alert of the past, closed since, for each person whose course is over."""
    done = (
        "FROM scale_person p JOIN scale_enrolment s USING (story) WHERE s.slot = 1 AND s.exit_on IS NOT NULL"
    )
    with without_indexes(Alert, AlertAudience):
        insert(
            Alert,
            {
                "id": "p.i + 1",
                "kind": "'pathway_stuck'",
                "subject_key": "'pathway:' || p.i + 1",
                "title": "'Alerte passée'",
                "due_on": "p.start + 30",
                "opened_at": "p.start + 31",
                "refreshed_at": "p.start + 31",
                "closed_at": "p.start + 35",
            },
            done,
        )
        insert(
            AlertAudience,
            {
                "id": "p.i + 1",
                "alert_id": "p.i + 1",
                "key": f"'referent:' || {POLES} + p.pole",
                "since": "p.start + 31",
            },
            done,
        )


def check(people: int, day: date) -> None:
    """Raises AssertionError with the first incoherences that the product finds in its own rows."""
    with clock.at(day):
        if people <= CHECK_ALL:
            found = list(incoherences())
        else:
            sample = random.Random(people).sample(range(1, people + 1), SAMPLE)
            chosen = Pathway.objects.filter(pk__in=sample).select_related("beneficiary").order_by("pk")
            found = list(examine(list(chosen), Progress()))
    if found:
        shown = "\n".join(f"{one.check} {one.row} {one.told}" for one in found[:10])
        raise AssertionError(f"{len(found)} rows of the bench contradict its facts:\n{shown}")
