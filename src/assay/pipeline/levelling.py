"""Which draws are run again on a finer level, which are checked there, and which level stands?

Draws start on the study's start level. One that is open for some criterion goes to the next finer
level. REFUTED never rests on a bound: of the draws beyond as many as it takes are run on the finest
level, all of them where they do not suffice. Of the decided ones some, picked from the seed alone,
are run there too; a miss voids their level for the study, and what stood on it is run on the finest.
Draws and attempt stay the same throughout.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assay.campaign import Row
from assay.campaign.progress import level_key
from assay.credibility import check_order, compare, level_result, picked
from assay.credibility.levels import REVISION as LEVELS_REVISION
from assay.credibility.levels import wanted_checks
from assay.credibility.records import LevelCheckPayload, LevelResult
from assay.evidence import Json, Record, Store, recipe_digest
from assay.pipeline.attempting import Plan
from assay.pipeline.blocks import knobs_of, runs_of, start_level
from assay.pipeline.draw_blocks import refined_block
from assay.pipeline.engine import Engine, Needed
from assay.pipeline.setting import Levelled, Setting
from assay.pipeline.study_stages import StudyEvidence, charge_of, table_of
from assay.programme import Study
from assay.showing import State
from assay.showing.inputs import LevelBound, Levels
from assay.showing.parts import index_rows, judge_draws, limit_of
from assay.showing.states import Draw
from assay.statistics import allowed_fraction, fixed_plan_refuted, union_level

ROUTING_REVISION = 1
WHY = "what the level before leaves open, and checks"


@dataclass(frozen=True)
class _Block:
    """A block of draws on its start level, and who reads it."""

    engine: Engine
    setting: Setting
    study: StudyEvidence
    plans: Sequence[Plan]
    design: Record
    decided: dict[int, list[int]] = field(default_factory=dict)
    checked: dict[int, list[int]] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        return f"{self.study.study.name}@{self.setting.configuration.name}/block-{self.number}"

    @property
    def number(self) -> int:
        return int(self.design.payload["block"])

    @property
    def draws(self) -> int:
        return int(self.design.payload["draws"])

    @property
    def first(self) -> int:
        return start_level(self.study.study)

    def rows(self, record: Record) -> tuple[Row, ...]:
        return table_of(self.engine.store, record, self.study.study)


def level_text(study: StudyEvidence, level: int) -> str:
    """Return a level in words: its number and its knobs."""
    knobs = ", ".join(f"{name} {value:g}" for name, value in knobs_of(study.study, level).items())
    return f"level {level} ({knobs})"


def refine(
    engine: Engine,
    setting: Setting,
    study: StudyEvidence,
    plans: Sequence[Plan],
    start: Record | None,
) -> Levelled | None:
    """Run again, level by level, what the start level leaves open; None where runs are missing.

    Parameters
    ----------
    plans
        Those in the ledger whose draws are this block's.
    start
        The block's runs on the start level; None where they are not complete.
    """
    if start is None:
        return None
    block = _Block(engine, setting, study, plans, engine.store.get(start.inputs["design"]))
    tables: dict[int, Record] = {block.first: start}
    on_finest: set[int] = set()
    for level in range(block.first, 1, -1):
        if level not in tables:
            continue
        opened, refuting = _judged(block, level, tables[level])
        on_finest |= refuting
        if level == 2 or not opened:
            on_finest |= opened
            continue
        finer = _run(block, level - 1, sorted(opened), {}, tables)
        if finer is None:
            _later(block, level - 2)
            return None
        tables[level - 1] = finer
        again = {row.index for row in block.rows(finer)}
        block.decided[level] = [index for index in block.decided[level] if index not in again]
    for level, decided in block.decided.items():
        block.checked[level] = list(picked(block.design.payload["seed"], block.draws, decided))
    told = {
        "decided": {str(level): decided for level, decided in block.decided.items()},
        "checked": {str(level): checked for level, checked in block.checked.items()},
    }
    finest = _run(block, 1, sorted(on_finest), told, tables)
    if finest is None:
        return None
    tables[1] = finest
    check = _check(block, tables)
    return None if check is None else _settled(block, tables, check)


def _judged(block: _Block, level: int, record: Record) -> tuple[set[int], set[int]]:
    """Return the draws of a level that are open for some criterion, and those that have to refute one."""
    rows = block.rows(record)
    here = {row.index for row in rows}
    opened, refuting, read = set[int](), set[int](), set[int]()
    for plan, draws in _states(block, rows, dict.fromkeys(here, level)):
        mine = {draw.index: draw.state for draw in draws if draw.index in here}
        read |= mine.keys()
        opened |= {index for index, state in mine.items() if state is State.OPEN}
        beyond = {index for index, state in mine.items() if state is State.BEYOND}
        refuting |= set(_enough(block, plan, beyond))
    block.decided[level] = sorted(read - opened)
    return opened - refuting, refuting


def _states(block: _Block, rows: Sequence[Row], of: Mapping[int, int]) -> Iterator[tuple[Plan, list[Draw]]]:
    """Yield what the draws say of every part of every criterion, each on its own level."""
    for plan in block.plans:
        claim = plan.claim
        name = claim.criterion.quantity
        charge = charge_of(block.study, name)
        if charge is None:
            continue
        bounds = {
            level: LevelBound(level, bound, "", 0, 0, None, False, bases)
            for level in set(of.values())
            for bound, bases in [_bound(block.study.study, block.study.bounds[level], name)]
        }
        table = index_rows(rows, plan.draws, Levels(of, bounds))
        for part in claim.parts:
            values = block.setting.limits[claim.criterion.id].values
            limit = limit_of(claim, part, values, charge, block.setting.programme.packs)
            if part.rows:
                yield plan, judge_draws(part, table, name, limit)


def _enough(block: _Block, plan: Plan, beyond: set[int]) -> list[int]:
    """Return the draws that are run on the finest level to refute: all, or as many as REFUTED takes."""
    wanted = _refuting(plan)
    if wanted is None or len(beyond) < wanted:
        return sorted(beyond)
    order = check_order(str(block.design.payload["seed"]), block.draws)
    return [index for index in order if index in beyond][:wanted]


def _refuting(plan: Plan) -> int | None:
    """Return how many draws beyond refute a plan; None where no number does."""
    content = plan.claim.content
    if content is None or plan.level is None:
        return None
    allowed = allowed_fraction(content.fraction)
    level = union_level(plan.level, len(plan.claim.parts))
    return next((k for k in range(plan.draws + 1) if fixed_plan_refuted(k, plan.draws, allowed, level)), None)


def _unproved(block: _Block, tables: Mapping[int, Record]) -> set[int]:
    """Return the coarse draws beyond of parts that the finest level has not refuted with those it got."""
    rows, of = merge({level: block.rows(record) for level, record in tables.items()})
    found: set[int] = set()
    for plan, draws in _states(block, rows, of):
        beyond = {draw.index for draw in draws if draw.state is State.BEYOND}
        wanted = _refuting(plan)
        if wanted is None or len(beyond - of.keys()) < wanted:
            found |= beyond & of.keys()
    return found


def _run(
    block: _Block,
    level: int,
    wanted: Sequence[int],
    told: Mapping[str, Json],
    tables: Mapping[int, Record],
    rest: bool = False,
) -> Record | None:
    """Run draws on a finer level, once it is on file which and why.

    What is on file serves as long as it holds all that are wanted: a criterion that has left the block
    changes nothing for those that stay.
    """
    subject = f"{block.subject}/level-{level}{'-rest' if rest else ''}"
    inputs = {"design": block.design.id, **{f"runs:{n}": record.id for n, record in tables.items()}}
    store = block.engine.store
    routing = store.latest("design", subject)
    if routing is None or routing.inputs != inputs or not set(wanted) <= set(routing.payload["indices"]):
        picks = {index for indices in told.get("checked", {}).values() for index in indices}
        payload: dict[str, Json] = {
            "subject": subject,
            "study": block.study.study.name,
            "configuration": block.setting.configuration.name,
            "block": block.number,
            "level": level,
            "indices": sorted(picks.union(wanted)),
            **told,
        }
        recipe = recipe_digest("design:level", ROUTING_REVISION, inputs=inputs, settings=payload)
        routing = block.engine.record("design", subject, recipe, inputs, lambda: (payload, {}))
    study = block.study
    count = len(wanted) if routing is None else len(routing.payload["indices"])
    runs = runs_of(study.solver, count, len(block.design.payload["rows"]))
    cost = Needed(
        "validation", subject, runs, count, level_text(study, level), level_key(knobs_of(study.study, level))
    )
    if routing is None:
        return block.engine.block(cost, None)
    if "decided" in routing.payload:
        block.decided.update({int(n): list(indices) for n, indices in routing.payload["decided"].items()})
        block.checked.update({int(n): list(indices) for n, indices in routing.payload["checked"].items()})
    where = block.setting.configuration
    made = {"design": block.design.id, "routing": routing.id}
    return block.engine.block(
        cost, refined_block(study.study, study.solver, where, block.design.payload, routing.payload, made)
    )


def needed_on(study: StudyEvidence, level: int, subject: str, runs: int, points: int, detail: str) -> Needed:
    """Return what draws on a level will cost, with the level in words and as the journal knows it."""
    words = f"{detail}, {level_text(study, level)}" if detail else level_text(study, level)
    return Needed("validation", subject, runs, points, words, level_key(knobs_of(study.study, level)))


def _later(block: _Block, level: int) -> None:
    """List what cannot be known yet: the finer levels down to the finest."""
    for number in range(level, 0, -1):
        block.engine.block(needed_on(block.study, number, f"{block.subject}/level-{number}", 0, 0, WHY), None)


def expected_later(engine: Engine, study: StudyEvidence, subject: str, draws: int, rows: int) -> None:
    """List the finer runs of a block whose start level is not complete: the checks at least."""
    for level in range(start_level(study.study) - 1, 0, -1):
        count = wanted_checks(draws) if level == 1 else 0
        runs = runs_of(study.solver, count, rows)
        engine.block(needed_on(study, level, f"{subject}/level-{level}", runs, count, WHY), None)


def _check(block: _Block, tables: Mapping[int, Record]) -> Record | None:
    """Hold every draw that was run on two levels against the bound of the coarser one."""
    study = block.study
    if study.verification is None or study.verification_runs is None or study.study.verification is None:
        return None
    factor = study.study.verification.factor
    routing = tables[1].inputs["routing"]
    inputs = {"charge": study.verification.id, "refinement": study.verification_runs.id, "routing": routing}
    inputs |= {f"runs:{level}": record.id for level, record in tables.items()}
    # A derived quantity has no bound of its own: those of what is in its formula are checked.
    asked = {plan.claim.criterion.quantity for plan in block.plans}
    quantities = sorted({base for name in asked for base in study.study.bases(name)})
    settings: dict[str, Json] = {"factor": factor, "quantities": quantities}
    recipe = recipe_digest("level-check", LEVELS_REVISION, inputs=inputs, settings=settings)

    def compute() -> tuple[Json, Mapping[str, str]]:
        fine = block.rows(tables[1])
        results = [
            _result(block, level, tables[level], fine, quantities)
            for level in sorted(tables, reverse=True)
            if level > 1
        ]
        payload = LevelCheckPayload(
            study=study.study.name,
            configuration=block.setting.configuration.name,
            block=block.number,
            seed=str(block.design.payload["seed"]),
            draws=block.draws,
            factor=factor,
            levels=tuple(results),
        )
        return payload.model_dump(mode="json"), {}

    return block.engine.record("level-check", block.subject, recipe, inputs, compute)


def _result(
    block: _Block, level: int, record: Record, fine: Sequence[Row], quantities: Collection[str]
) -> LevelResult:
    known = block.study.bounds[level]
    bounds = {name: known[name] for name in quantities if name in known}
    checked, decided = block.checked.get(level, []), block.decided.get(level, [])
    compared = compare(block.rows(record), fine, bounds, checked)
    return level_result(level, knobs_of(block.study.study, level), bounds, compared, decided, checked)


def _settled(block: _Block, tables: dict[int, Record], check: Record) -> Levelled | None:
    """Run on the finest level what stands on a level that a miss voids, wherever in the study."""
    against = voiding(block.engine.store, block.study, check)
    void = {n for record in (check, *against) for n in void_levels(record)}
    of = standing({level: block.rows(record) for level, record in tables.items()})
    stranded = sorted(_unproved(block, tables) | {index for index, level in of.items() if level in void})
    rest = None
    if stranded:
        rest = _run(block, 1, stranded, {}, {**tables}, rest=True)
        if rest is None:
            return None
    return Levelled(dict(tables), rest, check, against)


def void_levels(check: Record) -> frozenset[int]:
    """Return the levels that a `level-check` record voids."""
    return frozenset(int(level["level"]) for level in check.payload["levels"] if level["void"])


def voiding(store: Store, study: StudyEvidence, own: Record) -> tuple[Record, ...]:
    """Return the other level checks under the same charged errors that found a miss."""
    charge = study.verification.id if study.verification is not None else None
    found = (r for r in store.records("level-check") if r.inputs.get("charge") == charge and r.id != own.id)
    return tuple(sorted((r for r in found if void_levels(r)), key=lambda record: (record.subject, record.id)))


def standing(tables: Mapping[int, Iterable[Row]]) -> dict[int, int]:
    """Return the level of every draw's finest run; draws on the finest level are left out."""
    of: dict[int, int] = {}
    for level in sorted(tables, reverse=True):
        of.update(dict.fromkeys((row.index for row in tables[level]), level))
    return {index: level for index, level in of.items() if level > 1}


def settle(
    engine: Engine,
    setting: Setting,
    study: StudyEvidence,
    plans: Sequence[Plan],
    start: Record | None,
    known: Levelled | None,
) -> Levelled | None:
    """Look at a block again once the checks of all configurations are on file."""
    if known is None or voiding(engine.store, study, known.check) == known.against:
        return known
    return refine(engine, setting, study, plans, start)


def merge(tables: Mapping[int, Sequence[Row]]) -> tuple[tuple[Row, ...], dict[int, int]]:
    """Return for every draw the rows of its finest run, by draw, and the levels of the coarse ones."""
    of = standing(tables)
    rows = [row for level, own in tables.items() for row in own if of.get(row.index, 1) == level]
    return tuple(sorted(rows, key=lambda row: row.index)), of


def merged(store: Store, levelled: Levelled, study: Study) -> tuple[tuple[Row, ...], dict[int, int]]:
    """Return the rows that a showing reads: for every draw its finest run, and the levels of coarse ones."""
    tables = {level: table_of(store, record, study) for level, record in levelled.tables.items()}
    if levelled.rest is not None:
        tables[1] = (*tables[1], *table_of(store, levelled.rest, study))
    return merge(tables)


def levels_of(study: StudyEvidence, levelled: Levelled, of: Mapping[int, int], quantity: str) -> Levels:
    """Return what a showing of one quantity has to know of the levels."""
    void = {n for record in (levelled.check, *levelled.against) for n in void_levels(record)}
    payload = LevelCheckPayload.model_validate(levelled.check.payload)
    bounds = {
        result.level: LevelBound(
            level=result.level,
            bound=bound,
            text=level_text(study, result.level),
            checks=len(result.checked),
            misses=len(result.misses),
            excluded=result.excluded,
            void=result.level in void,
            bases=bases,
        )
        for result in payload.levels
        for bound, bases in [_bound(study.study, result.bounds, quantity)]
    }
    return Levels(dict(of), bounds)


def _bound(
    study: Study, bounds: Mapping[str, float | None], quantity: str
) -> tuple[float | None, dict[str, tuple[float, str]]]:
    """Return a level's bound of a quantity, and of a derived one the bounds of what is in its formula."""
    if quantity in study.solved:
        return bounds.get(quantity), {}
    found = {name: (bounds.get(name), study.quantities[name].unit) for name in study.bases(quantity)}
    known = {name: (bound, unit) for name, (bound, unit) in found.items() if bound is not None}
    return (sum(b for b, _ in known.values()), known) if len(known) == len(found) else (None, {})
