"""Who is told once of what happens around an alert: the pôle, the advisor who proposed, a colleague, the Région."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.urls import reverse

from config.ui.dates import day
from notifications import notices
from notifications.enums import Level
from pathways.actor import Actor
from pathways.audience import REGION, in_organisation, person
from pathways.enums import Role
from prescriptions.models import Proposal, SaturationCase
from prescriptions.saturation.enums import Outcome

PROPOSED = notices.declare(
    "seat_proposal",
    "Candidat proposé par Pôle emploi",
    "user-plus",
    level=Level.WARNING,
    roles=(Role.REFERENT, Role.DEPARTMENT_MANAGER),
)
ANSWERED = notices.declare(
    "seat_proposal_answered", "Réponse à une proposition", "message-circle", roles=(Role.ADVISOR,)
)
ENTRUSTED = notices.declare(
    "saturation_entrusted",
    "Alerte de places confiée",
    "arrows-exchange",
    level=Level.WARNING,
    names_nobody=True,
    roles=(Role.ADVISOR,),
)
ESCALATED = notices.declare(
    "saturation_escalated",
    "Alerte de places sans réaction",
    "clock-exclamation",
    level=Level.URGENT,
    names_nobody=True,
    roles=(Role.REGION_OFFICER,),
)


def tell_poles(proposals: Sequence[Proposal], actor: Actor) -> None:
    """Each référent learns who is proposed to them. The proposals carry their pathway and case."""
    found = (
        Proposal.objects.filter(pk__in=[each.pk for each in proposals])
        .with_all()
        .select_related("organisation")
    )
    notices.post_many(PROPOSED.code, [_proposed(proposal, actor) for proposal in found.order_by("pk")])


def _proposed(proposal: Proposal, actor: Actor) -> notices.News:
    session, pathway = proposal.case.session, proposal.pathway
    keys = [in_organisation(Role.REFERENT, pathway.pole_id)] if pathway.pole_id else []
    if not keys and pathway.department_id:
        keys = [in_organisation(Role.DEPARTMENT_MANAGER, pathway.department_id)]
    return notices.News(
        keys,
        title=str(pathway.beneficiary),
        detail=f"{session.title}, {session.provider} : proposé par {proposal.organisation}.",
        url=reverse("pathways:pile"),
        subject_key=f"proposal:{proposal.pk}",
        actor_user_id=actor.user_id,
        due_on=session.starts_on,
    )


def tell_advisors(proposal_ids: Iterable[int]) -> None:
    """Whoever proposed somebody learns that they were prescribed, or set aside and why."""
    found = Proposal.objects.filter(pk__in=list(proposal_ids)).with_all()
    notices.post_many(ANSWERED.code, [_answered(proposal) for proposal in found.order_by("pk")])


def _answered(proposal: Proposal) -> notices.News:
    said = "prescrit"
    if proposal.outcome == Outcome.DISMISSED:
        said = f"écarté par le référent, {proposal.get_dismissal_reason_display().lower()}"
    return notices.News(
        [person(proposal.proposed_by_id)],
        title=str(proposal.pathway.beneficiary),
        detail=f"{proposal.case.session.title} : {said}.",
        url=reverse("prescriptions:saturation", args=[proposal.case_id]),
        subject_key=f"proposal:{proposal.pk}",
        actor_user_id=proposal.answered_by_id,
    )


def tell_colleague(case: SaturationCase, actor: Actor) -> None:
    """Whom an alert is entrusted to learns of it."""
    notices.post(
        ENTRUSTED.code,
        [person(case.advisor_id)],
        title=case.session.title,
        detail=f"Confiée par {actor.user} ; ouverture le {day(case.session.starts_on)}.",
        url=reverse("prescriptions:saturation", args=[case.pk]),
        actor_user_id=actor.user_id,
        subject_key=f"saturation:{case.pk}",
    )


def tell_region(cases: Iterable[SaturationCase]) -> None:
    """The Région learns that nobody has reacted in time."""
    notices.post_many(ESCALATED.code, [_escalated(case) for case in cases])


def _escalated(case: SaturationCase) -> notices.News:
    where = f"bassin de {case.area}" if case.area_id else "bassin inconnu"
    return notices.News(
        [REGION],
        title=case.session.title,
        detail=f"« {case.get_stage_display().lower()} » depuis le {day(case.stage_at)}, {where}.",
        url=reverse("prescriptions:saturation", args=[case.pk]),
        subject_key=f"saturation:{case.pk}",
        due_on=case.session.starts_on,
    )
