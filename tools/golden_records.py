"""Compare the records of the programme `tiny` with their stored digests, or store them anew.

Usage: ``golden_records.py [--write]``. A stage whose output changed needs a raised ``REVISION``, or old
records would pass for new ones: ``--write`` refuses until it is raised. Only stages are kept that give
the same on every processor: without AI models, floats to ten digits, record ids left out. Seeds follow
from the solver's version, that is Python's, so that another Python is held to its own files' records only.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assay.campaign import read_table
from assay.campaign.running import REVISION as TABLES
from assay.cli.main import main as command_line
from assay.credibility.solution_verification import REVISION as VERIFICATION
from assay.evidence import Record, Store, canonical, digest, open_store
from assay.pipeline.blocks import REVISION as BLOCKS
from assay.pipeline.concluding import SHOWING_REVISION
from assay.pipeline.freezing import LEDGER_REVISION
from assay.pipeline.programme_records import REVISION as PROGRAMME
from assay.pipeline.study_stages import DESIGN_REVISION, STRUCTURE_REVISION
from assay.showing.limits import REVISION as BASIS

ROOT = Path(__file__).resolve().parents[1]
TINY = ROOT / "tests" / "programmes" / "tiny"
GOLDEN = ROOT / "tests" / "end_to_end" / "golden.json"
DIGITS = 10

REVISIONS: dict[str, list[int]] = {
    "runs": [BLOCKS, TABLES],
    "solution-verification": [VERIFICATION],
    "structure-test": [STRUCTURE_REVISION],
    "basis-value": [BASIS],
    "design": [DESIGN_REVISION],
    "showing": [SHOWING_REVISION],
    "attempt": [LEDGER_REVISION],
    "freeze": [LEDGER_REVISION],
}
"""Kind of record to the revisions of what makes it; other kinds are the programme's own."""
WITH_PYTHON = {"runs", "solution-verification", "structure-test", "design", "showing", "attempt", "freeze"}
"""Kinds that follow from the version of Python, for draws do."""
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def without_models(folder: Path) -> None:
    """Make a copy of `tiny` in `folder` whose studies train no model, approved and computed."""
    shutil.copytree(TINY, folder, dirs_exist_ok=True)
    for study in (folder / "studies").glob("*.toml"):
        head, _, _ = study.read_text(encoding="utf-8").partition("[surrogate]")
        study.write_text(head, encoding="utf-8")
    lead = ("--as", "Ada Example", "--role", "analyst lead")
    for words in (
        ("trust", "--yes"),
        ("approve", "model-form:beam", "model-form:support", *lead),
        ("run", "--json"),
    ):
        if status := command_line(["-C", str(folder), *words]):
            raise SystemExit(f"assay {words[0]} ended with {status}")


def plain(value: Any) -> Any:
    """Return JSON without record ids and with floats to `DIGITS` digits."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, str):
        return "sha256" if value.startswith("sha256:") else value
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def content(store: Store, record: Record) -> Any:
    """Return what a record says; for runs also every row of their table."""
    said = plain(record.payload)
    if record.kind != "runs":
        return said
    rows = read_table(store.blob(record.blobs["table"]))
    return [said, [plain(json.loads(row.line())) for row in rows]]


def programme() -> str:
    """Return the digest of the files of `tiny`."""
    files = sorted(path for path in TINY.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return digest(canonical({path.relative_to(TINY).as_posix(): digest(path.read_bytes()) for path in files}))


def digests(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield, for every record of a computed programme, its kind and subject, its revisions and its digest."""
    with open_store(folder) as store:
        for record in store.records():
            revisions = REVISIONS.get(record.kind, [PROGRAMME])
            found = digest(canonical(content(store, record)))
            yield f"{record.kind} {record.subject}", {"revisions": revisions, "digest": found}


def golden(folder: Path) -> dict[str, Any]:
    """Return what is stored of a computed programme."""
    return {"programme": programme(), "python": PYTHON, "records": dict(digests(folder))}


def complaints(golden_now: dict[str, Any], golden_then: dict[str, Any]) -> list[str]:
    """Return what is different, and what to do about it."""
    if golden_now["programme"] != golden_then.get("programme"):
        return ["tests/programmes/tiny changed: look at what that does, then store anew"]
    now, stored = golden_now["records"], golden_then["records"]
    if golden_now["python"] != golden_then["python"]:
        now, stored = (
            {name: found for name, found in one.items() if name.split()[0] not in WITH_PYTHON}
            for one in (now, stored)
        )
    found = []
    for name in sorted(now.keys() | stored.keys()):
        new, old = now.get(name), stored.get(name)
        if new == old:
            continue
        if new is None or old is None:
            found.append(f"{name}: {'no longer made' if new is None else 'not stored yet'}")
        elif new["revisions"] == old["revisions"]:
            found.append(f"{name}: says something else; raise the REVISION of its stage")
        else:
            found.append(f"{name}: new revision, not stored yet")
    return found


def main() -> int:
    """Compare, or write with ``--write``."""
    with tempfile.TemporaryDirectory() as place:
        without_models(Path(place) / "tiny")
        now = golden(Path(place) / "tiny")
    stored = json.loads(GOLDEN.read_text(encoding="utf-8")) if GOLDEN.exists() else {}
    found = complaints(now, stored)
    for line in found:
        sys.stderr.write(f"{line}\n")
    if "--write" not in sys.argv:
        return int(bool(found))
    if any("raise the REVISION" in line for line in found):
        return 1
    GOLDEN.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
