from __future__ import annotations

import pytest

from assay.evidence import Record, open_store, read_ledger, write_attempt
from assay.pipeline.attempting import lost_attempts, make_plans, note_of, open_block
from assay.pipeline.engine import ATTEMPT_NOTE
from assay.pipeline.tool import TOOL
from assay.showing import identity_of

OTHER = "sha256:" + "9" * 64


@pytest.fixture
def empty(tmp_path):
    with open_store(tmp_path) as store:
        yield store, tmp_path


def attempt(nominal, requirement="BEAM-6", number=1, block=0, recipe=OTHER):
    return {
        "requirement": requirement,
        "identity": identity_of(nominal.setting.configuration),
        "number": number,
        "configuration": "nominal",
        "plan": "fixed",
        "draws": {f"{requirement}.a": 59},
        "blocks": {"beam": block},
        "recipe": recipe,
    }


def note(store, payload):
    store.note(
        ATTEMPT_NOTE, f"beam@{payload['configuration']}", note_of({"plan": "fixed", **payload}, "beam", ())
    )


def begin(store, block):
    store.put(Record("design", f"beam@nominal/block-{block}", OTHER, {"n": str(block)}, {}, {}, TOOL))


def test_plans_of_the_computed_programme(nominal):
    plan = nominal.plans["BEAM-6.a"]
    assert (plan.number, plan.total, plan.draws, plan.block, plan.gap) == (1, 1, 59, 0, False)
    assert plan.recorded
    assert plan.level == pytest.approx(0.05)
    unpaid = nominal.plans["BEAM-5.a"]
    assert (unpaid.recorded, unpaid.draws, unpaid.block, unpaid.payload) == (False, 299, None, None)
    assert set(nominal.plans) == {f"BEAM-{i}.a" for i in (2, 4, 5, 6, 10)}, "nominal claims need no plan"


def plans(programme, nominal, folder, recipes, lost=frozenset()):
    setting = nominal.setting
    ledger = read_ledger(folder)
    return make_plans(programme, setting.configuration, ledger, setting.claims, recipes, lost, {}, {})


def test_an_attempt_of_another_recipe_is_the_one_before(programme, nominal, tmp_path):
    write_attempt(tmp_path, attempt(nominal))
    found = plans(programme, nominal, tmp_path, {"BEAM-6": "sha256:" + "8" * 64})["BEAM-6.a"]
    assert (found.number, found.total, found.level, found.draws, found.recorded) == (2, 1, None, 0, False)
    again = plans(programme, nominal, tmp_path, {"BEAM-6": OTHER})["BEAM-6.a"]
    assert (again.number, again.recorded, again.block) == (1, True, 0)


def test_gaps(programme, nominal, tmp_path):
    write_attempt(tmp_path, attempt(nominal, number=2))
    assert plans(programme, nominal, tmp_path, {})["BEAM-6.a"].gap
    assert not plans(programme, nominal, tmp_path, {})["BEAM-4.a"].gap
    assert plans(programme, nominal, tmp_path, {}, frozenset({"BEAM-4"}))["BEAM-4.a"].gap


def test_the_first_block(empty):
    store, folder = empty
    assert open_block(store, read_ledger(folder), "beam", "nominal") == 0


def test_a_block_is_shared_until_it_begins(empty, nominal):
    store, folder = empty
    payload = attempt(nominal)
    note(store, payload)
    write_attempt(folder, payload)
    assert open_block(store, read_ledger(folder), "beam", "nominal") == 0
    assert open_block(store, read_ledger(folder), "beam", "thin") == 0
    begin(store, 0)
    assert open_block(store, read_ledger(folder), "beam", "nominal") == 1
    assert open_block(store, read_ledger(folder), "beam", "thin") == 0


def test_a_block_that_another_store_may_have_begun_is_not_shared(empty, nominal):
    store, folder = empty
    write_attempt(folder, attempt(nominal, block=3))
    assert open_block(store, read_ledger(folder), "beam", "nominal") == 4


def test_a_block_whose_attempt_is_gone_is_not_used_again(empty):
    store, folder = empty
    begin(store, 0)
    begin(store, 1)
    assert open_block(store, read_ledger(folder), "beam", "nominal") == 2


def test_lost_attempts(empty, nominal):
    """Noted, begun, and not in the ledger: lost. Noted and never begun: the machine died before."""
    store, folder = empty
    configuration = nominal.setting.configuration
    payload = attempt(nominal)
    note(store, payload)
    assert lost_attempts(store, read_ledger(folder), configuration) == frozenset()
    begin(store, 0)
    assert lost_attempts(store, read_ledger(folder), configuration) == {"BEAM-6"}
    write_attempt(folder, payload)
    assert lost_attempts(store, read_ledger(folder), configuration) == frozenset()


def test_attempts_of_another_part_are_not_missed(empty, nominal, programme):
    store, folder = empty
    note(store, attempt(nominal))
    begin(store, 0)
    assert lost_attempts(store, read_ledger(folder), programme.configurations["thin"]) == frozenset()
