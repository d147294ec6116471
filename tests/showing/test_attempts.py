from __future__ import annotations

from dataclasses import replace

import pytest

from assay.programme import ErrorShares, Fraction
from assay.showing import error_level, identity_of, planned_draws, standing

PART = {"part": "P", "serials": "1"}
CONTENT = Fraction(0.95, 0.95)


def attempt(number, recipe="r", requirement="R-1", identity=None, draws=None):
    return {
        "requirement": requirement,
        "identity": identity or PART,
        "number": number,
        "recipe": recipe,
        "draws": {f"{requirement}.a": 59} if draws is None else draws,
    }


def test_an_attempt_belongs_to_part_and_serials(tiny):
    assert identity_of(tiny.configurations["thin"]) == {"part": "B-6", "serials": "001-100"}


def test_without_identity_to_the_configuration(bench):
    configuration = replace(bench.configuration(bench.study()), identity=None)
    assert identity_of(configuration) == {"configuration": "c"}


def test_no_attempt_yet():
    found = standing([], "R-1", PART, "r")
    assert (found.numbers, found.current, found.next_number, found.gap) == ((), None, 1, False)


def test_the_present_recipe_keeps_its_attempt():
    own = [attempt(1), attempt(2, "new"), attempt(1, requirement="R-2"), attempt(1, identity={"part": "Q"})]
    found = standing(own, "R-1", PART, "new")
    assert (found.numbers, found.current["number"], found.next_number, found.gap) == ((1, 2), 2, 3, False)


def test_a_changed_recipe_is_the_next_attempt():
    found = standing([attempt(1)], "R-1", PART, "changed")
    assert (found.current, found.next_number) == (None, 2)


@pytest.mark.parametrize("numbers", [(2,), (1, 3), (1, 1), (1, 2, 2)])
def test_a_gap_or_a_double_is_seen(numbers):
    assert standing([attempt(n) for n in numbers], "R-1", PART, "r").gap


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2)])
def test_the_order_of_files_is_of_no_consequence(order):
    found = standing([attempt(n) for n in order], "R-1", PART, "r")
    assert (found.numbers, found.gap, found.current["number"]) == ((1, 2, 3), False, 3)


@pytest.mark.parametrize(
    ("number", "declared", "level"),
    [
        (1, 1, 0.05),
        (2, 1, None),
        (1, None, 0.025),
        (2, None, 0.0125),
        (3, None, 0.00625),
        (3, 5, 0.01),
        (6, 5, None),
    ],
)
def test_levels_are_spent_over_attempts(number, declared, level):
    assert error_level(CONTENT, ErrorShares(), number, declared) == level


def test_shares_are_taken_off_first():
    assert error_level(CONTENT, ErrorShares(0.6, 0.2, 0.2), 1, 1) == pytest.approx(0.03)


@pytest.mark.parametrize(
    ("fraction", "level", "allow", "draws"),
    [
        (0.95, 0.05, 0, 59),
        (0.95, 0.05, 1, 93),
        (0.95, 0.05, 2, 124),
        (0.99, 0.05, 0, 299),
        (0.95, 0.03, 0, 69),
        (0.95, 0.025, 0, 72),
        (0.95, 0.0125, 0, 86),
        (0.99, 0.025, 0, 368),
    ],
)
def test_sizes_of_plans(fraction, level, allow, draws):
    assert planned_draws(Fraction(fraction, 0.95), level, allow) == draws


def test_a_plan_paid_for_later_is_the_same_attempt():
    """Two files of one number and recipe, each with criteria of its own, are one attempt."""
    files = [attempt(1, draws={"R-1.a": 59}), attempt(1, draws={"R-1.b": 299})]
    found = standing(files, "R-1", PART, "r")
    assert (found.numbers, found.gap, found.next_number) == ((1,), False, 2)
    assert found.file_of("R-1.b")["draws"] == {"R-1.b": 299}
    assert found.file_of("R-1.c") is None


@pytest.mark.parametrize(
    "second",
    [{"draws": {"R-1.a": 59}}, {"draws": {"R-1.b": 59}, "recipe": "other"}, {"draws": {}}],
)
def test_two_tries_at_one_criterion_are_not_one_attempt(second):
    files = [attempt(1, draws={"R-1.a": 59}), attempt(1, **second)]
    assert standing(files, "R-1", PART, "r").gap
