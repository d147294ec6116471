"""The gates see what is wrong, and pass what is right."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.false_compliance import procedures, report, validity
from benchmarks.false_compliance.families import FAMILIES
from benchmarks.false_compliance.harness import Cell, Store, run
from benchmarks.false_compliance.problems import problem, stream
from benchmarks.false_compliance.programmes import OverBudgetError, Programme

from assay.statistics import believe, choose_bet, fixed_plan_shown, pick, settle

MODULE = "benchmarks.false_compliance.families"
BY_NAME = {family.name: family for family in FAMILIES}


def boundary(methods, programmes=40):
    few = [BY_NAME["spike"], BY_NAME["gp4"], BY_NAME["dust"]]
    cells = procedures.cells(few, methods, programmes, {0.05: (60,), 0.01: (60,)}, procedures.BOUNDARY)
    return run(cells, Store(None, "procedures", MODULE), workers=1, families=MODULE, say=lambda _: None)


def test_the_gaussian_process_mean_is_caught() -> None:
    found = boundary(("gp-mean",))
    wrong = sum(procedures.is_false(record) for record in found.values())
    assert not report.gate([("gp-mean", wrong, len(found))])["holds"]


def test_the_fixed_plan_passes() -> None:
    assert report.procedures_gate(boundary(("fixed",), 40), BY_NAME)["holds"]


def test_the_gate_is_the_exact_limit() -> None:
    # Of one cell: 16 of 200 is within the noise of 5 %, 20 of 200 is not.
    assert report.gate([("a", 16, 200)])["holds"]
    assert not report.gate([("a", 20, 200)])["holds"]
    assert report.gate([("a", 20, 200)] + [("b", 0, 10)] * 100)["holds"]


def test_exact_error_of_the_fixed_plan() -> None:
    cell = Cell("validity", 0, "-", 0.05, 400, 1.0, 59, "fixed:exact")
    assert validity.exact(cell)["exact"] == pytest.approx(0.95**59, rel=1e-14)
    assert validity.exact(cell)["holds"]


def test_the_simulated_wealth_is_the_products() -> None:
    found = problem(BY_NAME["gp4"], 0, 0.05, 400)
    rng = stream("test")
    c = validity.frozen(found, "good", rng)
    belief = believe([], [], 0.05)
    bet = choose_bet(c, belief, allowed=0.05, level=0.05, wealth_shown=1.0, wealth_refuted=1.0, left=40)
    u, beyond = rng.random((3, 40)), found.q > found.limit
    log_wealth, decided = np.zeros((3, 2)), np.zeros(3, dtype=np.int64)
    validity._play(bet, c, beyond, 0.05, u, np.arange(3), log_wealth, decided, np.log(20.0))
    for row in range(3):
        shown = refuted = 1.0
        verdict = 0
        for n, index in enumerate(pick(bet, c, u[row])):
            made = settle(
                bet, index=n, x=(), predicted=float(c[index]), state="beyond" if beyond[index] else "within",
                wealth_shown=shown, wealth_refuted=refuted, allowed=0.05,
            )  # fmt: skip
            shown, refuted = made.wealth_shown, made.wealth_refuted
            verdict = verdict or (1 if shown >= 20 else 2 if refuted >= 20 else 0)
        assert decided[row] == verdict
        assert np.exp(log_wealth[row]) == pytest.approx([shown, refuted], rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("method", [*procedures.RUNGS, *procedures.PEERS])
def test_a_method_is_deterministic_and_stays_in_its_budget(method) -> None:
    name = "mesh_honest" if method == "coarse" else "series"
    cell = Cell("procedures", 0, name, 0.05, 100, 0.25, 60, method)
    first, second = (procedures.result(cell, BY_NAME) for _ in range(2))
    assert {**first, "seconds": 0} == {**second, "seconds": 0}
    assert first["training"] + first["validation"] <= 60
    assert first["complies"]


def test_runs_are_counted_and_the_budget_holds() -> None:
    programme = Programme(problem(BY_NAME["beam"], 0, 0.05, 400), 10, stream("test"))
    programme.run(programme.draw(4))
    programme.validate()
    programme.run(programme.draw(6))
    assert (programme.training, programme.validation, programme.cost) == (4, 6, 10.0)
    with pytest.raises(OverBudgetError, match="1 runs asked, 0 of 10 left"):
        programme.run(programme.draw(1))


def test_false_declarations_are_reported() -> None:
    cells = procedures.cells(
        [BY_NAME["mesh_dishonest"]], ("coarse",), 60, {0.05: (300,)}, procedures.BOUNDARY
    )
    found = run(cells, Store(None, "procedures", MODULE), workers=1, families=MODULE, say=lambda _: None)
    row = report.misdeclared(found)[0]
    assert row["family"] == "mesh_dishonest"
    assert row["caught"]["events"] > 0
    assert row["caught"]["trials"] == len(found)


def test_validity_counts_what_the_plan_says() -> None:
    cell = Cell("validity", 0, "beam", 0.05, 400, 1.0, 59, "fixed", 4000)
    found = validity.result(cell, BY_NAME)
    assert fixed_plan_shown(0, 59, 0.05, 0.05)
    assert not fixed_plan_shown(1, 59, 0.05, 0.05)
    assert found["shown"] / 4000 == pytest.approx(0.95**59, abs=4 * np.sqrt(0.05 * 0.95 / 4000))
