"""Taking a merge back, or taking that back: each file finds its facts, prescriptions and values again.

What was recorded meanwhile stays where it belongs: facts about a prescription with the file it came from, facts about
the person with the file that stayed.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from config import clock
from pathways.actor import Actor
from pathways.facts import Change, Context, Fact, Kind
from pathways.guards import Refusal, TransitionRefused
from pathways.held import Held, hold
from pathways.lifecycle import PATHWAY_KEY, Standing
from pathways.merging.homes import Terms, files_under, people_under, terms_in_force
from pathways.merging.joining import (
    ALREADY_MERGED,
    PROVISIONAL,
    files_of,
    join,
    locked_people,
    possible,
    repoint,
    write,
)
from pathways.merging.values import RSA, give_back
from pathways.models import Beneficiary, Event, Pathway
from pathways.projection import rows_of_replay
from pathways.replay import annulled_ids, fold, history, merges_in_force, valid, with_absorbed
from pathways.services import move_pathways
from pathways.statements import Writes, read_facts
from pathways.transitions import Outcome, record, recorded, settle, tell

MERGED_SINCE = Refusal(
    "merged_since",
    "Ce dossier a été fusionné depuis avec un autre.",
    "Défaites d'abord cette dernière fusion, dans l'historique du dossier.",
)


def merge_behind(event: Event, known: Iterable[Fact]) -> Fact | None:
    """The merge that taking `event` back would undo or restore; None for any other fact."""
    by_id = {fact.id: fact for fact in known}
    fact = by_id.get(event.pk)
    while fact is not None and fact.kind == Kind.ANNUL:
        fact = by_id.get(fact.annuls_id)
    return fact if fact is not None and fact.kind == Kind.MERGE else None


def lock_people_first(event: Event) -> None:
    """Lock the two people of a merge about to be taken back or restored, before their pathways as `merge()` does."""
    while event.kind == Kind.ANNUL:
        event = event.annuls
    if event.kind == Kind.MERGE:
        locked_people(event.payload["into"], event.payload["person"])


def refusal_to_part(event: Event, known: Iterable[Fact]) -> Refusal | None:
    """Merges are undone in the reverse order: not while the file that stayed is itself part of another."""
    if event.kind not in (Kind.MERGE, Kind.ANNUL):
        return None
    merge = merge_behind(event, known)
    if merge is None:
        return None
    into = Beneficiary.objects.filter(pk=merge.payload["into"], merged_into__isnull=False)
    return MERGED_SINCE if into.exists() else None


def annul_merge(
    merge: Fact, event: Event, held: Held, actor: Actor, comment: str, idempotency_key: str | None
) -> Outcome:
    """Take back `event`, which is a merge or what had taken it back. Raises TransitionRefused."""
    annulment = Fact(
        Kind.ANNUL, clock.today(), comment=comment, payload={}, annuls_id=event.pk, id=PROVISIONAL
    )
    context = Context(annulment, actor, event.pathway, Standing(), held=held)
    own = read_facts(event.home_id)
    was_held, is_held = (
        merge.id in {fact.id for fact in merges_in_force(facts)} for facts in (own, [*own, annulment])
    )
    # An inner block: more is written after the event, whose message must not end the transaction.
    with transaction.atomic():
        if was_held and not is_held:
            return _part(context, own, merge, idempotency_key)
        if not was_held and is_held:
            return _join_again(context, own, merge, idempotency_key)
    raise TransitionRefused(ALREADY_MERGED)


def _join_again(context: Context, own: list[Fact], merge: Fact, idempotency_key: str | None) -> Outcome:
    """State the merge again, on the files as they are now."""
    terms = Terms.of(merge, own)
    into, person = locked_people(terms.into, terms.person)
    files = files_of(into, person, context.actor)
    if (files.survivor, files.absorbed) != (context.pathway.pk, terms.pathway):
        raise TransitionRefused(
            Refusal(
                "files_changed",
                "Ces deux dossiers ne sont plus dans la même cohorte qu'alors.",
                "Comparez-les à nouveau depuis « Doublons ».",
            )
        )
    keys = [pk for pk in (files.absorbed, *files.moved) if pk is not None]
    others = hold(context.actor, (Kind.MERGE,), keys)
    context.held.raw.update(others.raw)
    takes = [*terms.taken["groups"], *([RSA] if RSA in terms.taken else [])]
    return join(context, into, person, files, takes, idempotency_key)


def _part(context: Context, own: list[Fact], merge: Fact, idempotency_key: str | None) -> Outcome:
    terms, held, pathway, annulment = Terms.of(merge, own), context.held, context.pathway, context.fact
    into, person = locked_people(terms.into, terms.person)
    joined = fold(valid(history(pathway.pk)))
    known = valid(with_absorbed([*own, annulment]))
    mine, theirs = _split(joined, terms.subjects)
    change = Change(pathway, annulment, mine, possible(known), held, tuple(known))
    writes = Writes()
    returning = None
    if terms.pathway is not None:
        returning = _returning(context, terms, theirs, writes)
        settle(returning, writes)
        write(writes, rows_of_replay(returning, context))
        _give_place(returning.pathway, person, writes)
    settle(change, writes)
    write(writes, rows_of_replay(change, context))
    writes.row(pathway, {"has_absorbed": _still_absorbs(pathway, terms)})
    _part_people(into, person, terms)
    give_back(into, terms.taken, _taken_back_before(own, merge), context.actor)
    place = tell(change, context.actor, writes, idempotency_key)
    record([(one, place) for one in (change, returning) if one is not None], writes)
    territories = {one.pk: (one.pole_id, one.area_id) for one in (into, person)}
    move_pathways(territories)
    return Outcome(recorded(writes), pathway)


def _split(joined: Standing, subjects: Iterable[int]) -> tuple[Standing, Standing]:
    """The standing of a joined file, without and with what is about some prescriptions."""
    theirs = set(subjects)

    def kept(values: dict, is_theirs: bool) -> dict:
        return {key: value for key, value in values.items() if (key[1] in theirs) is is_theirs}

    mine = Standing(kept(joined.states, False), kept(joined.columns, False))
    return mine, Standing(kept(joined.states, True), kept(joined.columns, True))


def _returning(context: Context, terms: Terms, theirs: Standing, writes: Writes) -> Change:
    """The absorbed pathway, locked, and how its own facts alone move what hangs below it."""
    rows = Pathway.objects.select_for_update(of=("self",), no_key=True)
    absorbed = rows.get(pk=terms.pathway)
    repoint(context.held, writes, context.pathway, absorbed, only=terms.subjects)
    known = valid(history(absorbed.pk))
    theirs.states[PATHWAY_KEY] = absorbed.state
    return Change(absorbed, context.fact, theirs, possible(known), context.held, tuple(known))


def _give_place(absorbed: Pathway, person: Beneficiary, writes: Writes) -> None:
    """The file stands by itself again, with the files that were part of it before."""
    under = files_under(absorbed.pk)
    place = {"pole_id": person.pole_id, "area_id": person.area_id}
    writes.row(absorbed, {"merged_into_id": None, "has_absorbed": bool(under), **place})
    Pathway.objects.filter(pk__in=under).update(merged_into=absorbed)


def _still_absorbs(pathway: Pathway, terms: Terms) -> bool:
    others = (other.pathway for other in terms_in_force(pathway.pk) if other.person != terms.person)
    return any(other is not None for other in others)


def _part_people(into: Beneficiary, person: Beneficiary, terms: Terms) -> None:
    Pathway.objects.filter(pk__in=terms.moved, beneficiary=into).update(beneficiary=person)
    files = [*terms.moved, *([terms.pathway] if terms.pathway is not None else [])]
    under = set().union(*(people_under(pk) for pk in files))
    Beneficiary.objects.filter(pk=person.pk).update(merged_into=None, is_to_compare=True)
    Beneficiary.objects.filter(pk__in=under).update(merged_into=person)


def _taken_back_before(own: list[Fact], merge: Fact) -> list[dict]:
    """What other merges recorded in this file, and taken back since, had taken; the latest first."""
    taken_back = annulled_ids(own)
    others = [
        fact for fact in own if fact.kind == Kind.MERGE and fact.id in taken_back and fact.id != merge.id
    ]
    return [Terms.of(fact, own).taken for fact in sorted(others, key=lambda fact: fact.id, reverse=True)]
