from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from assay.errors import InputError
from assay.statistics import (
    Bet,
    BettingBelief,
    believe,
    betting_level,
    betting_verdict,
    choose_bet,
    constants_error,
    factor_table,
    replay,
    sequential_or_fixed,
    settle,
    wilks_size,
)
from assay.statistics._bet_belief import EDGES
from assay.statistics._bet_choice import _design, _growth
from assay.statistics._betting import STATES, bins_of

K = len(EDGES) + 1
POOL = 8000


def sure(c: npt.NDArray[np.float64]) -> BettingBelief:
    """BettingBelief in a surrogate that is never wrong."""
    middle = np.array([0.0, *EDGES, 1.0])
    fails = np.where(middle[:-1] < 0.5, 0.0, 1.0)
    return BettingBelief(fails=tuple(fails), beyond=tuple(fails))


def share(rate: float) -> npt.NDArray[np.float64]:
    c = np.zeros(POOL)
    c[: round(rate * POOL)] = 1.0
    return c


# ------------------------------------------------------------------------------- optimality
@pytest.mark.parametrize("allowed", [0.01, 0.05])
@pytest.mark.parametrize("ratio", [0.0, 0.1, 0.5, 0.8])
def test_a_perfect_surrogate_reaches_the_proved_optimum(allowed: float, ratio: float) -> None:
    """STATISTICS, section 0: ceil(ln a / ln(1 - (p0 - p)/(1 - p))) runs, all of them within."""
    p = ratio * allowed
    c = share(p)
    bet = choose_bet(c, sure(c), allowed=allowed, level=0.05)
    assert bet.goal == "shown"
    optimum = math.log(0.05) / math.log(1 - (allowed - p) / (1 - p))
    assert bet.expected_runs == pytest.approx(optimum, rel=1e-6)
    wealth = factor_table(bet, allowed)[0, 0, 0] ** np.arange(1, 4000)
    assert betting_verdict([(k, 1.0) for k in wealth[: math.ceil(optimum)]], 0.05) == "shown"
    assert betting_verdict([(k, 1.0) for k in wealth[: math.ceil(optimum) - 1]], 0.05) is None


@pytest.mark.parametrize("allowed", [0.01, 0.05])
@pytest.mark.parametrize(("ratio", "runs"), [(1.25, 14), (1.5, 8), (2.0, 5), (4.0, 3)])
def test_a_perfect_surrogate_refutes_as_fast_as_proved(allowed: float, ratio: float, runs: int) -> None:
    c = share(ratio * allowed)
    bet = choose_bet(c, sure(c), allowed=allowed, level=0.05)
    assert bet.goal == "refuted"
    assert math.ceil(bet.expected_runs) == runs
    gain = factor_table(bet, allowed)[-1, STATES.index("beyond"), 1]
    assert gain == pytest.approx(ratio, rel=1e-6)
    assert bet.density[0] == 0.0  # what is sure to pass is never run


def test_no_other_design_grows_faster() -> None:
    """The design against a numerical search over all densities, control values and stakes.

    With m = g/f, v = m (factor of a pass) and stake s the factor of a failure is (v - s)/m; the wealth
    is a test martingale iff E m = 1 and E v = 1 + s p0. The growth is jointly concave in (m, v, s).
    """
    b = np.array([0.0005, 0.02, 0.3, 0.8, 0.995])
    mass = np.array([0.94, 0.03, 0.01, 0.01, 0.01])
    allowed = 0.05
    tilt = 0.02
    for _ in range(50):
        tilt = _growth(_design(b, tilt), mass, allowed)

    def negative(free: npt.NDArray[np.float64]) -> float:
        m, extra, stake = np.exp(free[:5]), np.exp(free[5:10]), math.exp(free[10])
        m = m / (mass @ m)
        room = 1 + stake * allowed - stake  # what E v leaves above the floor v >= stake
        if room <= 0:
            return 1e3
        v = stake + extra / (mass @ extra) * room
        return -float(mass @ (m * (1 - b) * np.log(v / m) + m * b * np.log((v - stake) / m)))

    best = math.inf
    for seed in range(2):
        start = np.concatenate([np.random.default_rng(seed).normal(size=10), [-0.5]])
        for _ in range(4):
            found = minimize(negative, start, method="Nelder-Mead", options={"maxfev": 6000})
            start = found.x
        best = min(best, float(found.fun))
    assert -best <= tilt * (1 + 1e-6)
    assert -best == pytest.approx(tilt, rel=0.02)


@given(
    st.lists(st.floats(0.0, 1.0), min_size=2, max_size=6),
    st.floats(1e-6, 3.0),
)
@settings(max_examples=100, deadline=None)
def test_design_solves_its_equation_and_stays_in_bounds(fails: list[float], tilt: float) -> None:
    b = np.array(fails)
    design = _design(b, tilt)
    assert np.all((design.control >= -1e-12) & (design.control <= 1.0))
    assert np.all(np.isfinite(design.density) & (design.density >= 0.0))
    inner = (b > 1e-6) & (b < 1 - 1e-3) & (design.density > 1e-200)
    # u + control = 1/(1 - e^-theta), the tilt is the cumulant at theta
    with np.errstate(divide="ignore"):
        theta = -np.log1p(-1.0 / (design.density + design.control))[inner]
    keep = (theta < 12) & (theta > 1e-2)  # elsewhere the inverse written here cancels
    theta, b = theta[keep], b[inner][keep]
    psi = np.log(b * np.exp((1 - b) * theta) + (1 - b) * np.exp(-b * theta))
    assert psi == pytest.approx(np.full(psi.shape, tilt), rel=1e-5, abs=1e-9)


def test_certain_points_are_conceded_or_fully_staked() -> None:
    design = _design(np.array([0.0, 1.0]), 0.03)
    assert design.density.tolist() == [1.0, 0.0]
    assert design.control.tolist() == [0.0, 1.0]


def test_what_is_uncertain_is_run_more_often() -> None:
    density = _design(np.array([0.0, 0.1, 0.5, 0.9, 1.0]), 0.005).density
    assert density[2] > 4.0
    assert density.argmax() == 2


# ------------------------------------------------------------------------------- validity
@given(
    st.lists(st.floats(0.0, 1.0), min_size=4, max_size=30),
    st.lists(st.sampled_from(STATES), min_size=30, max_size=30),
    st.lists(st.tuples(st.floats(0.0, 1.0), st.sampled_from(STATES)), max_size=10),
    st.sampled_from([0.01, 0.05, 0.2, 0.5]),
    st.one_of(st.none(), st.integers(1, 400)),
    st.floats(0.01, 19.0),
)
@settings(max_examples=60, deadline=None)
def test_whatever_is_chosen_is_a_fair_game(
    pool: list[float],
    states: list[str],
    past: list[tuple[float, str]],
    allowed: float,
    left: int | None,
    wealth: float,
) -> None:
    """Exact enumeration: mean factor at most 1 under each null for any surrogate, belief and budget."""
    belief = believe([c for c, _ in past], [state for _, state in past], allowed)
    bet = choose_bet(
        pool, belief, allowed=allowed, level=0.05, wealth_shown=wealth, wealth_refuted=1.0, left=left
    )
    bins = bins_of(bet.edges, pool)
    weight = np.array(bet.density)[bins]
    here = [STATES.index(state) for state in states[: len(pool)]]
    drawn = weight > 0
    if not drawn.any():
        return
    mean = weight[drawn] @ factor_table(bet, allowed)[bins[drawn], np.array(here)[drawn]] / weight.sum()
    assert mean.min() >= -1e-12
    if np.mean(here) >= 0 and np.mean([code > 0 for code in here]) >= allowed:
        assert mean[0] <= 1.0
    if np.mean([code == 2 for code in here]) <= allowed:
        assert mean[1] <= 1.0
    worst_shown, worst_refuted = factor_bounds(bet, allowed)
    assert worst_shown >= -1e-9
    assert worst_refuted >= -1e-9


def factor_bounds(bet: Bet, allowed: float) -> tuple[float, float]:
    """Least factor over the envelope, before it is cut off at 0."""
    drawn = [(u, c) for u, c in zip(bet.density, bet.control, strict=True) if u > 0]
    highest = max(bet.C[1] + (1 - c) * bet.norm[1] / u for u, c in drawn)
    lowest = min(bet.C[0] - c * bet.norm[1] / u for u, c in drawn)
    return 1 + bet.shown * (allowed - highest), 1 + bet.refuted * (lowest - allowed)


def test_sampled_constants_are_on_the_safe_side() -> None:
    rng = np.random.default_rng(11)
    c = np.clip(rng.beta(0.03, 2.0, size=1_000_000), 0, 1)
    belief = believe([], [], 0.05)
    exact = choose_bet(c, belief, allowed=0.05, level=0.05)
    bound = choose_bet(c, belief, allowed=0.05, level=0.049, constants_error=constants_error(0.05, 1))
    assert bound.density == exact.density
    assert bound.norm[0] < exact.norm[0] < bound.norm[1]
    assert bound.C[0] < exact.C[0] <= exact.C[1] < bound.C[1]
    assert bound.shown < exact.shown
    assert np.nanmax(factor_table(bound, 0.05)[:, 0, 0] - factor_table(exact, 0.05)[:, 0, 0]) < 0.0
    with pytest.raises(InputError, match="1000000"):
        choose_bet(c[:-1], belief, allowed=0.05, level=0.05, constants_error=1e-4)


# ------------------------------------------------------------------------------- bold play
@pytest.mark.parametrize(("coverage", "runs"), [(0.95, 59), (0.99, 299), (0.9, 29)])
def test_bold_play_recovers_wilks_at_zero_failures(coverage: float, runs: int) -> None:
    allowed = round(1 - coverage, 2)
    belief = believe([], [], allowed)
    shown, refuted, rows = 1.0, 1.0, []
    for index in range(runs):
        if index % 7 == 0:  # a batch shares its bet
            bet = choose_bet(
                [0.0],
                belief,
                allowed=allowed,
                level=0.05,
                wealth_shown=shown,
                wealth_refuted=refuted,
                left=runs - index,
            )
        row = settle(
            bet, index=index, x=(0.0,), predicted=0.0, state="within", wealth_shown=shown,
            wealth_refuted=refuted, allowed=allowed,
        )  # fmt: skip
        shown, refuted = row.wealth_shown, row.wealth_refuted
        rows.append(row.as_record())
    assert betting_verdict(replay(rows, allowed), 0.05) == "shown"
    assert betting_verdict(replay(rows[:-1], allowed), 0.05) is None
    assert wilks_size(coverage, 0.05) == runs  # one run fewer cannot do it, by the no-free-lunch bound


def test_bold_play_at_the_level_that_sampled_constants_leave() -> None:
    """Without a prediction nothing has to be estimated: 59 runs at 0.049 too; 299 become 301."""
    for coverage, runs in ((0.95, 59), (0.99, 301)):
        level = betting_level(0.05, exact=False)
        assert wilks_size(coverage, level) == runs
        allowed = round(1 - coverage, 2)
        c = np.zeros(1_000_000)
        bet = choose_bet(c, believe([], [], allowed), allowed=allowed, level=level, left=runs,
                         constants_error=constants_error(0.05, 1))  # fmt: skip
        gain = factor_table(bet, allowed)[0, 0, 0]
        assert gain**runs * level >= 1.0
        assert bet.norm[0] == bet.norm[1] or bet.norm[1] - bet.norm[0] < 1e-3


def test_haste_is_no_use_where_the_budget_cannot_do() -> None:
    belief = believe([], [], 0.05)
    calm = choose_bet([0.0], belief, allowed=0.05, level=0.05)
    assert choose_bet([0.0], belief, allowed=0.05, level=0.05, left=20) == calm
    assert choose_bet([0.0], belief, allowed=0.05, level=0.05, left=500) == calm


# ------------------------------------------------------------------------------- choice
def test_the_side_believed_to_decide_sooner_is_played() -> None:
    belief = believe([], [], 0.05)
    assert choose_bet(share(0.01), belief, allowed=0.05, level=0.05).goal == "shown"
    assert choose_bet(share(0.10), belief, allowed=0.05, level=0.05).goal == "refuted"


def test_without_hope_of_growth_nothing_is_staked_and_the_boundary_is_explored() -> None:
    c = np.concatenate([np.zeros(940), np.full(20, 0.5), np.full(60, 0.9999)])
    belief = BettingBelief(fails=believe([], [], 0.05).fails, beyond=tuple(np.zeros(K)))
    bet = choose_bet(c, belief, allowed=0.05, level=0.05)
    assert (bet.shown, bet.refuted, bet.growth, bet.expected_runs) == (0.0, 0.0, 0.0, math.inf)
    density = np.array(bet.density)[bins_of(bet.edges, [0.0, 0.5, 0.9999])]
    assert density[1] == density.max()


def test_auto_takes_the_fixed_plan_where_betting_has_nothing_to_gain() -> None:
    belief = believe([0.0] * 50, ["within"] * 50, 0.05)
    for rate, expected in ((0.0, "fixed"), (0.025, "sequential"), (0.1, "sequential")):
        assert sequential_or_fixed(share(rate), belief, allowed=0.05, error=0.05, fixed_runs=59) == expected


def test_bad_input() -> None:
    belief = believe([], [], 0.05)
    for wrong in ({"allowed": 0.0}, {"level": 1.0}, {"left": 0}):
        with pytest.raises(InputError):
            choose_bet([0.0], belief, **{"allowed": 0.05, "level": 0.05, **wrong})  # type: ignore[arg-type]
    with pytest.raises(InputError, match="at least one point"):
        choose_bet([], belief, allowed=0.05, level=0.05)
    with pytest.raises(InputError, match="probability"):
        choose_bet([math.nan], belief, allowed=0.05, level=0.05)
