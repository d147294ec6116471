"""Does what a model states by itself carry the claim? Only where a role accepts it (rung 3).

Such statements were measured to be wrong near the limit on up to 38 % of programmes that do not comply
(benchmarks/false_compliance), so that every step fails closed: the wider of two widths counts, a draw that
the guard abstains from counts as not within, and one run outside the width ends the statement.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assay.showing.claims import Claim, Part
from assay.showing.model_records import ModelCheckPayload, ModelStatementPayload, Stated
from assay.showing.records import ClaimPart, Verdict
from assay.showing.residual import MOST_TOLD, Checked, Edges
from assay.showing.residual_records import Contradiction
from assay.statistics import clopper_pearson_upper, fixed_plan_attained, fixed_plan_shown

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

REVISION = 1
"""Raised whenever a model would state otherwise; part of the recipes of statement and attempt."""
DRAWS = 100_000
"""Draws of the law at which a model is asked, fixed beforehand."""
LEAST_CHECKS = 8


@dataclass(frozen=True)
class Asked:
    """What a model says at draws of the law, shape (n,) each, and how far it may be off."""

    predicted: FloatArray
    """Its mean."""
    silent: BoolArray
    """Where its guard abstains."""
    outside: BoolArray
    """Where the solver may not be run."""
    two_sd: float
    conformal: float | None
    rows: int
    """Training rows that were left out in turn."""


def required_checks(varied: int) -> int:
    """Return how many runs have to be held against a statement about so many varied factors."""
    return max(LEAST_CHECKS, 2 * varied)


def two_deviations(
    here: FloatArray, left_out: FloatArray, errors: FloatArray, cross_validated: float
) -> float:
    """Return two deviations about the law, in the quantity's unit.

    Parameters
    ----------
    here
        Deviations that the model states at draws of the law, shape (n,).
    left_out
        Deviations that it states of training rows, each left out with its run, shape (m,).
    errors
        Its errors there, shape (m,).
    cross_validated
        Its cross-validated error, over the whole range.

    Returns
    -------
    float
        Twice the larger of what the model states here and of its measured error, scaled by what it states
        here over what it states of rows left out; unscaled where that says nothing.
    """
    stated, elsewhere = _root_mean_square(here), _root_mean_square(left_out)
    measured = max(cross_validated, _root_mean_square(errors))
    if elsewhere > 0.0 and here.size:
        measured *= stated / elsewhere
    return 2.0 * max(stated, measured)


def _root_mean_square(values: FloatArray) -> float:
    return float(np.sqrt(np.mean(values**2))) if values.size else 0.0


def statement(
    claim: Claim,
    *,
    attempt: int,
    role: str,
    level: float,
    allowed: float,
    seed: str,
    asked: Asked,
    edges: Edges,
) -> ModelStatementPayload:
    """Return what a model states of the violating fraction, counted to its disadvantage."""
    width = None if asked.conformal is None else max(asked.two_sd, asked.conformal)
    within = np.zeros(asked.predicted.shape, dtype=np.bool_)
    if width is not None and math.isfinite(width) and edges.sure:
        high = math.inf if edges.high is None else edges.high
        low = -math.inf if edges.low is None else edges.low
        # A value that is not a number compares false, hence is not within.
        within = (asked.predicted + width <= high) & (asked.predicted - width >= low)
    spoken = ~asked.outside & ~asked.silent
    outside, silent = int(asked.outside.sum()), int((asked.silent & ~asked.outside).sum())
    wide, draws = int((spoken & ~within).sum()), int(asked.predicted.size)
    count = outside + silent + wide
    return ModelStatementPayload(
        criterion=claim.criterion.id,
        configuration=claim.configuration.name,
        study=claim.study.name,
        quantity=claim.criterion.quantity,
        attempt=attempt,
        role=role,
        level=level,
        allowed=allowed,
        seed=seed,
        draws=draws,
        outside=outside,
        silent=silent,
        wide=wide,
        rows=asked.rows,
        two_sd=asked.two_sd,
        conformal=asked.conformal,
        width=width,
        within_low=edges.low,
        within_high=edges.high,
        bound=clopper_pearson_upper(count, draws, level),
        attained=fixed_plan_attained(count, draws, allowed),
    )


def checked_statement(
    said: ModelStatementPayload, checks: Sequence[Checked], places: int, required: int
) -> ModelCheckPayload:
    """Return how a statement fared against runs that the model had not seen, each with the width as bound."""
    over = [(abs(c.quantity - c.predicted) - c.bound, c) for c in checks]
    # Written so that a value that is not a number contradicts.
    wrong = sorted((item for item in over if not item[0] <= 0.0), key=lambda item: -item[0])
    return ModelCheckPayload(
        criterion=said.criterion,
        configuration=said.configuration,
        study=said.study,
        quantity=said.quantity,
        attempt=said.attempt,
        width=said.width,
        runs=len(checks),
        places=places,
        required=required,
        violating=len(wrong),
        violations=tuple(Contradiction(**check.as_record()) for _, check in wrong[:MOST_TOLD]),
    )


def judge_statement(
    part: Part,
    said: ModelStatementPayload,
    check: ModelCheckPayload,
    limits: tuple[float, ...],
    *,
    accepted: bool,
) -> ClaimPart:
    """Judge a claim on what a model states; no run decides, and nothing is ever refuted by it."""
    reason = _reason(said, check, accepted=accepted)
    verdict: Verdict = "SHOWN GIVEN" if reason == "shown-given" else "NOT SHOWN"
    return ClaimPart(
        case=part.case.name if part.case else None,
        level=part.case.level if part.case else None,
        rows=tuple(row.key for row in part.rows),
        limits=limits,
        demand_factors=(),
        demand_factor=1.0,
        draws=0,
        not_within=0,
        beyond=0,
        allowed=said.allowed,
        error=said.level,
        bound=None if check.violating else said.bound,
        lower_bound=None,
        attained=None if check.violating else said.attained,
        verdict=verdict,
        reason=reason,
        deciding=None,
        waterfall=(),
        margin=None,
        stated=Stated(
            role=said.role,
            draws=said.draws,
            not_within=said.not_within,
            width=said.width,
            checks=check.places,
            required=check.required,
            violations=check.violating,
            accepted=accepted,
        ),
    )


def _reason(said: ModelStatementPayload, check: ModelCheckPayload, *, accepted: bool) -> str:
    """Return the first thing that stands against the statement; only where nothing does it is shown."""
    if check.violating:
        return "model-contradicted"
    if said.width is None:
        return "model-without-width"
    if check.places < check.required:
        return "model-not-tested"
    if not (
        fixed_plan_shown(said.not_within, said.draws, said.allowed, said.level) and said.bound <= said.allowed
    ):
        return "model-not-within"
    return "shown-given" if accepted else "model-not-accepted"
