from __future__ import annotations

import json

import numpy as np
import pytest

from assay.errors import InputError
from assay.evidence.records import canonical
from assay.qualification import MetricsPayload, decide, guard, metrics, refusal


def test_figures_are_those_of_the_definitions(case) -> None:
    rule = guard(case.model)
    told = metrics(case.model, rule, case.x, case.y, independent=True)
    mean, sd = case.model.predict(case.x)
    kept = np.array([not decision.abstained for decision in decide(case.model, rule, case.x)])
    error = (mean - case.y)[kept]
    assert told.rows == told.runs == 200
    assert told.abstained_share == pytest.approx(1 - kept.mean())
    assert sum(told.abstained.values()) == 200 - kept.sum()
    assert told.believed.rmse == pytest.approx(np.sqrt((error**2).mean()))
    assert told.believed.bias == pytest.approx(error.mean())
    assert told.believed.mean_absolute == pytest.approx(np.abs(error).mean())
    assert told.believed.largest_absolute == np.abs(error).max()
    assert told.believed.q2 == pytest.approx(
        1 - (error**2).sum() / ((case.y[kept] - case.y[kept].mean()) ** 2).sum()
    )
    assert told.believed.within_two_sd == pytest.approx((np.abs(error) <= 2 * sd[kept]).mean())
    assert told.everywhere.rows == 200
    assert told.everywhere.rmse > told.believed.rmse


def held(case, n: int, **more):
    inside = np.array([not d.abstained for d in decide(case.model, guard(case.model), case.x)])
    x, y = case.x[inside][:n], case.y[inside][:n]
    assert y.size == n
    return metrics(case.model, guard(case.model), x, y, independent=True, **more), x, y


def test_order_statistic_bound_needs_the_published_numbers_of_runs(case) -> None:
    """Wilks at 95/95: the largest of 59, the second of 93, the third of 124."""
    assert held(case, 58)[0].bound is None
    assert "59 are needed" in held(case, 58)[0].bound_text
    for n, rank in ((59, 1), (92, 1), (93, 2), (124, 3)):
        told, x, y = held(case, n)
        errors = np.sort(np.abs(case.model.predict(x)[0] - y))[::-1]
        assert (told.bound.rank, told.bound.runs) == (rank, n)
        assert told.bound.value == errors[rank - 1]


def test_bound_takes_the_worst_row_of_each_run(case) -> None:
    told, x, y = held(case, 118, groups=np.repeat(np.arange(59), 2))
    errors = np.abs(case.model.predict(x)[0] - y)
    assert told.bound.runs == 59
    assert told.bound.value == errors.max()
    assert held(case, 118, groups=np.repeat(np.arange(58), [2] * 57 + [4]))[0].bound is None


def test_dependent_runs_give_no_bound(case) -> None:
    told = metrics(case.model, guard(case.model), case.x, case.y, independent=False)
    assert told.bound is None
    assert "independent" in told.bound_text


def test_a_refused_model_has_no_figures(refused, case) -> None:
    told = metrics(None, refusal(refused.payload), case.x, case.y, independent=True)
    assert told.believed is None
    assert told.everywhere is None
    assert told.bound is None
    assert told.abstained == {"model-refused": 200}
    assert told.abstained_share == 1.0


def test_a_guard_that_abstains_everywhere_leaves_nothing_to_believe(case) -> None:
    told = metrics(case.model, guard(case.model, spread=1e-12), case.x, case.y, independent=True)
    assert told.believed is None
    assert told.bound is None
    assert told.everywhere.rows == 200


def test_runs_that_do_not_vary_have_no_q2(case) -> None:
    x = np.repeat(case.model.data.x[:1], 3, axis=0)
    told = metrics(case.model, guard(case.model), x, np.repeat(case.model.data.y[:1], 3), independent=False)
    assert told.everywhere.q2 is None


def test_payload_is_canonical_and_reads_back(case) -> None:
    told = metrics(case.model, guard(case.model), case.x, case.y, independent=True)
    assert MetricsPayload.model_validate(json.loads(canonical(told.model_dump(mode="json")))) == told


def test_bad_runs_are_one_clear_error(case) -> None:
    rule = guard(case.model)
    for x, y in ((case.x[:0], case.y[:0]), (case.x, case.y[:9]), (case.x[:, :1], case.y)):
        with pytest.raises(InputError, match="shape"):
            metrics(case.model, rule, x, y, independent=True)
    with pytest.raises(InputError, match="NaN"):
        metrics(case.model, rule, case.x, np.full(200, np.nan), independent=True)
