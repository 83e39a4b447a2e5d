"""The list of leavers: who is in it, in which groups, in which order; the same for the page and its export."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from config import clock
from config.ui.tables import Column
from followup.contact_lines import CAUSES, waiting_for
from followup.models import Enrolment
from followup.tones import exam_tone
from pathways.actor import Actor
from pathways.enums import AFTER_TRAINING, PathwayState
from pathways.facts import Fact, Kind
from pathways.keyset import Sort
from pathways.models import Event
from pathways.outcomes import ContactOutcome
from pathways.replay import valid
from pathways.statements import FACT_COLUMNS

#: The rate of contact looks back so far (domain.md B8, « contact sortie »).
RATE_PERIOD = timedelta(days=365)
REACHED = Q(pathway__contacted_on__gte=F("exit_on"))


@dataclass(frozen=True)
class Group:
    """One filter of the list. belongs: the condition, None for those whom the exit follow-up still awaits."""

    code: str
    label: str
    belongs: Q | None


TO_CONTACT = Group("contacter", "À contacter", None)
EVERYONE = Group("tous", "Tous", Q())
GROUPS = (
    TO_CONTACT,
    Group("joints", "Joints, sans suite", REACHED & Q(pathway__state__in=sorted(AFTER_TRAINING))),
    Group("emploi", "En emploi", Q(pathway__state=PathwayState.EMPLOYED)),
    Group("autre", "Autre suite", Q(pathway__state=PathwayState.OTHER_OUTCOME)),
    Group("perdus", "Perdus de vue", Q(pathway__state=PathwayState.LOST_CONTACT)),
    EVERYONE,
)
SORTS = {"sortie": Sort("exit_on"), "nom": Sort("pathway__sort_key")}


def group_of(code: str) -> Group:
    return next((group for group in GROUPS if group.code == code), TO_CONTACT)


def sort_of(group: Group, wanted: str) -> tuple[str, Sort]:
    """The sort asked for; else those who wait the longest first, or the latest exits first."""
    name = wanted.removeprefix("-")
    if name not in SORTS:
        wanted = name = "sortie"
        wanted = "sortie" if group is TO_CONTACT else "-sortie"
    return wanted, Sort(SORTS[name].field, wanted.startswith("-"))


def leavers(actor: Actor, group: Group, words: str = "") -> QuerySet[Enrolment]:
    """The leavers of a group whom the actor sees, unsorted: one line per person, their last exit."""
    rows = waiting_for(actor) if group is TO_CONTACT else _last_exits(actor).filter(group.belongs)
    if words:
        rows = rows.filter(pathway__beneficiary__search_key__words=words)
    return rows.with_all()


def _last_exits(actor: Actor) -> QuerySet[Enrolment]:
    later = Enrolment.objects.left().filter(
        Q(exit_on__gt=OuterRef("exit_on")) | Q(exit_on=OuterRef("exit_on"), pk__gt=OuterRef("pk")),
        pathway=OuterRef("pathway"),
    )
    return Enrolment.objects.visible_to(actor).left().filter(~Exists(later))


def counts(actor: Actor) -> dict[str, int]:
    """Group code -> how many people, whatever is searched."""
    found = _last_exits(actor).aggregate(
        **{group.code: Count("pk", filter=group.belongs) for group in GROUPS if group.belongs},
        tous=Count("pk"),
    )
    return found | {TO_CONTACT.code: waiting_for(actor).count()}


def contact_rate(actor: Actor) -> tuple[int, int]:
    """(leavers reached since their exit, leavers) over the last twelve months: « contactés N sur M »."""
    recent = Enrolment.objects.visible_to(actor).left().filter(exit_on__gte=clock.today() - RATE_PERIOD)
    found = recent.aggregate(reached=Count("pk", filter=REACHED), total=Count("pk"))
    return found["reached"], found["total"]


@dataclass(frozen=True)
class Attempt:
    """The last contact noted, reached or not."""

    day: date
    outcome: str


def last_attempts(enrolments: Iterable[Enrolment]) -> dict[int, Attempt]:
    """Pathway id -> the last contact noted since the exit; one query for a page."""
    exits = {enrolment.pathway_id: enrolment.exit_on for enrolment in enrolments}
    rows = Event.objects.about(exits).filter(kind__in=["contact", Kind.ANNUL]).order_by("id")
    owners = dict(rows.values_list("pk", Coalesce("pathway__merged_into", "pathway")))
    labels = dict(ContactOutcome.choices)
    found = {}
    for fact in valid(Fact(*row) for row in rows.values_list(*FACT_COLUMNS)):
        owner = owners[fact.id]
        if fact.occurred_on >= exits[owner]:
            found[owner] = Attempt(fact.occurred_on, str(labels.get(fact.reason, fact.reason)))
    return found


# ---- the columns of the page and of the export

PAGE_COLUMNS = (
    Column("Nom", "nom"),
    Column("Téléphone"),
    Column("Formation"),
    Column("Sortie", "sortie"),
    Column("Contacts"),
    Column("Actions", is_label_hidden=True),
)
Cell = Callable[[Enrolment], Any]
EXPORT: tuple[tuple[str, Cell], ...] = (
    ("Nom", lambda row: f"{row.pathway.beneficiary.last_name} {row.pathway.beneficiary.first_name}"),
    ("Téléphone", lambda row: row.pathway.beneficiary.phone),
    ("Courriel", lambda row: row.pathway.beneficiary.email),
    ("Formation", lambda row: row.session.title),
    ("Session", lambda row: row.session.carif_number),
    ("Organisme", lambda row: row.session.provider.name),
    ("Sortie le", lambda row: row.exit_on),
    ("Cause de sortie", lambda row: CAUSES.get(row.exit_cause, "Fin de la formation")),
    ("Examen", lambda row: exam_tone(row).label),
    ("Appels sans réponse", lambda row: row.pathway.contact_attempts),
    ("Joint le", lambda row: row.pathway.contacted_on if has_been_reached(row) else None),
    ("Situation", lambda row: str(PathwayState(row.pathway.state).label)),
)


def has_been_reached(row: Enrolment) -> bool:
    return row.pathway.contacted_on is not None and row.pathway.contacted_on >= row.exit_on
