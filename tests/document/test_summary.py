from __future__ import annotations

import dataclasses

from assay.document.records import DossierPayload
from assay.document.summary import dossier_payload, dossier_record


def test_every_attached_record_is_an_input(evidence):
    inputs = evidence.make_inputs()
    summary = dossier_record(inputs, tool=evidence.TOOL)
    assert set(summary.inputs.values()) == set(inputs.records())
    assert (summary.kind, summary.subject) == ("dossier", "nominal")
    assert DossierPayload.model_validate(summary.payload)


def test_it_is_the_same_for_the_same_evidence(evidence):
    one, other = (dossier_record(evidence.make_inputs(), tool=evidence.TOOL) for _ in range(2))
    assert one.id == other.id


def test_two_records_of_one_subject_are_both_reached(evidence):
    inputs = evidence.make_inputs()
    twin = dataclasses.replace(
        inputs.approvals[0], payload={**inputs.approvals[0].payload, "person": "E. Miller"}
    )
    summary = dossier_record(
        dataclasses.replace(inputs, approvals=(*inputs.approvals, twin)), tool=evidence.TOOL
    )
    assert twin.id in summary.inputs.values()
    assert inputs.approvals[0].id in summary.inputs.values()


def test_clauses_in_the_order_of_the_pack_then_own_sources(evidence):
    payload = dossier_payload(evidence.make_inputs())
    codes = [clause.code for clause in payload.clauses]
    assert codes[0] == "CS 25.301(a)"
    assert codes[-1].startswith("TRAY-SPEC")
    by_code = {clause.code: clause for clause in payload.clauses}
    assert by_code["CS 25.307"].check == "no"
    assert payload.totals.unchecked_clauses == 2


def test_factors_of_limits_and_cases(evidence):
    payload = dossier_payload(evidence.make_inputs())
    assert [factor.tag for factor in payload.factors] == ["CS 25.303", "CS 25.621", "CS 25.625"]


def test_rows_carry_their_text_reason_and_children(evidence):
    payload = dossier_payload(evidence.make_inputs())
    rows = {row.requirement: row for row in payload.rows}
    assert rows["TRAY-001"].children == ("TRAY-002", "TRAY-003", "TRAY-004")
    assert rows["TRAY-015"].reason_text == "nothing declared"
    assert rows["TRAY-002"].criteria == ("TRAY-002.a", "TRAY-002.b")


def test_failed_rows_and_totals(evidence):
    payload = dossier_payload(evidence.make_inputs(failed=((3, 1), (5, 0))))
    assert [(run.index, run.rows, run.reason) for run in payload.failed] == [
        (3, ("over:nx,nz#0",), "not-converged"),
        (5, ("",), "not-converged"),
    ]
    assert payload.totals.failed == 2
    assert payload.totals.solves == 170


def test_what_was_discarded_elsewhere_is_not_told_here(evidence):
    inputs = evidence.make_inputs()
    elsewhere = dataclasses.replace(
        inputs.discarded[0], payload={**inputs.discarded[0].payload, "configuration": "light"}
    )
    payload = dossier_payload(dataclasses.replace(inputs, discarded=(*inputs.discarded, elsewhere)))
    assert [(group.kind, len(group.records), group.solves) for group in payload.discarded] == [
        ("runs", 1, 59)
    ]


def test_saved_draws_are_those_of_the_plan_that_were_not_made(evidence):
    inputs = evidence.make_inputs()
    assert dossier_payload(inputs).earned[0].saved_runs == 0
    longer = [
        dataclasses.replace(a, payload={**a.payload, "draws": {a.payload["criteria"][0]: 99}})
        for a in inputs.attempts
    ]
    earned = dossier_payload(dataclasses.replace(inputs, attempts=tuple(longer))).earned[0]
    assert (earned.planned_runs, earned.drawn_runs, earned.saved_runs) == (99, 59, 40)


def test_without_models_nothing_is_earned(evidence):
    payload = dossier_payload(evidence.make_inputs(evidence.make_programme(surrogate=False)))
    assert payload.earned == ()
    assert "sobol-1967" not in {item.key for item in payload.references}


def test_commands_are_quoted_as_in_print(evidence):
    """A terminal shows them in backticks; a page has none."""
    inputs = evidence.make_inputs()
    name, showing = next(item for item in inputs.showings.items() if item[1].payload["closes_by"])
    asked = {**showing.payload, "closes_by": "ask, then: `assay run`, and `assay dossier`"}
    row = next(row for row in inputs.status.rows if row.closes_by)
    status = inputs.status.model_copy(
        update={
            "rows": tuple(
                item.model_copy(update={"closes_by": "`assay run`"}) if item is row else item
                for item in inputs.status.rows
            )
        }
    )
    showings = {**inputs.showings, name: dataclasses.replace(showing, payload=asked)}
    payload = dossier_payload(dataclasses.replace(inputs, showings=showings, status=status))
    assert payload.actions[name] == "ask, then: “assay run”, and “assay dossier”"
    assert {item.requirement: item.closes_by for item in payload.rows}[row.requirement] == "“assay run”"
    assert "`" not in payload.model_dump_json()


def test_every_showing_that_can_be_closed_says_how(evidence):
    inputs = evidence.make_inputs()
    actions = dossier_payload(inputs).actions
    assert actions
    assert actions == {
        name: showing.payload["closes_by"]
        for name, showing in inputs.showings.items()
        if showing.payload["closes_by"]
    }
