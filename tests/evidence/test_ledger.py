"""What people decided is read as it was written, or reported by file."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.errors import EvidenceError, InputError
from assay.evidence import (
    Approval,
    Ledger,
    canonical,
    digest,
    read_ledger,
    write_approval,
    write_attempt,
    write_freeze,
)

APPROVAL = Approval(
    kind="allowance",
    subject="tray/model-form",
    of=digest(b"recipe"),
    role="stress lead",
    person="B. Reviewer",
    author="A. Analyst",
    statement="10 % covers the clamp.",
)


def attempt(number: int, requirement: str = "TRAY-012", **identity: str) -> dict[str, object]:
    who = identity or {"part": "TB-100", "serials": "all"}
    return {"requirement": requirement, "identity": who, "number": number, "plan": "fixed"}


def test_no_ledger_is_an_empty_one(tmp_path: Path) -> None:
    assert read_ledger(tmp_path) == Ledger()


def test_an_approval_comes_back(tmp_path: Path) -> None:
    path = write_approval(tmp_path, APPROVAL)
    assert write_approval(tmp_path, APPROVAL) == path
    assert path.parent == tmp_path / "ledger" / "approvals"
    assert path.name.startswith("allowance-tray-model-form-")
    assert path.read_bytes() == canonical(APPROVAL.payload()) + b"\n"
    ledger = read_ledger(tmp_path)
    assert ledger.problems == ()
    assert ledger.approvals_of(digest(b"recipe")) == (APPROVAL,)
    assert ledger.approvals_of(digest(b"changed")) == ()


def test_attempts_are_numbered_by_part_and_requirement(tmp_path: Path) -> None:
    for number in (1, 2, 4):
        write_attempt(tmp_path, attempt(number))
    write_attempt(tmp_path, attempt(1, "TRAY-013"))
    write_attempt(tmp_path, attempt(3, part="TB-200", serials="all"))
    write_attempt(tmp_path, {**attempt(2), "plan": "sequential"})
    ledger = read_ledger(tmp_path)
    assert ledger.problems == ()
    assert ledger.attempt_numbers({"serials": "all", "part": "TB-100"}, "TRAY-012") == (1, 2, 2, 4)
    assert ledger.attempt_numbers({"part": "TB-200", "serials": "all"}, "TRAY-012") == (3,)
    assert ledger.attempt_numbers({"configuration": "nominal"}, "TRAY-012") == ()


@pytest.mark.parametrize(
    "payload",
    [{}, attempt(0), {**attempt(1), "number": True}, {**attempt(1), "requirement": 3},
     {**attempt(1), "identity": "TB-100"}, {**attempt(1), "identity": {"part": 1}}],
)  # fmt: skip
def test_an_attempt_that_cannot_be_counted_is_not_written(tmp_path: Path, payload: dict[str, object]) -> None:
    with pytest.raises(InputError):
        write_attempt(tmp_path, payload)


def test_a_freeze_comes_back(tmp_path: Path) -> None:
    payload = {"configuration": "nominal", "criteria": {"TRAY-012.a": digest(b"x")}}
    write_freeze(tmp_path, payload)
    (entry,) = read_ledger(tmp_path).freezes
    assert entry.payload == payload
    assert entry.digest == digest(canonical(payload))
    assert entry.file.startswith("ledger/freezes/nominal-")


def test_every_bad_file_is_named(tmp_path: Path) -> None:
    good = write_attempt(tmp_path, attempt(1))
    folder = good.parent
    edited = folder / "TRAY-012-002-000000000000.json"
    edited.write_bytes(good.read_bytes())
    (folder / "a.json").write_bytes(b"{")
    (folder / "b.json").write_bytes(b"[1]\n")
    (folder / "c.json").write_bytes(b'{"a": NaN}')
    (folder / "d.json").write_bytes(good.read_bytes().replace(b":", b": "))
    (folder / "e.json").symlink_to(good)
    (folder / "f.json").write_bytes(b"\xff\xfe")
    (folder / "g.json").write_bytes(b'{"a":1,"a":2}')
    wrong = canonical({"requirement": 1})
    (folder / f"h-{digest(wrong)[7:19]}.json").write_bytes(wrong)
    (folder / "notes.txt").write_text("not ours")
    ledger = read_ledger(tmp_path)
    assert [entry.file for entry in ledger.attempts] == [f"ledger/attempts/{good.name}"]
    named = {problem.file.rsplit("/", 1)[1].split("-")[0].split(".")[0] for problem in ledger.problems}
    assert named == {"TRAY", "a", "b", "c", "d", "e", "f", "g", "h"}


def test_an_approval_edited_by_hand_is_a_problem(tmp_path: Path) -> None:
    path = write_approval(tmp_path, APPROVAL)
    path.write_bytes(path.read_bytes().replace(b"B. Reviewer", b"C. Reviewer"))
    (problem,) = read_ledger(tmp_path).problems
    assert "changed after it was written" in problem.found
    with pytest.raises(EvidenceError, match="something else"):
        write_approval(tmp_path, APPROVAL)


def test_a_ledger_outside_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    programme = tmp_path / "programme"
    (programme / "ledger").mkdir(parents=True)
    (programme / "ledger" / "approvals").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="out of the programme folder"):
        read_ledger(programme)
    with pytest.raises(InputError, match="out of the programme folder"):
        write_approval(programme, APPROVAL)
