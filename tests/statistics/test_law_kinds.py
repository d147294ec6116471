"""Every kind of law: its three tails agree with each other, its quantile with its support."""

from __future__ import annotations

import numpy as np
import pytest

from assay.statistics._law_kinds import KINDS, Values


def arrays(**parameters: float | list[float]) -> Values:
    return {name: np.asarray(value, dtype=np.float64) for name, value in parameters.items()}


EXAMPLES: dict[str, Values] = {
    "uniform": arrays(low=-1.0, high=0.1),
    "normal": arrays(mean=1.0, sd=2.0),
    "lognormal": arrays(median=1.0, log_sd=1.5),
    "weibull": arrays(shape=0.7, scale=2.0),
    "triangular": arrays(low=-1.0, mode=0.0, high=0.3),
    "discrete": arrays(values=[1.0, -2.0, 0.5], weights=[0.2, 0.3, 0.5]),
    "empirical": arrays(values=[1.0, -2.0, 0.5, 0.5]),
}


def test_the_kinds_are_those_of_the_design() -> None:
    assert list(KINDS) == list(EXAMPLES), "DESIGN.md section 4, laws"


@pytest.mark.parametrize("kind", KINDS)
def test_the_tails_are_complements(kind: str) -> None:
    law, values = KINDS[kind], EXAMPLES[kind]
    x = np.linspace(-4.0, 6.0, 201)
    at_most, below, above = law.at_most(values, x), law.below(values, x), law.above(values, x)
    np.testing.assert_allclose(at_most + above, 1.0, atol=1e-14)
    assert np.all(below <= at_most)
    assert np.all(np.diff(at_most) >= 0.0)
    atoms = below < at_most
    assert set(x[atoms].round(9)) == set(np.round(values.get("values", np.array([])), 9))


@pytest.mark.parametrize("kind", KINDS)
def test_extreme_probabilities_stay_inside_the_support(kind: str) -> None:
    law, values = KINDS[kind], EXAMPLES[kind]
    low, high = law.support(values)
    x = law.quantile(values, np.array([2.0**-54, 0.5, 1.0 - 2.0**-53]))
    assert np.all(np.isfinite(x))
    assert np.all((x >= low) & (x <= high))
    edges = np.array([low, high])
    assert law.below(values, edges)[0] == 0.0
    assert law.above(values, edges)[1] == 0.0


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_has_no_problem(kind: str) -> None:
    assert KINDS[kind].problem(EXAMPLES[kind]) is None
    assert set(EXAMPLES[kind]) == {*KINDS[kind].numbers, *KINDS[kind].columns}
