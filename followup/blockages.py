"""Exams whose result is still awaited (domain.md B13): the training provider is told."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from followup.enums import ExamState
from followup.models import Enrolment
from notifications.registry import Cause, Kind, register
from pathways.audience import in_organisation
from pathways.enums import PathwayState, Role
from pathways.models import Pathway


def awaited_results() -> Iterator[Cause]:
    """One cause per trainee who has been « à l'examen » for longer than its delay, without a result."""
    late = Pathway.objects.stuck().filter(state=PathwayState.IN_EXAM).order_by()
    rows = (
        Enrolment.objects.running()
        .filter(pathway__in=late.values("pk"), exam_state=ExamState.AWAITED)
        .select_related("pathway__beneficiary", "session")
        .order_by("pk")
    )
    for enrolment in rows.iterator():
        yield Cause(
            subject_key=f"exam:{enrolment.pk}",
            title=str(enrolment.pathway.beneficiary),
            detail=f"{enrolment.session.title} : examen du {enrolment.exam_on:%d/%m/%Y}, résultat à saisir.",
            url=reverse("pathways:file", args=[enrolment.pathway_id]),
            due_on=enrolment.pathway.due_on,
            audience=frozenset({in_organisation(Role.PROVIDER, enrolment.session.provider_id)}),
        )


# No line in the pile of its own: the result to record is one from the day of the exam.
RESULT_AWAITED = register(Kind("result_awaited", "Résultat d'examen attendu", "certificate", awaited_results))
