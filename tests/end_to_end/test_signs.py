"""Declared signs and symmetries from file to sealed dossier: shown where true, broken where false."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SIGNS = HERE.parent / "programmes" / "signs"


@pytest.fixture(scope="module")
def signs(tmp_path_factory, tiny_unrun):
    """The programme `signs` with everything computed and its dossier written."""
    place = tmp_path_factory.mktemp("signs") / "signs"
    shutil.copytree(SIGNS, place)
    assay = type(tiny_unrun)(place, tmp_path_factory.mktemp("settings"))
    assay.trust()
    subjects = ("model-form:plate", "model-form:rim")
    assert assay.within("approve", *subjects, "--as", "Ada Example", "--role", "analyst lead").code == 0
    assay.run()
    ended = assay.within("dossier")
    assert ended.code == 0, ended.err
    return assay


@pytest.fixture(scope="module")
def rows(signs):
    return signs.rows()


def test_a_true_sign_is_shown_by_one_run_at_the_worst_corner(signs, rows):
    row, showing = rows["SIGN-1"], signs.showing("SIGN-1.a").payload
    assert (row["verdict"], row["reason"]) == ("SHOWN GIVEN", "shown-given")
    assert row["given"] == [
        "sag increasing in load (16 checks, 0 violations)",
        "sag decreasing in thickness; modulus (24 checks, 0 violations)",
    ]
    (part,) = showing["parts"]
    assert len(part["rows"]) == 1
    factors = part["deciding"]["factors"]
    assert (factors["load"], factors["thickness"], factors["modulus"]) == (90.0, 7.8, 190.0)
    assert (showing["rung"], showing["method"]) == ("2", "structure")
    # Nothing in the whole box sags more.
    worst = 1500.0 * 90.0 / (190.0 * 7.8**3)
    assert part["deciding"]["quantity"] == pytest.approx(worst, rel=1e-4)


def test_a_hidden_dent_breaks_the_declaration(signs, rows):
    row = rows["SIGN-2"]
    assert (row["verdict"], row["reason"], row["given"]) == ("NOT SHOWN", "declaration-broken", [])
    assert "withdraw the declaration" in row["closes_by"]
    (test,) = [r for r in signs.records("structure-test").values() if r.subject == "plate"]
    broken = {(c["quantity"], c["kind"]) for c in test.payload["declarations"] if c["violations"]}
    assert ("bumpy_sag", "increasing_in") in broken
    assert not any(quantity != "bumpy_sag" for quantity, _ in broken)


def test_the_model_led_the_test_runs(signs):
    (table,) = [r for r in signs.records("runs").values() if r.subject == "plate/structure"]
    models = {r.id for r in signs.records("model").values() if r.subject.startswith("plate.")}
    assert set(table.inputs.values()) == models
    (rim,) = [r for r in signs.records("runs").values() if r.subject == "rim/structure"]
    assert rim.inputs == {}


def test_a_symmetry_halves_the_corners(signs, rows):
    assert rows["SIGN-3"]["verdict"] == "SHOWN GIVEN"
    assert [text.split(" (")[0] for text in rows["SIGN-3"]["given"]] == [
        "stress convex in pull_x, pull_y",
        "stress symmetric in pull_x, pull_y",
    ]
    assert len(signs.showing("SIGN-3.a").payload["parts"][0]["rows"]) == 2


def test_a_small_offset_breaks_a_symmetry(rows):
    assert (rows["SIGN-4"]["verdict"], rows["SIGN-4"]["reason"]) == ("NOT SHOWN", "declaration-broken")


def test_a_sign_under_a_fraction_of_the_others(signs, rows):
    assert rows["SIGN-5"]["verdict"] == "SHOWN GIVEN"
    payload = signs.showing("SIGN-5.a").payload
    assert (payload["method"], payload["parts"][0]["draws"]) == ("structure+fixed", 59)
    assert [row.rpartition("#")[0] for row in payload["parts"][0]["rows"]] == ["over:load"]
    assert payload["parts"][0]["deciding"]["factors"]["load"] == 90.0


@pytest.fixture(scope="module")
def recomputation():
    """The tools that tell lies about evidence and listen to what the verifier says."""
    path = HERE.parent / "dossier" / "verifier" / "test_recomputation.py"
    spec = importlib.util.spec_from_file_location("recomputation", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def files(signs, forging):
    return forging.files_of((signs.folder / "build" / "nominal" / "dossier.pdf").read_bytes())


def test_the_verifier_recomputes_it_all(recomputation, verifier, files):
    assert recomputation.failures(verifier, recomputation.retold(files, {})) == ""


SAG, RIM, DRAWS = (("showing", f"SIGN-{n}.a@nominal") for n in (1, 3, 5))
PLATE, RIMS = ("structure-test", "plate"), ("structure-test", "rim")
LIES = [
    (SAG, "given", ["sag increasing in load (16 checks, 0 violations)"], "does not say that it is given"),
    (SAG, "given", lambda given: [given[0].replace("16", "99"), given[1]], "does not say that it is given"),
    (SAG, "assumptions", lambda rows: rows[:-1], "does not say: the declarations held against the runs"),
    (
        SAG,
        "assumptions/4/text",
        lambda text: text.replace("comparisons", "checks"),
        "does not say: the declarations",
    ),
    (RIM, "parts/0/rows", lambda rows: rows[:1], "leave out"),
    (PLATE, "declarations/0/violations", 1, "states runs, checks, violations"),
    (PLATE, "declarations/0/checks", 17, "states runs, checks, violations"),
    (PLATE, "declarations/0/worst", -0.5, "another largest violation"),
    (PLATE, "declarations/0/kind", "decreasing_in", "no step in one direction"),
    (PLATE, "declarations/2/violations", 0, "states runs, checks, violations"),
    (RIMS, "declarations/3/violations", 0, "states runs, checks, violations"),
    (("study", "rim"), "factors/pull_x/range", [-6.0, 5.0], "is not mirrored"),
    (("study", "plate"), "declarations/0/kind", "decreasing_in", "leave out the worst end"),
    (("study", "plate"), "declarations/4/kind", "increasing_in", "leave out the worst end"),
]


@pytest.mark.parametrize(("where", "path", "value", "sentence"), LIES)
def test_a_lie_about_a_declaration_is_found(recomputation, verifier, files, where, path, value, sentence):
    changed = recomputation.retold(files, {where: recomputation.at(path, value)})
    assert sentence in recomputation.failures(verifier, changed)


def showing_of(verifier, files, subject):
    """Return a showing as the verifier opens it."""
    evidence = verifier.Evidence(files)
    verifier.check_manifest(evidence)
    verifier.check_records(evidence)
    (record,) = [r for r in evidence.of_kind("showing") if r.subject == subject]
    return verifier.Showing(evidence, record)


def test_the_worst_end_is_that_of_the_configuration(recomputation, verifier, files):
    change = recomputation.at("factors/plate/thickness/tolerance", [-0.3, 0.3])
    changed = recomputation.retold(files, {("configuration", "nominal"): change})
    showing = showing_of(verifier, changed, "SIGN-1.a@nominal")
    with pytest.raises(verifier.Failed, match="leave out the worst end"):
        showing.check_rows()
    showing_of(verifier, files, "SIGN-1.a@nominal").check_rows()


def test_runs_that_contradict_a_sign_end_it_whatever_its_tests_said(verifier, files, signs):
    showing = showing_of(verifier, files, "SIGN-2.a@nominal")
    compared, wrong = verifier.held_against_runs(showing, showing.signs, [], [], ())
    assert wrong > 0
    said = [row["text"] for row in signs.showing("SIGN-2.a").payload["assumptions"]]
    assert f"{compared} comparisons, {wrong} violations" in " | ".join(said)
    with pytest.raises(verifier.Failed, match="own runs contradict its declarations"):
        showing.check_held(showing.signs, [], [], ())
