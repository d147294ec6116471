"""Which attempt is this, by which plan, which draws does it use, and who paid? (DESIGN.md section 5.)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from assay.evidence import Json, Ledger, Record, Store, canonical, digest
from assay.pipeline.engine import ATTEMPT_NOTE, Engine
from assay.programme import Configuration, Programme
from assay.showing import Claim, error_level, identity_of, planned_draws, standing

PlanKind = Literal["fixed", "sequential", "structure", "residual", "model"]


@dataclass(frozen=True)
class Choice:
    """By which plan a criterion is to be decided, before its attempt is written."""

    kind: PlanKind
    draws: int | None
    """Runs that it may take at most; None: the size of the fixed plan."""
    band: Record | None = None
    """How a declared bound on the model's error sorts the law, where one is declared."""
    asked: bool = True
    """False where nobody asked for the plan: the fixed one stands in where the budget is short."""


FIXED: Final = Choice("fixed", None)


@dataclass(frozen=True)
class Plan:
    """The plan of one criterion in one configuration."""

    claim: Claim
    number: int
    total: int
    """Attempts on file for its requirement and part, this one included once it is written."""
    gap: bool
    level: float | None
    draws: int
    """Draws that the plan needs, or may take; 0 where it can no longer be credited."""
    recorded: bool
    """Whether the attempt is in the ledger."""
    block: int | None
    """Number of its block of draws, once the attempt is in the ledger."""
    payload: Mapping[str, Any] | None
    """The attempt as the ledger has it."""
    kind: PlanKind = "fixed"


def ledger_attempts(ledger: Ledger) -> list[Mapping[str, Any]]:
    """Return the payloads of all attempts."""
    return [entry.payload for entry in ledger.attempts]


def make_plans(
    programme: Programme,
    configuration: Configuration,
    ledger: Ledger,
    claims: Sequence[Claim],
    recipes: Mapping[str, str],
    lost: frozenset[str],
    choices: Mapping[str, Choice],
    given_runs: Mapping[str, int],
) -> dict[str, Plan]:
    """Return the plan of every criterion that needs draws.

    Parameters
    ----------
    choices
        Criterion to the plan chosen for it; one that is missing has the fixed plan. An attempt in the
        ledger keeps the plan that it was written with.
    given_runs
        Criterion to the draws that the budget pays for, where its plan decides run by run.
    lost
        Requirements of which an attempt is gone from the ledger (`lost_attempts`).
    recipes
        Requirement to the digest of everything its attempt stands on. A requirement that is missing
        (something before it is not known yet) is planned as if its next attempt were the first new one.
    """
    identity = identity_of(configuration)
    plans = {}
    for claim in claims:
        if claim.content is None:
            continue
        requirement = claim.criterion.requirement
        found = standing(ledger_attempts(ledger), requirement, identity, recipes.get(requirement, ""))
        number = int(found.current["number"]) if found.current else found.next_number
        level = error_level(claim.content, programme.shares, number, programme.attempts)
        file = found.file_of(claim.criterion.id)
        choice = choices.get(claim.criterion.id, FIXED)
        kind: PlanKind = choice.kind if file is None else file["plan"]
        draws = planned_draws(claim.content, level, claim.criterion.allow) if level is not None else 0
        if kind == "model":
            draws = 0
        elif kind != "fixed" and level is not None:
            most = draws if choice.draws is None else choice.draws
            wanted = min(most, given_runs.get(claim.criterion.id, most))
            draws = wanted if file is None else int(file["draws"][claim.criterion.id])
        block = None if file is None else file["blocks"].get(claim.study.name)
        plans[claim.criterion.id] = Plan(
            claim,
            number,
            len(found.numbers),
            found.gap or requirement in lost,
            level,
            draws,
            file is not None,
            block,
            file,
            kind,
        )
    return plans


def step_subject(claim: Claim, case: str | None, number: int, step: int) -> str:
    """Return the subject of a step of an attempt that decides run by run."""
    where = f"/{case}" if case is not None else ""
    return f"{claim.criterion.id}@{claim.configuration.name}/attempt-{number}{where}/step-{step}"


def band_subject(claim: Claim, number: int) -> str:
    """Return the subject of the records of an attempt under a declared bound."""
    return step_subject(claim, None, number, 1).removesuffix("/step-1")


def note_of(payload: Mapping[str, Json], study: str, plans: Sequence[Plan]) -> Json:
    """Return what the journal keeps of an attempt before its file is written."""
    begins = [f"design {study}@{payload['configuration']}/block-{payload['blocks'].get(study)}"]
    if payload["plan"] != "fixed":
        first = "dominance-step" if payload["plan"] == "structure" else "step"
        begins = [
            f"{first} {step_subject(plan.claim, part.case.name if part.case else None, plan.number, 1)}"
            for plan in plans
            for part in plan.claim.parts
        ]
    if payload["plan"] == "residual":
        begins = [f"band-draws {band_subject(plan.claim, plan.number)}" for plan in plans]
    if payload["plan"] == "model":
        begins = [f"model-statement {band_subject(plan.claim, plan.number)}" for plan in plans]
    return {
        "attempt": digest(canonical(dict(payload))),
        "requirement": payload["requirement"],
        "identity": payload["identity"],
        "begins": begins,
    }


def _begun(store: Store, begins: Sequence[str]) -> bool:
    """Say whether a first draw of an attempt was fixed; each entry is a kind and a subject."""
    return any(store.latest(*entry.split(" ", maxsplit=1)) is not None for entry in begins)


def lost_attempts(store: Store, ledger: Ledger, configuration: Configuration) -> frozenset[str]:
    """Return the requirements of which this store saw an attempt begin that the ledger no longer has.

    An attempt that was noted and never begun, for the machine died in between, is not lost: no draw
    of it was made.
    """
    identity = identity_of(configuration)
    there = {entry.digest for entry in ledger.attempts}
    return frozenset(
        str(note.detail["requirement"])
        for note in store.journal(ATTEMPT_NOTE)
        if note.detail["identity"] == identity
        and note.detail["attempt"] not in there
        and _begun(store, note.detail["begins"])
    )


def open_block(store: Store, ledger: Ledger, study: str, configuration: str) -> int:
    """Return the number of the block that a new attempt may share: one without a run, or the next.

    A block counts as begun unless this store knows every attempt that uses it and no run of it: the
    draws of a block are never reused for an attempt that was recorded after them, nor for one that
    takes the place of a file that is gone from the ledger.
    """
    used = [
        entry
        for entry in ledger.attempts
        if entry.payload["configuration"] == configuration and study in entry.payload["blocks"]
    ]
    number = max((int(entry.payload["blocks"][study]) for entry in used), default=0)
    sharing = [entry for entry in used if entry.payload["blocks"][study] == number]
    known = {note.detail["attempt"] for note in store.journal(ATTEMPT_NOTE, f"{study}@{configuration}")}
    if not all(entry.digest in known for entry in sharing):
        number += 1
    while store.latest("design", f"{study}@{configuration}/block-{number}") is not None:
        number += 1
    return number


def record_attempts(
    engine: Engine,
    configuration: Configuration,
    plans: Sequence[Plan],
    recipes: Mapping[str, str],
    blocks: Mapping[str, int],
    freeze: str,
) -> bool:
    """Write one attempt for each requirement and plan whose paid plans are new; False where only looked at.

    Parameters
    ----------
    plans
        Paid plans without an attempt of their present recipe in the ledger.
    blocks
        Study to the block that new attempts use.
    freeze
        Digest of the freeze that they stand under.
    """
    complete = True
    identity = identity_of(configuration)
    together: dict[tuple[str, PlanKind], list[Plan]] = {}
    for plan in plans:
        together.setdefault((plan.claim.criterion.requirement, plan.kind), []).append(plan)
    for (requirement, kind), own in together.items():
        studies = dict.fromkeys(plan.claim.study.name for plan in own)
        payload: dict[str, Json] = {
            "requirement": requirement,
            "identity": identity,
            "number": own[0].number,
            "criteria": [plan.claim.criterion.id for plan in own],
            "configuration": configuration.name,
            "plan": kind,
            "draws": {plan.claim.criterion.id: plan.draws for plan in own},
            "levels": {plan.claim.criterion.id: plan.level for plan in own},
            "blocks": {study: blocks[study] for study in studies} if kind == "fixed" else {},
            "freeze": freeze,
            "recipe": recipes[requirement],
        }
        notes = {f"{study}@{configuration.name}": note_of(payload, study, own) for study in studies}
        complete = engine.attempt(payload, notes) and complete
    return complete
