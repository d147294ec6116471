"""A configuration's evidence, made up: a bracket of twenty requirements with every kind of answer."""

from __future__ import annotations

from pathlib import Path

from assay.compliance import DocumentState, ShowingState, matrix, status
from assay.credibility.records import (
    PointLevels,
    PointVerification,
    QuantityVerification,
    SolutionVerificationPayload,
)
from assay.document.compose import DossierInputs, StudyRecords
from assay.evidence import Approval, Record, canonical, digest
from assay.programme import (
    AtCases,
    BasisRule,
    Budget,
    Case,
    Clause,
    Column,
    Configuration,
    Criterion,
    Dataset,
    Declaration,
    DocumentHead,
    DocumentMeans,
    ErrorShares,
    Everywhere,
    Factor,
    Fraction,
    Identity,
    ModelForm,
    Over,
    Pack,
    PackFactor,
    Programme,
    QuantitySpec,
    Requirement,
    Source,
    Study,
    SurrogateSpec,
    Verification,
    describe,
    programme_payloads,
)
from assay.programme.parsing import parse_expression
from assay.qualification.records import Errors, GuardPayload, Limits, MetricsPayload, OrderStatisticBound
from assay.showing.records import (
    Assumption,
    AttemptPayload,
    BasisValuePayload,
    Charge,
    ClaimPart,
    Deciding,
    DeclarationCheck,
    DemandFactor,
    Finding,
    FreezePayload,
    Price,
    RefutationPayload,
    ShowingPayload,
    StructureTestPayload,
)
from assay.showing.states import Limit
from assay.showing.waterfall import waterfall
from assay.statistics import Law
from assay.surrogates.records import Input, ModelPayload, Score

TOOL = {"name": "assay", "version": "0.1.0"}
HERE = Source("criteria.toml", 1)
CHARGE = Charge(numerical_relative=0.0213, model_basis="allowance", model_factor=1.1)
PAID, UNPAID = 59, 299
CASES = "data/cases.csv"
QUANTITIES = {
    "fillet_stress": "MPa",
    "web_stress": "MPa",
    "deflection": "mm",
    "mass": "kg",
    "frequency": "Hz",
}


def record(kind, subject, payload, inputs=None, blobs=None):
    """Return a record; a pydantic payload is dumped."""
    content = payload if isinstance(payload, dict) else payload.model_dump(mode="json")
    return Record(kind, subject, digest(canonical([kind, subject])), inputs or {}, content, blobs or {}, TOOL)


def factors():
    def factor(name, unit, low, high, kind, value, tolerance=None, law=None, fixed=False):
        return Factor(name, unit, (low, high), (low, high), kind, value, tolerance, law, fixed, HERE)

    return {
        "thickness": factor(
            "thickness", "mm", 3, 8, "design", 5.0, (-0.1, 0.1), Law.of("uniform", low=4.9, high=5.1)
        ),
        "fillet_radius": factor(
            "fillet_radius",
            "mm",
            2,
            8,
            "design",
            4.0,
            (-0.2, 0.2),
            Law.of("triangular", low=3.8, mode=4.0, high=4.2),
        ),
        "equipment_mass": factor(
            "equipment_mass", "kg", 4, 12, "operating", 8.0, None, Law.of("normal", mean=8.0, sd=0.2)
        ),
        "modulus": factor(
            "modulus", "GPa", 66, 76, "material", 71.0, None, Law.of("normal", mean=71.0, sd=0.8)
        ),
        "nx": factor("nx", "1", -9, 9, "operating", 0.0),
        "nz": factor("nz", "1", -6, 6, "operating", 0.0),
        "hole_offset": factor("hole_offset", "mm", 0, 2, "design", 0.5, fixed=True),
    }


def make_study(surrogate=True, verified=True):
    return Study(
        name="tray",
        title="Avionics tray bracket, emergency landing",
        adapter="python",
        solver_file="tray.py",
        solver_function="solve",
        length_unit="mm",
        factors=factors(),
        quantities={
            name: QuantitySpec(name, unit, "fillet" if "stress" in name else None, 1e-9, 2.0, "", HERE)
            for name, unit in QUANTITIES.items()
        },
        declarations=(
            Declaration(
                "fillet_stress", "convex_in", (("nx", "nz"), ("equipment_mass",)), "linear elasticity", HERE
            ),
        ),
        verification=Verification({"mesh_size": (12.0, 8.0, 5.0)}, 1.25, HERE) if verified else None,
        model_form=ModelForm("allowance", 1.1, "stress lead", "thin-walled castings of this shape", HERE),
        surrogate=SurrogateSpec("auto", 64, 2, 16, HERE) if surrogate else None,
        correlation=(("thickness", "fillet_radius", 0.4),),
        time_limit=60.0,
        run_time=6.0,
        files={"studies/tray.py": digest(b"tray")},
        source=HERE,
    )


def make_pack():
    clauses = {
        code: Clause(code, text, "the regulation, amendment 27", checked, "")
        for code, text, checked in (
            ("CS 25.301(a)", "Strength is stated in limit loads and ultimate loads.", True),
            ("CS 25.303", "Ultimate loads are limit loads times the factor of safety.", True),
            ("CS 25.305(a)", "No detrimental permanent deformation at limit load.", True),
            ("CS 25.305(b)", "No failure under ultimate load for at least three seconds.", True),
            ("CS 25.307", "Analysis counts where experience has shown that it is reliable.", False),
            ("CS 25.561(b)(3)", "Emergency landing conditions act separately.", True),
            ("CS 25.561(c)", "Items of mass are restrained under those conditions.", True),
            ("CS 25.571(a)", "Failure by fatigue is avoided during the operational life.", False),
            ("CS 25.613(b)", "Design values have a probability of being met.", True),
        )
    }
    known = {
        "CS 25.303": PackFactor("CS 25.303", 1.5, "loads that are given at limit level", True),
        "CS 25.621": PackFactor("CS 25.621", 1.25, "critical castings with inspection and tests", True),
        "CS 25.625": PackFactor("CS 25.625", 1.15, "fittings without a test of their own", False),
    }
    return Pack(
        "cs25",
        "Amendment 27",
        "Certification specifications, paraphrased",
        {"MC0": "Statement", "MC2": "Calculation", "MC4": "Laboratory test"},
        clauses,
        known,
        {"limit": ("CS 25.303",), "ultimate": ()},
        {"A": BasisRule("A", 0.99, 0.95, 75, 10)},
        {},
        (),
        digest(b"pack"),
        "CS ",
    )


CASE_ROWS = tuple(
    Case(name, level, {"nx": nx, "nz": nz}, tags, HERE)
    for name, level, nx, nz, tags in (
        ("forward", "ultimate", 9.0, 0.0, ()),
        ("upward", "ultimate", 0.0, 3.0, ()),
        ("downward", "ultimate", 0.0, -6.0, ()),
        ("sideward", "ultimate", 4.0, 0.0, ()),
        ("rearward", "ultimate", -1.5, 0.0, ()),
        ("gust", "limit", 0.0, 3.8, ("CS 25.303",)),
    )
)
FRACTION = Fraction(0.95, 0.95)
KNOWN = {"CS 25.303": 1.5, "CS 25.621": 1.25, "CS 25.625": 1.15}


def make_criteria():
    def criterion(number, quantity, sense, texts, holds, letter="a", rungs=()):
        name = f"TRAY-{number:03d}"
        limits = tuple(parse_expression(text, factors=KNOWN) for text in texts)
        return Criterion(
            f"{name}.{letter}", name, "tray", quantity, sense, limits, texts, holds, rungs, (), 0, HERE
        )

    basis = "basis('casting', 'strength', 0.99, 0.95) / max(factor('CS 25.621'), factor('CS 25.625'))"
    cases = AtCases(CASES, FRACTION)
    over = Over(
        ("nx", "nz"), tuple({"nx": x, "nz": z} for x in (-9.0, 9.0) for z in (-6.0, 6.0)), None, FRACTION
    )
    return [
        criterion(2, "fillet_stress", "at_most", (basis,), cases),
        criterion(2, "web_stress", "at_most", (basis,), cases, "b"),
        criterion(3, "fillet_stress", "at_most", (basis,), over, rungs=("structure+fixed",)),
        criterion(4, "deflection", "at_most", ("2.5 mm",), FRACTION),
        criterion(5, "mass", "at_most", ("0.9 kg",), FRACTION),
        criterion(6, "frequency", "at_least", ("55 Hz",), FRACTION),
        criterion(7, "web_stress", "at_most", ("120 MPa",), AtCases(CASES, "nominal")),
        criterion(8, "deflection", "at_most", ("2.5 mm",), Fraction(0.99, 0.95), rungs=("fixed",)),
        criterion(9, "deflection", "between", ("0.1 mm", "2.5 mm"), FRACTION),
        criterion(10, "fillet_stress", "at_most", ("90 MPa",), FRACTION),
        criterion(11, "web_stress", "at_most", ("150 MPa",), Everywhere()),
    ]


def make_requirements():
    texts = {
        1: "The bracket carries its loads.",
        2: "No failure in the emergency-landing conditions.",
        3: "No failure over the whole manoeuvre envelope.",
        4: "The tray moves by at most 2.5 mm.",
        5: "The bracket weighs at most 0.9 kg.",
        6: "The first natural frequency is at least 55 Hz.",
        7: "The web is not overstressed at nominal values.",
        8: "The tray almost never moves by more than 2.5 mm.",
        9: "The tray moves, and does not bind.",
        10: "The fillet keeps a reserve for repairs.",
        11: "The web carries every combination of loads.",
        12: "The analysis is supported by tests of a similar structure.",
        13: "The bracket endures its operational life.",
        14: "The bracket is assembled by an approved procedure.",
        15: "No permanent deformation at limit load.",
        16: "Castings are tested as the special factor asks.",
    }
    sources = {
        1: ("CS 25.301(a)",),
        2: ("CS 25.561(b)(3)", "CS 25.561(c)", "CS 25.305(b)"),
        3: ("CS 25.303",),
        4: ("TRAY-SPEC 4.2",),
        5: ("TRAY-SPEC 4.3",),
        6: ("TRAY-SPEC 4.4",),
        12: ("CS 25.307",),
        13: ("CS 25.571(a)",),
        15: ("CS 25.305(a)",),
    }
    documents = {
        13: DocumentMeans("documents/fatigue.pdf", "fatigue lead"),
        14: DocumentMeans("documents/assembly.pdf", "quality"),
    }
    parents = dict.fromkeys((2, 3, 4), "TRAY-001")
    return {
        f"TRAY-{n:03d}": Requirement(
            f"TRAY-{n:03d}",
            sources.get(n, ("TRAY-SPEC 5.1",)),
            text,
            ("MC2",) if n != 12 else ("MC2", "MC4"),
            "stress lead",
            parents.get(n),
            documents.get(n),
            HERE,
        )
        for n, text in texts.items()
    }


def make_programme(**changes):
    surrogate, verified = changes.pop("surrogate", True), changes.pop("verified", True)
    study = make_study(surrogate, verified)
    given = {
        "folder": Path(__file__).parent,
        "name": "bracket",
        "title": "Avionics tray bracket, emergency landing",
        "document": DocumentHead(
            "ATB-CD-001",
            "B",
            "2026-11-23",
            "This document is the proof of compliance for the rows that it shows.",
        ),
        "roles": {
            "author": "A. Weaver",
            "stress lead": "B. Turner",
            "quality": "C. Smith",
            "fatigue lead": "D. Fisher",
        },
        "budget": Budget(320, None),
        "shares": ErrorShares(),
        "attempts": 1,
        "accepts": {},
        "packs": {"cs25": make_pack()},
        "requirements": make_requirements(),
        "criteria": {c.id: c for c in make_criteria()},
        "studies": {"tray": study},
        "configurations": {
            "nominal": Configuration(
                "nominal",
                "Bracket as drawn",
                Identity("ATB-4711", "ATB-4711-D", "B", "001-100", ""),
                {"tray": study.factors},
                {},
                HERE,
            )
        },
        "cases": {CASES: CASE_ROWS},
        "datasets": {
            "casting": Dataset(
                "casting",
                digest(b"casting"),
                "published measurements",
                "facts",
                {"strength": Column("strength", "MPa", (200.0, 210.5, 190.25), None, None)},
                {},
                HERE,
            )
        },
        "narrative": {"introduction.md": "# The bracket\n\nIt holds a tray of 8 kg of equipment.\n"},
    }
    return Programme(**(given | changes))


def make_runs(purpose, count, rows, *, failed=(), subject="", inputs=None):
    """Return a runs record and the bytes of its table."""
    lines = []
    for index in range(count):
        for position, row in enumerate(rows):
            bad = (index, position) in failed
            ok = {
                "quantities": dict.fromkeys(QUANTITIES, 100.0 + index / 7 + position),
                "places": {"fillet_stress": [12.5, 3.25, index / 8]},
                "checks": {"equilibrium": 1e-12 * (index + 1), "dof": 9800},
                "state": "ok",
                "reason": None,
            }
            lost = {
                "quantities": {},
                "places": {},
                "checks": {},
                "state": "failed",
                "reason": "not-converged",
            }
            values = {name: f.value + index / 1000 for name, f in factors().items()}
            lines.append({"index": index, "row": row, "factors": values, **(lost if bad else ok)})
    data = b"".join(canonical(line) + b"\n" for line in lines)
    payload = {
        "subject": subject or f"tray@nominal/{purpose}",
        "study": "tray",
        "configuration": None if purpose in {"training", "verification", "structure-test"} else "nominal",
        "purpose": purpose,
        "level": {"mesh_size": 5.0},
        "count": count,
        "rows": len(rows),
        "solves": count,
        "failed": len({index for index, _ in failed}),
        "time_limited": False,
        "seed": digest(b"seed"),
        "solver": "ngsolve 6.2.2505",
        "table": {"lines": len(lines), "digest": digest(data)},
    }
    return record("runs", payload["subject"], payload, inputs, {"table": digest(data)}), data


def part(criterion, case, value, limit, draws, state="SHOWN", *, unit_factor=1.0, nominal=False):
    """Return a part whose deciding run has `value`."""
    tags = () if case is None else tuple(DemandFactor(tag=tag, value=1.5) for tag in case.tags)
    product = 1.5 if tags else 1.0
    steps, margin = waterfall(
        value,
        Limit(criterion.sense, limit, product, CHARGE),
        tags,
        f"{criterion.quantity}, {case.name}" if case else criterion.quantity,
        "fillet" if "stress" in criterion.quantity else "",
    )
    not_within = {"SHOWN": 0, "SHOWN GIVEN": 0, "NOT SHOWN": 2, "REFUTED": 31}[state]
    by_draws = not nominal
    row = f"{CASES}#{case.name}" if case else ""
    return ClaimPart(
        case=case.name if case else None,
        level=case.level if case else None,
        rows=(row,),
        limits=limit,
        demand_factors=tags,
        demand_factor=product,
        draws=draws,
        not_within=not_within if by_draws else int(state != "SHOWN"),
        beyond=not_within if by_draws else int(state == "REFUTED"),
        allowed=0.05 if by_draws else None,
        error=0.05 if by_draws else None,
        refuting_error=0.05 if by_draws else None,
        bound={0: 0.04949275, 2: 0.1024, 31: 0.63}[not_within] if by_draws else None,
        lower_bound={0: 0.0, 2: 0.006, 31: 0.41}[not_within] if by_draws else None,
        attained=0.04849 if by_draws else None,
        verdict=state,
        reason={"SHOWN": "shown", "SHOWN GIVEN": "shown-given", "NOT SHOWN": "runs-not-within"}.get(
            state, "refuted-by-draws"
        ),
        deciding=Deciding(
            index=17,
            row=row,
            quantity=value,
            place=(12.5, 3.25, 2.125),
            factors={name: f.value + 0.017 for name, f in factors().items()},
        ),
        waterfall=steps,
        margin=margin,
    )


GIVEN = "fillet_stress convex in nx, nz; equipment_mass (48 checks, 0 violations)"
LAW = (
    "joint law: thickness uniform (low 4.9, high 5.1) mm; fillet_radius triangular (low 3.8, "
    "mode 4, high 4.2) mm; "
    "equipment_mass normal (mean 8, sd 0.2) kg; modulus normal (mean 71, sd 0.8) GPa; "
    "correlated thickness~fillet_radius 0.4"
)


POPULATION = "for at least 95 % (confidence 95 %) of the joint law of configuration nominal"
CLOSES_BY = {
    "plan-not-paid": (
        "raise [budget] max_runs by 299 and run again: 299 solver runs, about 31 min on one core"
    ),
    "refuted-by-draws": (
        "change the design, the tolerance or the limit; that is the next attempt, with new draws"
    ),
    "declaration-missing": "declare in [structure] how web_stress depends on nx, nz",
}


def make_showing(criterion, records):
    """Return the payload of a showing that fits the criterion's number."""
    number = int(criterion.requirement[-3:])
    nominal = number in {7, 11}
    limit = {
        "TRAY-002.a": (113.91,),
        "TRAY-002.b": (113.91,),
        "TRAY-003.a": (113.91,),
        "TRAY-009.a": (0.1, 2.5),
    }.get(
        criterion.id,
        (float(criterion.limit_texts[0].split()[0]),) if len(criterion.limit_texts[0]) < 10 else (1.0,),
    )
    share = {3: 0.79, 5: 0.8, 6: 1.31, 10: 1.4}.get(number, 0.72)
    state = {3: "SHOWN GIVEN", 10: "REFUTED", 8: "NOT SHOWN", 11: "NOT SHOWN"}.get(number, "SHOWN")
    value = share * limit[-1]
    listed = CASE_ROWS if isinstance(criterion.holds, AtCases) else (None,)
    parts = tuple(
        part(
            criterion,
            case,
            value * (1 - 0.13 * i) / (1.5 if case and case.tags else 1.0),
            limit,
            1 if nominal else PAID,
            state,
            nominal=nominal,
        )
        for i, case in enumerate(listed)
    )
    reason = {"SHOWN": "shown", "SHOWN GIVEN": "shown-given", "REFUTED": "refuted-by-draws"}.get(
        state, "plan-not-paid"
    )
    if number == 8:
        parts = ()
    if number == 11:
        parts, reason = (), "declaration-missing"
    assumptions = [
        Assumption(text=LAW, check="not checked", record=records["configuration"].id),
        Assumption(
            text=(
                "numerical error at most 2.13 % of each value: 1.25 times the largest relative "
                "error 0.017 of 2 points"
            ),
            check="passed",
            record=records["charge"].id,
        ),
        Assumption(
            text=(
                "model form: allowance 1.1, approved by the role stress lead: thin-walled castings "
                "of this shape"
            ),
            check="not checked",
            record=records["allowance"].id,
        ),
    ]
    given = (GIVEN,) if state == "SHOWN GIVEN" else ()
    if given:
        assumptions.append(
            Assumption(text=f"{GIVEN}: linear elasticity", check="passed", record=records["structure"].id)
        )
    over = isinstance(criterion.holds, Over)
    judged = bool(parts)
    findings = ()
    if state == "REFUTED":
        findings = (
            Finding(record=records["guided"].id, index=3, row="", quantity=131.25, charged=115.5, limit=90.0),
        )
    margins = [p.margin for p in parts if p.margin]
    sense = {"at_most": "at most", "at_least": "at least", "between": "between"}[criterion.sense]
    return ShowingPayload(
        criterion=criterion.id,
        requirement=criterion.requirement,
        configuration="nominal",
        study="tray",
        quantity=criterion.quantity,
        unit=QUANTITIES[criterion.quantity],
        sense=criterion.sense,
        limit_texts=criterion.limit_texts,
        holds=describe(criterion.holds),
        claim_text=f"{criterion.quantity} is {sense} {' and '.join(criterion.limit_texts)} {POPULATION}",
        parts=parts,
        charge=CHARGE,
        verdict=state,
        given=given,
        reason=reason,
        closes_by=CLOSES_BY.get(reason, ""),
        price=Price(runs=UNPAID, minutes=30.7) if reason == "plan-not-paid" else None,
        rung=("2" if over else "0a") if judged else None,
        method=("structure+fixed" if over else "fixed") if judged else None,
        credit="structure" if given else "none",
        margin=min(margins, key=lambda m: m.value) if margins else None,
        assumptions=tuple(assumptions),
        attempt=None if nominal else 1,
        attempts=0 if nominal else 1,
        findings=findings,
        references=("clopper-pearson-1934", "wilks-1941", "roache-1994", "celik-2008") if judged else (),
    )


def make_verification(levels=3):
    def point(label, scale, name):
        values = tuple(scale * (100.0 + 8.0 / 2**k) for k in range(3))[-levels:]
        kind = "monotone" if name != "deflection" else "order-out-of-range"
        good = kind == "monotone"
        return PointVerification(
            point=label,
            values=values,
            classification=kind,
            order=1.93 if good else 2.41,
            extrapolated=scale * 100.0,
            index=0.0125 if good else None,
            asymptotic_ratio=1.01 if good else None,
            absolute=scale * 1.25,
            relative=0.0125 if good else 0.061,
            reason="",
        )

    labels = ("centre of the envelope", "worst point by the model")
    points = tuple(
        PointLevels(
            label=label,
            row="",
            factors={"thickness": 5.0},
            sizes=(2.4, 1.6, 1.0)[-levels:],
            size_source="elements",
            counts=(800.0, 2400.0, 9800.0)[-levels:],
            ratios=(1.5, 1.6)[-levels + 1 :],
            notes=(),
        )
        for label in labels
    )
    quantities = tuple(
        QuantityVerification(
            quantity=name,
            unit=unit,
            formal_order=2.0,
            points=tuple(point(label, 1.0 + i, name) for i, label in enumerate(labels)),
            largest_relative=0.017,
            worst_point=labels[1],
            charge=0.0213,
            text=(
                "1.25 times the largest relative error 0.017 of 2 points, at worst point by the "
                "model, is charged to every run"
            ),
        )
        for name, unit in QUANTITIES.items()
    )
    return SolutionVerificationPayload(
        study="tray",
        configuration=None,
        knobs={"mesh_size": (12.0, 8.0, 5.0)},
        factor=1.25,
        round_off=1e-10,
        dimension=3,
        points=points,
        quantities=quantities,
    )


def make_models(training):
    models, guards = {}, {}
    inputs = tuple(Input(name=n, unit=f.unit, low=f.range[0], high=f.range[1]) for n, f in factors().items())
    for name, unit in QUANTITIES.items():
        good = name != "mass"
        scores = (Score(model="constant", rmse=12.3, q2=0.0), Score(model="linear", rmse=4.1, q2=0.88))
        own = Score(model="gaussian-process", rmse=0.61 if good else 4.2, q2=0.9971 if good else 0.87)
        models[name] = record(
            "model",
            f"tray.{name}",
            ModelPayload(
                family="gaussian-process",
                quantity=name,
                unit=unit,
                inputs=inputs,
                rows=128,
                runs=64,
                folds=8,
                form={},
                hyperparameters={},
                scores=(*scores, own),
                accepted=good,
                reason="accepted" if good else "no-better-than-linear",
                text="cross-validated error 0.61 against 12.3 of a constant and 4.1 of a line",
                seed=digest(b"s"),
            ),
            {"training": training.id},
        )
        guards[name] = record(
            "guard",
            f"tray.{name}",
            GuardPayload(
                quantity=name,
                unit=unit,
                inputs=tuple(Limits(name=i.name, unit=i.unit, low=i.low, high=i.high) for i in inputs),
                model_accepted=good,
                text=(
                    "abstains outside the envelope, or farther from training data than 0.95 of the "
                    "training rows"
                ),
                quantile=0.95,
                distance=0.4 if good else None,
                spread=2.2 if good else None,
                spread_origin="derived",
            ),
            {"model": models[name].id},
        )
    return models, guards


def make_metrics(models, guards, runs):
    errors = Errors(
        rows=350,
        runs=59,
        rmse=0.71,
        mean_absolute=0.5,
        largest_absolute=2.9,
        bias=-0.03,
        q2=0.9962,
        within_two_sd=0.97,
    )
    return {
        name: record(
            "metrics",
            f"tray.{name}@nominal",
            MetricsPayload(
                quantity=name,
                unit=unit,
                rows=354,
                runs=59,
                abstained={"sparse-data": 3, "spread": 1},
                abstained_share=4 / 354,
                believed=errors,
                everywhere=errors,
                bound=OrderStatisticBound(content=0.95, confidence=0.95, value=2.9, rank=1, runs=59),
                bound_text="at confidence 0.95, 0.95 of the runs of this law do not have a smaller error",
            ),
            {"model": models[name].id, "guard": guards[name].id, "runs": runs.id},
        )
        for name, unit in QUANTITIES.items()
        if models[name].payload["accepted"]
    }


def make_inputs(programme=None, *, failed=((3, 1),), discarded=True):
    """Return the evidence of configuration ``nominal``."""
    programme = programme or make_programme()
    own = {
        f"{kind}:{subject}": record(kind, subject, payload) for kind, subject, payload in _payloads(programme)
    }
    basis = record(
        "basis-value",
        "casting.strength:0.99/0.95",
        BasisValuePayload(
            dataset="casting",
            column="strength",
            unit="MPa",
            coverage=0.99,
            confidence=0.95,
            n=60,
            mean=219.7,
            sd=27.55,
            factor=2.8071,
            value=142.39,
            method="normal",
            observed_significance=0.577,
            normal_rejected=False,
            rule="A",
            minimum_specimens=75,
            minimum_batches=10,
            batches=None,
            creditable=False,
            reason="computed, not creditable: 60 of 75 specimens, batches unknown",
        ),
        {"dataset": own["dataset:casting"].id},
    )
    own["basis:casting.strength:0.99/0.95"] = basis
    keys = [f"{CASES}#{case.name}" for case in CASE_ROWS]
    blocks = {
        purpose: make_runs(purpose, count, rows, failed=failed if purpose == "training" else ())
        for purpose, count, rows in (
            ("training", 64, ("", "over:nx,nz#0")),
            ("verification", 6, ("",)),
            ("structure-test", 24, ("", "corner")),
            ("nominal", 1, ("", *keys)),
            ("refutation", 16, ("", *keys)),
            ("validation", PAID, ("", *keys)),
        )
    }
    runs = {purpose: made for purpose, (made, _) in blocks.items()}
    trained = programme.studies["tray"].surrogate is not None
    models, guards = make_models(runs["training"]) if trained else ({}, {})
    verified = programme.studies["tray"].verification is not None
    charge = record("solution-verification", "tray", make_verification(), {"runs": runs["verification"].id})
    structure = record(
        "structure-test",
        "tray",
        StructureTestPayload(
            study="tray",
            tolerance=1e-6,
            declarations=(
                DeclarationCheck(
                    quantity="fillet_stress",
                    kind="convex_in",
                    groups=(("nx", "nz"), ("equipment_mass",)),
                    reason="linear elasticity; von Mises is a seminorm of the load",
                    runs=24,
                    required=8,
                    checks=48,
                    violations=0,
                    worst=-0.00021,
                ),
            ),
        ),
        {"runs": runs["structure-test"].id},
    )
    refutation = record(
        "refutation",
        "tray@nominal/refutation",
        RefutationPayload(
            beyond=("TRAY-010.a",),
            configuration="nominal",
            study="tray",
            budget=16,
            model_records=tuple(m.id for m in models.values()),
            proposals=tuple(
                {
                    "index": i,
                    "criterion": name,
                    "row": "",
                    "why": "worst",
                    "predicted": 88.0 + i,
                    "sd": 0.4,
                    "quantity": 89.5 + i,
                    "state": "beyond" if name == "TRAY-010.a" else "within",
                    "excess": 0.1,
                }
                for i, name in enumerate(programme.criteria)
            ),
        ),
        {"runs": runs["refutation"].id},
    )
    approvals = tuple(
        record(
            "approval",
            f"{kind}:{subject}",
            Approval(
                kind=kind,
                subject=subject,
                of=digest(b"of"),
                role=role,
                person=person,
                author="A. Weaver",
                statement=words,
            ).model_dump(mode="json", by_alias=True),
        )
        for kind, subject, role, person, words in (
            (
                "allowance",
                "model-form:tray",
                "stress lead",
                "B. Turner",
                "Two similar brackets were within 6 % of their tests.",
            ),
            (
                "deviation",
                "basis:casting.strength:0.99/0.95@nominal",
                "stress lead",
                "B. Turner",
                "60 specimens of 75; the reserve in the margin covers it.",
            ),
            ("document", "document:TRAY-014", "quality", "C. Smith", "Read and agreed."),
        )
    )
    evidence = {
        "configuration": own["configuration:nominal"],
        "charge": charge,
        "allowance": approvals[0],
        "structure": structure,
        "guided": runs["refutation"],
    }
    inputs = {
        "runs": runs["validation"].id,
        "charge": charge.id,
        "configuration": own["configuration:nominal"].id,
    }
    showings = {
        c.id: record(
            "showing",
            f"{c.id}@nominal",
            make_showing(c, evidence),
            {**inputs, "criterion": own[f"criterion:{c.id}"].id},
        )
        for c in programme.criteria.values()
    }
    attempts = tuple(
        record(
            "attempt",
            f"{requirement}@nominal#1",
            AttemptPayload(
                requirement=requirement,
                identity={"part": "ATB-4711", "serials": "001-100"},
                number=1,
                criteria=(f"{requirement}.a",),
                configuration="nominal",
                plan="fixed",
                draws={f"{requirement}.a": PAID},
                levels={f"{requirement}.a": 0.05},
                blocks={"tray": 0},
                recipe=digest(b"recipe"),
                freeze=digest(b"freeze"),
            ),
        )
        for requirement in (
            "TRAY-002",
            "TRAY-003",
            "TRAY-004",
            "TRAY-005",
            "TRAY-006",
            "TRAY-009",
            "TRAY-010",
        )
    )
    freeze = record(
        "freeze",
        "nominal",
        FreezePayload(
            configuration="nominal",
            criteria={n: r.id for n, r in showings.items()},
            limits={n: [1.0] for n in showings},
            plan={"attempts": 1},
            attestation="self",
        ),
    )
    old = record("runs", "tray@nominal/block-0", {**runs["validation"].payload, "seed": digest(b"old")})
    study = StudyRecords(
        training=runs["training"] if trained else None,
        models=models,
        guards=guards,
        metrics=make_metrics(models, guards, runs["validation"]) if trained else {},
        verification_runs=runs["verification"] if verified else None,
        verification=charge if verified else None,
        structure_runs=runs["structure-test"],
        structure=structure,
        nominal=runs["nominal"],
        guided=runs["refutation"] if trained else None,
        refutation=refutation if trained else None,
        validation={0: runs["validation"]},
    )
    return DossierInputs(
        programme=programme,
        configuration="nominal",
        status=_status(programme, showings),
        showings=showings,
        studies={"tray": study},
        own=own,
        approvals=approvals,
        attempts=attempts,
        freezes=(freeze,),
        discarded=(old,) if discarded else (),
        tables={made.blobs["table"]: data for made, data in blocks.values()},
        closure=(*runs.values(), charge),
    )


def _payloads(programme):
    for kind, subject, payload in programme_payloads(programme):
        found = {"TRAY-014": digest(b"assembly")}.get(subject)
        yield kind, subject, {**payload, "digest": found} if kind == "document" else payload


def _status(programme, showings):
    states = {
        name: ShowingState(ShowingPayload.model_validate(made.payload), made.id, stale=False)
        for name, made in showings.items()
    }
    documents = {
        "TRAY-013": DocumentState(None, approved=False, record=None),
        "TRAY-014": DocumentState(digest(b"assembly"), approved=True, record=None),
    }
    rows = matrix(programme, "nominal", states, documents)
    return status(programme, rows, [s.payload for s in states.values()])
