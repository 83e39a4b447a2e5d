"""A decision becomes a proposal: the référent of the person's pôle finds it in their pile.

The same proposal as from the page of an alert. Where the team of the session's own bassin decides, it takes the alert
in charge as it does there; advisors of another bassin, whose people the plan sends there, propose without taking it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pathways.actor import Actor
from pathways.guards import Refusal
from pathways.models import Pathway
from prescriptions.models import Proposal, SaturationCase, Session
from prescriptions.saturation import cases, opening, proposals
from prescriptions.saturation.enums import HELD_STAGES, StepKind

SPOKEN_FOR = Refusal(
    "already_proposed",
    "Cette personne est déjà proposée pour cette session, ou la demande déjà.",
    "La réponse du référent s'affiche sur la page de l'alerte.",
)


def send(
    session_id: int, people: Sequence[Pathway], actor: Actor, reasons: Mapping[int, Sequence[str]]
) -> dict[int, Refusal]:
    """Propose these people for the session; pathway id -> why not, for those who could not be.

    To be called in a transaction, with people whom the actor sees.
    """
    case = _case(session_id)
    spoken_for = proposals.spoken_for(case)
    new = [pathway for pathway in people if pathway.pk not in spoken_for]
    if new:
        if _is_the_team_s(case, actor):
            cases.take(case.pk, actor)
            case.refresh_from_db()
        if case.stage in HELD_STAGES:
            cases.step(case, StepKind.PROPOSED, actor, payload={"people": len(new)})
        proposals.keep(case, new, actor, reasons)
    return {pathway.pk: SPOKEN_FOR for pathway in people if pathway.pk in spoken_for}


def _case(session_id: int) -> SaturationCase:
    """The case of the session, locked; opened when no alert speaks of the session yet."""
    # The session first, as the detection takes them: two decisions at once open one case.
    session = Session.objects.select_for_update(of=("self",), no_key=True).get(pk=session_id)
    rows = SaturationCase.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("session").filter(session=session).first()
    return found or opening.open_ahead(session)


def _is_the_team_s(case: SaturationCase, actor: Actor) -> bool:
    """An alert sent to the actor's own team that nobody else answers for."""
    is_ours = case.area_id is not None and case.area_id in actor.area_ids
    return is_ours and case.is_live and case.advisor_id in (None, actor.user_id)


def pending() -> list[tuple[int, int]]:
    """(pathway, session) of the proposals that wait for a référent."""
    rows = Proposal.objects.pending().order_by("pk")
    return list(rows.values_list("pathway_id", "case__session_id"))
