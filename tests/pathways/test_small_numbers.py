"""Nothing that a table hides can be found again from what it shows."""

from hypothesis import example, given
from hypothesis import strategies as st

from pathways.small_numbers import hidden, is_small

COUNTS = st.integers(0, 12) | st.integers(0, 400)
ROWS = st.lists(st.tuples(COUNTS, COUNTS).filter(any), min_size=1, max_size=8)


def possible(rows, gone, part):
    """(least, most) that a reader who subtracts can give to each hidden count of a part: the others may be anything."""
    left = sum(parts[part] for parts in rows) - sum(
        parts[part] for place, parts in enumerate(rows) if place not in gone
    )
    return (left, left) if len(gone) == 1 else (0, left)


@given(ROWS, st.sampled_from([5, 11]))
@example([(3, 50), (20, 50)], 5)  # one small row: hidden alone, the total would give it away
@example([(1, 50), (1, 40), (60, 60)], 5)  # two, whose sum is small
@example([(0, 3), (0, 4), (9, 50)], 5)  # two without a refusal: their sum would say so
@example([(2, 0), (3, 0)], 5)
def test_hidden_counts_are_not_deducible_and_shown_ones_are_not_small(rows, least):
    totals = [sum(parts) for parts in zip(*rows, strict=True)]
    gone = hidden(rows, least)
    if gone is None:
        assert any(is_small(total, least) for total in totals)
        return
    assert not any(is_small(total, least) for total in totals)
    for place, parts in enumerate(rows):
        if place not in gone:
            assert not any(is_small(number, least) for number in (*parts, sum(parts)))
    for part, total in enumerate(totals):
        if gone and total:
            low, high = possible(rows, gone, part)
            assert high - low >= least


@given(ROWS)
def test_nothing_is_hidden_for_nothing(rows):
    gone = hidden(rows, 5)
    if gone and not any(is_small(number, 5) for parts in rows for number in (*parts, sum(parts))):
        raise AssertionError(f"{gone} hidden although nothing is small")


def test_the_smallest_row_is_lost_to_protect_the_others():
    assert hidden([(3, 30), (10, 10), (40, 90), (30, 70)], 5) == {0, 1}


def test_a_single_column_of_counts():
    assert hidden([(50,), (20,), (3,), (2,)], 5) == {2, 3}
    assert hidden([(50,), (20,), (3,)], 5) == {1, 2}
    assert hidden([(50,), (20,)], 5) == frozenset()
