"""What does a declared bound on the model's error say, with the runs that its plan made? (Rung 1.)"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assay.campaign import Row
from assay.evidence import Json, canonical
from assay.programme import ResidualBound
from assay.showing.claims import Claim, Part
from assay.showing.critical import critical_values
from assay.showing.parts import index_rows, judge_draws, nearest_run
from assay.showing.records import Charge, ClaimPart, DemandFactor, Residual, Verdict
from assay.showing.residual_records import (
    BandPayload,
    Contradiction,
    DeclaredBound,
    ResidualPayload,
)
from assay.showing.states import Limit, State
from assay.statistics import (
    CONCEDED,
    UNDECIDED,
    Masses,
    band_regions,
    band_statement,
)

FloatArray = npt.NDArray[np.float64]
RegionArray = npt.NDArray[np.int8]

REVISION = 1
"""Raised whenever the law would be sorted otherwise; part of the recipes of band and attempt."""
MOST_TOLD = 10
"""Runs beyond a declared bound that are told of by name; all of them are counted."""
_INWARD = 1e-12
"""Relative round-off of a limit with charges, against the claim."""


@dataclass(frozen=True)
class Edges:
    """Values of a quantity between which a run is within, every error charged; None: no such end."""

    low: float | None
    high: float | None
    sure: bool
    """Whether every value between them is within."""


def edges_of(limit: Limit) -> Edges:
    """Return between which values a run is within; charges of 100 % or more are not sure of any."""
    found = critical_values(limit)
    charge = limit.charge
    sure = charge.numerical_relative + charge.model_factor - 1.0 < 1.0
    low = None if limit.lower is None else found.within_low + _INWARD * abs(found.within_low)
    high = None if limit.upper is None else found.within_high - _INWARD * abs(found.within_high)
    return Edges(low, high, sure and (low is None or high is None or low <= high))


def bounds_at(declared: ResidualBound | DeclaredBound, predicted: FloatArray) -> FloatArray:
    """Return the declared bound where the model's values are `predicted`, shape (n,), rounded down."""
    bound: FloatArray = declared.absolute + declared.relative * np.abs(predicted)
    return bound


def sort_points(
    predicted: FloatArray,
    believed: FloatArray,
    abstains: npt.NDArray[np.bool_],
    outside: npt.NDArray[np.bool_],
    declared: ResidualBound,
    edges: Edges,
    threshold: float = math.inf,
) -> RegionArray:
    """Sort draws of the law into safe, undecided and conceded.

    Parameters
    ----------
    predicted
        The model's values, shape (n,).
    believed
        Believed probability of failing; undecided draws at `threshold` or above it are conceded.
    abstains
        Where the model's guard does not let it speak: undecided, whatever it says.
    outside
        Draws outside a factor's range: the solver is not run there, so that they count as failing.
    """
    if edges.sure:
        codes = band_regions(
            predicted, bounds_at(declared, predicted), at_most=edges.high, at_least=edges.low
        )
    else:
        codes = np.full(predicted.shape, UNDECIDED, dtype=np.int8)
    codes[abstains] = UNDECIDED
    codes[outside | ((codes == UNDECIDED) & (believed >= threshold))] = CONCEDED
    return codes


@dataclass(frozen=True)
class Checked:
    """A run that is held against the declaration."""

    record: str
    index: int
    row: str
    quantity: float
    predicted: float
    bound: float

    def as_record(self) -> dict[str, Json]:
        """Return it as a line of the blob ``checks``."""
        return {
            "record": self.record,
            "index": self.index,
            "row": self.row,
            "quantity": self.quantity,
            "predicted": self.predicted,
            "bound": self.bound,
        }


def check_lines(checks: Sequence[Checked]) -> bytes:
    """Return the checks as canonical JSON Lines, a run each (RFC 8785)."""
    return b"".join(canonical(check.as_record()) + b"\n" for check in checks)


def residual_payload(
    band: BandPayload, part: Part, rows: Sequence[Row], limit: Limit, checks: Sequence[Checked]
) -> ResidualPayload:
    """Return what the complete draws of a plan say, with every run held against the declaration."""
    planned = band.draws or 0
    draws = judge_draws(part, index_rows(rows, planned), band.quantity, limit)
    # Draws of the whole law check the declaration; the masses alone carry the claim.
    counted = [] if band.whole else draws
    said = band_statement(
        Masses(band.mass_conceded, band.mass_reach, band.spent),
        np.array([draw.state is State.WITHIN for draw in counted], dtype=bool),
        band.allowed,
        band.level,
        planned=len(counted),
        quantity=[check.quantity for check in checks],
        prediction=[check.predicted for check in checks],
        bound=[check.bound for check in checks],
    )
    return ResidualPayload(
        criterion=band.criterion,
        configuration=band.configuration,
        study=band.study,
        quantity=band.quantity,
        attempt=band.attempt,
        declared=band.declared,
        level=band.level,
        allowed=band.allowed,
        spent=band.spent,
        mass_conceded=band.mass_conceded,
        mass_reach=band.mass_reach,
        share=band.share,
        planned=planned,
        whole=band.whole,
        not_within=sum(draw.state is not State.WITHIN for draw in draws),
        beyond=sum(draw.state is State.BEYOND for draw in draws),
        checks=said.checks,
        violating=len(said.violations),
        violations=tuple(Contradiction(**checks[i].as_record()) for i in said.violations[:MOST_TOLD]),
        state=said.state,
        bound=said.bound,
        attained=said.attained,
    )


def judge_band(
    claim: Claim,
    part: Part,
    rows: Sequence[Row],
    said: ResidualPayload,
    limits: tuple[float, ...],
    charge: Charge,
    factors: tuple[DemandFactor, ...],
) -> ClaimPart:
    """Judge a claim on the plan of its declared bound; nothing is ever refuted by it.

    There is a run with the least room to look at, and no margin: the draws are of the part of the law
    that lies near the limit, so that no run's distance to it says how far the law stays away from it.
    """
    product = math.prod(factor.value for factor in factors)
    limit = Limit(claim.criterion.sense, limits, product, charge)
    table = index_rows(rows, said.planned)
    draws = judge_draws(part, table, claim.criterion.quantity, limit)
    deciding, steps = nearest_run(claim, part, table, draws, limit, factors)
    complete = all(draw.complete for draw in draws)
    return ClaimPart(
        case=part.case.name if part.case else None,
        level=part.case.level if part.case else None,
        rows=tuple(row.key for row in part.rows),
        limits=limits,
        demand_factors=factors,
        demand_factor=product,
        draws=said.planned,
        not_within=said.not_within,
        beyond=said.beyond,
        allowed=said.allowed,
        error=said.level,
        bound=said.bound,
        lower_bound=None,
        attained=said.attained,
        verdict=_VERDICTS[said.state],
        reason=_reason(said, complete),
        deciding=deciding,
        waterfall=steps,
        margin=None,
        residual=Residual(
            absolute=said.declared.absolute,
            relative=said.declared.relative,
            mass_conceded=said.mass_conceded,
            mass_reach=said.mass_reach,
            spent=said.spent,
            whole=said.whole,
            checks=said.checks,
            violations=said.violating,
        ),
    )


_VERDICTS: dict[str, Verdict] = {
    "shown": "SHOWN GIVEN",
    "not-shown": "NOT SHOWN",
    "falsified": "NOT SHOWN",
}


def _reason(said: ResidualPayload, complete: bool) -> str:
    if said.state == "falsified":
        return "residual-falsified"
    if said.state == "shown":
        return "shown-given"
    if said.beyond:
        return "runs-not-within"
    return "runs-open" if complete else "runs-failed"
