"""People stuck in a state past its delay (domain.md B13): who is told, when it ends, and its line in the pile."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from config import clock
from notifications.enums import Level
from notifications.models import Alert
from notifications.registry import Cause, Kind, Since, register, set_readers
from notifications.services import closing
from pathways import pile
from pathways.actor import Actor
from pathways.audience import READERS, advisors_of, in_organisation, keys_of
from pathways.enums import AFTER_TRAINING, BEFORE_TRAINING, PathwayState, Role
from pathways.facts import Change, on_writing
from pathways.models import Pathway, StateDelay
from pathways.navigation import entry
from pathways.pile_sources import batch_of
from pathways.statements import Statement

set_readers(READERS, keys_of, administrators=(Role.ADMINISTRATOR,))
entry("Courriels", "notifications:mails", "mail", (Role.ADMINISTRATOR,), order=95)
entry("Alertes", "notifications:alerts", "bell-ringing", READERS, order=80)

#: States whose blockage the référent resolves. Whoever is left « à l'examen » waits for the training provider
#: (followup.blockages).
FOR_REFERENT = BEFORE_TRAINING | {PathwayState.SUSPENDED, PathwayState.LOST_CONTACT}
COLUMNS = (
    "pk",
    "state",
    "state_since",
    "due_on",
    "contacted_on",
    "pole_id",
    "area_id",
    "department_id",
)
NAMES = ("beneficiary__first_name", "beneficiary__last_name")


# ---- detection


def stuck_pathways(ids: Collection[int] | None = None) -> Iterator[Cause]:
    """One cause per person stuck before or during training, or out of sight; among the pathways `ids` when given."""
    return _causes(FOR_REFERENT, ids)


def stuck_leavers(ids: Collection[int] | None = None) -> Iterator[Cause]:
    """One cause per person whose training is over and for whom nothing has followed."""
    return _causes(AFTER_TRAINING, ids)


def _causes(states: frozenset[str], ids: Collection[int] | None) -> Iterator[Cause]:
    delays = {delay.state: delay for delay in StateDelay.objects.all()}
    rows = Pathway.objects.stuck().filter(state__in=sorted(states)).order_by("pk")
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    for *row, first_name, last_name in rows.values_list(*COLUMNS, *NAMES).iterator():
        pk, state, since, due_on, contacted_on, pole_id, area_id, department_id = row
        # A leaver whom nobody has reached since the exit is for Pôle emploi too (B13, « Sortie sans contact »).
        to_reach = state in AFTER_TRAINING and (contacted_on is None or contacted_on < since)
        yield Cause(
            subject_key=f"pathway:{pk}",
            title=f"{first_name} {last_name}",
            detail=sentence(state, since, delays.get(state)),
            url=reverse("pathways:file", args=[pk]),
            due_on=due_on,
            level=Level.URGENT if _twice_late(since, due_on) else Level.WARNING,
            audience=frozenset(_audience(pole_id, area_id if to_reach else None, department_id)),
        )


def changed_pathways(since: Since) -> set[int]:
    """The pathways whose blockage may differ: those touched, and those whose delay has run out since."""
    found = set(since.of("pathway"))
    if since.day < since.today:
        late = Q(due_on__gte=since.day, due_on__lt=since.today)
        # A delay that runs out a second time makes the alert urgent.
        for state, days in StateDelay.objects.values_list("state", "days"):
            again = timedelta(days=days)
            late |= Q(state=state, due_on__gte=since.day - again, due_on__lt=since.today - again)
        found |= set(Pathway.objects.filter(late).order_by().values_list("pk", flat=True))
    return found


def parameters() -> list[tuple]:
    """What blockages are counted with: the delay of each state, and what it awaits."""
    return list(StateDelay.objects.order_by("state").values_list("state", "days", "explanation"))


def sentence(state: str, since: date, delay: StateDelay | None) -> str:
    """What the alert about somebody in a state since a day tells; the same from one day to the next."""
    awaited = f" ; attendu sous {delay.days} j : {delay.explanation}" if delay else ""
    return f"« {PathwayState(state).label} » depuis le {since:%d/%m/%Y}{awaited}."


def _twice_late(since, due_on) -> bool:
    """The delay has run out a second time."""
    return clock.today() - due_on > due_on - since


def _audience(pole_id, area_id, department_id) -> Iterator[str]:
    if pole_id is not None:
        yield in_organisation(Role.REFERENT, pole_id)
    else:
        yield in_organisation(Role.DEPARTMENT_MANAGER, department_id)
    if area_id is not None:
        yield advisors_of(area_id)


FOLLOWED = {
    "thing": "pathway",
    "watches": ("pathway",),
    "changed": changed_pathways,
    "parameters": parameters,
}
#: Whose people an alert may be about; Pôle emploi is told of leavers alone.
FOLLOWERS = frozenset({Role.REFERENT, Role.DEPARTMENT_MANAGER})
PATHWAY_STUCK = register(
    Kind("pathway_stuck", "Parcours bloqué", "hourglass", stuck_pathways, roles=FOLLOWERS, **FOLLOWED)
)
LEAVER_STUCK = register(
    Kind(
        "leaver_stuck",
        "Sortie sans suite",
        "door-exit",
        stuck_leavers,
        roles=FOLLOWERS | {Role.ADVISOR},
        **FOLLOWED,
    )
)


def _was_late(change: Change) -> bool:
    return change.was_due_on is not None and change.was_due_on < clock.today()


@on_writing(when=_was_late)
def close_settled(changes: Sequence[Change]) -> Iterator[Statement]:
    """Close at once the alerts about whatever a fact has moved, so that nobody meets them again in their pile.

    Only when the person was late: most facts come in time and cost nothing here. Subjects are named as their
    lifecycles: « prescription:7 », « exam:7 ».
    """
    if keys := {key for change in changes for key in _moved(change)}:
        yield Statement(*closing(keys), is_kept=True)


def _moved(change: Change) -> Iterator[str]:
    old, new = change.before.states, change.after.states
    for name, subject in old.keys() | new.keys():
        if old.get((name, subject)) != new.get((name, subject)):
            yield f"{name}:{change.pathway.pk if subject is None else subject}"


# ---- the pile


def alerted(actor: Actor, kind: Kind, prefix: str) -> Exists:
    """Whether a row of an outer query (« <prefix>:<pk> ») has an open alert of this kind addressed to the actor."""
    key = Concat(Value(f"{prefix}:"), Cast(OuterRef("pk"), CharField()))
    return Exists(
        Alert.objects.open()
        .filter(kind=kind.code, subject_key=key, audiences__key__in=keys_of(actor))
        .order_by()
    )


@pile.source(pile.BLOCKAGES, Role.REFERENT, Role.DEPARTMENT_MANAGER, key="bloque")
def stuck_lines(actor: Actor, limit: int) -> pile.Batch:
    """People stuck, as the open alerts say, checked against where they stand at this very moment."""
    people = _stuck(actor, PATHWAY_STUCK, Q(state__in=sorted(FOR_REFERENT)))
    return batch_of("bloque", pile.BLOCKAGES, actor, people, limit)


@pile.source(pile.EXITS, Role.REFERENT, Role.DEPARTMENT_MANAGER, key="sortie-sans-suite")
def leaver_lines(actor: Actor, limit: int) -> pile.Batch:
    """Leavers for whom nothing follows. In an advisor's pile the call to make is a line already, from the exit on."""
    people = _stuck(actor, LEAVER_STUCK, Q(state__in=sorted(AFTER_TRAINING)))
    return batch_of("sortie-sans-suite", pile.EXITS, actor, people, limit)


def _stuck(actor: Actor, kind: Kind, concerned: Q):
    return Pathway.objects.visible_to(actor).stuck().filter(concerned, alerted(actor, kind, "pathway"))
