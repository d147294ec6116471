"""Which guided runs lie beyond the limit, and which of them prove that a claim does not hold?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assay.campaign import Row
from assay.programme import Over, Pack
from assay.showing.claims import Claim, Part, factors_of, interval_of
from assay.showing.inputs import Evidence
from assay.showing.parts import limit_of
from assay.showing.records import Charge, Finding
from assay.showing.states import at_run, crossed, excess


@dataclass(frozen=True)
class Beyond:
    """One guided run beyond the limit of one part."""

    part: Part
    row: Row
    value: float
    charged: float
    limit: float


def findings(evidence: Evidence) -> tuple[Finding, ...]:
    """Return the guided runs that lie beyond the limit with every error credited."""
    if evidence.charge is None:
        return ()
    found = guided_beyond(
        evidence.claim, evidence.packs, evidence.limits.values, evidence.charge, evidence.guided
    )
    return tuple(
        Finding(
            record=evidence.records.get("refutation_runs", ""),
            index=beyond.row.index,
            row=beyond.row.row,
            quantity=beyond.value,
            charged=beyond.charged,
            limit=beyond.limit,
            case=beyond.part.case.name if beyond.part.case is not None else None,
        )
        for beyond in found
    )


def guided_beyond(
    claim: Claim, packs: Mapping[str, Pack], limits: Sequence[float], charge: Charge, guided: Sequence[Row]
) -> tuple[Beyond, ...]:
    """Return the guided runs that lie beyond the limit, by part, draw and row, however they are stored.

    For a claim that holds everywhere each of them lies inside what is claimed, at whatever row it was
    run, and is a proof; for the others it is a finding at a row that the claim reads.
    """
    name, found = claim.criterion.quantity, []
    for part in claim.parts:
        limit = limit_of(claim, part, limits, charge, packs)
        keys = {row.key for row in part.rows}
        for row in sorted(guided, key=lambda run: (run.index, run.row)):
            value = row.quantities.get(name) if row.state == "ok" else None
            claimed = inside(claim, part, row) if claim.unconditional_refutation else row.row in keys
            if value is None or not claimed:
                continue
            own = at_run(limit, row)
            if excess(value, own) > 0.0:
                found.append(Beyond(part, row, value, *crossed(value, own)))
    return tuple(found)


def inside(claim: Claim, part: Part, row: Row) -> bool:
    """Say whether a run lies where a claim that holds everywhere has to hold, in one of its parts."""
    case = part.case.factors if part.case is not None else {}
    if any(row.factors.get(name) != value for name, value in case.items()):
        return False
    holds = claim.criterion.holds
    over = holds.factors if isinstance(holds, Over) else ()
    if isinstance(holds, Over) and not _in_polytope(holds, row.factors):
        return False
    for name, factor in factors_of(claim.study, claim.configuration).items():
        low, high = interval_of(factor)
        if name not in case and name not in over and not low <= row.factors.get(name, low - 1.0) <= high:
            return False
    return True


def _in_polytope(holds: Over, factors: Mapping[str, float]) -> bool:
    """Say whether a run certainly lies in the polytope: in the box, or at a corner read from a file."""
    if any(name not in factors for name in holds.factors):
        return False
    if holds.file is not None:
        return any(all(factors[n] == v for n, v in vertex.items()) for vertex in holds.vertices)
    sides = {name: [vertex[name] for vertex in holds.vertices] for name in holds.factors}
    return all(min(ends) <= factors[name] <= max(ends) for name, ends in sides.items())
