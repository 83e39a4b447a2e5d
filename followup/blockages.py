"""Trainees left « à l'examen » (domain.md B13): the training provider is told what is missing."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db.models import Q
from django.urls import reverse

from followup.enums import ExamState
from followup.models import Enrolment
from notifications.registry import Cause, Kind, Since, register
from pathways.audience import in_organisation
from pathways.blockages import parameters
from pathways.enums import PathwayState, Role
from pathways.models import Pathway


def unfinished_exams(ids: Collection[int] | None = None) -> Iterator[Cause]:
    """One cause per trainee who has been « à l'examen » for longer than its delay: no result, or no end of course."""
    late = Pathway.objects.stuck().filter(state=PathwayState.IN_EXAM).order_by()
    rows = (
        Enrolment.objects.running()
        .filter(pathway__in=late.values("pk"), exam_on__isnull=False)
        .select_related("pathway__beneficiary", "session")
        .order_by("pk")
    )
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    for enrolment in rows.iterator():
        yield Cause(
            subject_key=f"exam:{enrolment.pk}",
            title=str(enrolment.pathway.beneficiary),
            detail=told(enrolment),
            url=reverse("pathways:file", args=[enrolment.pathway_id]),
            due_on=enrolment.pathway.due_on,
            audience=frozenset({in_organisation(Role.PROVIDER, enrolment.session.provider_id)}),
        )


def told(enrolment: Enrolment) -> str:
    """What the alert about an exam without its end tells."""
    return f"{enrolment.session.title} : examen du {enrolment.exam_on:%d/%m/%Y}, {_missing(enrolment)}."


def changed_exams(since: Since) -> set[int]:
    """The courses of people and sessions touched, and those of people whose delay at the exam has run out."""
    courses = Enrolment.objects.order_by().values_list("pk", flat=True)
    found = set(courses.filter(pathway__in=since.of("pathway")))
    presented = courses.running().filter(exam_on__isnull=False)
    found |= set(presented.filter(session__in=since.of("session")))
    if since.day < since.today:
        late = Q(pathway__due_on__gte=since.day, pathway__due_on__lt=since.today)
        found |= set(presented.filter(late, pathway__state=PathwayState.IN_EXAM))
    return found


def _missing(enrolment: Enrolment) -> str:
    return (
        "résultat à saisir" if enrolment.exam_state == ExamState.AWAITED else "fin de la formation à saisir"
    )


# No line in the pile of its own: what to record after an exam is one from its very day.
EXAM_UNFINISHED = register(
    Kind(
        "exam_unfinished",
        "Suite d'examen attendue",
        "certificate",
        unfinished_exams,
        thing="exam",
        watches=("pathway", "session"),
        changed=changed_exams,
        parameters=parameters,
        roles=frozenset({Role.PROVIDER}),
    )
)
