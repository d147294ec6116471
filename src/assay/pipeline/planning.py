"""How many draws does each block get, and which plans does the budget pay for?

Before anything runs the cost of every stage is known: points times rows, whatever the results will
be. A fixed plan that does not fit `max_runs` is not started; its criterion is NOT SHOWN with the price.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assay.pipeline.blocks import levels, runs_of, superposable, union_rows
from assay.pipeline.refining import verification_points
from assay.pipeline.study_stages import verification_rows
from assay.programme import Programme, Study
from assay.showing import Claim, RowSpec, rows_of_tests, runs_needed
from assay.showing.records import Price
from assay.solvers import SolverSpec

LONGEST = 10
"""Most draws of a plan that decides run by run, in sizes of the fixed plan, whoever pays."""
PICTURES = 8
"""Most deciding runs a configuration and study that are run once more to draw their field."""


@dataclass(frozen=True)
class BlockWish:
    """The plans that want draws from one block, before the budget has spoken."""

    study: str
    configuration: str
    draws: Mapping[str, int]
    """Criterion to the draws that its plan needs."""
    rows: Mapping[str, Sequence[RowSpec]]
    """Criterion to the rows that it reads at each draw."""
    solver: SolverSpec
    promised: int = 0
    """Draws of the block that attempts in the ledger already count on."""
    levels: int = 1
    """Levels on which a draw may have to be run, at worst one after the other."""

    def cost(self, size: int) -> int:
        """Return the solver runs of a block of `size` draws: every draw with the rows of all its plans."""
        own = [row for name, draws in self.draws.items() if draws <= size for row in self.rows[name]]
        return self.levels * runs_of(self.solver, size, len(union_rows(own))) if size else 0


def study_runs(study: Study, solver: SolverSpec, claims: Sequence[Claim]) -> int:
    """Return the runs that a study takes once for all configurations."""
    total = 0
    if study.surrogate is not None:
        rows = study.surrogate.rows if superposable(study, solver) else 1
        total += runs_of(solver, study.surrogate.training, rows)
    if study.verification is not None:
        points = verification_points(study) * len(levels(study))
        total += runs_of(solver, points, len(verification_rows(claims)))
    if study.declarations:
        total += runs_of(solver, runs_needed(study), rows_of_tests(study))
    return total


def configuration_runs(study: Study, solver: SolverSpec, claims: Sequence[Claim]) -> int:
    """Return the runs that a configuration takes besides its draws: nominal, guided, pictures."""
    rows = len(union_rows([row for claim in claims for row in claim.rows]))
    guided = study.surrogate.refutation if study.surrogate is not None else 0
    return runs_of(solver, 1 + guided, rows) + min(PICTURES, len(claims))


def affordable(budget: int | None, fixed: int, wishes: Sequence[BlockWish]) -> dict[tuple[str, str], int]:
    """Return the draws that each block gets: the largest plans that fit, smaller ones first.

    Parameters
    ----------
    budget
        ``max_runs``; None pays for everything.
    fixed
        Runs that do not depend on the size of a block.
    wishes
        One a study and configuration, in the programme's order.

    Returns
    -------
    dict
        (study, configuration) to the number of draws; 0 where not even the smallest plan fits.
    """
    given = {(wish.study, wish.configuration): wish.promised for wish in wishes}
    promised = sum(wish.cost(wish.promised) for wish in wishes)
    left = None if budget is None else budget - fixed - promised
    sizes = sorted({draws for wish in wishes for draws in wish.draws.values()})
    for size in sizes:
        for wish in wishes:
            key = (wish.study, wish.configuration)
            if size not in wish.draws.values() or size <= given[key]:
                continue
            more = wish.cost(size) - wish.cost(given[key])
            if left is not None and more > left:
                continue
            given[key] = size
            left = None if left is None else left - more
    return given


def prices(
    programme: Programme, wishes: Sequence[BlockWish], given: Mapping[tuple[str, str], int]
) -> dict[tuple[str, str], Price]:
    """Return, by (criterion, configuration), what each plan costs that the budget does not pay for.

    Every plan is priced in a block of its own, and its budget pays for all that is served before it:
    a price that held only for the block as it is now would change as soon as the block has begun.
    """
    budget = programme.budget.max_runs
    unpaid = []
    for wish in wishes:
        have = given[wish.study, wish.configuration]
        draws = {name: size for name, size in wish.draws.items() if size > have}
        unpaid.append(replace(wish, draws=draws, promised=0))
    found: dict[tuple[str, str], Price] = {}
    total = budget or 0
    for size in sorted({size for wish in unpaid for size in wish.draws.values()}):
        for wish in unpaid:
            names = [name for name, draws in wish.draws.items() if draws == size]
            smaller = max((draws for draws in wish.draws.values() if draws < size), default=0)
            if names:
                total += wish.cost(size) - wish.cost(smaller)
            for name in names:
                runs = wish.levels * runs_of(wish.solver, size, len(union_rows(wish.rows[name])))
                minutes = stated_minutes(programme, wish.study, runs)
                found[name, wish.configuration] = Price(
                    runs=runs, minutes=minutes, max_runs=None if budget is None else total
                )
    return found


def stated_minutes(programme: Programme, study: str, runs: int) -> float:
    """Return the minutes on one core at the run time that the study states (its limit otherwise)."""
    found = programme.studies[study]
    return runs * (found.run_time or found.time_limit) / 60.0
