"""Jobs, presences and leavers to contact as they were on the day of a reading (pathways.reading)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.contrib.contenttypes.models import ContentType

from config.fact_tasks import WAITING
from followup import employment
from followup.flows import ExitFollowUp
from followup.leavers import to_contact
from followup.models import AttendanceMark, Employment, Enrolment
from pathways.consistency import Person
from pathways.models import EmploymentArea
from pathways.reading.tables import PEOPLE, Past, Table, rebuilt, recast

TO_CONTACT = "reading_to_contact"
JOB_COLUMNS = tuple(field.column for field in Employment._meta.concrete_fields)


@rebuilt
def tables() -> Iterable[Table]:
    """The jobs, and the enrolments whose leaver somebody has yet to reach."""
    jobs = ", ".join(f't."{column}"' for column in JOB_COLUMNS)
    yield Table(
        name="followup_employment",
        columns=JOB_COLUMNS,
        like=f"SELECT {jobs} FROM followup_employment t",  # noqa: S608
        rows=_jobs,
        moved=f"SELECT {jobs} FROM {{told}} t",  # noqa: S608
        unmoved=f"SELECT {jobs} FROM followup_employment t JOIN {PEOPLE} p ON p.id = t.pathway_id AND NOT p.has_moved",  # noqa: S608
    )
    yield Table(
        name=TO_CONTACT,
        columns=("enrolment_id",),
        like="SELECT prescription_id AS enrolment_id FROM followup_enrolment",
        rows=_to_contact,
        moved="SELECT enrolment_id FROM {told}",
        unmoved=(
            "SELECT f.artifact_object_id FROM viewflow_task t JOIN viewflow_process f ON f.id = t.process_id "  # noqa: S608
            "JOIN followup_enrolment e ON e.prescription_id = f.artifact_object_id "
            f"JOIN {PEOPLE} p ON p.id = e.pathway_id AND NOT p.has_moved "
            f"WHERE t.flow_task = '{_node()}' AND t.status IN ({_listed(WAITING)}) "
            f"AND f.artifact_content_type_id = {_enrolment_type()}"
        ),
    )


def _jobs(persons: Sequence[Person]) -> Iterator[tuple]:
    areas = set(EmploymentArea.objects.order_by().values_list("pk", flat=True))
    for person in persons:
        for job in employment.wanted(person.pathway.pk, person.valid, areas).values():
            yield tuple(getattr(job, field.attname) for field in Employment._meta.concrete_fields)


def _to_contact(persons: Sequence[Person]) -> Iterator[tuple]:
    return ((enrolment_id,) for person in persons for enrolment_id in sorted(to_contact(person.valid)))


def _node() -> str:
    return ExitFollowUp.task_class._meta.get_field("flow_task").get_prep_value(ExitFollowUp.contact)


def _enrolment_type() -> int:
    return ContentType.objects.get_for_model(Enrolment).pk


def _listed(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


@recast
def tasks(past: Past) -> None:
    """A waiting task for each leaver to contact. Who had taken it is not a fact: nobody is named."""
    # The composite type of a table gives its columns and their types; those that are not named here are null.
    process = {
        "id": "w.enrolment_id",
        "artifact_object_id": "w.enrolment_id",
        "artifact_content_type_id": str(_enrolment_type()),
    }
    task = {
        "id": "w.enrolment_id",
        "process_id": "w.enrolment_id",
        "flow_task": f"'{_node()}'",
        "status": f"'{WAITING[0]}'",
    }
    for name, columns in (("viewflow_process", process), ("viewflow_task", task)):
        pairs = ", ".join(f"'{column}', {value}" for column, value in columns.items())
        past.view(
            name,
            f"SELECT r.* FROM {TO_CONTACT} w, "  # noqa: S608
            f"jsonb_populate_record(NULL::{name}, jsonb_build_object({pairs})) r",
        )


@recast
def presences(past: Past) -> None:
    """Marks of half-days up to the day, as they stood before what was noted later."""
    columns = {field.column: f'm."{field.column}"' for field in AttendanceMark._meta.concrete_fields}
    held, values = "m.day <= %s", [past.reading.day]
    if (known_at := past.reading.known_at) is not None:
        columns["replaced_at"] = "CASE WHEN m.replaced_at <= %s THEN m.replaced_at END"
        held, values = f"{held} AND m.recorded_at <= %s", [known_at, past.reading.day, known_at]
    listed = ", ".join(f'{expression} AS "{column}"' for column, expression in columns.items())
    past.view(
        "followup_attendancemark",
        f"SELECT {listed} FROM followup_attendancemark m WHERE {held}",  # noqa: S608
        values,
    )
