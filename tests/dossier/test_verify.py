"""The verifier as its reader meets it: one file, the system's Python, an exit status and a short report."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

VERIFIER = Path(__file__).parents[2] / "src" / "assay" / "dossier" / "verify.py"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(VERIFIER), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_a_file_that_is_no_dossier_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(b"Dear Sir")
    done = run(path)
    assert done.returncode == 2
    assert "not an Assay dossier" in done.stdout
    assert done.stderr == ""


def test_a_missing_file_is_no_dossier(tmp_path: Path) -> None:
    done = run(tmp_path / "none.pdf")
    assert done.returncode == 2
    assert "No such file" in done.stdout


def test_a_dossier_without_a_record_of_its_own_is_not_verified(written: Path) -> None:
    done = run(written, "--all")
    assert done.returncode == 1
    assert "its dossier record None is not attached" in " ".join(done.stdout.split())
    assert "ok      page text" in done.stdout


def test_the_report_fits_a_terminal(written: Path) -> None:
    done = run(written, "--all")
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_the_json_report_names_check_and_place(written: Path) -> None:
    done = run(written, "--json")
    report = json.loads(done.stdout)
    assert report["schema"] == "assay.verification/1"
    assert report["verified"] is False
    assert report["seal"].startswith("sha256:")
    assert [check["passed"] for check in report["checks"]] == [True] * 6 + [False]
    assert report["checks"][-1]["check"] == "records"


def test_damage_is_named_and_never_a_traceback(written: Path) -> None:
    data = bytearray(written.read_bytes())
    data[len(data) // 2] ^= 1
    written.write_bytes(data)
    done = run(written)
    assert done.returncode == 1
    assert "seal: the file was changed" in " ".join(done.stdout.split())
    assert done.stderr == ""


def test_a_time_limit_stops_it(written: Path, tmp_path: Path) -> None:
    copy = tmp_path / "slow.py"
    slow = VERIFIER.read_text().replace(
        '"""Check the seal."""', '"""Check the seal."""\n        while True: pass', 1
    )
    copy.write_text(slow)
    done = subprocess.run(
        [sys.executable, "-I", str(copy), str(written), "--time-limit", "1"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "not finished after 1 seconds" in done.stdout


@pytest.mark.parametrize("length", [0, 1, 4, 100, 5000, -1, -2, -40, -90, -2000])
def test_a_cut_file_fails(written: Path, length: int) -> None:
    written.write_bytes(written.read_bytes()[:length])
    done = run(written)
    assert done.returncode in (1, 2)
    assert done.stderr == ""
