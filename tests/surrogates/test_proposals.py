from __future__ import annotations

import numpy as np
import pytest

from assay.errors import InputError
from assay.surrogates import Question, Row, propose
from assay.surrogates.proposals import APART

BOX = {"a": (-5.0, 10.0), "b": (0.0, 15.0)}


def unit(point, bounds) -> np.ndarray:
    return np.array([(point.factors[n] - low) / ((high - low) or 1.0) for n, (low, high) in bounds.items()])


def test_finds_the_worst_point_of_branin(branin_model, seed) -> None:
    """The maximum over the box is 308.129 at (-5, 0), a corner; the minimum 0.397887 is inside."""
    most = propose([Question("k", branin_model, (Row("", {}, at_most=200.0),))], BOX, 5, seed)
    assert most[0].why == "predicted-worst"
    assert (most[0].factors["a"], most[0].factors["b"]) == (-5.0, 0.0)
    assert most[0].exceedance == pytest.approx((308.129 - 200) / 200, abs=0.1)
    least = propose([Question("k", branin_model, (Row("", {}, at_least=1.0),))], BOX, 8, seed)
    from math import pi

    minima = np.array([[-pi, 12.275], [pi, 2.275], [9.42478, 2.475]])
    found = np.array([[p.factors["a"], p.factors["b"]] for p in least])
    assert min(np.abs(found[:, None] - minima).max(axis=2).min(axis=0)) < 0.6


def test_points_are_distinct_inside_the_configuration_and_as_many_as_asked(branin_model, seed) -> None:
    box = {"a": (1.0, 1.1), "b": (3.0, 4.0), "c": (7.0, 7.0)}
    points = propose([Question("k", branin_model, (Row("", {}, at_most=10.0),))], box, 16, seed)
    assert len(points) == 16
    for point in points:
        assert set(point.factors) == set(box)
        assert all(low <= point.factors[name] <= high for name, (low, high) in box.items())
        assert point.predicted is not None
    shares = np.array([unit(point, box) for point in points])
    gaps = np.abs(shares[:, None] - shares[None]).max(axis=2) + np.eye(16)
    assert gaps.min() >= APART


def test_later_points_look_where_the_model_knows_little(branin_model, seed) -> None:
    points = propose([Question("k", branin_model, (Row("", {}, at_most=200.0),))], BOX, 6, seed)
    assert [point.why for point in points[1:]] == ["exploration"] * 5 or "predicted-worst" not in {
        point.why for point in points[1:]
    }
    optimistic = [point.predicted + point.sd for point in points[1:]]
    assert optimistic[0] >= max(optimistic) - 1e-6


def test_every_question_gets_its_worst_point_first_and_the_worst_question_leads(branin_model, seed) -> None:
    questions = [
        Question("easy", branin_model, (Row("", {}, at_most=1000.0),)),
        Question("low", branin_model, (Row("", {}, at_least=50.0),)),
        Question("hard", branin_model, (Row("", {}, at_most=100.0),)),
    ]
    points = propose(questions, {"a": (-5.0, 0.0), "b": (0.0, 15.0)}, 6, seed)
    firsts = [point for point in points if point.why == "predicted-worst"]
    assert firsts[0].question == "hard"
    assert [p.exceedance for p in firsts] == sorted((p.exceedance for p in firsts), reverse=True)


def test_rows_fix_their_factors_and_carry_their_own_limits(branin_model, seed) -> None:
    rows = (Row("cases#low", {"b": 0.0}, at_most=400.0), Row("cases#high", {"b": 15.0}, at_most=50.0))
    points = propose([Question("k", branin_model, rows)], BOX, 4, seed)
    assert points[0].row == "cases#high"
    for point in points:
        assert point.factors["b"] == {"cases#low": 0.0, "cases#high": 15.0}[point.row]
    shared = [point.factors["a"] for point in points]
    assert min(np.diff(sorted(shared))) >= APART * 15.0
    separate = propose([Question("k", branin_model, rows)], BOX, 4, seed, rows_together=False)
    assert len(separate) == 4


def test_between_is_exceeded_on_either_side(branin_model, seed) -> None:
    row = Row("", {}, at_most=1000.0, at_least=300.0)
    worst = propose([Question("k", branin_model, (row,))], BOX, 1, seed)[0]
    assert worst.predicted < 10.0
    assert worst.exceedance > 0.9


def test_a_limit_of_zero_has_a_scale(branin_model, seed) -> None:
    worst = propose([Question("k", branin_model, (Row("", {}, at_most=0.0),))], BOX, 1, seed)[0]
    assert 0.0 < worst.exceedance < 100.0


def test_without_a_model_corners_come_first_and_say_so(seed) -> None:
    points = propose([Question("k", None, (Row("", {}, at_most=1.0),))], BOX, 10, seed)
    assert [point.why for point in points[:4]] == ["corner"] * 4
    assert {tuple(unit(point, BOX)) for point in points[:4]} == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert {point.why for point in points[4:]} == {"space-filling"}
    assert all(point.predicted is None and point.exceedance is None for point in points)
    shares = np.array([unit(point, BOX) for point in points])
    gaps = np.abs(shares[:, None] - shares[None]).max(axis=2) + np.eye(10)
    assert gaps.min() > 0.15


def test_a_refused_model_takes_turns_with_the_others(branin_model, seed) -> None:
    row = (Row("", {}, at_most=200.0),)
    points = propose([Question("with", branin_model, row), Question("without", None, row)], BOX, 7, seed)
    names = [point.question for point in points]
    assert names[0] == "with"
    assert names.count("without") >= 2


def test_many_factors_need_no_table_of_all_corners(seed) -> None:
    box = {f"x{i}": (0.0, 1.0) for i in range(40)}
    points = propose([Question("k", None, (Row("", {}, at_most=1.0),))], box, 8, seed)
    assert len(points) == 8
    assert all(set(point.factors.values()) <= {0.0, 1.0} for point in points)


def test_a_point_configuration_gives_one_run(branin_model, seed) -> None:
    point = {"a": (1.0, 1.0), "b": (2.0, 2.0)}
    for model in (branin_model, None):
        found = propose([Question("k", model, (Row("", {}, at_most=1.0),))], point, 16, seed)
        assert [dict(item.factors) for item in found] == [{"a": 1.0, "b": 2.0}]


def test_same_seed_same_points(branin_model) -> None:
    question = [Question("k", branin_model, (Row("", {}, at_most=200.0),))]
    assert propose(question, BOX, 9, "one") == propose(question, BOX, 9, "one")
    assert propose(question, BOX, 9, "one") != propose(question, BOX, 9, "two")


@pytest.mark.parametrize(
    ("row", "bounds", "message"),
    [
        (Row("", {}), BOX, "no limit"),
        (Row("", {"z": 1.0}, at_most=1.0), BOX, "z"),
        (Row("", {}, at_most=1.0), {"a": (0.0, 1.0)}, "b"),
        (Row("", {}, at_most=1.0), {"a": (1.0, 0.0), "b": (0.0, 1.0)}, "bounds of a"),
    ],
)
def test_bad_questions_are_one_clear_error(branin_model, seed, row, bounds, message) -> None:
    with pytest.raises(InputError, match=message):
        propose([Question("k", branin_model, (row,))], bounds, 1, seed)


def test_a_question_needs_a_row(branin_model, seed) -> None:
    with pytest.raises(InputError, match="row"):
        propose([Question("k", branin_model)], BOX, 1, seed)


def test_a_row_s_own_factors_say_nothing_of_the_point(branin_model, seed) -> None:
    """A criterion without rows that differs in a factor which another's row fixes has a point of its own."""
    questions = [
        Question("case", branin_model, (Row("case", {"b": 15.0}, at_most=1.0),)),
        Question("free", branin_model, (Row("", {}, at_most=1.0),)),
    ]
    points = propose(questions, {"a": (-5.0, -4.99), "b": (0.0, 15.0)}, 2, seed)
    assert {p.question for p in points if p.why == "predicted-worst"} == {"case", "free"}
