"""Finding the pairs of files that may be one person. The cost follows the people whose identity has changed.

What is due stands in `Beneficiary.is_to_compare`; the sweep compares those people with whoever shares one of their keys
(an indexed array), and keeps the pairs that look alike. Running it twice, or being killed in the middle, is
harmless.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from notifications.registry import sweeper
from pathways.actor import Actor
from pathways.merging.likeness import Likeness, compare
from pathways.models import Beneficiary, DuplicateDismissal, DuplicatePair
from pathways.models.beneficiary import COMPUTED

BATCH = 500
#: People compared by one sweep: a large import is taken up over a few minutes.
AT_MOST = 10_000

#: From the people to compare to those who share a key, never the reverse, even before a table has its statistics.
_SHARING = (
    "WITH mine AS MATERIALIZED (SELECT id, likeness_keys FROM pathways_beneficiary WHERE id = ANY(%s))"
    " SELECT mine.id, other.id FROM mine CROSS JOIN LATERAL (SELECT id FROM pathways_beneficiary AS known"
    " WHERE known.likeness_keys && mine.likeness_keys AND known.merged_into_id IS NULL OFFSET 0) AS other"
    " WHERE other.id <> mine.id"
)


@sweeper("duplicates")
def find_duplicates() -> int:
    """Compare the people whose identity has changed since they last were. Returns how many were compared."""
    compared = 0
    while compared < AT_MOST and (batch := _compare_batch()):
        compared += batch
    return compared


def _compare_batch() -> int:
    with transaction.atomic():
        rows = Beneficiary.objects.to_compare().select_for_update(of=("self",), no_key=True, skip_locked=True)
        people = {person.pk: person for person in rows.order_by("pk")[:BATCH]}
        for person in people.values():
            # Rows older than the keys have none yet.
            person.compute_keys()
            person.is_to_compare = False
        Beneficiary.objects.bulk_update(people.values(), COMPUTED)
        _keep(people, dict(_alike(people)))
    return len(people)


def _alike(people: dict[int, Beneficiary]) -> Iterator[tuple[tuple[int, int], Likeness]]:
    """(lower key, higher key) -> how alike, for the pairs with one of these people."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARING, [list(people)])
        pairs = {tuple(sorted(row)) for row in cursor.fetchall()}
    others = Beneficiary.objects.in_bulk({pk for pair in pairs for pk in pair} - people.keys())
    known = {**others, **people}
    for first, second in pairs:
        likeness = compare(known[first], known[second])
        if likeness is not None:
            yield (first, second), likeness


def _keep(ids: Iterable[int], found: dict[tuple[int, int], Likeness]) -> None:
    """Bring the pairs of these people in line with what was found."""
    ids = list(ids)
    known = DuplicatePair.objects.filter(Q(first__in=ids) | Q(second__in=ids))
    gone = [
        pk for pk, *pair in known.order_by().values_list("pk", "first", "second") if tuple(pair) not in found
    ]
    DuplicatePair.objects.filter(pk__in=gone).delete()
    DuplicatePair.objects.bulk_create(
        (
            DuplicatePair(first_id=first, second_id=second, strength=likeness.strength)
            for (first, second), likeness in found.items()
        ),
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=["strength"],
    )


def pairs(actor: Actor) -> QuerySet[DuplicatePair]:
    """The pairs of which the actor sees both people and that nobody has set aside."""
    return _visible(DuplicatePair.objects.filter(~Exists(_in_force())), actor)


def pairs_of(person: Beneficiary, actor: Actor) -> QuerySet[DuplicatePair]:
    """Those of `pairs()` in which this person is."""
    return pairs(actor).filter(Q(first=person) | Q(second=person))


def dismissals(actor: Actor) -> QuerySet[DuplicateDismissal]:
    """The pairs set aside, of which the actor sees both people."""
    return _visible(DuplicateDismissal.objects.filter(taken_back_at=None), actor)


def _in_force() -> QuerySet[DuplicateDismissal]:
    return DuplicateDismissal.objects.filter(
        first=OuterRef("first"), second=OuterRef("second"), taken_back_at=None
    ).order_by()


def _visible(rows: QuerySet, actor: Actor) -> QuerySet:
    people = Beneficiary.objects.visible_to(actor).order_by().values("pk")
    return rows.filter(first__in=people, second__in=people).select_related("first", "second")
