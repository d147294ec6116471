from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assay.evidence.records import canonical
from assay.programme import Source, describe, programme_payloads
from assay.programme.records import document_payload


def test_every_object_has_a_canonical_payload(tiny: Any) -> None:
    payloads = programme_payloads(tiny.load())
    kinds = [kind for kind, _, _ in payloads]
    assert {k: kinds.count(k) for k in dict.fromkeys(kinds)} == {
        "requirement": 10, "criterion": 7, "study": 2, "configuration": 2, "dataset": 1, "document": 2,
    }  # fmt: skip
    assert len({(kind, subject) for kind, subject, _ in payloads}) == len(payloads)
    for _, _, payload in payloads:
        text = canonical(payload).decode()
        assert str(tiny.root) not in text
        assert '"source":' not in text


def test_payloads_do_not_depend_on_where_things_stand(tiny: Any) -> None:
    before = [canonical(payload) for _, _, payload in programme_payloads(tiny.load())]
    for file in ("criteria.toml", "studies/beam.toml", "configurations/thin.toml"):
        tiny.write(file, "# a comment\n\n" + (tiny.root / file).read_text("utf-8"))
    assert [canonical(payload) for _, _, payload in programme_payloads(tiny.load())] == before


def test_a_criterion_carries_its_cases(tiny: Any) -> None:
    payloads = {subject: payload for _, subject, payload in programme_payloads(tiny.load())}
    assert payloads["BEAM-4.a"]["cases"][1] == {
        "name": "service", "level": "service", "factors": {"load": 300.0}, "tags": ["RULE 7"],
    }  # fmt: skip
    assert payloads["BEAM-2.a"]["cases"] == []
    assert payloads["BEAM-7.a"]["holds"]["kind"] == "over"


def test_documents_by_digest(tiny: Any) -> None:
    programme = tiny.load()
    payloads = {s: p for kind, s, p in programme_payloads(programme) if kind == "document"}
    assert payloads["BEAM-8"]["digest"].startswith("sha256:")
    assert payloads["BEAM-9"]["digest"] is None
    with pytest.raises(ValueError, match="not shown by a document"):
        document_payload(programme, programme.requirements["BEAM-1"])


def test_describe(tiny: Any) -> None:
    programme = tiny.load()
    criterion = programme.criteria["BEAM-4.a"]
    assert describe(criterion.holds) == {
        "kind": "cases",
        "file": "data/cases.csv",
        "others": {"kind": "fraction", "fraction": 0.95, "confidence": 0.95},
    }
    assert describe(criterion)["limits"] == ["200 [MPa]"]
    law = programme.studies["beam"].factors["load"].law
    assert describe(law) == {"kind": "normal", "mean": 300.0, "sd": 15.0}
    assert json.loads(canonical(describe(programme.studies["beam"].declarations))) == []
    assert "source" not in describe(programme.studies["beam"].model_form)
    with pytest.raises(TypeError):
        describe(Path("x"))
    with pytest.raises(TypeError):
        describe(Source)
