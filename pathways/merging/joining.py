"""Joining two files of one person by one event. Both keep their rows and their facts, so that it can be undone."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.db import transaction

from config import clock
from pathways import refusals
from pathways.actor import Actor
from pathways.enums import Role
from pathways.facts import Change, Context, Fact, Kind
from pathways.guards import Refusal, TransitionRefused
from pathways.held import Held, hold
from pathways.lifecycle import PATHWAY_KEY, Standing, below
from pathways.merging.homes import Terms
from pathways.merging.values import take_over
from pathways.models import Beneficiary, Event, Pathway
from pathways.projection import rows_of_replay
from pathways.replay import ImpossibleHistory, fold, history, valid, with_absorbed
from pathways.services import move_pathways
from pathways.statements import Writes, read_facts
from pathways.transitions import Outcome, check, record, recorded, settle, tell

#: The id of a fact not recorded yet: after every other one.
PROVISIONAL = 2**62

Obstacle = Callable[[Pathway, Pathway], Refusal | None]
OBSTACLES: list[Obstacle] = []


def obstacle(function: Obstacle) -> Obstacle:
    """Register a reason why two pathways cannot become one: (surviving, absorbed) -> Refusal | None."""
    OBSTACLES.append(function)
    return function


@dataclass(frozen=True)
class Files:
    """What merging two people joins. absorbed: the pathway that becomes part of `survivor`, None when they share no
    cohort. moved: the absorbed person's pathways in other cohorts.
    """

    survivor: int
    absorbed: int | None
    moved: tuple[int, ...]


def merge(
    into_id: int,
    person_id: int,
    actor: Actor,
    *,
    comment: str,
    takes: Collection[str] = (),
    idempotency_key: str | None = None,
) -> Outcome:
    """Make the file of `person_id` part of that of `into_id`; the latter takes over the values named by `takes`
    (names of `values.GROUPS`, « rsa »). `comment` says how one knows that they are one person.

    The same `idempotency_key` answers again what it answered the first time.

    Raises NotVisible (somebody whom the actor does not see), TransitionRefused: same_person, already_merged, elsewhere,
    several_cohorts, impossible_history when the joined history cannot have happened, values_disagree, those of the
    table (wrong_role, comment_missing) and of the packages' obstacles.
    """
    with transaction.atomic():
        into, person = locked_people(into_id, person_id)
        if (said := _said(into, actor, idempotency_key)) is not None:
            return said
        files = files_of(into, person, actor)
        keys = [pk for pk in (files.survivor, files.absorbed, *files.moved) if pk is not None]
        held = hold(actor, (Kind.MERGE,), keys)
        pathway = held.pathway(files.survivor)
        fact = Fact(Kind.MERGE, clock.today(), comment=comment.strip(), payload={}, id=PROVISIONAL)
        context = Context(fact, actor, pathway, held.standing(pathway.pk), held=held)
        context.once("joins_two_files", lambda: True)
        check(context)
        return join(context, into, person, files, takes, idempotency_key)


def locked_people(into_id: int, person_id: int) -> tuple[Beneficiary, Beneficiary]:
    """Both people, locked in the order of their keys: before their pathways, as imports do. Raises NotVisible."""
    rows = Beneficiary.objects.select_for_update(of=("self",), no_key=True)
    found = {person.pk: person for person in rows.filter(pk__in=[into_id, person_id]).order_by("pk")}
    if into_id not in found or person_id not in found:
        raise refusals.NotVisible()
    return found[into_id], found[person_id]


def _said(into: Beneficiary, actor: Actor, idempotency_key: str | None) -> Outcome | None:
    if not idempotency_key:
        return None
    said = (
        Event.objects.visible_to(actor)
        .merges()
        .filter(pathway__beneficiary=into, idempotency_key=idempotency_key)
    )
    event = said.select_related("pathway").order_by("pk").first()
    return Outcome(event, event.pathway, repeated=True) if event is not None else None


def files_of(into: Beneficiary, person: Beneficiary, actor: Actor) -> Files:
    """What merging these two people would join. Raises NotVisible, TransitionRefused."""
    if into.pk == person.pk:
        raise TransitionRefused(SAME_PERSON)
    visible = Beneficiary.objects.visible_to(actor)
    seen = visible.filter(pk__in=[into.pk, person.pk]).count()
    if seen == 1 and {into.merged_into_id, person.merged_into_id} & {into.pk, person.pk}:
        raise TransitionRefused(ALREADY_MERGED)
    if seen < 2:
        raise refusals.NotVisible()
    if not actor.has_role(Role.DEPARTMENT_MANAGER):
        raise TransitionRefused(refusals.wrong_role([Role.DEPARTMENT_MANAGER]))
    own, theirs = _by_cohort(into), _by_cohort(person)
    everything = {*own.values(), *theirs.values()}
    if Pathway.objects.visible_to(actor).filter(pk__in=everything).count() < len(everything):
        raise TransitionRefused(ELSEWHERE)
    shared = own.keys() & theirs.keys()
    if len(shared) > 1:
        raise TransitionRefused(SEVERAL_COHORTS)
    if not shared:
        return Files(max(own.values()), None, tuple(sorted(theirs.values())))
    (cohort,) = shared
    moved = sorted(pk for other, pk in theirs.items() if other != cohort)
    return Files(own[cohort], theirs[cohort], tuple(moved))


def _by_cohort(person: Beneficiary) -> dict[int, int]:
    rows = Pathway.objects.standing().filter(beneficiary=person).order_by()
    return dict(rows.values_list("cohort", "pk"))


SAME_PERSON = Refusal(
    "same_person", "C'est deux fois le même dossier.", "Choisissez deux dossiers différents."
)
ALREADY_MERGED = Refusal(
    "already_merged",
    "Ces deux dossiers viennent d'être fusionnés.",
    "Ouvrez le dossier : l'historique dit par qui et pourquoi.",
)
ELSEWHERE = Refusal(
    "elsewhere",
    "L'une de ces personnes a aussi un parcours dans un autre Département.",
    "Convenez avec lui de la suite, par l'administrateur de Jalons.",
)
SEVERAL_COHORTS = Refusal(
    "several_cohorts",
    "Ces deux dossiers se suivent dans plusieurs cohortes à la fois.",
    "Adressez-vous à l'administrateur de Jalons : cette fusion ne se fait pas d'ici.",
)


# ---- joining


def join(
    context: Context,
    into: Beneficiary,
    person: Beneficiary,
    files: Files,
    takes: Collection[str],
    idempotency_key: str | None,
) -> Outcome:
    """Record `context.fact`, which makes two locked files one, and write where the person then stands."""
    pathway, held = context.pathway, context.held
    absorbed = None if files.absorbed is None else held.pathway(files.absorbed)
    if absorbed is not None:
        for found in (refuse(pathway, absorbed) for refuse in OBSTACLES):
            if found is not None:
                raise TransitionRefused(found)
    writes = Writes()
    subjects = repoint(held, writes, absorbed, pathway) if absorbed is not None else set()
    taken = take_over(into, person, takes, context.actor)
    terms = Terms(into.pk, person.pk, files.absorbed, tuple(sorted(subjects)), files.moved, taken)
    fact = context.fact = context.fact._replace(payload=terms.as_payload())
    own, theirs = history(pathway.pk), [] if absorbed is None else history(absorbed.pk)
    known = valid(with_absorbed([*read_facts(pathway.pk), fact]))
    before = fold(valid(own))
    leaving = fold(valid(theirs))
    after = possible(known)
    before.states.update({key: state for key, state in leaving.states.items() if key != PATHWAY_KEY})
    before.columns.update({key: row for key, row in leaving.columns.items() if key != PATHWAY_KEY})
    change = Change(pathway, fact, before, after, held, tuple(known))
    told = [(change, tell(change, context.actor, writes, idempotency_key))]
    settle(change, writes)
    write(writes, rows_of_replay(change, context))
    if absorbed is not None:
        left = Standing({PATHWAY_KEY: leaving.state("pathway")}, {PATHWAY_KEY: leaving.columns[PATHWAY_KEY]})
        gone = Change(absorbed, fact, left, Standing({PATHWAY_KEY: ""}), held, ())
        write(writes, rows_of_replay(gone, context))
        writes.row(pathway, {"has_absorbed": True})
        place = {"pole_id": into.pole_id, "area_id": into.area_id}
        writes.row(absorbed, {"merged_into_id": pathway.pk, "has_absorbed": False, **place})
        Pathway.objects.filter(merged_into=absorbed).update(merged_into=pathway)
        told.append((gone, told[0][1]))
    _join_people(into, person, files)
    record(told, writes)
    move_pathways({into.pk: (into.pole_id, into.area_id)})
    return Outcome(recorded(writes), pathway)


def _join_people(into: Beneficiary, person: Beneficiary, files: Files) -> None:
    Beneficiary.objects.filter(merged_into=person).update(merged_into=into)
    Beneficiary.objects.filter(pk=person.pk).update(merged_into=into)
    Pathway.objects.filter(pk__in=files.moved).update(beneficiary=into)


def repoint(
    held: Held, writes: Writes, source: Pathway, target: Pathway, only: Collection[int] | None = None
) -> set[int]:
    """Hang the prescriptions and courses of one pathway (`only` those, if given) below another; returns their keys."""
    subjects: set[int] = set()
    for model in {lifecycle.model for lifecycle in below()}:
        rows = model._base_manager.filter(pathway=source).order_by("pk")
        if only is not None:
            rows = rows.filter(pk__in=only)
        for row in rows.select_for_update(of=("self",), no_key=True):
            held.rows[model, row.pk] = row
            writes.row(row, {"pathway_id": target.pk})
            subjects.add(row.pk)
    return subjects


def possible(known: list[Fact]) -> Standing:
    """Where valid facts lead. Raises TransitionRefused, naming the fact to correct first."""
    try:
        return fold(known)
    except ImpossibleHistory as impossible:
        raise TransitionRefused(refusals.impossible_history(impossible)) from impossible


def write(writes: Writes, rows) -> None:
    for instance, columns in rows:
        writes.row(instance, columns)
