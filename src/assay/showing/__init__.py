"""Does the requirement hold? Criteria and evidence in, verdicts out."""

from assay.showing.attempts import Standing, error_level, identity_of, planned_draws, standing
from assay.showing.claims import (
    Claim,
    Part,
    RowSpec,
    factors_of,
    interval_of,
    make_claim,
    nominal_values,
    varying,
)
from assay.showing.critical import Critical, critical_values
from assay.showing.decide import decide, declarations_used, smallest_margin, worst
from assay.showing.findings import guided_beyond
from assay.showing.inputs import AttemptState, Evidence
from assay.showing.limits import (
    BasisCall,
    LimitValues,
    basis_recipe,
    basis_value,
    calls_of,
    deviation_subject,
    evaluate_limits,
)
from assay.showing.reasons import REASONS, sentence
from assay.showing.sentences import claim_sentence, given_sentence, law_sentence
from assay.showing.states import Limit, State, charged, excess, judge_draw, slack, state_of
from assay.showing.structure import judge_declarations
from assay.showing.structure_tests import (
    BreakPoint,
    Predict,
    distinct_groups,
    orders,
    place_tests,
    required_runs,
    rows_of_tests,
    runs_needed,
)

__all__ = [
    "REASONS",
    "AttemptState",
    "BasisCall",
    "BreakPoint",
    "Claim",
    "Critical",
    "Evidence",
    "Limit",
    "LimitValues",
    "Part",
    "Predict",
    "RowSpec",
    "Standing",
    "State",
    "basis_recipe",
    "basis_value",
    "calls_of",
    "charged",
    "claim_sentence",
    "critical_values",
    "decide",
    "declarations_used",
    "deviation_subject",
    "distinct_groups",
    "error_level",
    "evaluate_limits",
    "excess",
    "factors_of",
    "given_sentence",
    "guided_beyond",
    "identity_of",
    "interval_of",
    "judge_declarations",
    "judge_draw",
    "law_sentence",
    "make_claim",
    "nominal_values",
    "orders",
    "place_tests",
    "planned_draws",
    "required_runs",
    "rows_of_tests",
    "runs_needed",
    "sentence",
    "slack",
    "smallest_margin",
    "standing",
    "state_of",
    "varying",
    "worst",
]
