"""What has to be done, in which order? One walk over all stages, carried out or only looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from assay.compliance import (
    MatrixRow,
    ShowingState,
    Status,
    applicable,
    approved_allowances,
    approved_deviations,
    deviates,
    matrix,
    status,
)
from assay.errors import StoppedError
from assay.evidence import Ledger, Record
from assay.pipeline.attempting import open_block
from assay.pipeline.blocks import used_studies
from assay.pipeline.configuration_stages import concluding_stages, deciding_stages
from assay.pipeline.drawing import plans_of
from assay.pipeline.engine import Engine
from assay.pipeline.freezing import attempt_recipes
from assay.pipeline.planning import BlockWish, affordable, configuration_runs, prices, study_runs
from assay.pipeline.programme_records import (
    approval_records,
    approval_roles,
    basis_records,
    document_states,
    programme_records,
)
from assay.pipeline.setting import ConfigurationEvidence, Setting
from assay.pipeline.study_stages import StudyEvidence, study_stages
from assay.programme import Configuration, Programme, Study
from assay.showing import Claim, LimitValues, calls_of, evaluate_limits, make_claim
from assay.showing.records import BasisValuePayload, Price, ShowingPayload
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
    approvals = approval_records(engine, programme)
    solvers = solvers_of(programme)
    claims = {
        name: tuple(
            make_claim(programme, c, programme.configurations[name]) for c in applicable(programme, name)
        )
        for name in programme.configurations
    }
    basis = basis_records(engine, programme, own)
    limits = {
        name: _limits(engine, programme, name, claims[name], basis) for name in programme.configurations
    }
    studies = {}
    for study in used_studies(programme):
        shared = [c for name in programme.configurations for c in claims[name] if c.study.name == study.name]
        first = {
            c.criterion.id: limits[c.configuration.name][c.criterion.id].values for c in reversed(shared)
        }
        studies[study.name] = study_stages(engine, study, solvers[study.name], shared, first)
    paid, price = _paid(engine, programme, solvers, claims, studies, limits)
    found, states, rows = {}, {}, {}
    for name in configurations:
        setting = replace(
            _setting(engine, programme, name, claims[name], limits[name], own, basis, paid, approvals),
            prices={criterion: found for (criterion, where), found in price.items() if where == name},
        )
        found[name] = deciding_stages(engine, setting, studies, until_freeze=until_freeze)
    for name in configurations:
        if not until_freeze:
            concluding_stages(engine, studies, found[name])
        states[name] = showing_states(engine, found[name], claims[name])
        documents = document_states(engine, programme, own)
        rows[name] = matrix(programme, name, states[name], documents)
    every = [row for name in configurations for row in rows[name]]
    payloads = [s.payload for name in configurations for s in states[name].values() if s.payload is not None]
    everything = {**own, **{f"basis:{k}": r for k, r in basis.items()}}
    return Walked(
        programme,
        studies,
        found,
        everything,
        rows,
        status(programme, every, payloads),
        engine.ledger,
        approvals,
        states,
    )


def _limits(
    engine: Engine,
    programme: Programme,
    configuration: str,
    claims: Sequence[Claim],
    basis: Mapping[str, Record],
) -> dict[str, LimitValues]:
    values = {
        call: BasisValuePayload.model_validate(basis[call.subject].payload)
        for claim in claims
        for call in calls_of(claim.criterion)
    }
    return {
        claim.criterion.id: evaluate_limits(
            programme, claim.criterion, configuration, values, deviates(engine.ledger, programme)
        )
        for claim in claims
    }


def _setting(
    engine: Engine,
    programme: Programme,
    name: str,
    claims: tuple[Claim, ...],
    limits: Mapping[str, LimitValues],
    own: Mapping[str, Record],
    basis: Mapping[str, Record],
    paid: Mapping[tuple[str, str], int],
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
        allowances=approved_allowances(engine.ledger, programme),
        deviations=approved_deviations(engine.ledger, programme, name),
        given_draws={study: draws for (study, where), draws in paid.items() if where == name},
    )


def _paid(
    engine: Engine,
    programme: Programme,
    solvers: Mapping[str, SolverSpec],
    claims: Mapping[str, tuple[Claim, ...]],
    studies: Mapping[str, StudyEvidence],
    limits: Mapping[str, Mapping[str, LimitValues]],
) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], Price]]:
    """Return the draws that the budget pays for, by (study, configuration), and prices of the others."""
    fixed, begun, wishes = 0, 0, []
    for study in used_studies(programme):
        every = [c for name in programme.configurations for c in claims[name] if c.study.name == study.name]
        fixed += study_runs(study, solvers[study.name], every)
        for name, configuration in programme.configurations.items():
            mine = [c for c in claims[name] if c.study.name == study.name]
            if not mine:
                continue
            fixed += configuration_runs(study, solvers[study.name], mine)
            wish, runs = _wish(
                engine, programme, configuration, study, solvers[study.name], mine, studies, limits
            )
            begun += runs
            wishes.append(wish)
    budget = programme.budget.max_runs
    if budget is not None and fixed > budget:
        raise StoppedError(
            f"the stages before any draw take {fixed} solver runs, [budget] max_runs is {budget}: "
            "raise it, or train on fewer runs"
        )
    given = affordable(budget, fixed + begun, wishes)
    return given, prices(programme, wishes, given)


def _wish(
    engine: Engine,
    programme: Programme,
    configuration: Configuration,
    study: Study,
    solver: SolverSpec,
    claims: Sequence[Claim],
    studies: Mapping[str, StudyEvidence],
    limits: Mapping[str, Mapping[str, LimitValues]],
) -> tuple[BlockWish, int]:
    """Return what the next block is to hold, and the runs of the blocks before it."""
    setting = Setting(programme, configuration, tuple(claims), limits[configuration.name], {}, {}, {}, {})
    recipes = attempt_recipes(setting, studies)
    plans = plans_of(engine, setting, recipes)
    live = {name: plan for name, plan in plans.items() if plan.draws and not plan.gap}
    rows = {name: plan.claim.rows for name, plan in live.items()}
    following = open_block(engine.store, engine.ledger, study.name, configuration.name)

    def block(number: int | None) -> BlockWish:
        names = [name for name, plan in live.items() if plan.block == number]
        draws = {name: live[name].draws for name in names}
        most = max(draws.values(), default=0)
        return BlockWish(study.name, configuration.name, draws, rows, solver, most)

    numbers = {plan.block for plan in live.values()} - {None, following}
    promised, new = block(following), block(None)
    wish = replace(promised, draws={**promised.draws, **new.draws})
    return wish, sum(block(number).cost(block(number).promised) for number in numbers)


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
