"""Peers that are libraries: OpenTURNS, MAPIE, SMT, from requirements-peers.txt; a missing one is said.

OpenTURNS' FORM and subset simulation ask for points anywhere, so they run on families that are formulas,
under the continuous law of the inputs. The limit is then a quantile of 100,000 draws, and what complies is
what does so on them: the true rate is known to 3 % relative at 1 %, an order below the margins tried.
"""

from __future__ import annotations

import importlib.util
import math
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from benchmarks.false_compliance.harness import Cell
from benchmarks.false_compliance.problems import (
    Family,
    FloatArray,
    Problem,
    instance_of,
    points_beyond,
    problem,
    stream,
)
from benchmarks.false_compliance.programmes import Outcome, OverBudgetError, Programme, Verdict
from scipy.special import ndtr

NEEDS = {"form": "openturns", "subset": "openturns", "mapie": "mapie", "smt-ego": "smt"}
"""Module that each method needs."""
RATIOS = (0.25, 1.25)
BUDGET = 100
SAMPLE = 100_000


def missing() -> dict[str, str]:
    """Return the methods that cannot run here, with the module each lacks."""
    return {name: module for name, module in NEEDS.items() if importlib.util.find_spec(module) is None}


def versions() -> dict[str, str]:
    """Return the versions of the libraries that are here."""
    from importlib.metadata import version

    names = {"openturns": "openturns", "mapie": "mapie", "smt": "smt"}
    return {name: version(name) for name, module in names.items() if importlib.util.find_spec(module)}


def cells(families: Sequence[Family], programmes: int) -> list[Cell]:
    """Return the cells of the methods that can run: two margins, allowed 5 and 1 %, budget 100."""
    here = [name for name in ("form", "subset", "mapie") if name not in missing()]
    return [
        Cell(
            "libraries", replicate, family.name, allowed, points_beyond(allowed, ratio), ratio, BUDGET, method
        )
        for replicate in range(max(1, programmes // 4))
        for family in families
        for allowed in (0.05, 0.01)
        for ratio in RATIOS
        for method in here
        if method == "mapie" or family.name != "dust"
    ]


def result(cell: Cell, families: dict[str, Family]) -> dict[str, Any]:
    """Return the outcome of one programme."""
    family = families[cell.family]
    rng = stream("programme", cell.key)
    if cell.method == "mapie":
        found = problem(family, cell.replicate, cell.allowed, cell.beyond)
        complies = found.complies
    else:
        found, complies = continuous(family, cell)
    programme = Programme(found, cell.budget, rng)
    began = time.process_time()
    try:
        outcome = {"form": form, "subset": subset, "mapie": mapie}[cell.method](programme)
    except OverBudgetError:
        outcome = programme.outcome("NOT SHOWN")
    record = outcome.as_record()
    record["seconds"] = round(time.process_time() - began, 3)
    record["complies"] = complies
    return record


def continuous(family: Family, cell: Cell) -> tuple[Problem, bool]:
    """Return a problem under the continuous law, and whether it complies on a large sample of it.

    The limit is a quantile of the sample; where values tie at the top (a failing box) it is the pool's.
    """
    instance = instance_of(family, cell.replicate)
    values = instance.values(cell.beyond)
    if values.evaluate is None:
        raise ValueError(f"family {family.name} is defined on its pool only")
    rng = stream("sample", family.name, cell.replicate)
    shape = (SAMPLE, family.dimension)
    sample = values.evaluate(rng.standard_normal(shape) if family.normal else rng.random(shape))
    limit = float(np.quantile(sample, 1 - cell.allowed * cell.ratio))
    if limit == sample.max():
        limit = values.limit
    complies = bool((sample > limit).mean() <= cell.allowed)
    found = Problem(family, instance.x, values.q, limit, cell.allowed, cell.beyond, instance, values.evaluate)
    return found, complies


def _event(programme: Programme) -> Any:
    """Return OpenTURNS' event {q > L} of independent standard normal inputs, which counts its runs."""
    import openturns as ot

    normal = programme.family.normal

    def response(rows: Any) -> Any:
        z = np.atleast_2d(np.asarray(rows, dtype=np.float64))
        return programme.run_anywhere(z if normal else ndtr(z))[:, None]

    d = programme.x.shape[1]
    function = ot.PythonFunction(d, 1, func_sample=response)
    law = ot.JointDistribution([ot.Normal()] * d)
    output = ot.CompositeRandomVector(function, ot.RandomVector(law))
    return ot.ThresholdEvent(output, ot.Greater(), programme.limit)


def form(programme: Programme) -> Outcome:
    """First-order reliability by Abdo and Rackwitz from the mean point (Hasofer & Lind 1974)."""
    import openturns as ot

    ot.Log.Show(ot.Log.NONE)
    solver = ot.AbdoRackwitz()
    solver.setMaximumCallsNumber(programme.budget)
    solver.setCheckStatus(False)
    try:
        found = ot.FORM(solver, _event(programme), [0.0] * programme.x.shape[1])
        found.run()
    except (RuntimeError, TypeError) as error:  # OpenTURNS wraps what the function raises
        if programme.left < programme.x.shape[1] * 2 + 2:
            raise OverBudgetError(str(error)) from error
        return programme.outcome("NOT SHOWN")
    return programme.outcome(_said(found.getResult().getEventProbability() <= programme.allowed))


def subset(programme: Programme) -> Outcome:
    """Subset simulation (Au & Beck 2001), conditional probability 0.1, the budget split over its levels."""
    import openturns as ot

    ot.Log.Show(ot.Log.NONE)
    ot.RandomGenerator.SetSeed(int(programme.rng.integers(2**31)))
    levels = max(1, math.ceil(math.log(programme.allowed, 0.1)))
    size = programme.budget // (levels + 1)
    algorithm = ot.SubsetSampling(_event(programme), 2.0, 0.1)
    algorithm.setMaximumOuterSampling(size)
    algorithm.setBlockSize(1)
    try:
        algorithm.run()
    except (RuntimeError, TypeError) as error:
        raise OverBudgetError(str(error)) from error
    return programme.outcome(_said(algorithm.getResult().getProbabilityEstimate() <= programme.allowed))


def mapie(programme: Programme) -> Outcome:
    """Split conformal of MAPIE around a Gaussian process of scikit-learn: half trains, half conformalises.

    Two-sided at level 1 - 2 x allowed, so that its upper end has the one-sided level asked for.
    """
    import warnings

    from mapie.regression import SplitConformalRegressor
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import Matern, WhiteKernel

    half = programme.budget // 2
    train = programme.spread_out(half)
    kernel = Matern(np.ones(programme.x.shape[1]), nu=2.5) + WhiteKernel(1e-5)
    model = GaussianProcessRegressor(kernel, normalize_y=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(programme.x[train], programme.run(train))
        programme.validate()
        index = programme.draw(programme.budget - half)
        q = programme.run(index)
        regressor = SplitConformalRegressor(model, confidence_level=1 - 2 * programme.allowed, prefit=True)
        try:
            regressor.conformalize(programme.x[index], q)
            _, interval = regressor.predict_interval(programme.x)
        except ValueError:  # too few rows for the level: it has no finite interval
            return programme.outcome("NOT SHOWN")
    upper = np.asarray(interval)[:, 1, 0]
    return programme.outcome(_said(bool((upper > programme.limit).mean() <= programme.allowed)))


def search(method: str, programme: Programme) -> Outcome:
    """SMT's EGO for the worst case over the box: SHOWN if the best point found is not beyond.

    Jones, Schonlau, Welch (1998); Saves et al. (2024) for the toolbox.
    """
    if method != "smt-ego":
        raise ValueError(f"no search is called {method}")
    import warnings

    from smt.applications import EGO
    from smt.design_space import DesignSpace
    from smt.surrogate_models import KRG

    d = programme.x.shape[1]
    space = DesignSpace([[0.0, 1.0]] * d)
    start = programme.x[programme.spread_out(20)]

    def response(points: FloatArray) -> FloatArray:
        return -programme.run_anywhere(np.atleast_2d(points))[:, None]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ego = EGO(
            n_iter=programme.budget - len(start), criterion="EI", xdoe=start,
            surrogate=KRG(design_space=space, print_global=False, n_start=1), n_start=5, n_max_optim=10,
            seed=int(programme.rng.integers(2**31)),
        )  # fmt: skip
        _, best, *_ = ego.optimize(fun=response)
    worst = -float(np.ravel(best)[0])
    return programme.outcome("SHOWN" if worst <= programme.limit else "REFUTED")


def _said(shown: bool) -> Verdict:
    return "SHOWN" if shown else "NOT SHOWN"
