"""Who pays for which plan? The budget of runs, shared out before any draw is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assay.errors import StoppedError
from assay.pipeline.attempting import FIXED, Choice, Plan, open_block
from assay.pipeline.blocks import runs_of, start_level, used_studies
from assay.pipeline.drawing import plans_of
from assay.pipeline.engine import Engine
from assay.pipeline.planning import (
    LONGEST,
    BlockWish,
    affordable,
    configuration_runs,
    prices,
    stated_minutes,
    study_runs,
)
from assay.pipeline.setting import Setting
from assay.programme import Configuration, Programme, Study
from assay.showing import Claim, LimitValues, planned_draws
from assay.showing.records import Price
from assay.solvers import SolverSpec

Choices = Mapping[str, Mapping[str, Choice]]
"""Configuration to criterion to the plan chosen for it."""


@dataclass(frozen=True)
class Paid:
    """What the budget pays for."""

    draws: Mapping[tuple[str, str], int]
    """(study, configuration) to the draws of the block that fixed plans share."""
    runs: Mapping[tuple[str, str], int]
    """(criterion, configuration) to the draws a part of a plan that decides run by run."""
    prices: Mapping[tuple[str, str], Price]
    """(criterion, configuration) to the price of a plan that is not paid for."""
    choices: Choices
    """As they were, but with the fixed plan where nobody asked for another and the budget is short."""


def pay(
    engine: Engine,
    programme: Programme,
    solvers: Mapping[str, SolverSpec],
    claims: Mapping[str, tuple[Claim, ...]],
    limits: Mapping[str, Mapping[str, LimitValues]],
    recipes: Mapping[str, Mapping[str, str]],
    choices: Choices,
) -> Paid:
    """Share the budget out: stages before any draw, then fixed plans, then plans that go run by run.

    Raises
    ------
    StoppedError
        If the stages before any draw alone take more than `max_runs`.
    """
    fixed, begun, wishes, streams = 0, 0, [], []
    for study in used_studies(programme):
        solver = solvers[study.name]
        every = [c for name in programme.configurations for c in claims[name] if c.study.name == study.name]
        fixed += study_runs(study, solver, every)
        for name, configuration in programme.configurations.items():
            mine = [c for c in claims[name] if c.study.name == study.name]
            if not mine:
                continue
            fixed += configuration_runs(study, solver, mine)
            plans = _live(engine, programme, configuration, mine, limits[name], recipes[name], choices[name])
            wish, runs = _wish(engine, configuration, study, solver, plans)
            begun += runs
            wishes.append(wish)
            streams += [(plan, solver, name) for plan in plans.values() if plan.kind != "fixed"]
    budget = programme.budget.max_runs
    if budget is not None and fixed > budget:
        raise StoppedError(
            f"the stages before any draw take {fixed} solver runs, [budget] max_runs is {budget}: "
            "raise it, or train on fewer runs"
        )
    promised = sum(_cost(plan, solver) * plan.draws for plan, solver, _ in streams if plan.recorded)
    given = affordable(budget, fixed + begun + promised, wishes)
    shared = sum(wish.cost(max(given[wish.study, wish.configuration], wish.promised)) for wish in wishes)
    left = None if budget is None else budget - fixed - begun - promised - shared
    runs_given, stream_prices = _streams(programme, streams, left)
    short = {(name, where) for name, where in stream_prices if not choices[where][name].asked}
    if short:
        counted = {
            where: {name: FIXED if (name, where) in short else choice for name, choice in own.items()}
            for where, own in choices.items()
        }
        return pay(engine, programme, solvers, claims, limits, recipes, counted)
    all_prices = {**prices(programme, wishes, given), **stream_prices}
    return Paid(given, runs_given, all_prices, choices)


def _cost(plan: Plan, solver: SolverSpec) -> int:
    """Return the solver runs of one draw of every part."""
    return sum(runs_of(solver, 1, len(part.rows)) for part in plan.claim.parts)


def _streams(
    programme: Programme, streams: Sequence[tuple[Plan, SolverSpec, str]], left: int | None
) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], Price]]:
    """Pay for plans that decide run by run, first those on file, with what fixed plans leave."""
    given: dict[tuple[str, str], int] = {}
    unpaid: dict[tuple[str, str], Price] = {}
    for plan, solver, where in sorted(streams, key=lambda item: not item[0].recorded):
        content, level = plan.claim.content, plan.level
        if content is None or level is None:
            continue
        least, cost = planned_draws(content, level, plan.claim.criterion.allow), _cost(plan, solver)
        # A declared bound plans its draws as the fixed plan does: all of them or none.
        whole = plan.kind == "residual"
        spare = LONGEST * least if left is None else max(left, 0) // cost
        wanted = plan.draws
        if plan.recorded:
            # Declared signs show within the size of the fixed plan or not at all: never extended.
            more = min(spare, LONGEST * least - wanted) if plan.kind == "sequential" else 0
            draws, used = wanted + max(more, 0), max(more, 0) * cost
        else:
            draws = wanted if whole and left is None else min(wanted, spare)
            used = draws * cost
        key = (plan.claim.criterion.id, where)
        if not plan.recorded and draws < (wanted if whole else least):
            minutes = stated_minutes(programme, plan.claim.study.name, wanted * cost)
            short = wanted * cost - max(left or 0, 0)
            most = (programme.budget.max_runs or 0) + short
            unpaid[key] = Price(runs=wanted * cost, minutes=minutes, max_runs=most)
            continue
        given[key] = draws
        left = None if left is None else left - used
    return given, unpaid


def _live(
    engine: Engine,
    programme: Programme,
    configuration: Configuration,
    claims: Sequence[Claim],
    limits: Mapping[str, LimitValues],
    recipes: Mapping[str, str],
    choices: Mapping[str, Choice],
) -> dict[str, Plan]:
    """Return the plans that can still be credited."""
    setting = Setting(programme, configuration, tuple(claims), limits, {}, {}, {}, {}, choices=choices)
    plans = plans_of(engine, setting, recipes)
    return {name: plan for name, plan in plans.items() if plan.draws and not plan.gap}


def _wish(
    engine: Engine,
    configuration: Configuration,
    study: Study,
    solver: SolverSpec,
    plans: Mapping[str, Plan],
) -> tuple[BlockWish, int]:
    """Return what the next block is to hold, and the runs of the blocks before it."""
    live = {name: plan for name, plan in plans.items() if plan.kind == "fixed"}
    rows = {name: plan.claim.rows for name, plan in live.items()}
    following = open_block(engine.store, engine.ledger, study.name, configuration.name)

    def block(number: int | None) -> BlockWish:
        names = [name for name, plan in live.items() if plan.block == number]
        draws = {name: live[name].draws for name in names}
        most = max(draws.values(), default=0)
        return BlockWish(study.name, configuration.name, draws, rows, solver, most, start_level(study))

    numbers = {plan.block for plan in live.values()} - {None, following}
    promised, new = block(following), block(None)
    wish = replace(promised, draws={**promised.draws, **new.draws})
    return wish, sum(block(number).cost(block(number).promised) for number in numbers)
