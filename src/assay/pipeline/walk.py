"""What has to be done, in which order? One walk over all stages, carried out or only looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assay.compliance import (
    MatrixRow,
    ShowingState,
    Status,
    applicable,
    approvals_in_force,
    approved_allowances,
    approved_deviations,
    deviates,
    matrix,
    status,
)
from assay.evidence import Approval, Ledger, Record
from assay.pipeline.blocks import used_studies
from assay.pipeline.choosing import choose_plans
from assay.pipeline.configuration_stages import concluding_stages, deciding_stages
from assay.pipeline.drawing import settle_levels
from assay.pipeline.engine import Engine
from assay.pipeline.freezing import attempt_recipes
from assay.pipeline.paying import Paid, pay
from assay.pipeline.programme_records import (
    approval_records,
    approval_roles,
    basis_records,
    document_states,
    programme_records,
)
from assay.pipeline.setting import ConfigurationEvidence, Setting
from assay.pipeline.study_stages import StudyEvidence, study_stages
from assay.programme import Programme
from assay.showing import Claim, LimitValues, calls_of, evaluate_limits, make_claim
from assay.showing.records import BasisValuePayload, ShowingPayload
from assay.solvers import SolverSpec, solver_spec


@dataclass(frozen=True)
class Walked:
    """Everything that is known of a programme after a walk."""

    programme: Programme
    studies: Mapping[str, StudyEvidence]
    configurations: Mapping[str, ConfigurationEvidence]
    records: Mapping[str, Record]
    """Role to the programme's own records, over all configurations."""
    rows: Mapping[str, tuple[MatrixRow, ...]]
    """Configuration to its compliance matrix."""
    status: Status
    ledger: Ledger
    approvals: tuple[Record, ...] = ()
    showings: Mapping[str, Mapping[str, ShowingState]] = field(default_factory=dict)
    weighed: Mapping[str, Mapping[str, Record]] = field(default_factory=dict)
    """Configuration to criterion to the record of what each plan would take."""


def solvers_of(programme: Programme) -> dict[str, SolverSpec]:
    """Return how each used study's solver is started; runs no code of the programme."""
    return {
        study.name: solver_spec(
            programme.folder,
            adapter=study.adapter,
            file=study.solver_file,
            function=study.solver_function,
            files=study.files,
        )
        for study in used_studies(programme)
    }


def walk(
    engine: Engine, programme: Programme, configurations: Sequence[str], *, until_freeze: bool = False
) -> Walked:
    """Walk over all stages of the programme.

    Parameters
    ----------
    configurations
        Names of the configurations to conclude; a study's own stages serve all of them.
    until_freeze
        Stop once criteria, limits and plan are frozen, before any run that decides.
    """
    own = programme_records(engine, programme)
    in_force = approvals_in_force(engine.ledger, programme)
    approvals = approval_records(engine, in_force)
    solvers = solvers_of(programme)
    claims = {
        name: tuple(
            make_claim(programme, c, programme.configurations[name]) for c in applicable(programme, name)
        )
        for name in programme.configurations
    }
    basis = basis_records(engine, programme, own)
    limits = {
        name: _limits(programme, name, claims[name], basis, in_force) for name in programme.configurations
    }
    studies = _studies(engine, programme, solvers, claims, limits)
    weighed: dict[str, dict[str, Record]] = {name: {} for name in programme.configurations}
    recipes = {
        name: attempt_recipes(Setting(programme, where, claims[name], limits[name], {}, {}, {}, {}), studies)
        for name, where in programme.configurations.items()
    }
    choices = {
        name: choose_plans(
            engine, programme, where, claims[name], limits[name], studies, recipes[name], weighed[name]
        )
        for name, where in programme.configurations.items()
    }
    paid = pay(engine, programme, solvers, claims, limits, recipes, choices)
    found, states, rows = {}, {}, {}
    for name in configurations:
        setting = _setting(
            programme, name, claims[name], limits[name], own, basis, paid, recipes[name], in_force, approvals
        )
        found[name] = deciding_stages(engine, setting, studies, until_freeze=until_freeze)
    for name in configurations:
        settle_levels(engine, studies, found[name])
    for name in configurations:
        if not until_freeze:
            concluding_stages(engine, studies, found[name])
        states[name] = showing_states(engine, found[name], claims[name])
        documents = document_states(programme, own, in_force)
        rows[name] = matrix(programme, name, states[name], documents)
    every = [row for name in configurations for row in rows[name]]
    payloads = [s.payload for name in configurations for s in states[name].values() if s.payload is not None]
    accepted = [k.approval for name in configurations for k in found[name].stated.values()]
    everything = {**own, **{f"basis:{k}": r for k, r in basis.items()}}
    return Walked(
        programme,
        studies,
        found,
        everything,
        rows,
        status(programme, every, payloads),
        engine.ledger,
        (*approvals, *(record for record in accepted if record is not None)),
        states,
        weighed,
    )


def _studies(
    engine: Engine,
    programme: Programme,
    solvers: Mapping[str, SolverSpec],
    claims: Mapping[str, tuple[Claim, ...]],
    limits: Mapping[str, Mapping[str, LimitValues]],
) -> dict[str, StudyEvidence]:
    """Walk the stages of every study once, for its claims in all configurations."""
    studies = {}
    for study in used_studies(programme):
        shared = [c for name in programme.configurations for c in claims[name] if c.study.name == study.name]
        first = {
            c.criterion.id: limits[c.configuration.name][c.criterion.id].values for c in reversed(shared)
        }
        studies[study.name] = study_stages(engine, study, solvers[study.name], shared, first)
    return studies


def _limits(
    programme: Programme,
    configuration: str,
    claims: Sequence[Claim],
    basis: Mapping[str, Record],
    in_force: Sequence[Approval],
) -> dict[str, LimitValues]:
    values = {
        call: BasisValuePayload.model_validate(basis[call.subject].payload)
        for claim in claims
        for call in calls_of(claim.criterion)
    }
    deviating = deviates(in_force)
    return {
        claim.criterion.id: evaluate_limits(programme, claim.criterion, configuration, values, deviating)
        for claim in claims
    }


def _setting(
    programme: Programme,
    name: str,
    claims: tuple[Claim, ...],
    limits: Mapping[str, LimitValues],
    own: Mapping[str, Record],
    basis: Mapping[str, Record],
    paid: Paid,
    recipes: Mapping[str, str],
    in_force: Sequence[Approval],
    approvals: Sequence[Record],
) -> Setting:
    ids = {role: record.id for role, record in own.items()}
    ids["configuration"] = own[f"configuration:{name}"].id
    ids |= {f"basis:{subject}": record.id for subject, record in basis.items()}
    ids |= approval_roles(programme, approvals)
    return Setting(
        programme=programme,
        configuration=programme.configurations[name],
        claims=claims,
        limits=limits,
        records=ids,
        allowances=approved_allowances(programme, in_force),
        deviations=approved_deviations(in_force, name),
        given_draws={study: draws for (study, where), draws in paid.draws.items() if where == name},
        prices={criterion: price for (criterion, where), price in paid.prices.items() if where == name},
        recipes=recipes,
        choices=paid.choices[name],
        given_runs={criterion: runs for (criterion, where), runs in paid.runs.items() if where == name},
    )


def showing_states(
    engine: Engine, found: ConfigurationEvidence, claims: Sequence[Claim]
) -> dict[str, ShowingState]:
    """Return each criterion's showing: the present one, or none and whether an older one is stale."""
    states = {}
    for criterion in (claim.criterion.id for claim in claims):
        record = found.showings.get(criterion)
        if record is not None:
            payload = ShowingPayload.model_validate(record.payload)
            states[criterion] = ShowingState(payload, record.id, stale=False)
        else:
            subject = f"{criterion}@{found.setting.configuration.name}"
            older = engine.store.latest("showing", subject) is not None
            states[criterion] = ShowingState(None, None, stale=older)
    return states
