"""The order of a waiting list: total, the same however the list comes, and told in words."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pathways.enums import Role
from prescriptions.queue import Waiting, order
from prescriptions.reserved import Criteria, Filling, Quota, Reserved

DAY = date(2026, 3, 2)
people = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([1, 2, 3]), st.frozensets(st.sampled_from([7, 8]))),
    min_size=1,
    max_size=8,
)
held = st.dictionaries(st.sampled_from([1, 2, 3]), st.integers(0, 3))
sizes = st.tuples(st.integers(1, 2), st.integers(1, 2))


def listed(drawn):
    waiting = [Waiting(100 + n, DAY - timedelta(days=back), pole) for n, (back, pole, _) in enumerate(drawn)]
    return waiting, {100 + n: claims for n, (_, _, claims) in enumerate(drawn)}


def kept_for(claims, numbers, until=DAY + timedelta(days=9)):
    quotas = {
        pk: Quota(pk, letter, f"Public {letter}", seats, until, Criteria())
        for pk, letter, seats in zip((7, 8), "AB", numbers, strict=True)
    }
    return Reserved(quotas, claims, set())


@given(people, held, sizes, st.randoms(use_true_random=False))
def test_the_order_is_total_stable_and_told(drawn, served, numbers, random):
    waiting, claims = listed(drawn)
    kept = kept_for(claims, numbers)
    found = order(waiting, Counter(served), kept, DAY)
    shuffled = list(waiting)
    random.shuffle(shuffled)
    assert order(shuffled, Counter(served), kept, DAY) == found
    assert sorted(one.id for one, _ in found) == sorted(one.id for one in waiting)
    assert [place.rank for _, place in found] == list(range(1, len(found) + 1))
    for _, place in found:
        assert all(place.reason_for(role) for role in (Role.REFERENT, Role.PROVIDER))
        assert "Public" not in place.neutral  # a provider reads a letter, never the name of a public


@given(people, held, sizes)
def test_each_rank_obeys_the_rule(drawn, served, numbers):
    """Reserved public first while a seat of theirs is free, then the day, the pôle least served, the request."""
    waiting, claims = listed(drawn)
    kept = kept_for(claims, numbers)
    seats, served = Filling({pk: quota.seats for pk, quota in kept.quotas.items()}), Counter(served)
    left = {one.id: one for one in waiting}
    for one, _ in order(waiting, Counter(served), kept, DAY):
        keys = {
            pk: (not seats.would_use(claims[pk]), other.since, served[other.pole_id], pk)
            for pk, other in left.items()
        }
        assert min(keys, key=keys.get) == one.id
        del left[one.id]
        served[one.pole_id] += 1
        seats.add(one.id, claims[one.id])


def test_the_reason_says_what_decided():
    waiting = [
        Waiting(1, DAY, 10),
        Waiting(2, DAY, 20),
        Waiting(3, DAY - timedelta(days=3), 10),
        Waiting(4, DAY, 20),
    ]
    kept = kept_for({1: frozenset(), 2: frozenset(), 3: frozenset(), 4: frozenset({7})}, (1, 1))
    found = order(waiting, Counter({10: 2}), kept, DAY)
    assert [one.id for one, _ in found] == [4, 3, 2, 1]
    reasons = [place.reason for _, place in found]
    assert reasons[0].startswith("une place réservée est libre (Public A)")
    assert found[0][1].neutral.startswith("place réservée A encore libre")
    assert reasons[1] == "en attente depuis le 27/02/2026"
    assert "son pôle est le moins servi" in reasons[2]
    assert reasons[3] == "en attente depuis le 02/03/2026"


def test_a_released_quota_puts_nobody_first():
    waiting = [Waiting(1, DAY - timedelta(days=1), 10), Waiting(2, DAY, 10)]
    claims = {1: frozenset(), 2: frozenset({7, 8})}
    before = kept_for(claims, (1, 1), DAY + timedelta(days=1))
    after = kept_for(claims, (1, 1), DAY)
    assert [one.id for one, _ in order(waiting, Counter(), before, DAY)] == [2, 1]
    assert [one.id for one, _ in order(waiting, Counter(), after, DAY)] == [1, 2]


@given(people, sizes)
def test_as_many_reserved_seats_are_used_as_can_be(drawn, numbers):
    """Against the worst group of quotas (Hall), and whatever the order in which people are seated."""
    claims = [claims for _, _, claims in drawn]
    sizes_of = dict(zip((7, 8), numbers, strict=True))
    used = set()
    for many in (claims, claims[::-1]):
        filling = Filling(sizes_of)
        for holder, claim in enumerate(many):
            could = filling.would_use(claim)
            assert filling.add(holder, claim) == could
        used.add(filling.unused)
    groups = [(), (7,), (8,), (7, 8)]
    worst = max(
        sum(sizes_of[q] for q in group) - sum(bool(claim & set(group)) for claim in claims)
        for group in groups
    )
    assert used == {worst}
