"""A difference is said only where the intervals bear it."""

import pytest

from prescriptions.equity.figures import PROVIDER, SEX, Breakdown, Row
from prescriptions.equity.findings import chart, differences, finding
from prescriptions.equity.wilson import gap, wilson


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [
        # Newcombe 1998, table I, method 3 (Wilson without continuity correction).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),
    ],
)
def test_the_interval_is_that_of_wilson(hits, trials, low, high):
    assert wilson(hits, trials) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # Newcombe 1998 (interval estimation for the difference), table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_the_interval_of_a_gap_is_that_of_newcombe(first, second, low, high):
    assert gap(first, second) == pytest.approx((low, high), abs=5e-5)


def test_a_gap_is_established_though_the_two_intervals_overlap():
    rows = [("Femmes", 150, 18), ("Hommes", 137, 31)]
    assert wilson(18, 150).high > wilson(31, 137).low
    assert differences(breakdown(SEX, *rows), total(*rows))


def breakdown(dimension, *rows, hidden=()):
    shown = tuple(Row(*row) for row in rows)
    return Breakdown(dimension, shown, tuple(Row(name, is_hidden=True) for name in hidden))


def total(*rows):
    return Row("Ensemble", sum(row[1] for row in rows), sum(row[2] for row in rows))


def test_a_difference_that_the_figures_bear_is_said_with_both_rates():
    rows = [("Femmes", 400, 160), ("Hommes", 400, 60)]
    told = finding(breakdown(SEX, *rows), total(*rows))
    assert told == "Femmes : refus plus fréquents que pour les autres, 40\u00a0% contre 15\u00a0%"


def test_the_same_rates_over_few_people_say_nothing():
    rows = [("Femmes", 20, 8), ("Hommes", 20, 3)]
    assert finding(breakdown(SEX, *rows), total(*rows)) == (
        "Aucune différence établie entre les femmes et les hommes"
    )


def test_many_groups_ask_for_more_before_one_is_said_to_stand_out():
    outlier, others = ("A", 60, 19), [(f"B{n}", 60, 11) for n in range(29)]
    few, many = [("A", 20, 7), ("B", 20, 4)], [outlier, *others]
    alone = [outlier, ("Les autres", 60 * 29, 11 * 29)]
    assert differences(breakdown(PROVIDER, *alone), total(*alone))
    assert not differences(breakdown(PROVIDER, *few), total(*few))
    assert not differences(breakdown(PROVIDER, *many), total(*many))


def test_one_visible_group_among_hidden_ones_is_not_compared():
    rows = [("A", 50, 40)]
    whole = Row("Ensemble", 500, 60)
    told = finding(breakdown(PROVIDER, *rows, hidden=("B", "C")), whole)
    assert told == "Effectifs trop faibles pour comparer les organismes"


def test_the_chart_draws_visible_groups_only_with_their_bounds():
    rows = [("A", 100, 40), ("B", 100, 20)]
    drawn = chart(breakdown(PROVIDER, *rows, hidden=("C", "D")), Row("Ensemble", 220, 66))
    assert (drawn.kind, list(drawn.categories), drawn.reference) == ("interval", ["A", "B"], 30.0)
    value, low, high = (series.values for series in drawn.series)
    assert all(lower < rate < upper for rate, lower, upper in zip(value, low, high, strict=True))
    assert "2 lignes masquées" in drawn.note
