from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from assay.errors import InputError
from assay.statistics import believe
from assay.statistics._bet_belief import EDGES
from assay.statistics._betting import bins_of


def at(curve: tuple[float, ...], c: float) -> float:
    return curve[int(bins_of(EDGES, c))]


def test_without_experience_the_word_is_taken_with_a_grain() -> None:
    belief = believe([], [], 0.01)
    assert belief.fails == belief.beyond
    assert all(a < b for a, b in zip(belief.fails, belief.fails[1:], strict=False))
    assert 0.0 < belief.fails[0] < 0.1 * 0.01  # a failure nobody foresees, well below what is allowed
    assert 0.9 < belief.fails[-1] < 1.0
    assert at(belief.fails, 0.5) == pytest.approx(0.5, abs=0.06)


def test_passes_where_it_was_sure_raise_trust_and_a_miss_destroys_it() -> None:
    before = believe([], [], 0.05).fails[0]
    after = believe([0.0] * 100, ["within"] * 100, 0.05).fails[0]
    missed = believe([0.0] * 100, ["within"] * 99 + ["beyond"], 0.05).fails[0]
    assert after < 0.6 * before
    assert missed > 4.0 * after


def test_an_overconfident_surrogate_is_found_out() -> None:
    rng = np.random.default_rng(3)
    z = rng.normal(size=400)
    failed = rng.random(400) < norm.cdf(z)
    predicted = norm.cdf(4.0 * z)  # says four times too sure
    states = ["beyond" if fail else "within" for fail in failed]
    belief = believe([float(c) for c in predicted], states, 0.05)
    assert at(belief.fails, float(norm.cdf(4.0))) == pytest.approx(norm.cdf(1.0), abs=0.07)
    assert at(belief.fails, float(norm.cdf(-4.0))) == pytest.approx(norm.cdf(-1.0), abs=0.07)


def test_a_biased_surrogate_is_found_out() -> None:
    rng = np.random.default_rng(4)
    z = rng.normal(size=400)
    states = ["beyond" if fail else "within" for fail in rng.random(400) < norm.cdf(z + 1.0)]
    belief = believe([float(c) for c in norm.cdf(z)], states, 0.05)
    assert at(belief.fails, 0.5) == pytest.approx(norm.cdf(1.0), abs=0.07)


def test_open_fails_for_the_one_and_not_for_the_other() -> None:
    belief = believe([0.4] * 20, ["open"] * 20, 0.05)
    assert at(belief.fails, 0.4) > 0.6
    assert at(belief.beyond, 0.4) < 0.3


def test_order_of_experience_does_not_matter() -> None:
    cs, states = [0.1, 0.9, 0.4, 0.0], ["within", "beyond", "open", "within"]
    assert believe(cs, states, 0.05) == believe(cs[::-1], states[::-1], 0.05)


def test_bad_input() -> None:
    with pytest.raises(InputError, match="1 predictions and 2 states"):
        believe([0.1], ["within", "open"], 0.05)
    with pytest.raises(InputError, match="unknown"):
        believe([0.1], ["fail"], 0.05)
    with pytest.raises(InputError, match="allowed fraction"):
        believe([], [], 1.0)
    with pytest.raises(InputError, match="probability of failing"):
        believe([float("nan")], ["within"], 0.05)
