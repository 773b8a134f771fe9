"""How sure a share is and whether two runs differ, against numbers that others have published or anybody can count."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadbraid.evaluation.statistics import (
    Interval,
    Tally,
    cases_needed,
    difference_of_means,
    difference_of_shares,
    effective_size,
    exact_sign_test,
    holm,
    share,
    wilson,
)


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [
        # R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998),
        # table I, method 3 (score without continuity correction)
        pytest.param(81, 263, 0.2553, 0.3662, id="81 of 263"),
        pytest.param(15, 148, 0.0624, 0.1605, id="15 of 148"),
        pytest.param(0, 20, 0.0, 0.1611, id="none of 20"),
        pytest.param(1, 29, 0.0061, 0.1718, id="1 of 29"),
    ],
)
def test_interval_of_a_share_is_wilsons(right: int, total: int, low: float, high: float) -> None:
    found = wilson(right / total, total)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_all_right_still_has_an_interval() -> None:
    found = wilson(1.0, 20)
    assert found.high == 1.0
    assert found.low == pytest.approx(1 - 0.1611, abs=0.0001)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=30))
def test_interval_holds_the_share_and_stays_between_0_and_1(pairs: list[tuple[int, int]]) -> None:
    found = share([Tally(right, right + wrong) for right, wrong in pairs])
    if found.value is None:
        assert found.interval is None
    else:
        assert found.interval is not None
        assert 0 <= found.interval.low <= found.value + 1e-12
        assert found.value - 1e-12 <= found.interval.high <= 1


def test_one_item_a_case_counts_as_many_as_there_are_cases() -> None:
    assert effective_size([Tally(1, 1)] * 30 + [Tally(0, 1)] * 10) == pytest.approx(40)


def test_items_that_stand_and_fall_together_count_as_one() -> None:
    together = [Tally(5, 5)] * 30 + [Tally(0, 5)] * 10
    assert effective_size(together) == pytest.approx(40)
    assert share(together).interval == share([Tally(1, 1)] * 30 + [Tally(0, 1)] * 10).interval


def test_items_that_differ_within_a_case_count_more_but_never_more_than_there_are() -> None:
    assert effective_size([Tally(3, 5), Tally(2, 5)] * 10) == 100
    assert 40 < effective_size([Tally(5, 5)] * 20 + [Tally(3, 5)] * 10 + [Tally(0, 5)] * 10) < 200


def test_cases_without_an_item_do_not_count() -> None:
    assert share([Tally(), Tally(1, 2)]).cases == 1
    assert share([Tally()]).value is None


@pytest.mark.parametrize(
    ("better", "worse", "p"),
    [
        # counted by hand: twice the ways in which at most the smaller number of coins falls so, of all ways
        pytest.param(0, 0, 1.0, id="nothing differs"),
        pytest.param(0, 5, 2 * 1 / 32, id="five to nothing"),
        pytest.param(1, 7, 2 * (1 + 8) / 256, id="seven to one"),
        pytest.param(7, 1, 2 * (1 + 8) / 256, id="one to seven is the same"),
        pytest.param(3, 3, 1.0, id="as many either way"),
        pytest.param(0, 6, 2 * 1 / 64, id="six to nothing"),
    ],
)
def test_exact_sign_test_counts_coins(better: int, worse: int, p: float) -> None:
    assert exact_sign_test(better, worse) == pytest.approx(p)


def test_exact_test_agrees_with_mcnemars_chi_square_where_there_are_many() -> None:
    # A. Agresti, Categorical Data Analysis, approval of a prime minister: 150 and 86 changed their minds, z = 4.17
    z = (150 - 86) / math.sqrt(150 + 86)
    approximately = math.erfc(z / math.sqrt(2))
    assert exact_sign_test(86, 150) == pytest.approx(approximately, rel=0.35)
    assert exact_sign_test(86, 150) < 0.0001


def test_exact_test_takes_thousands_of_cases() -> None:
    assert exact_sign_test(2_000, 2_000) == 1.0
    assert exact_sign_test(0, 5_000) == 0.0


def test_holm_corrects_the_smallest_most() -> None:
    # the five values that R's documentation of p.adjust is often shown with
    assert holm([0.01, 0.02, 0.03, 0.04, 0.05]) == pytest.approx((0.05, 0.08, 0.09, 0.09, 0.09))
    assert holm([0.05, 0.01]) == pytest.approx((0.05, 0.02))
    assert holm([0.9, 0.8]) == (1.0, 1.0)
    assert holm([]) == ()


def test_cases_needed_is_connors_formula() -> None:
    # 30 % better, 10 % worse: (1.959964 * sqrt(0.4) + 0.841621 * sqrt(0.36))**2 / 0.04 = 76.1
    assert cases_needed(0.3, 0.1) == 77
    assert cases_needed(0.3, 0.1, comparisons=14) > 77
    assert cases_needed(0.2, 0.2) is None


def test_cases_needed_tell_the_difference_about_as_often_as_they_should() -> None:
    """Counted exactly over every outcome; the exact test is a little stricter than the formula supposes."""
    cases, better, worse = cases_needed(0.25, 0.05), 0.25, 0.05
    assert cases is not None
    power = 0.0
    for ups in range(cases + 1):
        for downs in range(cases + 1 - ups):
            if exact_sign_test(ups, downs) < 0.05:
                ways = math.comb(cases, ups) * math.comb(cases - ups, downs)
                power += ways * better**ups * worse**downs * (1 - better - worse) ** (cases - ups - downs)
    assert 0.7 < power < 0.85


def test_interval_of_a_difference_is_paired_and_the_same_each_time() -> None:
    before = [Tally(1, 1), Tally(0, 1)] * 30
    after = [Tally(1, 1), Tally(1, 1)] * 30
    first = difference_of_shares(before, after)
    assert first == difference_of_shares(before, after)
    assert 0.3 < first.low < 0.5 < first.high < 0.7
    assert difference_of_shares(before, before) == Interval(0.0, 0.0)


def test_a_case_that_is_slow_in_both_runs_widens_no_interval() -> None:
    before = [1.0, 100.0, 3.0, 50.0]
    found = difference_of_means(before, [value + 2 for value in before])
    assert found.low == pytest.approx(2)
    assert found.high == pytest.approx(2)
