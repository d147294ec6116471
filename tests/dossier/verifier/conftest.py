"""A small dossier whose evidence is complete and consistent, built without the pipeline, and its verifier."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy.stats import binom

from assay.credibility import Observed, RefinedPoint, verify_levels
from assay.document import (
    TEMPLATES,
    Code,
    Column,
    Contents,
    Document,
    Figure,
    Heading,
    Identifier,
    ItemList,
    PageBreak,
    Paragraph,
    Prose,
    Quotation,
    Rounding,
    Sources,
    Structure,
    Table,
    claim,
    fact,
)
from assay.dossier import attachments, render_pdf
from assay.evidence.records import Record, canonical, digest
from assay.statistics import (
    clopper_pearson_lower,
    clopper_pearson_upper,
    fixed_plan_attained,
    normal_basis,
)

HERE = Path(__file__).parent
VERIFIER = HERE.parents[2] / "src" / "assay" / "dossier" / "verify.py"
TOOL = {"name": "assay", "version": "0"}
UP = Rounding(mode="significant", digits=4, direction="up")
NEAR = Rounding(mode="significant", digits=3, direction="nearest")
PICTURE = (
    b"<svg xmlns='http://www.w3.org/2000/svg' width='60' height='20'><rect width='30' height='9'/></svg>"
)
DRAWS = 59
MODEL = 1.05
"""Model-form allowance."""


@pytest.fixture(scope="session")
def v(verifier: ModuleType) -> ModuleType:
    return verifier


def record(kind, subject, payload, inputs=None, blobs=None):
    return Record(kind, subject, digest(canonical([kind, subject])), inputs or {}, payload, blobs or {}, TOOL)


def line(index, row, factors, quantities, checks=None):
    return {
        "index": index,
        "row": row,
        "factors": factors,
        "quantities": quantities,
        "places": {},
        "checks": checks or {},
        "state": "ok",
        "reason": None,
    }


def runs(tables, purpose, lines, configuration="nominal"):
    data = b"".join(canonical(item) + b"\n" for item in lines)
    tables[digest(data)] = data
    payload = {
        "subject": f"beam/{purpose}",
        "study": "beam",
        "configuration": configuration,
        "purpose": purpose,
        "level": {},
        "count": len({item["index"] for item in lines}),
        "rows": max(sum(item["index"] == i for item in lines) for i in {item["index"] for item in lines}),
        "solves": len(lines),
        "failed": len({item["index"] for item in lines if item["state"] != "ok"}),
        "time_limited": False,
        "seed": None,
        "solver": "closed form 1",
        "table": {"lines": len(lines), "digest": digest(data)},
    }
    return record("runs", f"beam/{purpose}", payload, blobs={"table": digest(data)})


def stress(factors):
    """Convex in (nx, ny), linear in the load: sqrt(nx^2 + ny^2) load / thickness."""
    return math.hypot(factors["nx"], factors["ny"]) * factors["load"] / factors["thickness"]


GIVEN = "stress convex in nx, ny (8 checks, 0 violations)"
HELD = f"the declarations held against the runs of this showing: {2 * DRAWS} comparisons, 0 violations"
"""At each draw its own load and the case `side` lie between the corners; the case `up` does not."""
CASES = [("up", {"nx": 3.0, "ny": 0.5}, ["RULE 9"]), ("side", {"nx": 1.0, "ny": 2.0}, [])]
TAG_VALUES = {"RULE 9": 1.15}
CORNERS = [(-1.0, -2.0), (1.0, -2.0), (-1.0, 2.0), (1.0, 2.0)]


def validation_lines():
    rng = np.random.default_rng(7)
    lines = []
    for index in range(DRAWS):
        base = {"load": 300 + 10 * rng.normal(), "thickness": 5 + 0.02 * rng.normal(), "nx": 1.0, "ny": 1.0}
        rows = [("", {}), *((f"data/cases.csv#{name}", over) for name, over, _ in CASES)]
        rows += [(f"over:nx,ny#{i}", {"nx": x, "ny": y}) for i, (x, y) in enumerate(CORNERS)]
        for key, over in rows:
            factors = {name: float(value) for name, value in {**base, **over}.items()}
            found = {"stress": stress(factors), "stiffness": 40.0 + factors["thickness"]}
            lines.append(line(index, key, factors, found))
    return lines


def nominal_lines():
    factors = {"load": 300.0, "thickness": 5.0, "nx": 1.0, "ny": 1.0}
    return [line(0, "", factors, {"stress": stress(factors), "stiffness": 45.0})]


def verification_lines():
    lines = []
    for index, cells in enumerate([10.0, 20.0, 40.0]):
        factors = {"load": 300.0, "thickness": 5.0, "nx": 1.0, "ny": 1.0}
        found = {"stress": 100.0 + 300.0 / cells**1.9, "stiffness": 45.0 - 30.0 / cells**1.7}
        lines.append(line(index, "", factors, found, {"equilibrium": 1e-13}))
    return lines


def verification(lines):
    values = {name: [item["quantities"][name] for item in lines] for name in ("stress", "stiffness")}
    point = RefinedPoint(
        "centre", lines[0]["factors"], "governing", values, [item["checks"] for item in lines]
    )
    observed = [Observed("stress", "MPa", 2.0), Observed("stiffness", "N/mm", 2.0)]
    found = verify_levels("beam", observed, {"cells": [10, 20, 40]}, [point], 1.25)
    return found.model_dump(mode="json")


def structure_lines():
    rng = np.random.default_rng(3)
    lines = []
    for index in range(8):
        base = {"load": 310.0, "thickness": 5.0, "nx": rng.uniform(-1, 1), "ny": rng.uniform(-2, 2)}
        end = {**base, "nx": rng.uniform(-1, 1), "ny": rng.uniform(-2, 2)}
        w = rng.uniform(0.2, 0.8)
        between = {**base, **{n: w * base[n] + (1 - w) * end[n] for n in ("nx", "ny")}}
        for key, point in (("base", base), ("end#0", end), ("between#0", between), ("scaled#0", base)):
            factors = {name: float(value) for name, value in point.items()}
            lines.append(line(index, key, factors, {"stress": stress(factors), "w": w}))
    return lines


def structure_payload(lines):
    rows = {(item["index"], item["row"]): item["quantities"] for item in lines}
    gaps = []
    for index in range(8):
        a, b, m = (rows[index, key]["stress"] for key in ("base", "end#0", "between#0"))
        w = rows[index, "base"]["w"]
        gaps.append((m - (w * a + (1 - w) * b)) / max(a, b, m))
    check = {
        "quantity": "stress",
        "kind": "convex_in",
        "groups": [["nx", "ny"]],
        "reason": "a norm of the load",
        "runs": 8,
        "required": 8,
        "checks": 8,
        "violations": 0,
        "worst": max(gaps),
    }
    return {"study": "beam", "tolerance": 1e-6, "declarations": [check]}


def judged(rows, quantity, sense, limit, factor, numerical):
    """Return slack and excess of each draw's worst row."""
    found = {}
    for item in rows:
        q = item["quantities"][quantity]
        reach = (numerical + MODEL - 1) * abs(q)
        slack = limit - (q + reach) * factor if sense == "at_most" else (q - reach) - limit * factor
        excess = (q - reach) * factor - limit if sense == "at_most" else limit * factor - (q + reach)
        old = found.get(item["index"])
        if old is None or slack < old[0]:
            found[item["index"]] = (slack, max(excess, old[1] if old else -math.inf), item)
        else:
            found[item["index"]] = (old[0], max(old[1], excess), old[2])
    return found


def part(lines, case, keys, quantity, sense, limit, tags, numerical, *, fraction, given=False, cases=1):
    rows = [item for item in lines if item["row"] in keys]
    factors = [{"tag": tag, "value": TAG_VALUES[tag]} for tag in tags]
    product = math.prod(f["value"] for f in factors)
    draws = judged(rows, quantity, sense, limit, product, numerical)
    n = len(draws)
    not_within = sum(slack < 0 for slack, _, _ in draws.values())
    beyond = sum(excess > 0 for _, excess, _ in draws.values())
    error = 0.05 if fraction else None
    upper = clopper_pearson_upper(not_within, n, 0.05) if fraction else None
    lower = clopper_pearson_lower(beyond, n, 0.05 / cases) if fraction else None
    shown = "SHOWN GIVEN" if given else "SHOWN"
    verdict = shown if (upper <= 0.05 if fraction else not not_within) else "NOT SHOWN"
    if (fraction and lower > 0.05) or (not fraction and beyond):
        verdict = "REFUTED"
    _, _, worst = min(draws.values(), key=lambda draw: draw[0])
    steps, margin = waterfall(worst["quantities"][quantity], sense, limit, factors, numerical)
    return {
        "case": case,
        "level": "limit" if case else None,
        "rows": keys,
        "limits": [limit],
        "demand_factors": factors,
        "demand_factor": product,
        "draws": n,
        "not_within": not_within,
        "beyond": beyond,
        "allowed": 0.05 if fraction else None,
        "error": error,
        "refuting_error": error / cases if fraction else None,
        "bound": upper,
        "lower_bound": lower,
        "attained": fixed_plan_attained(not_within, n, 0.05) if fraction else None,
        "wealth": None,
        "verdict": verdict,
        "reason": {"SHOWN": "shown", "SHOWN GIVEN": "shown-given", "REFUTED": "refuted-by-draws"}.get(
            verdict, "runs-not-within"
        ),
        "deciding": {
            "index": worst["index"],
            "row": worst["row"],
            "quantity": worst["quantities"][quantity],
            "place": None,
            "factors": worst["factors"],
        },
        "waterfall": steps,
        "margin": {"value": margin, "mode": quantity, "place": "root"},
    }


def waterfall(value, sense, limit, factors, numerical):
    x, m = numerical * abs(value), (MODEL - 1) * abs(value)
    way = 1 if sense == "at_most" else -1
    steps = [("deciding run", "run", value), ("numerical", "numerical", way * x), ("model", "model", way * m)]
    running = value + x + m if sense == "at_most" else limit
    if sense == "at_least":
        steps += [("capacity", "capacity", value - x - m), ("limit", "run", limit)]
    for factor in factors:
        steps.append((factor["tag"], "factor", running * factor["value"] - running))
        running *= factor["value"]
    steps.append(("demand", "total", running))
    capacity = limit if sense == "at_most" else value - x - m
    if sense == "at_most":
        steps.append(("limit", "capacity", limit))
    margin = capacity / running - 1
    steps.append(("margin", "margin", margin))
    return [{"label": a, "kind": b, "value": float(c)} for a, b, c in steps], margin


ORDER = ("REFUTED", "NOT SHOWN", "SHOWN GIVEN", "SHOWN")


def showing(name, quantity, sense, holds, parts, charge, *, rung="0a", given=(), attempt=1):
    verdict = min((p["verdict"] for p in parts), key=ORDER.index)
    return {
        "criterion": f"{name}.a",
        "requirement": name,
        "configuration": "nominal",
        "study": "beam",
        "quantity": quantity,
        "unit": "MPa",
        "sense": sense,
        "limit_texts": ["as written"],
        "holds": holds,
        "claim_text": "claim",
        "parts": parts,
        "charge": charge,
        "verdict": verdict,
        "given": list(given),
        "reason": next(p["reason"] for p in parts if p["verdict"] == verdict),
        "closes_by": "",
        "price": None,
        "rung": rung,
        "method": "fixed",
        "credit": "none",
        "margin": min((p["margin"] for p in parts), key=lambda m: m["value"]),
        "assumptions": [],
        "attempt": attempt,
        "attempts": 1 if attempt else 0,
        "findings": [],
        "references": [],
    }


@dataclass
class Evidence:
    records: list
    tables: dict
    root: Record


def evidence(limits=None) -> Evidence:
    limits = {"R-1": 420.0, "R-2": 100.0, "R-3": 150.0, "R-4": 30.0, "R-5": 60.0} | (limits or {})
    tables = {}
    validation, nominal = validation_lines(), nominal_lines()
    refined, tested = verification_lines(), structure_lines()
    tests_payload = structure_payload(tested)
    for item in tested:
        del item["quantities"]["w"]
    tables_of = {
        "validation": runs(tables, "validation", validation),
        "nominal": runs(tables, "nominal", nominal),
        "verification": runs(tables, "verification", refined, None),
        "structure-test": runs(tables, "structure-test", tested, None),
    }
    form = {"basis": "allowance", "factor": MODEL, "approver": "lead", "reason": "slender"}
    study = record("study", "beam", {"name": "beam", "model_form": form})
    charged = verification(refined)
    solved = record("solution-verification", "beam", charged, {"runs": tables_of["verification"].id})
    tests = record("structure-test", "beam", tests_payload, {"runs": tables_of["structure-test"].id})
    of = {item["quantity"]: item["charge"] for item in charged["quantities"]}
    specimens = [140 + 3 * float(x) for x in np.random.default_rng(5).normal(size=40)]
    data = record("dataset", "cast", {"name": "cast", "columns": {"strength": {"values": specimens}}})
    basis = record("basis-value", "cast.strength", basis_payload(specimens), {"dataset": data.id})
    fraction = {"kind": "fraction", "fraction": 0.95, "confidence": 0.95}
    cases = {"kind": "cases", "file": "data/cases.csv", "others": fraction}
    over = {"kind": "over", "factors": ["nx", "ny"], "file": None, "others": fraction}
    at = {"kind": "cases", "file": "none", "others": "nominal"}
    keys = [f"data/cases.csv#{name}" for name, _, _ in CASES]
    corners = [f"over:nx,ny#{i}" for i in range(4)]
    plan = {
        "R-1": ("stress", "at_most", cases, [(c[0], [k], c[2]) for c, k in zip(CASES, keys, strict=True)]),
        "R-2": ("stress", "at_most", at, [(None, [""], [])]),
        "R-3": ("stress", "at_most", over, [(None, corners, [])]),
        "R-4": ("stiffness", "at_least", fraction, [(None, [""], [])]),
        "R-5": ("stress", "at_most", fraction, [(None, [""], [])]),
    }
    records = [*tables_of.values(), study, solved, tests, data, basis]
    showings, rows = [], []
    for name, (quantity, sense, holds, parts) in plan.items():
        random = name != "R-2"
        source = validation if random else nominal
        charge = {"numerical_relative": of[quantity], "model_basis": "allowance", "model_factor": MODEL}
        made = [
            part(source, case, rs, quantity, sense, limits[name], tags, of[quantity],
                 fraction=random, given=name == "R-3", cases=len(parts))
            for case, rs, tags in parts
        ]  # fmt: skip
        payload = showing(
            name, quantity, sense, holds, made, charge,
            rung="2" if name == "R-3" else "0a", given=[GIVEN] if name == "R-3" else (),
            attempt=1 if random else None,
        )  # fmt: skip
        if name == "R-3":
            payload["assumptions"] = [{"text": HELD, "check": "passed", "record": None}]
        criterion = record("criterion", f"{name}.a", criterion_payload(name, quantity, sense, holds))
        inputs = {
            "runs": tables_of["validation" if random else "nominal"].id,
            "charge": solved.id,
            "study": study.id,
            "criterion": criterion.id,
        }
        if name == "R-3":
            inputs["structure"] = tests.id
        above = "R" if name < "R-4" else None
        requirement = record("requirement", name, {"id": name, "parent": above, "document": None})
        if random:
            attempt = record("attempt", name, attempt_payload(name))
            frozen = {"limits": {f"{name}.a": [limits[name]]}, "criteria": {f"{name}.a": criterion.id}}
            freeze = record("freeze", name, frozen)
            inputs |= {"attempt": attempt.id, "freeze": freeze.id}
            records += [attempt, freeze]
        showings.append(record("showing", f"{name}.a@nominal", payload, inputs))
        rows.append(matrix_row(payload))
        records += [criterion, requirement]
    report = {"id": "R-6", "parent": None, "document": {"file": "report.pdf", "role": "quality"}}
    on_file = {"requirement": "R-6", "digest": digest(b"report")}
    records += [
        record("requirement", "R", {"id": "R", "parent": None, "document": None}),
        record("requirement", "R-6", report),
        record("document", "R-6", on_file),
        record("approval", "document:R-6", {"subject": "document:R-6", "of": digest(b"report")}),
        record("approval", "model-form:beam", {"subject": "model-form:beam", "of": digest(b"form")}),
    ]
    above = min((row["verdict"] for row in rows if row["requirement"] < "R-4"), key=ORDER.index)
    rows.append({"requirement": "R", "verdict": above, "criteria": [], "margin": None})
    rows.append({"requirement": "R-6", "verdict": "SHOWN", "criteria": [], "margin": None})
    records += showings
    counts = [{"verdict": word, "rows": sum(row["verdict"] == word for row in rows)} for word in ORDER]
    payload = {"configuration": "nominal", "rows": rows, "counts": counts}
    payload |= together([found.payload for found in showings], rows)
    root = record("dossier", "nominal", payload, {f"{r.kind}:{r.subject}": r.id for r in records})
    return Evidence([*records, root], tables, root)


def together(showings, rows):
    """What the rows say together, by the definitions."""
    tested = [
        (max(part["attained"] for part in said["parts"]), said["verdict"].startswith("SHOWN"))
        for said in showings
        if said["parts"][0]["attained"] is not None
    ]
    ordered, adjusted, worst = sorted(tested), [], 0.0
    for rank, (level, shown) in enumerate(ordered):
        worst = max(worst, min(1.0, level * (len(ordered) - rank)))
        adjusted += [worst] if shown else []
    listed = (
        {"rows": len(adjusted), "confidence": 1.0 - max(adjusted), "method": "holm"} if adjusted else None
    )
    every = all(row["verdict"].startswith("SHOWN") for row in rows)
    proved = any(s["verdict"] == "REFUTED" and s["reason"] != "refuted-by-draws" for s in showings)
    against = [
        len(said["parts"]) * min(1.0 - binom.cdf(p["beyond"] - 1, p["draws"], 0.05) for p in said["parts"])
        for said in showings
        if said["parts"][0]["refuting_error"] is not None
    ]
    level = min(1.0, len(against) * min(against))
    violated = None
    if proved:
        violated = {"claims": len(showings), "confidence": None, "method": "run"}
    elif level <= 0.05:
        violated = {"claims": len(against), "confidence": 1.0 - level, "method": "bonferroni"}
    return {"listwise": listed, "whole": 0.95 if every else None, "violated": violated}


def basis_payload(values):
    found = normal_basis(values, 0.99, 0.95)
    return {
        "dataset": "cast",
        "column": "strength",
        "unit": "MPa",
        "coverage": 0.99,
        "confidence": 0.95,
        "n": found.n,
        "mean": found.mean,
        "sd": found.sd,
        "factor": found.factor,
        "value": found.value,
        "method": "normal",
        "observed_significance": found.observed_significance,
        "normal_rejected": found.normal_rejected,
        "rule": "A",
        "minimum_specimens": 75,
        "minimum_batches": 10,
        "batches": None,
        "creditable": False,
        "reason": "computed, not creditable",
    }


def criterion_payload(name, quantity, sense, holds):
    cases = [{"name": c, "level": "limit", "tags": tags} for c, _, tags in CASES] if name == "R-1" else []
    return {
        "id": f"{name}.a",
        "requirement": name,
        "study": "beam",
        "quantity": quantity,
        "sense": sense,
        "limits": ["as written"],
        "limit_texts": ["as written"],
        "holds": holds,
        "allow": 0,
        "configurations": [],
        "cases": cases,
    }


def attempt_payload(name):
    return {
        "requirement": name,
        "identity": {"configuration": "nominal"},
        "number": 1,
        "criteria": [f"{name}.a"],
        "configuration": "nominal",
        "plan": "fixed",
        "draws": {f"{name}.a": DRAWS},
        "levels": {f"{name}.a": 0.05},
        "blocks": {"beam": 0},
        "recipe": digest(b"recipe"),
    }


def matrix_row(payload):
    return {
        "requirement": payload["requirement"],
        "verdict": payload["verdict"],
        "criteria": [payload["criterion"]],
        "margin": payload["margin"],
    }


def document(found: Evidence, long_table: int = DRAWS) -> Document:
    ids = {r.id: r.document() for r in found.records}
    lines = {name: [json.loads(x) for x in data.splitlines()] for name, data in found.tables.items()}
    sources = Sources(ids, lines)
    block = next(r for r in found.records if r.kind == "runs" and r.payload["purpose"] == "validation")
    elements = [
        Paragraph(style="title", spans=(Prose(text="Dossier of a beam"),)),
        Contents(depth=2),
        PageBreak(),
        Heading(level=1, spans=(Structure(text="1 "), Prose(text="Verdicts"))),
        matrix_table(found, sources),
    ]
    for number, r in enumerate([r for r in found.records if r.kind == "showing"], 1):
        elements += showing_elements(sources, r, number)
    elements += [
        Figure(image=digest(PICTURE), format="svg", alt="a bar", caption=(Prose(text="A bar"),)),
        Code(lines=("at_most = 420", "", "  holds"), file="criteria.toml"),
        Paragraph(
            style="quotation", spans=(Quotation(text="Twelve beams, 12 loads.", file="narrative/a.md"),)
        ),
        ItemList(items=((Prose(text="first"),), (Identifier(text=found.root.id, style="mono"),))),
        Heading(level=2, spans=(Structure(text="1.1 "), Prose(text="Runs"))),
        run_table(sources, block, long_table),
    ]
    return Document(
        title="Dossier of a beam",
        reference="BEAM-1",
        issue="A",
        date="2026-11-23",
        dossier=found.root.id,
        templates={n: TEMPLATES[n] for n in ("verdict", "count", "bound-holds", "bound-exceeds")},
        elements=tuple(elements),
    )


def matrix_table(found, sources):
    count = len(found.root.payload["rows"])
    at = lambda i, key, **more: fact(sources, found.root.id, f"/payload/rows/{i}/{key}", **more)
    return Table(
        caption=(Structure(text="Table 1 "), Prose(text="matrix")),
        columns=(Column(), Column()),
        header=((Structure(text="Requirement"),), (Structure(text="Verdict"),)),
        rows=tuple(((at(i, "requirement"),), (at(i, "verdict", style="verdict"),)) for i in range(count)),
    )


def showing_elements(sources, r, number):
    at = lambda pointer, *rest, **more: fact(sources, r.id, f"/payload{pointer}", *rest, **more)
    spans = [
        claim(sources, "verdict", requirement=at("/requirement"), verdict=at("/verdict"),
              configuration=at("/configuration")),
        Structure(text=" "),
        claim(sources, "count", not_within=at("/parts/0/not_within"), draws=at("/parts/0/draws")),
    ]  # fmt: skip
    first = r.payload["parts"][0]
    if first["bound"] is not None:
        name = "bound-holds" if first["bound"] <= first["allowed"] else "bound-exceeds"
        spans.append(
            claim(sources, name, bound=at("/parts/0/bound", UP, scale=2, unit="%"),
                  allowed=at("/parts/0/allowed", scale=2, unit="%"))
        )  # fmt: skip
    steps = first["waterfall"]
    table = Table(
        style="pairs",
        columns=(Column(), Column()),
        rows=tuple(
            ((at(f"/parts/0/waterfall/{i}/label"),), (at(f"/parts/0/waterfall/{i}/value", NEAR),))
            for i in range(len(steps))
        ),
    )
    heading = Heading(level=2, spans=(Structure(text=f"2.{number} "), at("/criterion")))
    return [heading, Paragraph(spans=tuple(spans)), table]


def run_table(sources, block, count):
    at = lambda i, key, *rest: fact(sources, block.id, f"/{i}/{key}", *rest, blob="table")
    return Table(
        columns=(Column(), Column(), Column(align="right")),
        header=((Structure(text="Draw"),), (Structure(text="Load"),), (Structure(text="Stress"),)),
        rows=tuple(
            ((at(i * 7, "index"),), (at(i * 7, "factors/load", UP),), (at(i * 7, "quantities/stress", UP),))
            for i in range(count)
        ),
    )


def made(found: Evidence, model: Document | None = None) -> bytes:
    model = model or document(found)
    images = {digest(PICTURE): PICTURE}
    verifier = VERIFIER.read_bytes()
    files = attachments(model, found.records, found.tables, images, verifier, found.root.id)
    return render_pdf(model, files, images)


@pytest.fixture(scope="session")
def pdf() -> bytes:
    return made(evidence())


@pytest.fixture(scope="session")
def other_pdf() -> bytes:
    """A dossier of the same kind with other limits."""
    return made(evidence({"R-1": 400.0, "R-5": 75.0}))


@pytest.fixture(scope="session")
def own_pdf() -> Callable[[str], bytes]:
    """Return a dossier whose run table has another last head."""

    def make(head: str) -> bytes:
        found = evidence()
        model = document(found)
        *others, table = model.elements
        header = (*table.header[:2], (Structure(text=head),))
        elements = (*others, table.model_copy(update={"header": header}))
        return made(found, model.model_copy(update={"elements": elements}))

    return make
