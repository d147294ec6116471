"""Derived quantities in the verifier: real showings pass; every number that is changed is named."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.evidence.records import canonical
from assay.programme import interval_of_formula, parse_expression, value_of
from assay.programme.formulas import Scope, compiled

SCOPE = Scope({"a": "1", "c": "1", "k": "1"}, frozenset({"k"}), {}, {})
TEXTS = [
    "k / a", "max(a / k, c / k)", "a - c", "sqrt(a**2 + c**2)", "1 / (a - c)", "abs(a * c) - k",
    "min(a, 0, k) / c**-2", "a**3 - sqrt(c)", "(a - k)**2 / c",
]  # fmt: skip


@pytest.fixture(scope="module")
def files(forging, derived_done, tmp_path_factory):
    own = derived_done.copy(tmp_path_factory.mktemp("sealed") / "derived")
    assert own.within("dossier", "--format", "pdf").code == 0
    return forging.files_of((own.folder / "build" / "nominal" / "dossier.pdf").read_bytes())


class Case:
    """The evidence of a dossier, read, before showings are recomputed."""

    def __init__(self, v, files) -> None:
        self.v = v
        self.evidence = v.Evidence(dict(files))
        v.check_manifest(self.evidence)
        v.check_records(self.evidence)

    def showing(self, number):
        (found,) = [
            r for r in self.evidence.of_kind("showing") if r.payload["criterion"] == f"DER-{number}.a"
        ]
        return found.payload

    def study(self):
        (found,) = [r for r in self.evidence.of_kind("study") if r.payload["name"] == "bar"]
        return found.payload

    def said(self) -> str:
        try:
            self.v.check_showings(self.evidence)
        except self.v.Failed as failure:
            return str(failure)
        return ""


@pytest.fixture
def case(v, files):
    return Case(v, copy.deepcopy(files))


def test_the_showings_of_derived_quantities_are_recomputed(case):
    assert case.said() == ""


def test_two_studies_with_equal_tables_keep_their_own_formulas(case):
    tables = {
        r.payload["study"]: r for r in case.evidence.of_kind("runs") if r.payload["purpose"] == "training"
    }
    tables["tie"].blobs["table"] = tables["bar"].blobs["table"]
    names = {study: case.evidence.table(r)[0]["quantities"].keys() for study, r in tables.items()}
    assert names["bar"] == {"stress", "stretch", "reserve", "used", "left", "closeness"}
    assert names["tie"] == {"stress", "stretch", "reserve"}


def lower_charge(case):
    case.showing(1)["charge"]["derived"]["bases"]["stress"] /= 2.0


def no_charge_of_its_formula(case):
    del case.showing(1)["charge"]["derived"]


def another_formula(case):
    steps = case.showing(1)["charge"]["derived"]["steps"]
    case.showing(1)["charge"]["derived"]["steps"] = [*steps, ["number", 1.1], ["*", 2]]


def another_formula_everywhere(case):
    another_formula(case)
    steps = case.showing(1)["charge"]["derived"]["steps"]
    case.study()["quantities"]["reserve"]["formula"]["steps"] = steps
    for record in case.evidence.of_kind("showing"):  # in the order of their ids: each may be the first
        if (record.payload["study"], record.payload["quantity"]) == ("bar", "reserve"):
            record.payload["charge"]["derived"]["steps"] = steps


def miscounted(case):
    case.showing(2)["parts"][0]["not_within"] -= 1


def less_numerical_error(case):
    (step,) = [s for s in case.showing(1)["parts"][0]["waterfall"] if s["kind"] == "numerical"]
    step["value"] *= 0.5


def a_waterfall_from_nothing(case):
    part = case.showing(4)["parts"][0]
    part["waterfall"] = case.showing(3)["parts"][0]["waterfall"]


def another_value(case):
    case.showing(1)["parts"][0]["deciding"]["quantity"] += 1e-9


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lower_charge, "its solution verification"),
        (no_charge_of_its_formula, "as if its quantity were made otherwise"),
        (another_formula, "another formula than its study's"),
        (another_formula_everywhere, "its deciding run gave|its table says within"),
        (miscounted, "its runs give"),
        (less_numerical_error, "its waterfall says numerical error"),
        (a_waterfall_from_nothing, "nothing bounds its quantity"),
        (another_value, "its deciding run gave"),
    ],
)
def test_what_is_changed_is_named(case, change, named):
    change(case)
    said = case.said()
    assert any(word in said for word in named.split("|")), said


def test_a_solver_is_not_said_to_give_what_is_derived(case):
    record = next(r for r in case.evidence.of_kind("runs") if r.payload["purpose"] == "validation")
    name = f"runs-{record.blobs['table'].removeprefix('sha256:')}.jsonl"
    lines = [json.loads(line) for line in case.evidence.files[name].splitlines()]
    lines[0]["quantities"]["reserve"] = 9.0
    case.evidence.files[name] = b"".join(canonical(line) + b"\n" for line in lines)
    assert "its solver is said to give reserve" in case.said()


def test_what_cannot_be_recomputed_is_named(v):
    assert "the steps of a formula from its text" in v.UNCHECKED


@settings(max_examples=200, deadline=None)
@given(
    text=st.sampled_from(TEXTS),
    a=st.floats(-10.0, 10.0),
    c=st.floats(-10.0, 10.0),
    k=st.floats(-10.0, 10.0),
    x=st.floats(0.0, 2.0),
)
def test_the_verifier_calculates_as_assay_does(v, text, a, c, k, x):
    steps = compiled(parse_expression(text), "1", SCOPE)
    quantities, line = {"a": a, "c": c}, {"factors": {"k": k}}
    assert v.derived(steps, line, quantities) == value_of(steps, quantities, {"k": k})
    around = {"a": (a - x, a + x), "c": (c - x, c + x)}
    wanted = interval_of_formula(steps, around, {"k": k}) or v.NOWHERE
    assert v.derived_between(steps, line, around) == wanted
