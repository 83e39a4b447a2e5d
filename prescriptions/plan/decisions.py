"""What advisors decide of a plan's lines. The plan proposes; nothing is done until somebody says so, line by line.

Between the plan and the decision days pass: a line whose seat or person is gone says so and can be taken by nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from config import clock
from pathways.actor import Actor
from pathways.guards import Refusal, TransitionRefused
from pathways.models import Pathway
from pathways.refusals import NotVisible
from prescriptions.matching import seekers
from prescriptions.models import PlanLine, Proposal, Session
from prescriptions.plan import proposing
from prescriptions.plan.enums import Decision, SetAside

AGAIN = "Relancez un plan pour chercher quelqu'un d'autre ou une autre session."


@dataclass
class Report:
    """What was decided, and what was not and why."""

    done: list[PlanLine] = field(default_factory=list)
    refused: list[tuple[PlanLine, Refusal]] = field(default_factory=list)


def propose(plan_id: int, line_ids: Iterable[int], actor: Actor) -> Report:
    """Propose the people of these lines to the référents of their pôles. One refusal stops nobody else.

    Raises NotVisible (also for one line of somebody outside the actor's bassins), TransitionRefused (no line chosen).
    """
    with transaction.atomic():
        report, open_lines = _locked(plan_id, line_ids, actor)
        gone = no_longer_possible(open_lines)
        by_session: dict[int, list[PlanLine]] = {}
        for line in open_lines:
            if line.pk in gone:
                report.refused.append((line, gone[line.pk]))
            else:
                by_session.setdefault(line.session_id, []).append(line)
        for session_id, lines in sorted(by_session.items()):
            told = {line.pathway_id: [text for _, _, text in line.reasons] for line in lines}
            refusals = proposing.send(session_id, [line.pathway for line in lines], actor, told)
            for line in lines:
                if line.pathway_id in refusals:
                    report.refused.append((line, refusals[line.pathway_id]))
                else:
                    _decide(line, actor, Decision.PROPOSED)
                    report.done.append(line)
    return report


def set_aside(plan_id: int, line_ids: Iterable[int], actor: Actor, reason: str, comment: str = "") -> Report:
    """Leave these lines out, and say why. Raises NotVisible, TransitionRefused (no line, no reason)."""
    if reason not in SetAside.values or (reason == SetAside.OTHER and not comment.strip()):
        raise TransitionRefused(
            Refusal(
                "reason_missing",
                "Une ligne écartée porte un motif.",
                "Choisissez-en un dans la liste ; « Autre » demande une phrase.",
            )
        )
    with transaction.atomic():
        report, open_lines = _locked(plan_id, line_ids, actor)
        for line in open_lines:
            _decide(line, actor, Decision.SET_ASIDE, set_aside_for=reason, comment=comment.strip())
            report.done.append(line)
    return report


def _locked(plan_id: int, line_ids: Iterable[int], actor: Actor) -> tuple[Report, list[PlanLine]]:
    """The lines still to decide, locked in the order of their keys; those that a colleague has decided are refused."""
    wanted = sorted(set(line_ids))
    if not wanted:
        raise TransitionRefused(
            Refusal("nobody_chosen", "Vous n'avez choisi aucune ligne.", "Cochez au moins une personne.")
        )
    rows = PlanLine.objects.visible_to(actor).with_all().filter(plan=plan_id, pk__in=wanted)
    lines = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))
    if len(lines) < len(wanted):
        raise NotVisible()
    report = Report()
    report.refused = [(line, _decided(line)) for line in lines if line.decision != Decision.PENDING]
    return report, [line for line in lines if line.decision == Decision.PENDING]


def _decided(line: PlanLine) -> Refusal:
    return Refusal(
        "already_decided",
        f"{line.decided_by} l'a déjà décidé : {line.get_decision_display().lower()}.",
        "Il n'y a plus rien à décider.",
    )


def _decide(line: PlanLine, actor: Actor, decision: Decision, **more: str) -> None:
    line.decision, line.decided_by, line.organisation = decision, actor.user, actor.organisation
    line.decided_at = clock.now()
    for name, value in more.items():
        setattr(line, name, value)
    line.save(update_fields=["decision", "decided_by", "organisation", "decided_at", *more])


# ---- what has happened since the plan


def no_longer_possible(lines: Sequence[PlanLine], day: date | None = None) -> dict[int, Refusal]:
    """Line id -> why nobody can take it any more: its seat or its person is gone. A fixed number of queries."""
    day = day or clock.today()
    sessions = Session.objects.in_bulk({line.session_id for line in lines})
    pathways = {line.pathway_id for line in lines}
    people = Pathway.objects.standing().filter(pk__in=pathways)
    looking = set(seekers.seeking(people, day).order_by().values_list("pk", flat=True))
    taken, proposed = _taken(pathways), _proposed(pathways)
    found = {}
    for line in lines:
        refusal = _session_gone(sessions[line.session_id], day) or _person_gone(
            line, looking, taken, sessions
        )
        if refusal is None and line.pathway_id in proposed:
            where = proposed[line.pathway_id]
            said = f"Cette personne est déjà proposée ({where}) et attend la réponse du référent."
            refusal = Refusal("already_proposed", said, AGAIN)
        if refusal is not None:
            found[line.pk] = refusal
    return found


def _proposed(pathway_ids: set[int]) -> dict[int, str]:
    """Pathway id -> the session for which the person is proposed and waits for an answer."""
    rows = Proposal.objects.pending().filter(pathway__in=pathway_ids).order_by("pk")
    return dict(rows.values_list("pathway_id", "case__session__title"))


def _session_gone(session: Session, day: date) -> Refusal | None:
    if session.cancelled_on is not None:
        return Refusal("session_cancelled", "La session a été annulée.", AGAIN)
    if session.starts_on is None or session.starts_on <= day:
        return Refusal("session_opened", "La session a ouvert, ou sa date n'est plus connue.", AGAIN)
    if session.registration_ends_on is not None and session.registration_ends_on < day:
        return Refusal("registration_over", "Les inscriptions à cette session sont closes.", AGAIN)
    if session.seats_to_give <= 0:
        return Refusal("no_seat_left", "Il n'y a plus de place vide dans cette session.", AGAIN)
    return None


def _person_gone(line: PlanLine, looking: set[int], taken, sessions: dict[int, Session]) -> Refusal | None:
    if line.pathway_id not in looking:
        return Refusal("person_gone", "Cette personne ne cherche plus de place.", AGAIN)
    session = sessions[line.session_id]
    for request in taken.get(line.pathway_id, ()):
        if request.session_id == session.pk:
            return Refusal("already_asked", "Cette personne demande déjà cette session.", AGAIN)
        if request.holds_a_seat and request.overlaps(session.starts_on, session.ends_on):
            return Refusal(
                "holds_a_seat", f"Cette personne tient une place à ces dates : {request.title}.", AGAIN
            )
    return None


def _taken(pathway_ids: set[int]) -> dict[int, list[seekers.Request]]:
    found: dict[int, list[seekers.Request]] = {}
    for request in seekers.running_requests(Pathway.objects.filter(pk__in=pathway_ids)):
        found.setdefault(request.pathway_id, []).append(request)
    return found
