"""The ledger: what people decided and what was attempted, one JSON file each, in git.

A file is written once under a name that ends in the digest of its content; a file that was edited
afterwards no longer fits its name and is reported.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from assay.errors import EvidenceError, InputError, Problem
from assay.evidence import faults
from assay.evidence.approvals import Approval
from assay.evidence.records import Json, canonical, digest, read_json

FOLDER = "ledger"

_NAME_DIGITS = 12


@dataclass(frozen=True)
class LedgerEntry:
    """One attempt or freeze as it stands in its file."""

    file: str
    """Path inside the programme folder."""
    digest: str
    """Of the canonical bytes of `payload`."""
    payload: Mapping[str, Json]


@dataclass(frozen=True)
class ApprovalEntry:
    """One approval and its file."""

    file: str
    digest: str
    approval: Approval


@dataclass(frozen=True)
class Ledger:
    """Everything in ``DIR/ledger``, in order of file name; bad files are problems, never skipped silently."""

    approvals: tuple[ApprovalEntry, ...] = ()
    freezes: tuple[LedgerEntry, ...] = ()
    attempts: tuple[LedgerEntry, ...] = ()
    problems: tuple[Problem, ...] = ()

    def approvals_of(self, of: str) -> tuple[Approval, ...]:
        """Return the approvals of one form of a thing (record id or recipe digest)."""
        return tuple(entry.approval for entry in self.approvals if entry.approval.of == of)

    def attempt_numbers(self, identity: Mapping[str, str], requirement: str) -> tuple[int, ...]:
        """Return the numbers of all attempts of a part at a requirement, sorted, doubles kept.

        The caller decides what a gap or a double means.
        """
        return tuple(
            sorted(
                entry.payload["number"]
                for entry in self.attempts
                if entry.payload["requirement"] == requirement and entry.payload["identity"] == dict(identity)
            )
        )


def attempt_numbers(ledger: Ledger, identity: Mapping[str, str], requirement: str) -> tuple[int, ...]:
    """Return `Ledger.attempt_numbers`."""
    return ledger.attempt_numbers(identity, requirement)


def read_ledger(folder: Path) -> Ledger:
    """Read the ledger of the programme in `folder`; an absent ledger is an empty one."""
    problems: list[Problem] = []
    approvals = [
        ApprovalEntry(entry.file, entry.digest, approval)
        for entry in _read_folder(folder, "approvals", problems)
        if (approval := _approval(entry, problems)) is not None
    ]
    attempts = [entry for entry in _read_folder(folder, "attempts", problems) if _is_attempt(entry, problems)]
    freezes = _read_folder(folder, "freezes", problems)
    return Ledger(tuple(approvals), tuple(freezes), tuple(attempts), tuple(problems))


def write_approval(folder: Path, approval: Approval) -> Path:
    """Write an approval and return its file; writing the same one again changes nothing."""
    return _write(folder, "approvals", f"{approval.kind}-{approval.subject}", approval.payload())


def write_freeze(folder: Path, payload: Mapping[str, Json]) -> Path:
    """Write a freeze and return its file."""
    return _write(folder, "freezes", str(payload.get("configuration", "freeze")), payload)


def write_attempt(folder: Path, payload: Mapping[str, Json]) -> Path:
    """Write an attempt (`requirement`, `identity`, `number` and what else the caller says), return its file.

    Raises
    ------
    InputError
        If one of the three is missing or of the wrong type.
    """
    fault = _attempt_fault(payload)
    if fault is not None:
        raise InputError(f"this attempt cannot be written: {fault}")
    return _write(folder, "attempts", f"{payload['requirement']}-{payload['number']:03d}", payload)


def _read_folder(folder: Path, name: str, problems: list[Problem]) -> list[LedgerEntry]:
    inside = folder / FOLDER / name
    try:
        _stay_inside(folder, inside)
        files = sorted(inside.glob("*.json")) if inside.is_dir() else []
        read = [_read_file(path, f"{FOLDER}/{name}/{path.name}", problems) for path in files]
    except OSError as error:
        raise faults.from_os(error, inside) from error
    return [entry for entry in read if entry is not None]


def _read_file(path: Path, file: str, problems: list[Problem]) -> LedgerEntry | None:
    try:
        payload = _checked(path)
    except EvidenceError as error:
        problems.append(Problem(file, None, error.message, "restore it from git, or remove it"))
        return None
    return LedgerEntry(file, digest(canonical(payload)), payload)


def _checked(path: Path) -> dict[str, Json]:
    """Return what a file of the ledger says, if it is still what was written."""
    if path.is_symlink() or not path.is_file():
        raise EvidenceError("is not a plain file")
    data = path.read_bytes()
    try:
        payload = read_json(data)
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"is not JSON ({error})") from error
    if not isinstance(payload, dict):
        raise EvidenceError("is not a JSON object")
    content = canonical(payload)
    if data.rstrip(b"\r\n") != content:
        raise EvidenceError("is not as Assay wrote it (order, spaces or a name twice)")
    if not path.stem.endswith(_short(digest(content))):
        raise EvidenceError("was changed after it was written: its name is not that of its content")
    return payload


def _approval(entry: LedgerEntry, problems: list[Problem]) -> Approval | None:
    try:
        return Approval.model_validate(entry.payload)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "approval"
        problems.append(
            Problem(entry.file, None, f"{where}: {first['msg']}", "write the approval with `assay approve`")
        )
        return None


def _is_attempt(entry: LedgerEntry, problems: list[Problem]) -> bool:
    fault = _attempt_fault(entry.payload)
    if fault is not None:
        problems.append(Problem(entry.file, None, fault, "restore it from git"))
    return fault is None


def _attempt_fault(payload: Mapping[str, Any]) -> str | None:
    if not isinstance(payload.get("requirement"), str):
        return "`requirement` is not a text"
    number = payload.get("number")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        return "`number` is not a whole number from 1"
    identity = payload.get("identity")
    if not isinstance(identity, dict) or not all(isinstance(value, str) for value in identity.values()):
        return "`identity` is not an object of texts"
    return None


def _write(folder: Path, name: str, title: str, payload: Mapping[str, Json]) -> Path:
    content = canonical(dict(payload))
    words = re.sub(r"[^A-Za-z0-9.]+", "-", title).strip("-.")[:60]
    inside = folder / FOLDER / name
    path = inside / f"{words}-{_short(digest(content))}.json"
    beside = inside / f".{path.name}.{os.getpid()}"
    try:
        inside.mkdir(parents=True, exist_ok=True)
        _stay_inside(folder, inside)
        _create(path, beside, content + b"\n")
    except OSError as error:
        raise faults.from_os(error, inside) from error
    return path


def _create(path: Path, beside: Path, data: bytes) -> None:
    """Make a new file that is seen whole or not at all; never replace one that says something else."""
    if path.exists():
        if path.read_bytes() != data:
            raise EvidenceError(f"{path} holds something else than its name says: restore it from git")
        return
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.rename(path)
    finally:
        beside.unlink(missing_ok=True)


def _stay_inside(folder: Path, inside: Path) -> None:
    if not inside.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"{inside} leads out of the programme folder: replace the link by a folder")


def _short(full: str) -> str:
    return full.removeprefix("sha256:")[:_NAME_DIGITS]
