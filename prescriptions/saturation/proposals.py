"""People proposed for empty seats: by the advisor, to the référent of their pôle, and what comes of it (PE, art. 8)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from django.db import connection, transaction

from config import clock
from pathways.actor import Actor
from pathways.facts import Change, on_change
from pathways.guards import Refusal, TransitionRefused
from pathways.held import Held, Read, about, also_read
from pathways.models import Pathway
from pathways.refusals import NotVisible
from prescriptions.enums import LIVE, PrescriptionState
from prescriptions.models import Prescription, Proposal, SaturationCase
from prescriptions.saturation import news
from prescriptions.saturation.cases import ask_to_be_ours, locked, step
from prescriptions.saturation.enums import DismissalReason, Outcome, StepKind

P = PrescriptionState


def propose(
    case_id: int, actor: Actor, chosen: Iterable[int], reasons: Mapping[int, Sequence[str]] | None = None
) -> list[Proposal]:
    """Propose people (keys of pathways) for a case's empty seats; returns the proposals made.

    reasons: pathway key -> why this person, kept as said. People already proposed or asking for the session are passed
    over. Raises NotVisible (also for one person outside the actor's bassins), TransitionRefused.
    """
    chosen = sorted(set(chosen))
    with transaction.atomic():
        case = locked(case_id, actor)
        ask_to_be_ours(case, actor)
        people = list(Pathway.objects.visible_to(actor).filter(pk__in=chosen).order_by("pk"))
        if len(people) < len(chosen):
            raise NotVisible()
        taken = spoken_for(case)
        new = [pathway for pathway in people if pathway.pk not in taken]
        if not new:
            raise TransitionRefused(
                Refusal(
                    "nobody_to_propose",
                    "Personne n'est à proposer : chaque personne choisie l'est déjà, ou demande déjà cette session."
                    if people
                    else "Vous n'avez choisi personne.",
                    "Cochez au moins une autre personne.",
                )
            )
        step(case, StepKind.PROPOSED, actor, payload={"people": len(new)})
        return keep(case, new, actor, reasons or {})


def keep(
    case: SaturationCase, people: Iterable[Pathway], actor: Actor, reasons: Mapping[int, Sequence[str]]
) -> list[Proposal]:
    """Write the proposals of people whom nobody has proposed for the case; the caller holds its lock."""
    made = Proposal.objects.bulk_create(
        Proposal(
            case=case,
            pathway=pathway,
            pole_id=pathway.pole_id,
            proposed_by=actor.user,
            organisation=actor.organisation,
            proposed_at=clock.now(),
            reasons=list(reasons.get(pathway.pk, ())),
        )
        for pathway in people
    )
    news.tell_poles(made, actor)
    return made


def spoken_for(case: SaturationCase) -> set[int]:
    """Who is already proposed for the case, or already asks for its session."""
    proposed = case.proposals.pending().order_by().values_list("pathway_id", flat=True)
    asking = Prescription.objects.filter(session=case.session_id, state__in=sorted(LIVE | {P.ENTERED}))
    return set(proposed) | set(asking.order_by().values_list("pathway_id", flat=True))


def dismiss(proposal_id: int, actor: Actor, reason: str, comment: str = "") -> Proposal:
    """Say that a person will not be prescribed the session, and why; the advisor reads it.

    Raises NotVisible, TransitionRefused (a reason of the list is mandatory; it was answered already).
    """
    if reason not in DismissalReason.values or (reason == DismissalReason.OTHER and not comment.strip()):
        raise TransitionRefused(
            Refusal(
                "reason_missing",
                "Une proposition écartée porte un motif.",
                "Choisissez-en un dans la liste ; « Autre » demande une phrase.",
            )
        )
    with transaction.atomic():
        rows = Proposal.objects.visible_to(actor).select_for_update(of=("self",), no_key=True)
        proposal = rows.with_all().filter(pk=proposal_id).first()
        if proposal is None:
            raise NotVisible()
        if proposal.outcome != Outcome.PENDING:
            raise TransitionRefused(
                Refusal(
                    "already_answered",
                    f"Cette proposition est déjà « {proposal.get_outcome_display()} ».",
                    "Il n'y a plus rien à répondre.",
                )
            )
        proposal.outcome, proposal.outcome_at = Outcome.DISMISSED, clock.now()
        proposal.answered_by = actor.user
        proposal.dismissal_reason, proposal.dismissal_comment = reason, comment.strip()
        proposal.save()
        news.tell_advisors([proposal.pk])
        return proposal


# ---- a prescription answers a proposal, wherever it was made


@also_read
def proposed(
    held: Held, kinds: Collection[str], pathway_ids: Collection[int], subject_ids: Collection[int]
) -> Iterator[Read]:
    """Who has been proposed for a seat, read with the rows that are locked: most people have not."""
    if "submit" in kinds:

        def take(rows):
            held.shared[PROPOSED] = held.shared.get(PROPOSED, frozenset()) | {pk for (pk,) in rows}

        sql = "SELECT pathway_id FROM prescriptions_proposal WHERE pathway_id = ANY(%s)"
        yield Read(about(sql, pathway_ids), take)


PROPOSED = "proposed for a seat"


def _sent_or_taken_back(change: Change) -> bool:
    known = change.held.shared.get(PROPOSED)
    if known is not None and change.pathway.pk not in known and not change.pathway.has_absorbed:
        return False
    return any(P.DRAFT in pair or "" in pair for pair in change.moved("prescription").values())


@on_change(when=_sent_or_taken_back)
def answer(changes: Sequence[Change]) -> None:
    """Link each request just sent to the proposal of this person for this session; unlink it when it is taken back."""
    moved = [pair for change in changes for pair in change.moved("prescription").items()]
    unsent = [pk for pk, (_, new) in moved if new in ("", P.DRAFT)]
    sent = [pk for pk, (old, new) in moved if old in ("", P.DRAFT) and new not in ("", P.DRAFT)]
    with connection.cursor() as cursor:
        if sent:
            cursor.execute(_LINK, [Outcome.PRESCRIBED, clock.now(), sent, Outcome.PENDING, Outcome.LAPSED])
            answered = [pk for (pk,) in cursor.fetchall()]
            if answered:
                news.tell_advisors(answered)
        if unsent:
            cursor.execute(_UNLINK, [Outcome.LAPSED, clock.now(), unsent])


_LINK = """
UPDATE prescriptions_proposal AS p
SET outcome = %s, outcome_at = %s, answered_by_id = r.prescriber_id, prescription_id = r.id
FROM prescriptions_prescription r
WHERE r.id = ANY(%s) AND p.id = (
  SELECT max(o.id) FROM prescriptions_proposal o JOIN prescriptions_saturationcase c ON c.id = o.case_id
  WHERE o.pathway_id = r.pathway_id AND c.session_id = r.session_id AND o.outcome IN (%s, %s))
RETURNING p.id
"""
#: Somebody else may have been proposed since: what is taken back lapses rather than waits anew.
_UNLINK = """
UPDATE prescriptions_proposal SET outcome = %s, outcome_at = %s, answered_by_id = NULL, prescription_id = NULL
WHERE prescription_id = ANY(%s)
"""
