"""The whole argument on `tiny`, by the real command line; each verdict is true in closed form.

Exact answers of `tests/programmes/tiny/studies/beam.py`, s from root to tip:

    stress     = 4 F L / (b t^2)
    deflection = 11 F L^3 / (60 E I),  I = b t^3 / 12
    frequency  = sqrt(16/5 / (104/405) E I / (rho A L^4)) / (2 pi)
    reaction   = m g |nx + ny/2|
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from assay.compliance import Status

VERDICTS = {"SHOWN", "SHOWN GIVEN", "NOT SHOWN", "REFUTED"}
THICKNESS = {"nominal": 10.0, "thin": 6.0}
MODEL_FORM = 1.05
CASES = {"stowed": (150.0, 1.0), "service": (300.0, 1.5), "gust": (500.0, 1.0)}
"""Load in N and factor on the demand."""
L, B, RHO = 200.0, 25.0, 2.7e-9
HERE = Path(__file__).parents[1] / "programmes" / "tiny"


def stress(load, t, modulus):
    return 4.0 * load * L / (B * t**2)


def deflection(load, t, modulus):
    return 11.0 * load * L**3 / (60.0 * 1e3 * modulus * B * t**3 / 12.0)


def frequency(load, t, modulus):
    return np.sqrt(16 / 5 / (104 / 405) * 1e3 * modulus * t**2 / 12.0 / (RHO * L**4)) / (2 * np.pi)


def law(configuration, count=200_000):
    """Draws of the joint law, made here and not by Assay."""
    rng = np.random.default_rng(20261123)
    t = THICKNESS[configuration] + rng.uniform(-0.1, 0.1, count)
    return {"load": rng.normal(300.0, 15.0, count), "t": t, "modulus": rng.normal(70.0, 1.2, count)}


def casting_limit():
    """The basis value by hand: mean - k sd, k the one-sided tolerance factor at 90/95 for n = 60."""
    from scipy.stats import nct, norm

    with (HERE / "data" / "cast.csv").open() as file:
        psi = np.array([float(row["strength [psi]"]) for row in csv.DictReader(file)])
    n = len(psi)
    k = nct.ppf(0.95, n - 1, np.sqrt(n) * norm.ppf(0.90)) / np.sqrt(n)
    return (psi.mean() - k * psi.std(ddof=1)) * 6.894757293168361e-3 / 1.25


def violating(criterion, configuration, error):
    """Largest true violating fraction over the criterion's rows, with `error` times the exact answer."""
    draws = law(configuration)
    if criterion == "BEAM-2":
        return float(np.mean(error * stress(**draws) > casting_limit()))
    if criterion == "BEAM-4":
        return max(
            float(np.mean(error * f * stress(load, draws["t"], draws["modulus"]) > 200.0))
            for load, f in CASES.values()
        )
    if criterion == "BEAM-6":
        return float(np.mean(frequency(**draws) * (2.0 - error) < 150.0))
    y = deflection(**draws)
    return float(np.mean((error * y > 7.0) | ((2.0 - error) * y < 1.0)))


@pytest.fixture(scope="module")
def status(tiny_done):
    ended = tiny_done("status", "--json")
    assert ended.code == 0
    return ended.json


def verdict(status, requirement, configuration):
    found = [
        r for r in status["rows"] if (r["requirement"], r["configuration"]) == (requirement, configuration)
    ]
    assert len(found) == 1
    return found[0]


def test_all_four_words_occur(status):
    assert {row["verdict"] for row in status["rows"]} == VERDICTS


def test_counts_are_those_of_the_rows(status):
    assert status["counts"] == {v: sum(r["verdict"] == v for r in status["rows"]) for v in status["counts"]}
    assert set(status["counts"]) == VERDICTS
    assert sum(status["counts"].values()) == len(status["rows"]) == 2 * 10


@pytest.mark.parametrize("configuration", ["nominal", "thin"])
@pytest.mark.parametrize("requirement", ["BEAM-2", "BEAM-4", "BEAM-6", "BEAM-10"])
def test_fractions(status, requirement, configuration):
    """SHOWN: no more than 5 % of the law violate, the model form at its worst; REFUTED: more, at its best."""
    row = verdict(status, requirement, configuration)
    if configuration == "nominal":
        assert row["verdict"] == "SHOWN"
        assert violating(requirement, configuration, MODEL_FORM) <= 0.05
    else:
        assert row["verdict"] == "REFUTED"
        assert violating(requirement, configuration, 2.0 - MODEL_FORM) > 0.05


def test_cases_at_nominal_values(status):
    """The tip under each case at the nominal thickness and modulus, against 8 mm."""
    for configuration, t in THICKNESS.items():
        tips = [f * deflection(load, t, 70.0) for load, f in CASES.values()]
        row = verdict(status, "BEAM-3", configuration)
        if configuration == "nominal":
            assert row["verdict"] == "SHOWN"
            assert MODEL_FORM * max(tips) <= 8.0
        else:
            assert row["verdict"] == "REFUTED"
            assert (2.0 - MODEL_FORM) * max(tips) > 8.0
            assert row["reason"] == "refuted-by-run"


def test_worst_vertex_of_a_convex_answer(status):
    """m g |nx + ny/2| is convex, so that its maximum over [-2, 2] x [-1, 3] stands at the vertex (2, 3)."""
    nx, ny = np.meshgrid(np.linspace(-2, 2, 41), np.linspace(-1, 3, 41))
    everywhere = 2.0 * 9.80665 * np.abs(nx + 0.5 * ny)
    assert np.isclose(everywhere.max(), 2.0 * 9.80665 * 3.5)
    assert MODEL_FORM * everywhere.max() <= 80.0
    for configuration in THICKNESS:
        row = verdict(status, "BEAM-7", configuration)
        assert row["verdict"] == "SHOWN GIVEN"
        assert row["given"] == ["reaction convex in nx, ny; mass (16 checks, 0 violations)"]


def test_what_is_not_shown(status):
    """One plan is not paid for, one document is not on file: neither is anybody's guess."""
    for configuration in THICKNESS:
        unpaid = verdict(status, "BEAM-5", configuration)
        assert (unpaid["verdict"], unpaid["reason"]) == ("NOT SHOWN", "plan-not-paid")
        assert unpaid["price"]["runs"] == 299 * 4  # the draw itself and three cases
        missing = verdict(status, "BEAM-9", configuration)
        assert (missing["verdict"], missing["reason"]) == ("NOT SHOWN", "document-missing")
        assert verdict(status, "BEAM-8", configuration)["method"] == "document"


def test_a_parent_is_the_worst_of_its_children(status):
    assert verdict(status, "BEAM-1", "nominal")["verdict"] == "SHOWN"
    assert verdict(status, "BEAM-1", "thin")["verdict"] == "REFUTED"
    assert verdict(status, "BEAM-1", "thin")["method"] == "children"


def test_margins_are_those_of_the_closed_form(status):
    """A margin is capacity over demand less one, with the deciding draw inside the law's reach."""
    most, least = (200.0 / (MODEL_FORM * stress(500.0, t, 70.0)) - 1.0 for t in (10.1, 9.9))
    margin = verdict(status, "BEAM-4", "nominal")["margin"]
    assert margin["mode"] == "stress, gust"
    assert least - 0.002 <= margin["value"] <= most
    tip = MODEL_FORM * deflection(500.0, 10.0, 70.0)
    assert 0.0 < 8.0 / tip - 1.0 - verdict(status, "BEAM-3", "nominal")["margin"]["value"] < 0.06


def test_status_is_of_its_schema(status):
    schema = Status.model_json_schema(by_alias=True)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(status)
    with pytest.raises(Exception, match="PROVEN"):
        Draft202012Validator(schema).validate(
            {**status, "rows": [{**status["rows"][0], "verdict": "PROVEN"}]}
        )


def test_status_has_every_field_of_the_contract(status):
    """Fields may be added within a version, never taken away (DESIGN.md section 8)."""
    assert status["schema"] == "assay.status/1"
    assert {"schema", "programme", "rows", "counts", "listwise"} <= status.keys()
    assert {"rows", "confidence"} <= status["listwise"].keys()
    row_fields = (
        "requirement configuration sources means verdict given reason closes_by price margin stale criteria"
    )
    criterion_fields = "criterion case verdict given rung method credit margin assumptions attempts records"
    margins, assumptions = 0, 0
    for row in status["rows"]:
        assert set(row_fields.split()) <= row.keys()
        for criterion in row["criteria"]:
            assert set(criterion_fields.split()) <= criterion.keys()
            for assumption in criterion["assumptions"]:
                assert {"text", "check", "record"} <= assumption.keys()
                assumptions += 1
            if criterion["margin"]:
                assert {"value", "mode", "place"} <= criterion["margin"].keys()
                margins += 1
    assert margins
    assert assumptions


def test_each_case_is_a_row_of_its_own(status):
    criteria = verdict(status, "BEAM-4", "thin")["criteria"]
    assert [(c["case"], c["verdict"]) for c in criteria] == [
        ("stowed", "SHOWN"),  # 150 N on 6 mm: 1.05 * 133 MPa < 200 MPa
        ("service", "REFUTED"),
        ("gust", "REFUTED"),
    ]
    assert MODEL_FORM * stress(150.0, 5.9, 70.0) < 200.0


def test_what_always_stands_under_a_verdict(status):
    """The law, the numerical bound and the model form are always assumption rows, each with its record."""
    for row in status["rows"]:
        for criterion in row["criteria"]:
            if criterion["method"] in {None, "document"}:
                continue
            text = " | ".join(a["text"] for a in criterion["assumptions"])
            assert "numerical error at most" in text
            assert "model form: allowance 1.05, approved" in text
            assert "joint law" in text or "nominal values" in text


def test_records_of_a_verdict_exist(status, tiny_done):
    ids = set(tiny_done.records())
    named = {r for row in status["rows"] for c in row["criteria"] for r in c["records"]}
    assert named
    assert named <= ids


def test_listwise_confidence_is_below_that_of_a_row(status):
    assert 0.0 < status["listwise"]["confidence"] < 0.95
