"""Run a plan that decides run by run: bet, run, settle, again, until it is decided or paid out (rung 0b).

Each step is a record that is fixed before its runs: what the model believed, where the runs were
drawn, what was staked. The next step stands on it and on its runs, so that a stopped plan goes on
where it was, and an extended one is the same attempt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from assay.campaign import Row
from assay.evidence import Json, Record, recipe_digest
from assay.pipeline.attempting import Plan, step_subject
from assay.pipeline.believing import (
    FloatArray,
    Question,
    failing,
    law_points,
    left_out_pairs,
    rows_of_part,
)
from assay.pipeline.blocks import finest, rows_json, runs_of, seed_of, solver_recipe
from assay.pipeline.drawing import payable
from assay.pipeline.engine import Computed, Engine, Needed
from assay.pipeline.setting import ConfigurationEvidence, Setting, Stream
from assay.pipeline.stream_blocks import stream_block
from assay.pipeline.study_stages import StudyEvidence, charge_of, open_model, table_of
from assay.programme import describe
from assay.showing import Claim, Part
from assay.showing.parts import limit_of
from assay.showing.sequential import Path, batch, bet_payload, follow, path_lines, wealth_payload
from assay.showing.stream_records import StepPayload
from assay.statistics import (
    Bet,
    accepts,
    allowed_fraction,
    believe,
    betting_level,
    choose_bet,
    constants_error,
    uniforms,
    union_level,
)
from assay.surrogates import Model
from assay.surrogates.refitting import refitted

STEP_REVISION = 2
WEALTH_REVISION = 2
CHEAP = 1_000_000
"""Draws of the law at which the model is asked before a step; no solver run."""
_MOST_CANDIDATES = 4_000_000
"""Draws after which a step that finds no point to run is given up: all is conceded."""


def sequential_runs(
    engine: Engine, setting: Setting, studies: Mapping[str, StudyEvidence], found: ConfigurationEvidence
) -> None:
    """Carry out every plan that decides run by run, one part after the other."""
    for name, plan in found.plans.items():
        study = studies[plan.claim.study.name]
        if plan.kind != "sequential" or plan.level is None or plan.gap:
            continue
        most = setting.given_runs.get(name, plan.draws)
        if plan.recorded:
            parts = plan.claim.parts
            found.streams[name] = tuple(run_stream(engine, setting, study, plan, p, most) for p in parts)
        elif payable(setting, plan):
            rows = sum(runs_of(study.solver, 1, len(part.rows)) for part in plan.claim.parts)
            subject = stream_subject(plan.claim, None, plan.number)
            engine.block(
                Needed(
                    "sequential", subject, rows * plan.draws, plan.draws, "at most", study=study.study.name
                ),
                None,
            )


def stream_subject(claim: Claim, case: str | None, number: int) -> str:
    """Return the subject of a stream's records; its steps are below it."""
    return step_subject(claim, case, number, 1).removesuffix("/step-1")


def run_stream(
    engine: Engine, setting: Setting, study: StudyEvidence, plan: Plan, part: Part, most: int
) -> Stream:
    """Walk over the steps of one part until it is decided, or `most` runs are used.

    Parameters
    ----------
    most
        Runs that are paid for; beyond the attempt's own number it is extended.
    """
    claim = plan.claim
    subject = stream_subject(claim, part.case.name if part.case else None, plan.number)
    charge = charge_of(study, claim.criterion.quantity)
    if plan.level is None or claim.content is None or charge is None:
        empty = Path((), (), 0, 1.0, 1.0)
        return Stream(part, empty, (), None)
    limits = setting.limits[claim.criterion.id].values
    limit = limit_of(claim, part, limits, charge, setting.programme.packs)
    question = Question(study.study, setting.configuration, part, limit)
    level = betting_level(plan.level, exact=False)
    refuting = betting_level(union_level(plan.level, len(claim.parts)), exact=False)
    allowed = allowed_fraction(claim.content.fraction)
    done: list[tuple[Record, Record]] = []
    tables: list[tuple[StepPayload, tuple[Row, ...]]] = []
    path = Path((), (), 0, level, allowed, refuting)
    while path.decided is None and len(path.rows) < most:
        first = len(path.rows)
        left = plan.draws - first if first < plan.draws else None
        size = batch(first, min(left or most - first, most - first))
        step = _step(engine, setting, study, plan, question, path, done, size, left, subject)
        needed = Needed(
            "sequential",
            subject,
            runs_of(study.solver, size, len(part.rows)),
            size,
            f"run {first + 1} on",
            study=study.study.name,
        )
        if step is None:
            engine.block(needed, None)
            break
        payload = StepPayload.model_validate(step.payload)
        block = stream_block(
            study.study, study.solver, setting.configuration, subject, payload, part.rows, step.id
        )
        runs = engine.block(needed, block)
        if runs is None:
            break
        done.append((step, runs))
        tables.append((payload, table_of(engine.store, runs, study.study)))
        path = follow(tables, part, claim.criterion.quantity, limit, level, allowed, refuting)
        if not payload.places:
            break
    complete = path.decided is not None or len(path.rows) >= most
    wealth = _wealth(engine, plan, study, path, done, tables, subject) if complete and done else None
    return Stream(part, path, tuple(done), wealth)


def _step(
    engine: Engine,
    setting: Setting,
    study: StudyEvidence,
    plan: Plan,
    question: Question,
    path: Path,
    done: Sequence[tuple[Record, Record]],
    size: int,
    left: int | None,
    subject: str,
) -> Record | None:
    """Fix the next step: refit, ask the model a million times, bet, draw."""
    claim, number = plan.claim, len(done) + 1
    model = study.models.get(claim.criterion.quantity)
    inputs = {"model": model.id} if model is not None else {}
    if done:
        inputs |= {"step": done[-1][0].id, "runs": done[-1][1].id}
    seed = seed_of(
        "sequential",
        plan.payload["recipe"] if plan.payload else None,
        subject,
        solver_recipe(study.study, study.solver, finest(study.study)),
        number,
    )
    settings: dict[str, Json] = {
        "attempt": plan.payload["recipe"] if plan.payload else None,
        "limit": [question.limit.sense, list(question.limit.values), question.limit.demand_factor],
        "charge": question.limit.charge.model_dump(mode="json"),
        "rows": rows_json(question.part.rows),
        "factors": {n: describe(f) for n, f in setting.configuration.factors[study.study.name].items()},
        "size": size,
        "left": left,
        "refuting": path.refuting_level,
        "seed": seed,
    }
    recipe = recipe_digest("step", STEP_REVISION, inputs=inputs, settings=settings)

    def compute() -> Computed:
        tables = [table_of(engine.store, runs, study.study) for _, runs in done]
        opened = open_model(engine.store, model)
        payload = _choose(plan, question, opened, path, tables, done, size, left, seed)
        return payload.model_dump(mode="json"), {}

    return engine.record("step", f"{subject}/step-{number}", recipe, inputs, compute)


def _choose(
    plan: Plan,
    question: Question,
    model: Model | None,
    path: Path,
    tables: Sequence[Sequence[Row]],
    done: Sequence[tuple[Record, Record]],
    size: int,
    left: int | None,
    seed: str,
) -> StepPayload:
    claim, number = plan.claim, len(done) + 1
    quantity, study = claim.criterion.quantity, question.study
    base = left_out_pairs(model, question.limit)
    present = None
    if model is not None:
        x, y = rows_of_part([row for t in tables for row in t], question.part, quantity, study)
        present = refitted(model, x, y, near=question.near)
    seen = [p for step, _ in done for p in step.payload["predicted"]]
    predicted = np.concatenate([base[0], np.array(seen, dtype=np.float64)])
    states = (*base[1], *(row.state for row in path.rows))
    ask = failing(present, question)
    cheap = ask(law_points(study, question.configuration, seed_of("cheap", seed), 0, CHEAP))
    # The bounds fail at no more than a tenth of what the cases' smaller level, that of refuting, allows.
    spent = constants_error(union_level(plan.level or 0.0, len(claim.parts)), number)
    belief = believe(predicted.tolist(), states, path.allowed)
    bet = choose_bet(
        cheap,
        belief,
        allowed=path.allowed,
        level=path.level,
        wealth_shown=path.last[0],
        wealth_refuted=path.last[1],
        left=left,
        constants_error=spent,
        refuting=path.refuting,
    )
    points, believed = _draw(question, ask, bet, seed, size)
    order = list(study.factors)
    return StepPayload(
        criterion=claim.criterion.id,
        configuration=claim.configuration.name,
        study=study.name,
        case=question.part.case.name if question.part.case else None,
        attempt=plan.number,
        number=number,
        first=len(path.rows),
        level=path.level,
        refuting_level=path.refuting_level,
        allowed=path.allowed,
        spent=spent,
        cheap=CHEAP,
        left=left,
        seed=seed,
        bet=bet_payload(bet),
        predicted=tuple(float(p) for p in believed),
        places=tuple(dict(zip(order, map(float, point), strict=True)) for point in points),
        wealth_shown=path.last[0],
        wealth_refuted=path.last[1],
    )


def _draw(
    question: Question, ask: Callable[[FloatArray], FloatArray], bet: Bet, seed: str, size: int
) -> tuple[FloatArray, FloatArray]:
    """Return `size` points of the bet's density with what the model believes of them, by rejection."""
    own, coins = seed_of("places", seed), seed_of("coins", seed)
    found: list[FloatArray] = []
    believed: list[FloatArray] = []
    tried, chunk = 0, max(64, 8 * size)
    while sum(part.shape[0] for part in found) < size and tried < _MOST_CANDIDATES:
        points = law_points(question.study, question.configuration, own, tried, chunk)
        predicted = ask(points)
        kept = accepts(bet, predicted, uniforms(1, coins, tried, chunk)[:, 0])
        found.append(points[kept])
        believed.append(predicted[kept])
        tried, chunk = tried + chunk, min(4 * chunk, 1 << 18)
    return np.concatenate(found)[:size], np.concatenate(believed)[:size]


def _wealth(
    engine: Engine,
    plan: Plan,
    study: StudyEvidence,
    path: Path,
    done: Sequence[tuple[Record, Record]],
    tables: Sequence[tuple[StepPayload, Sequence[Row]]],
    subject: str,
) -> Record | None:
    """Record the path of the wealth, a line a run."""
    inputs: dict[str, str] = {}
    for number, (step, runs) in enumerate(done, start=1):
        inputs |= {f"step:{number}": step.id, f"runs:{number}": runs.id}
    if study.verification is not None:
        inputs["charge"] = study.verification.id
    settings: dict[str, Json] = {
        "level": path.level,
        "refuting": path.refuting_level,
        "allowed": path.allowed,
        "draws": plan.draws,
    }
    recipe = recipe_digest("wealth", WEALTH_REVISION, inputs=inputs, settings=settings)

    def compute() -> Computed:
        payload = wealth_payload(path, tables[0][0], plan.draws)
        return payload.model_dump(mode="json"), {"path": engine.store.put_blob(path_lines(path))}

    return engine.record("wealth", subject, recipe, inputs, compute)
