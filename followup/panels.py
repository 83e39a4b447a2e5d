"""Courses followed and jobs found, on the person's file."""

from __future__ import annotations

from followup.assiduity import assiduity
from followup.enums import EnrolmentState
from followup.models import Employment, Enrolment
from followup.tones import enrolment_tone, exam_tone
from pathways.actor import Actor
from pathways.enums import Role
from pathways.lifecycle import Standing
from pathways.models import Pathway
from pathways.outcomes import BACK_TO_WORK
from pathways.panels import Panel, panel


@panel(40, Role.REFERENT, Role.DEPARTMENT_MANAGER, Role.ADVISOR, Role.PROVIDER)
def courses(pathway: Pathway, actor: Actor, standing: Standing) -> Panel | None:
    """The courses of this person that the actor sees, the latest first; a provider's own only."""
    rows = list(
        Enrolment.objects.visible_to(actor)
        .filter(pathway=pathway, entered_on__isnull=False)
        .exclude(state=EnrolmentState.VOID)
        .select_related("session__provider")
        .order_by("-entered_on", "-pk")
    )
    if not rows:
        return None
    rates = assiduity(rows)
    lines = [
        {
            "row": row,
            "state": enrolment_tone(row),
            "exam": exam_tone(row),
            "rate": rates.get(row.pk),
            "is_for_job": row.exit_cause == BACK_TO_WORK[0],
        }
        for row in rows
    ]
    return Panel(
        "followup/panel_courses.html", {"lines": lines, "is_provider": actor.has_role(Role.PROVIDER)}
    )


@panel(50, Role.REFERENT, Role.DEPARTMENT_MANAGER, Role.ADVISOR)
def jobs(pathway: Pathway, actor: Actor, standing: Standing) -> Panel | None:
    """The jobs of this person, the latest first."""
    rows = list(
        Employment.objects.visible_to(actor)
        .filter(pathway=pathway)
        .select_related("area")
        .order_by("-started_on", "-pk")
    )
    return Panel("followup/panel_jobs.html", {"rows": rows}) if rows else None
