"""Where does the model expect a criterion to fail? Questions put to the surrogate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from assay.programme import Configuration, Study
from assay.showing import Claim, interval_of
from assay.surrogates import Model, Question, Row


def region_of_envelope(study: Study) -> dict[str, tuple[float, float]]:
    """Return every factor's envelope."""
    return {name: factor.envelope for name, factor in study.factors.items()}


def region_of_configuration(study: Study, configuration: Configuration) -> dict[str, tuple[float, float]]:
    """Return the box in which the factors vary in a configuration, inside the factors' ranges."""
    region = {}
    for name, factor in configuration.factors[study.name].items():
        low, high = interval_of(factor)
        region[name] = (max(low, factor.range[0]), min(high, factor.range[1]))
    return region


TAIL = 1e-3
"""Probability beyond each end of an unbounded law that guided runs leave out: a counterexample to a
fraction is worth looking for where the law has its mass."""


def region_of_law(study: Study, configuration: Configuration) -> dict[str, tuple[float, float]]:
    """Return the box of a configuration, narrowed to where the laws have all but `TAIL` of their mass."""
    from assay.statistics import quantile

    region = region_of_configuration(study, configuration)
    for name, factor in configuration.factors[study.name].items():
        if factor.law is not None and not factor.fixed:
            low, high = region[name]
            ends = quantile(factor.law, np.array([TAIL, 1.0 - TAIL]))
            region[name] = (max(low, float(ends[0])), min(high, float(ends[1])))
    return region


def questions_of(
    claims: Sequence[Claim],
    limits: Mapping[str, tuple[float, ...]],
    models: Mapping[str, Model | None],
    demand_factors: Mapping[tuple[str, str], float] | None = None,
) -> list[Question]:
    """Return a question for every criterion: which point of which row exceeds its limit most?

    Parameters
    ----------
    limits
        Criterion id to its limits.
    models
        Quantity to its model, None where refused.
    demand_factors
        (criterion id, case) to the product of the case's factors.
    """
    questions: dict[str, Question] = {}
    for claim in claims:
        criterion = claim.criterion
        if criterion.id in questions or criterion.id not in limits:
            continue
        rows = _rows(claim, limits[criterion.id], demand_factors or {})
        if rows:
            questions[criterion.id] = Question(criterion.id, models.get(criterion.quantity), rows)
    return list(questions.values())


def _rows(
    claim: Claim, limits: Sequence[float], demand_factors: Mapping[tuple[str, str], float]
) -> tuple[Row, ...]:
    criterion = claim.criterion
    rows = []
    for part in claim.parts:
        case = part.case.name if part.case else ""
        factor = demand_factors.get((criterion.id, case), 1.0)
        at_most = None if criterion.sense == "at_least" else limits[-1] / factor
        at_least = None if criterion.sense == "at_most" else limits[0] * factor
        specs = [(row.key, row.values) for row in part.rows] or [("", {})]
        rows += [Row(key, values, at_most, at_least) for key, values in specs]
    return tuple(rows)
