"""Trying a correction in memory: where it would lead, or which facts stand in its way. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse

from config import clock
from pathways import refusals
from pathways.actor import Actor
from pathways.facts import Fact, Kind
from pathways.guards import Refusal, TransitionRefused
from pathways.merging.parting import merge_behind
from pathways.models import Event
from pathways.replay import ImpossibleHistory, fold, valid, with_absorbed
from pathways.statements import read_facts
from pathways.story import events_named, title_of


@dataclass(frozen=True)
class Obstacle:
    """A later fact that rests on the one to correct, and the address of its own correction."""

    title: str
    url: str


@dataclass(frozen=True)
class Trial:
    """What taking a fact back would leave: `facts` as they would be recorded, or why it cannot be.

    obstacles: the facts to correct before, in the order in which to do it.
    """

    facts: tuple[Fact, ...]
    refusal: Refusal | None = None
    obstacles: tuple[Obstacle, ...] = ()


def without(event: Event, known: Sequence[Fact], actor: Actor) -> Trial:
    """The history once `event` is taken back (an annulment: once its fact is stated again)."""
    annulment = Fact(
        Kind.ANNUL,
        clock.today(),
        event.subject_id,
        annuls_id=event.pk,
        id=max((fact.id for fact in known), default=0) + 1,
        recorded_at=clock.now(),
    )
    facts = (*known, annulment)
    if merge_behind(event, known) is not None:
        facts = tuple(with_absorbed([*read_facts(event.pathway_id), annulment]))
    try:
        fold(valid(facts))
    except ImpossibleHistory as impossible:
        refusal = explained(impossible, event, actor)
        return Trial(facts, refusal, tuple(in_the_way(valid(facts), event, actor)))
    return Trial(facts)


def in_the_way(facts: Iterable[Fact], event: Event, actor: Actor) -> Iterable[Obstacle]:
    """The facts that become impossible in a history, last first: each can be taken back once those before it are."""
    remaining, broken = list(facts), []
    while True:
        try:
            fold(remaining)
            break
        except ImpossibleHistory as impossible:
            broken.append(impossible.fact)
            remaining.remove(impossible.fact)
    return named(reversed(broken), event, actor)


def named(facts: Iterable[Fact], event: Event, actor: Actor) -> Iterator[Obstacle]:
    """Facts of the person as the page links to them; those of others than the reader's are left out."""
    facts = list(facts)
    readable = events_named([fact.id for fact in facts], actor)
    for fact in facts:
        if fact.id in readable:
            url = reverse("pathways:correct", args=[event.pathway_id, fact.id])
            yield Obstacle(title_of(readable[fact.id], actor), url)


def explained(impossible: ImpossibleHistory, event: Event, actor: Actor) -> Refusal:
    """The refusal of a correction; it names the fact that breaks, unless that one is not the reader's to know."""
    refusal = refusals.impossible_history(impossible, actor.role)
    if impossible.fact.id in (None, event.pk) or events_named([impossible.fact.id], actor):
        return refusal
    return replace(
        refusal,
        sentence="Un fait saisi ensuite par une autre organisation deviendrait impossible.",
        next_step="Adressez-vous au référent de la personne ou au responsable de la cohorte.",
    )


def refusal_of(refused: TransitionRefused, event: Event, actor: Actor) -> Refusal:
    """The door's refusal, in the words that the reader may read."""
    cause = refused.__cause__
    return explained(cause, event, actor) if isinstance(cause, ImpossibleHistory) else refused.refusal
