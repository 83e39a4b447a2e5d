"""The figures of an order, on lines alone: sums, costs, what is not known, and small numbers."""

from datetime import date
from decimal import Decimal

from followup.orders.figures import Line, order

LEAST = 5


def line(provider="AFPA", *, area="Marseille", price=Decimal(1000), places=10, **fields) -> Line:
    return Line("Maçon", provider, area, "PRF", 1, None, date(2018, 2, 1), places, price, **fields)


def over(provider="AFPA", *, entries=10, exits=10, jobs=5, **fields) -> Line:
    return line(provider, entries=entries, exits=exits, jobs=jobs, has_opened=True, is_over=True, **fields)


def rows(found, code="organisme"):
    return {row.label: row for each in found.breakdowns if each.code == code for row in each.rows}


def test_committed_consumed_and_what_each_costs():
    found = order(2018, 500_000, [over(entries=8), line(places=20)], LEAST)
    total = found.total
    assert (total.committed, total.consumed) == (30_000, 8_000)
    assert (total.per_place, total.per_entry) == (1000, 1250)  # entries of the session that has opened
    assert (total.per_exit, total.per_job) == (1000, 2000)
    assert (found.left, round(found.committed_share, 2)) == (470_000, 0.06)


def test_what_has_no_price_is_counted_apart_and_in_no_cost():
    found = order(2018, 500_000, [over(), over(price=None, entries=9)], LEAST)
    assert found.total.unpriced == 1
    assert (found.total.committed, found.total.places) == (10_000, 10)
    assert found.total.per_entry == 1000
    assert found.total.per_exit == 1000
    nothing = order(2018, 500_000, [line(price=None)], LEAST).total
    assert (nothing.per_place, nothing.per_entry, nothing.committed) == (None, None, 0)


def test_few_exits_are_hidden_with_what_would_tell_them():
    found = order(
        2018, 500_000, [over("A", jobs=2), over("B", exits=30, jobs=15), over("C", exits=12, jobs=6)], LEAST
    )
    shown = {label: row.exits for label, row in rows(found).items()}
    # A alone hidden would be found by subtraction: the smallest of the others goes with it.
    assert shown == {"A": None, "B": 30, "C": None}
    hidden = rows(found)["A"]
    assert (hidden.per_exit, hidden.per_job, hidden.committed) == (None, None, 10_000)
    assert found.total.exits == 52


def test_too_few_exits_altogether_are_hidden_everywhere():
    found = order(2018, 500_000, [over(exits=3, jobs=1)], LEAST)
    assert (found.total.exits, found.total.per_job) == (None, None)
    assert all(row.is_hidden for each in found.breakdowns for row in each.rows)


def test_more_committed_than_ordered_is_said():
    assert order(2018, 5_000, [line()], LEAST).left == -5_000


def test_no_more_is_consumed_than_was_ordered():
    assert over(entries=14).consumed == 10_000
