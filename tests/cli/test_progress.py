from __future__ import annotations

import pytest

from assay.campaign import BlockProgress
from assay.cli.progress import Reporter, _duration
from assay.pipeline import Needed

NEEDED = Needed("training", "beam", 16, 16)


def progress(done, **more):
    import dataclasses

    names = {f.name for f in dataclasses.fields(BlockProgress)}
    values = {"subject": "beam", "purpose": "training", "done": done, "total": 16, "failed": 0}
    values |= {"seconds_per_run": 2.0, "workers": 1, "remaining_seconds": 30.0, "kept": 0, "waiting": 0}
    return BlockProgress(**{name: value for name, value in {**values, **more}.items() if name in names})


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (89, "89 s"), (90, "2 min"), (3600, "60 min"), (7200, "2.0 h")]
)
def test_durations(seconds, text):
    assert _duration(seconds) == text


def test_plain_lines_in_a_pipe(capsys):
    with Reporter() as reporter:
        reporter.say("model beam.stress")
        for done in range(17):
            reporter.block(NEEDED, progress(done, failed=min(done, 1)))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "  model beam.stress"
    assert len(lines) == 3, "the first, the last, and nothing in between within ten seconds"
    assert lines[1].startswith("  training       beam: 0/16 runs")
    assert lines[2].startswith("  training       beam: 16/16 runs")


def test_quiet_is_quiet(capsys):
    with Reporter(quiet=True) as reporter:
        reporter.say("model beam.stress")
        reporter.block(NEEDED, progress(3))
    assert capsys.readouterr() == ("", "")


def test_a_bar_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    with Reporter() as reporter:
        reporter.block(NEEDED, progress(3, failed=1))
        reporter.block(NEEDED, progress(16))
        reporter.block(Needed("training", "support", 4, 4), progress(4, total=4))
    said = capsys.readouterr().err
    assert "training beam" in said
    assert "16/16" in said
    assert "training support" in said
