"""A programme under trial: a problem that a method may only ask by solver runs, and what came out."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
from benchmarks.false_compliance.problems import Family, FloatArray, IntArray, Problem

ERROR = 0.05
"""Level of every test: 1 - confidence."""

Verdict = Literal["SHOWN", "SHOWN GIVEN", "NOT SHOWN", "REFUTED"]


class OverBudgetError(Exception):
    """A method asked for more runs than it has."""


@dataclass(frozen=True)
class Outcome:
    """What a method said of one programme, and what it cost."""

    verdict: Verdict
    training: int
    """Runs made to train, on which nothing rests."""
    validation: int
    """Runs on which the verdict rests, or would."""
    cost: float
    """Solver cost in runs on the fine mesh."""
    caught: bool = False
    """Whether a run contradicted a declaration."""
    seconds: float = 0.0
    """Processor time; the only number that differs from machine to machine."""

    def as_record(self) -> dict[str, Any]:
        """Return JSON's types."""
        return asdict(self)


@dataclass
class Programme:
    """Counts the runs; `problem.q` is read here only."""

    problem: Problem
    budget: int
    rng: np.random.Generator
    training: int = 0
    validation: int = 0
    cost: float = 0.0
    _validating: bool = field(default=False, repr=False)

    @property
    def family(self) -> Family:
        """Return the family, for what its study declares."""
        return self.problem.family

    @property
    def x(self) -> FloatArray:
        """Return the pool's inputs, shape (M, d): the law is uniform on its rows."""
        return self.problem.x

    @property
    def limit(self) -> float:
        """Return the limit."""
        return self.problem.limit

    @property
    def allowed(self) -> float:
        """Return the violating fraction that is allowed."""
        return self.problem.allowed

    @property
    def left(self) -> int:
        """Return the runs that the budget still has."""
        return self.budget - self.training - self.validation

    def validate(self) -> None:
        """Say that runs from here on are validation runs."""
        self._validating = True

    def run(self, index: IntArray) -> FloatArray:
        """Return the response at rows of the pool; a row asked twice is run twice.

        Raises
        ------
        OverBudgetError
            If the budget has fewer runs left.
        """
        self._count(len(index))
        self.cost += len(index)
        return np.asarray(self.problem.q[index])

    def run_coarse(self, index: IntArray, price: float) -> FloatArray:
        """Return the coarse mesh's response; each costs `price` fine runs and counts as a run."""
        if self.problem.instance.coarse is None:
            raise ValueError(f"family {self.family.name} has no coarse mesh")
        self._count(len(index))
        self.cost += price * len(index)
        return np.asarray(self.problem.instance.coarse[index])

    def refine(self, index: IntArray) -> FloatArray:
        """Return the fine mesh's response at runs already made coarsely: cost, but no new run."""
        self.cost += len(index)
        return np.asarray(self.problem.q[index])

    def run_anywhere(self, points: FloatArray) -> FloatArray:
        """Return the response at points outside the pool, for families that are formulas."""
        if self.problem.evaluate is None:
            raise ValueError(f"family {self.family.name} is defined on its pool only")
        self._count(len(points))
        self.cost += len(points)
        return self.problem.evaluate(points)

    def draw(self, count: int) -> IntArray:
        """Return independent draws of the law, as rows of the pool, with replacement."""
        return self.rng.integers(0, self.x.shape[0], count)

    def spread_out(self, count: int) -> IntArray:
        """Return rows for training, far from each other: each is the farthest of a few from those before."""
        scaled = self.x / self.x.std(axis=0)
        chosen = [int(self.rng.integers(self.x.shape[0]))]
        nearest = ((scaled - scaled[chosen[0]]) ** 2).sum(axis=1)
        for _ in range(count - 1):
            some = self.rng.integers(0, self.x.shape[0], 64)
            best = int(some[np.argmax(nearest[some])])
            chosen.append(best)
            nearest = np.minimum(nearest, ((scaled - scaled[best]) ** 2).sum(axis=1))
        return np.asarray(chosen, dtype=np.int64)

    def outcome(self, verdict: Verdict, *, caught: bool = False) -> Outcome:
        """Return what is recorded."""
        return Outcome(verdict, self.training, self.validation, round(self.cost, 6), caught)

    def _count(self, runs: int) -> None:
        if runs > self.left:
            raise OverBudgetError(f"{runs} runs asked, {self.left} of {self.budget} left")
        if self._validating:
            self.validation += runs
        else:
            self.training += runs
