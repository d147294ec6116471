from __future__ import annotations

from assay.cli.status import together
from assay.compliance import Listwise, Status, Violated, Whole


def test_require_shown(done):
    assert done("status", "--require-shown").code == 1
    assert done.within("status", "--require-shown", "--json").code == 1
    assert done.within("status").code == 0


def test_require_shown_when_all_is(unrun):
    """One requirement, one document, approved: every row shown."""
    lines = (unrun.folder / "requirements.csv").read_text().splitlines()
    kept = [line for line in lines if line.startswith(("id,", "BEAM-8,"))]
    (unrun.folder / "requirements.csv").write_text("\n".join(kept) + "\n")
    (unrun.folder / "criteria.toml").write_text("")
    (unrun.folder / "data" / "cases.csv").unlink()
    ended = unrun("status", "--require-shown")
    assert ended.code == 0, ended.err
    assert "2 SHOWN   0 SHOWN GIVEN   0 NOT SHOWN   0 REFUTED" in ended.out


def test_before_anything_ran(unrun):
    rows = unrun.rows()
    assert {row["verdict"] for name, row in rows.items() if name != "BEAM-8"} == {"NOT SHOWN"}
    assert rows["BEAM-4"]["reason"] == "not-run"
    assert rows["BEAM-4"]["closes_by"] == "`assay run`"
    assert not (unrun.folder / ".assay").exists()


def test_80_columns_and_no_colour(tiny_done):
    for columns, wide in (("80", 80), ("100", 100)):
        ended = tiny_done("status", COLUMNS=columns)
        assert max(map(len, ended.out.splitlines())) <= wide
        assert "\x1b" not in ended.out
    coloured = tiny_done("status", FORCE_COLOR="1", NO_COLOR="", TERM="xterm-256color")
    assert "\x1b[" in coloured.out
    plain = tiny_done("status", FORCE_COLOR="1", NO_COLOR="1", TERM="xterm-256color")
    assert "\x1b[3" not in plain.out.replace("\x1b[3m", "")


def test_one_configuration(tiny_done):
    rows = tiny_done.within("status", "--configuration", "thin", "--json").json["rows"]
    assert {row["configuration"] for row in rows} == {"thin"}


def test_the_directory_may_be_named(tiny_done, monkeypatch, tmp_path, capsys):
    from assay.cli.main import main

    monkeypatch.chdir(tmp_path)
    assert main(["status", str(tiny_done.folder)]) == 0
    assert "configuration nominal" in capsys.readouterr().out


def test_what_is_stale_says_so(done):
    done.edit("criteria.toml", '"150 Hz"', '"140 Hz"')
    row = done.rows()["BEAM-6"]
    assert (row["verdict"], row["stale"], row["reason"]) == ("NOT SHOWN", True, "stale")
    assert "NOT SHOWN stale" in done.within("status").out


def said_of(whole=None, listwise=None, rows=2, violated=None):
    """What `status` says of several rows at once."""
    return list(
        together(
            Status(
                programme="p",
                rows=(),
                counts={},
                listwise=Listwise(rows=rows, confidence=listwise, method="holm"),
                whole=Whole(shown=whole is not None, confidence=whole, reason="-"),
                violated=Violated(claims=4, confidence=violated, method="average", concluded=bool(violated)),
            )
        )
    )


def test_what_is_said_of_several_rows_is_rounded_against_us():
    assert said_of() == []
    assert said_of(listwise=0.91279) == [
        "acted on one by one, the 2 shown rows that rest on draws hold together at 91.2 %"
    ]
    assert said_of(listwise=0.9, rows=1) == []
    assert said_of(whole=0.95) == ["the whole holds at 95.0 %: all rows are shown, and no correction is due"]
    assert said_of(violated=0.99999) == ["at least one of 4 claims does not hold, at 99.9 %"]


def test_a_list_is_told_in_the_terminal(tiny_done):
    told = " ".join(tiny_done.within("status").out.split())
    assert "acted on one by one, the" in told
