"""What the pages of a plan show: to advisors their people by name, to the Région the same lines without names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from config.ui.dates import NO_BREAK, count, number
from pathways.actor import Actor
from pathways.enums import Role
from pathways.models import Organisation
from prescriptions.matching import criteria
from prescriptions.matching.criteria import Reason
from prescriptions.models import PlanLine, PlanSession, SaturationPlan
from prescriptions.plan import decisions
from prescriptions.plan.asked import Asked
from prescriptions.plan.enums import Decision

#: Who reads people by name; the others read lines that name nobody.
NAMED_FOR = (Role.ADVISOR, Role.DEPARTMENT_MANAGER)
#: Reasons that say nothing of whom they are about.
SAID_TO_ALL = (criteria.TRADE, criteria.LEVEL, criteria.DISTANCE, criteria.WAIT)
DECISION_TONES = {
    Decision.PENDING: ("neutral", "circle-dashed"),
    Decision.PROPOSED: ("success", "send"),
    Decision.SET_ASIDE: ("warning", "ban"),
}
#: The definition of « the fairest », said on the page.
DEFINITION = (
    "Le plan cherche d'abord à pourvoir le plus de places possible. Parmi les plans qui en pourvoient autant, il"
    " partage les places entre les pôles : chaque place va au pôle dont les personnes qui cherchent une place sont,"
    " jusque-là, les moins servies. Puis il choisit, dans chaque pôle, les personnes qui attendent depuis le plus"
    " longtemps, puis les métiers les plus proches des projets, puis les plus courtes distances, enfin les"
    " ouvertures les plus proches."
)


def latest(actor: Actor) -> SaturationPlan | None:
    return SaturationPlan.objects.visible_to(actor).done().select_related("user").order_by("-pk").first()


def headline(plan: SaturationPlan) -> str:
    """« 41 places sur 58 peuvent être pourvues »."""
    if not plan.seats:
        return "Aucune place vide n'ouvre sur la période"
    can = "peut être pourvue" if plan.filled < 2 else "peuvent être pourvues"
    return f"{count(plan.filled, 'place,places')} sur {number(plan.seats)} {can}"


def proof(plan: SaturationPlan) -> str:
    """Whether another plan could fill more."""
    if plan.is_proved:
        return "prouvé maximal : aucune autre répartition n'en pourvoit davantage"
    return f"au plus {number(plan.bound)} : l'écart n'est pas tranché"


def asked_in_words(plan: SaturationPlan) -> str:
    asked = Asked.of_json(plan.asked)
    known = ", projets non renseignés compris" if asked.counts_unknown else ""
    reach = f"à moins de {asked.reach_km}{NO_BREAK}km"
    return f"ouvertures du {asked.day:%d/%m/%Y} au {asked.until:%d/%m/%Y}, {reach}{known}"


@dataclass(frozen=True)
class PoleShare:
    """How many people of a pôle look for a seat, and how many the plan serves."""

    name: str
    seekers: int
    served: int

    @property
    def rate(self) -> str:
        return f"{number(100 * self.served / self.seekers, 1)}{NO_BREAK}%" if self.seekers else "–"


def shares(plan: SaturationPlan) -> list[PoleShare]:
    """The pôles, least served first."""
    names = Organisation.objects.in_bulk([row["pole"] for row in plan.poles if row["pole"]])
    found = [
        PoleShare(
            names[row["pole"]].name if row["pole"] else "Sans pôle d'insertion", row["seekers"], row["served"]
        )
        for row in plan.poles
    ]
    return sorted(found, key=lambda one: (one.served / max(one.seekers, 1), one.name))


def sessions(plan: SaturationPlan, actor: Actor) -> QuerySet[PlanSession]:
    """The sessions of the plan that the reader looks after: for an advisor, those of the agency's bassins and those
    where a line is about one of its people."""
    rows = PlanSession.objects.filter(plan=plan).select_related(
        "session__provider", "session__area", "session__action"
    )
    rows = rows.annotate(starts_on=F("session__starts_on"))
    if actor.has_role(Role.ADVISOR):
        own = PlanLine.objects.visible_to(actor).filter(plan=plan).order_by().values("session")
        rows = rows.filter(Q(session__area__in=actor.area_ids) | Q(session__in=own))
    return rows


def to_decide(plan: SaturationPlan, actor: Actor) -> QuerySet[PlanLine]:
    """The lines that the reader sees by name and that nobody has decided."""
    return PlanLine.objects.visible_to(actor).filter(plan=plan).pending()


def decided_counts(plan: SaturationPlan, session_ids: Sequence[int]) -> dict[int, Counter]:
    """Session id -> how many lines stand at each decision, whoever they are about."""
    rows = PlanLine.objects.filter(plan=plan, session__in=session_ids).order_by()
    found: dict[int, Counter] = {}
    for session_id, decision, total in rows.values_list("session", "decision").annotate(Count("pk")):
        found.setdefault(session_id, Counter())[decision] = total
    return found


def changes_since(plan: SaturationPlan) -> list[str]:
    """What has moved since the plan, in words; empty when nothing that it counts on has."""
    rows = PlanSession.objects.filter(plan=plan).order_by()
    free = F("session__capacity") + F("session__overbooking") - F("session__seats_held")
    gone = rows.exclude(session__cancelled_on=None).count()
    seats = rows.filter(session__cancelled_on=None).exclude(free=free).count()
    pending = list(PlanLine.objects.filter(plan=plan).pending().order_by())
    lost = decisions.no_longer_possible(pending)
    told = [
        (gone, "session annulée,sessions annulées"),
        (seats, "session dont les places ont changé,sessions dont les places ont changé"),
        (len(lost), "ligne qui n'est plus possible,lignes qui ne sont plus possibles"),
    ]
    return [count(total, words) for total, words in told if total]


def lines(plan: SaturationPlan, session_id: int, actor: Actor) -> list[dict[str, Any]]:
    """The lines of one session: by name those of the reader's people, and how many more there are about others."""
    rows = list(
        PlanLine.objects.visible_to(actor).with_all().filter(plan=plan, session=session_id).order_by("pk")
    )
    pending = [line for line in rows if line.decision == Decision.PENDING]
    gone = decisions.no_longer_possible(pending)
    return [
        {
            "line": line,
            "person": line.pathway.beneficiary,
            "reasons": [Reason(*reason) for reason in line.reasons],
            "gone": gone.get(line.pk),
            "tone": DECISION_TONES[Decision(line.decision)],
            "can_be_decided": line.decision == Decision.PENDING and line.pk not in gone,
        }
        for line in rows
    ]


def lines_of_nobody(plan: SaturationPlan, session_id: int) -> list[dict[str, Any]]:
    """The lines of one session for whoever may read no person: pôle, reasons that name nobody, decision."""
    rows = (
        PlanLine.objects.filter(plan=plan, session=session_id).select_related("pathway__pole").order_by("pk")
    )
    return [
        {
            "number": rank,
            "pole": line.pathway.pole,
            "decision": line.get_decision_display(),
            "tone": DECISION_TONES[Decision(line.decision)],
            "reasons": [Reason(*reason) for reason in line.reasons if reason[0] in SAID_TO_ALL],
        }
        for rank, line in enumerate(rows, start=1)
    ]
