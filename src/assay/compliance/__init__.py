"""What does each regime ask, and what answers it?"""

from assay.compliance.approvals import (
    Approvable,
    allowance_recipe,
    approvables,
    approval_of_document,
    approvals_in_force,
    approved_allowances,
    approved_deviations,
    deviates,
    holders,
    in_force,
    model_acceptance,
    refusal,
)
from assay.compliance.matrix import (
    VERDICTS,
    DocumentState,
    ShowingState,
    applicable,
    criterion_rows,
    matrix,
    status,
)
from assay.compliance.records import CriterionRow, Listwise, MatrixRow, Status, Violated, Whole
from assay.compliance.sets import listwise, violated, whole

__all__ = [
    "VERDICTS",
    "Approvable",
    "CriterionRow",
    "DocumentState",
    "Listwise",
    "MatrixRow",
    "ShowingState",
    "Status",
    "Violated",
    "Whole",
    "allowance_recipe",
    "applicable",
    "approvables",
    "approval_of_document",
    "approvals_in_force",
    "approved_allowances",
    "approved_deviations",
    "criterion_rows",
    "deviates",
    "holders",
    "in_force",
    "listwise",
    "matrix",
    "model_acceptance",
    "refusal",
    "status",
    "violated",
    "whole",
]
