"""What does the model itself say of the violating fraction? Displayed beside the evidence (rung 3).

Its mean, its mean and two deviations, and a marginal conformal interval were measured to show 2 to 65 %
of programmes near the limit that do not comply (STATISTICS.md, 2.1 and conclusion 6): none of them is a
bound, and no verdict rests on one.
"""

from __future__ import annotations

import math

import numpy as np

from assay.pipeline.believing import FloatArray
from assay.pipeline.outlook import Outlook, View
from assay.programme import Fraction
from assay.showing import critical_values
from assay.showing.choice_records import ModelStatement
from assay.statistics import allowed_fraction


def model_statement(outlook: Outlook, seen: View, content: Fraction, level: float) -> ModelStatement:
    """Return what the model says of the part of a claim that it believes to violate most.

    Parameters
    ----------
    level
        Error level a of the criterion; the conformal interval leaves out so large a share of runs.

    References
    ----------
    Vovk, Gammerman, Shafer, "Algorithmic learning in a random world", Springer (2005), with each run left
    out in turn: coverage is an average over training sets, not a statement of confidence.
    """
    study, quantity = seen.claim.study.name, seen.claim.criterion.quantity
    known = outlook.left_out(study, quantity)
    errors: FloatArray = np.zeros(0) if known is None else known[0]
    width = conformal_width(errors, level)
    errors_at = {row.key: outlook.error(study, quantity, row) for row in seen.part.rows}
    return ModelStatement(
        case=seen.part.case.name if seen.part.case else None,
        draws=int(outlook.points(study).shape[0]),
        allowed=allowed_fraction(content.fraction),
        mean=_not_within(outlook, seen, dict.fromkeys(errors_at, 0.0)),
        two_sd=_not_within(outlook, seen, {key: 2.0 * error for key, error in errors_at.items()}),
        conformal=None if width is None else _not_within(outlook, seen, dict.fromkeys(errors_at, width)),
        width=width,
        level=level,
        rows=int(errors.size),
    )


def conformal_width(errors: FloatArray, level: float) -> float | None:
    """Return the ceil((n + 1)(1 - level))-th smallest of n errors, shape (n,); None where n is too small."""
    rank = math.ceil((errors.size + 1) * (1.0 - level) - 1e-9)
    return float(np.sort(errors)[rank - 1]) if 1 <= rank <= errors.size else None


def _not_within(outlook: Outlook, seen: View, widths: dict[str, float]) -> float:
    """Return the share of draws of which some row is not within, with a width added to its harm."""
    study, quantity = seen.claim.study.name, seen.claim.criterion.quantity
    edges = critical_values(seen.limit)
    found = np.zeros(outlook.points(study).shape[0], dtype=bool)
    for row in seen.part.rows:
        centre, width = outlook.centre(study, quantity, row), widths[row.key]
        beyond = (centre + width > edges.within_high) | (centre - width < edges.within_low)
        found |= beyond | outlook.outside(study, row)
    return float(np.mean(found))
