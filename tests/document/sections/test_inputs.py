from __future__ import annotations

import dataclasses


def test_records_are_each_there_once_by_id(inputs):
    records = inputs.records()
    assert all(record.id == name for name, record in records.items())
    kinds = {record.kind for record in records.values()}
    assert {
        "requirement",
        "criterion",
        "study",
        "configuration",
        "showing",
        "runs",
        "model",
        "approval",
    } <= kinds


def test_what_belongs_to_another_configuration_is_left_out(inputs):
    criterion = dataclasses.replace(inputs.programme.criteria["TRAY-004.a"], configurations=("light",))
    programme = dataclasses.replace(
        inputs.programme, criteria={**inputs.programme.criteria, "TRAY-004.a": criterion}
    )
    other = dataclasses.replace(inputs.own["configuration:nominal"], subject="light")
    own = {**inputs.own, "configuration:light": other}
    narrowed = dataclasses.replace(inputs, programme=programme, own=own)
    subjects = {(r.kind, r.subject) for r in narrowed.records().values()}
    assert ("criterion", "TRAY-004.a") not in subjects
    assert ("configuration", "light") not in subjects
    assert ("criterion", "TRAY-005.a") in subjects


def test_superseded_records_are_not_attached(inputs):
    assert inputs.discarded[0].id not in inputs.records()


def test_an_id_is_that_of_the_record(inputs, evidence):
    for record in list(inputs.records().values())[:5]:
        assert inputs.id_of(record) == record.id
    stranger = evidence.record("runs", "elsewhere", {"a": 1})
    assert inputs.id_of(stranger) == stranger.id


def test_run_records_come_in_the_order_of_the_argument(inputs):
    purposes = [record.payload["purpose"] for record in inputs.studies["tray"].runs()]
    assert purposes == ["training", "verification", "structure-test", "nominal", "refutation", "validation"]


def test_an_approval_for_another_configuration_is_left_out(inputs):
    light = dataclasses.replace(inputs.programme.configurations["nominal"], name="light")
    known = {**inputs.programme.configurations, "light": light}
    programme = dataclasses.replace(inputs.programme, configurations=known)
    record = inputs.approvals[1]
    elsewhere = dataclasses.replace(record, payload={**record.payload, "subject": "basis:x@light"})
    widened = dataclasses.replace(inputs, programme=programme, approvals=(*inputs.approvals, elsewhere))
    assert widened.approvals_here() == inputs.approvals
    assert elsewhere.id not in widened.records()
