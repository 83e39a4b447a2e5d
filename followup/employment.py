"""Keeping `Employment` equal to what the valid facts say."""

from collections.abc import Collection, Sequence
from datetime import date

from followup.models import Employment
from pathways.facts import Change, Fact, Kind, on_change
from pathways.models import EmploymentArea

STARTS = ("employ", "leave_for_job")
KINDS = (*STARTS, "end_job")


def wanted(pathway_id: int, facts, areas: Collection[int] | None = None) -> dict[int, Employment]:
    """Event id -> the job it says, unsaved; the end of a job belongs to the last one begun before it.

    areas: the keys of the bassins that exist, for whom asks about many people; None looks each one up.
    """
    jobs: dict[int, Employment] = {}
    running: Employment | None = None
    for fact in facts:
        if fact.kind in STARTS:
            running = jobs[fact.id] = _job(pathway_id, fact, areas)
        elif fact.kind == "end_job" and running is not None:
            running.ended_on = fact.occurred_on
    return jobs


def _job(pathway_id: int, fact: Fact, areas: Collection[int] | None) -> Employment:
    details = fact.payload
    months = details.get("planned_months")
    area = details.get("area")
    return Employment(
        event_id=fact.id,
        pathway_id=pathway_id,
        contract=details["contract"],
        started_on=fact.occurred_on,
        planned_months=int(months) if months else None,
        rome_code=details.get("rome_code") or "",
        area_id=int(area) if area and _exists(int(area), areas) else None,
        employer=details.get("employer") or "",
    )


def known_areas() -> frozenset[int]:
    """The keys of the bassins that exist: a few hundred."""
    return frozenset(EmploymentArea.objects.order_by().values_list("pk", flat=True))


def _exists(area: int, areas: Collection[int] | None) -> bool:
    return EmploymentArea.objects.filter(pk=area).exists() if areas is None else area in areas


def _concerns(change: Change) -> bool:
    is_about = not change.kinds.isdisjoint({*KINDS, Kind.MERGE})
    return is_about or change.fact.annuls_id is not None or bool(change.gives_way)


@on_change(when=_concerns)
def project(changes: Sequence[Change]) -> None:
    """Rewrite people's jobs when a fact about a job is stated or taken back."""
    Employment.objects.filter(pathway__in=[change.pathway.pk for change in changes]).delete()
    areas = known_areas() if len(changes) > 1 else None
    jobs = [job for change in changes for job in wanted(change.pathway.pk, change.valid, areas).values()]
    Employment.objects.bulk_create(jobs)


def differing(pathway_id: int, facts) -> bool:
    """Whether the jobs on record differ from what the facts say (for `check_consistency`)."""

    def shape(job: Employment) -> tuple[int, str, date, date | None]:
        return (job.event_id, job.contract, job.started_on, job.ended_on)

    recorded = {shape(job) for job in Employment.objects.filter(pathway_id=pathway_id)}
    return recorded != {shape(job) for job in wanted(pathway_id, facts).values()}
