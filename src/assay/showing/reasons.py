"""Why is a row not shown, and what would close it? Reason codes with their sentences."""

from __future__ import annotations

from typing import Final

REASONS: Final[dict[str, str]] = {
    "shown": "as many runs as the claim needs are within the limit with every error charged",
    "shown-given": "shown under the declarations that are printed with it",
    "refuted-by-run": "a solver run inside the configuration is beyond the limit",
    "refuted-by-draws": "so many draws are beyond the limit that the allowed fraction is exceeded",
    "not-run": "its runs are not complete",
    "stale": "its evidence is older than the programme",
    "plan-not-paid": "the plan that it needs does not fit the budget",
    "runs-not-within": "too many draws are not within the limit",
    "sequential-undecided": "the runs that were paid for decide neither way",
    "structure-undecided": "what runs prove under the declared signs, and draws of the rest, fall short",
    "runs-open": "too many draws are open once the errors are charged, none is beyond",
    "runs-failed": "runs failed, and a failed run is open",
    "nominal-not-within": "the run that carries the claim is open once the errors are charged",
    "model-form-not-assessed": "the model-form error has no declared basis",
    "model-form-not-approved": "the model-form allowance is not approved",
    "numerical-not-assessed": "the study has no solution verification",
    "limit-not-creditable": "the limit rests on a basis value that is computed, not creditable",
    "limit-assumption-failed": "the distribution assumed for a basis value is rejected by its data",
    "declaration-missing": "a structure that the claim needs is not declared",
    "declaration-not-tested": "declaration not tested",
    "declaration-broken": "a test run broke the declaration",
    "residual-falsified": "a run is farther from the model than is declared",
    "residual-no-plan": "under the declared bound no plan of reasonable size can show it",
    "model-refused": "its AI model was refused, and a refused model states nothing",
    "model-contradicted": "a run that the AI model had not seen lies outside the width that it states",
    "model-without-width": "the training has too few runs for a width at this error level",
    "model-not-tested": "not tested enough: too few runs that the AI model had not seen",
    "model-not-within": "as the AI model states it, too much of the law is not within",
    "model-not-accepted": "nobody who may has accepted what the AI model states",
    "attempts-exhausted": "the declared number of attempts is used up",
    "attempts-gap": "the numbering of the attempts in the ledger has a gap",
    "freeze-missing": "the freeze that the attempt names is not in the ledger",
    "plan-not-available": "none of the plans asked for fits the claim",
    "document-missing": "the document that would show it is not on file",
    "document-not-approved": "the document is on file, its content is not approved",
    "document-approved": "a person approved the named document",
    "nothing-declared": "nothing declared",
    "children": "the worst of the rows below it",
}


def sentence(reason: str) -> str:
    """Return the sentence that stands for a reason code."""
    return REASONS[reason]
