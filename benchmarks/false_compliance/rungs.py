"""Assay's rungs on a programme, through the product's own functions of `assay.statistics`.

What guides the runs is the light process of `matern.py`; no statement rests on it. Every rung spends the
whole error level on one attempt.
"""

from __future__ import annotations

import math

import numpy as np
from benchmarks.false_compliance import matern
from benchmarks.false_compliance.problems import FloatArray
from benchmarks.false_compliance.programmes import ERROR, Outcome, Programme

from assay.statistics import (
    MonotoneStep,
    RegionDraw,
    band_regions,
    band_statement,
    believe,
    betting_level,
    bound_violations,
    choose_bet,
    concession,
    contradictions,
    fixed_plan_refuted,
    fixed_plan_shown,
    monotone_regions,
    monotone_step,
    pick,
    region_masses,
    region_wealth,
    sequential_or_fixed,
    settle,
    wilks_size,
)

CERTIFYING = 12
"""Training runs before a monotone certification; its own runs train too."""


def training_runs(programme: Programme) -> int:
    """Return how many runs train before rungs 0b and `auto`: two an input and ten, at most a third."""
    return min(10 + 2 * programme.family.dimension, programme.budget // 3)


def fixed(programme: Programme) -> Outcome:
    """Rung 0a: the whole budget is one fixed plan, counted once."""
    programme.validate()
    return _fixed(programme, programme.budget)


def _fixed(programme: Programme, draws: int) -> Outcome:
    beyond = int((programme.run(programme.draw(draws)) > programme.limit).sum())
    if fixed_plan_shown(beyond, draws, programme.allowed, ERROR):
        return programme.outcome("SHOWN")
    refuted = fixed_plan_refuted(beyond, draws, programme.allowed, ERROR)
    return programme.outcome("REFUTED" if refuted else "NOT SHOWN")


class Guide:
    """The surrogate between batches: what it has seen, and what it had predicted before it saw it."""

    def __init__(self, programme: Programme, training: int) -> None:
        self.programme = programme
        self.scale = programme.x.std(axis=0)
        index = programme.spread_out(training)
        self.x: FloatArray = programme.x[index]
        self.q: FloatArray = programme.run(index)
        self.model = matern.fit(self.x, self.q, programme.limit, scale=self.scale)
        self.estimated = training
        self.predicted: list[float] = [float(c) for c in self.model.left_out(self.q, programme.limit)]
        self.states: list[str] = [state(value, programme.limit) for value in self.q]

    def cheap(self) -> FloatArray:
        """Return the predicted probability of being beyond on the whole law."""
        return self.model.failing(self.programme.x, self.programme.limit)

    def learn(self, x: FloatArray, q: FloatArray) -> None:
        """Refit with new runs; lengths are estimated anew after a quarter more."""
        self.x, self.q = np.r_[self.x, x], np.r_[self.q, q]
        again = self.q.size >= 1.25 * self.estimated
        self.estimated = self.q.size if again else self.estimated
        self.model = matern.fit(
            self.x, self.q, self.programme.limit, scale=self.scale, start=self.model, steps=15 if again else 0
        )


def state(value: float, limit: float) -> str:
    """Return the state of a run without errors to charge."""
    return "beyond" if value > limit else "within"


def sequential(programme: Programme) -> Outcome:
    """Rung 0b: bets on runs that the surrogate places, refitted between batches."""
    guide = Guide(programme, training_runs(programme))
    programme.validate()
    return _sequential(programme, guide)


def _sequential(programme: Programme, guide: Guide) -> Outcome:
    level = betting_level(ERROR, exact=True)
    shown = refuted = 1.0
    made = 0
    while programme.left:
        cheap = guide.cheap()
        belief = believe(guide.predicted, guide.states, programme.allowed)
        bet = choose_bet(
            cheap, belief, allowed=programme.allowed, level=level, wealth_shown=shown, wealth_refuted=refuted,
            left=programme.left, constants_error=None,
        )  # fmt: skip
        batch = pick(bet, cheap, programme.rng.random(min(batch_size(made), programme.left)))
        rows: list[int] = []
        for index in batch:
            q = float(programme.run(np.asarray([index]))[0])
            rows.append(int(index))
            found = state(q, programme.limit)
            row = settle(
                bet, index=made, x=(), predicted=float(cheap[index]), state=found, wealth_shown=shown,
                wealth_refuted=refuted, allowed=programme.allowed,
            )  # fmt: skip
            shown, refuted, made = row.wealth_shown, row.wealth_refuted, made + 1
            guide.predicted.append(float(cheap[index]))
            guide.states.append(found)
            if shown >= 1 / level:
                return programme.outcome("SHOWN")
            if refuted >= 1 / level:
                return programme.outcome("REFUTED")
        guide.learn(programme.x[rows], programme.problem.q[rows])
    return programme.outcome("NOT SHOWN")


def batch_size(made: int) -> int:
    """Return the runs between two refits: 5 at the start, a tenth of those made later."""
    return max(5, made // 10)


def residual(programme: Programme) -> Outcome:
    """Rung 1: a declared bound of |q - s|, verified by draws from the band around the limit.

    The declaration is the family's: a multiple of the true largest error (an oracle: it shows what a true
    declaration buys, not that one is easy to have), or a false one.
    """
    guide = Guide(programme, max(8, min(programme.budget // 2, 20 + programme.budget // 10)))
    programme.validate()
    prediction = guide.model.predict(programme.x)
    bound = declared_bound(programme, prediction)
    regions = band_regions(prediction, np.full_like(prediction, bound), at_most=programme.limit)
    plan = concession(regions, guide.cheap(), programme.allowed, ERROR, budget=programme.left)
    if plan is None:
        return programme.outcome("NOT SHOWN")
    masses = region_masses(plan.regions)
    rest = np.flatnonzero(plan.regions == 1)
    index = (
        rest[programme.rng.integers(0, rest.size, plan.draws)] if plan.draws else np.empty(0, dtype=np.int64)
    )
    q = programme.run(index)
    statement = band_statement(
        masses, q <= programme.limit, programme.allowed, ERROR, planned=plan.draws, quantity=q,
        prediction=prediction[index], bound=np.full(q.size, bound),
    )  # fmt: skip
    caught = bool(bound_violations(q, prediction[index], np.full(q.size, bound)))
    return programme.outcome("SHOWN GIVEN" if statement.state == "shown" else "NOT SHOWN", caught=caught)


def declared_bound(programme: Programme, prediction: FloatArray) -> float:
    """Return the family's declared residual bound."""
    family = programme.family
    error = np.abs(programme.problem.q - prediction)
    return family.bound_factor * float(np.quantile(error, family.bound_quantile))


def monotone(programme: Programme) -> Outcome:
    """Rung 2: placed runs prove regions by the declared signs; random draws settle the rest.

    It gives up where the runs that are left, all within, would not finish.
    """
    return _monotone(programme, Guide(programme, min(CERTIFYING, programme.budget // 3)))


def _monotone(programme: Programme, guide: Guide) -> Outcome:
    signs = np.asarray(programme.family.signs)
    programme.validate()
    draws: list[RegionDraw] = []
    wealth = 1.0
    while True:
        if contradictions(guide.x, guide.q, signs):
            return programme.outcome("NOT SHOWN", caught=True)
        step = _step(programme, guide, wealth)
        if step.kind == "shown":
            return programme.outcome("SHOWN GIVEN")
        late = step.kind == "draw" and step.draws_left is None
        if step.kind == "hopeless" or late or not programme.left:
            return programme.outcome("NOT SHOWN")
        if step.kind == "certify" and step.run is not None:
            x = step.run.point[None, :]
            q = programme.run_anywhere(x)
        else:
            rest = np.flatnonzero(step.regions == 1)
            index = rest[programme.rng.integers(0, rest.size, 1)]
            x, q = programme.x[index], programme.run(index)
            draws.append(RegionDraw(step.masses, bool(q[0] <= programme.limit)))
            wealth = region_wealth(draws, programme.allowed)[-1]
            if wealth >= 1 / ERROR and not contradictions(np.r_[guide.x, x], np.r_[guide.q, q], signs):
                return programme.outcome("SHOWN GIVEN")
            if wealth <= 0:
                return programme.outcome("NOT SHOWN")
        guide.learn(x, q)


def _step(programme: Programme, guide: Guide, wealth: float) -> MonotoneStep:
    signs, below = np.asarray(programme.family.signs), guide.q <= programme.limit
    regions = monotone_regions(programme.x, guide.x, signs, below_upper=below, beyond_upper=~below)
    return monotone_step(
        programme.x, regions, lambda points: guide.model.failing(points, programme.limit), signs,
        programme.allowed, ERROR, low=programme.x.min(axis=0), high=programme.x.max(axis=0), wealth=wealth,
        fallback=float(programme.budget), runs_left=programme.left,
    )  # fmt: skip


def certified(programme: Programme, guide: Guide) -> MonotoneStep:
    """Make all placed runs that pay, and return the step after them."""
    programme.validate()
    while True:
        step = _step(programme, guide, 1.0)
        if step.kind != "certify" or step.run is None or not programme.left:
            return step
        x = step.run.point[None, :]
        guide.learn(x, programme.run_anywhere(x))


def auto(programme: Programme) -> Outcome:
    """Return what Assay does by itself, chosen from training data before the first validation run.

    Refute first: where the surrogate predicts that too much fails, the e-process, which alone refutes in few
    runs. Else declared structure where there is any; else the plan that `sequential_or_fixed` chooses.
    """
    guide = Guide(programme, training_runs(programme))
    programme.validate()
    cheap = guide.cheap()
    if (
        programme.family.signs
        and programme.problem.evaluate is not None
        and cheap.mean() <= programme.allowed
    ):
        return _monotone(programme, guide)
    belief = believe(guide.predicted, guide.states, programme.allowed)
    size = wilks_size(1 - programme.allowed, ERROR)
    chosen = sequential_or_fixed(cheap, belief, allowed=programme.allowed, error=ERROR, fixed_runs=size)
    if chosen == "fixed" and size <= programme.left:
        return _fixed(programme, size)
    return _sequential(programme, guide)


def coarse_fixed(programme: Programme, price: float = 1 / 16) -> Outcome:
    """Rung 0a by the cost lever: coarse runs, those that the declared bound leaves open refined.

    max(10, a tenth) of the decided runs, chosen by draw number before the first run, are made on the fine
    mesh as well; one that differs by more than the declared bound voids the coarse level for all.
    """
    programme.validate()
    draws, bound = programme.budget, programme.problem.instance.coarse_bound
    index = programme.draw(draws)
    order = programme.rng.permutation(draws)
    q = programme.run_coarse(index, price)
    decided = np.abs(q - programme.limit) > bound
    checked = [n for n in order if decided[n]][: max(10, math.ceil(0.1 * int(decided.sum())))]
    fine = programme.refine(index[checked])
    void = bool((np.abs(fine - q[checked]) > bound).any())
    again = np.setdiff1d(np.arange(draws), checked) if void else np.flatnonzero(~decided)
    states = q > programme.limit
    states[checked] = fine > programme.limit
    states[again] = programme.refine(index[again]) > programme.limit
    beyond = int(states.sum())
    if fixed_plan_shown(beyond, draws, programme.allowed, ERROR):
        return programme.outcome("SHOWN" if void else "SHOWN GIVEN", caught=void)
    refuted = void and fixed_plan_refuted(beyond, draws, programme.allowed, ERROR)
    return programme.outcome("REFUTED" if refuted else "NOT SHOWN", caught=void)
