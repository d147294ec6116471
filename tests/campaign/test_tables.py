"""Run tables and fields are their bytes: what comes back is what was written, or an error."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.campaign import Row, read_table
from assay.errors import EvidenceError

NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(lambda value: value + 0.0)
NAMES = st.text("abcxyz_", min_size=1, max_size=6)
VALUES = st.dictionaries(NAMES, NUMBERS, max_size=3)
KEYS = st.sampled_from(["", "data/cases.csv#fwd", "data/cases.csv#aft", "over:nx,ny,nz#3"])
GOOD = st.builds(
    Row, index=st.just(0), row=KEYS, factors=VALUES, state=st.just("ok"), reason=st.none(),
    quantities=st.dictionaries(NAMES, NUMBERS, min_size=1, max_size=3),
    places=st.dictionaries(NAMES, st.tuples(NUMBERS, NUMBERS, NUMBERS), max_size=2), checks=VALUES,
    fields=st.dictionaries(NAMES, st.just("sha256:" + "0" * 64), max_size=1),
)  # fmt: skip
BAD = st.builds(
    Row, index=st.just(0), row=KEYS, factors=VALUES, state=st.just("failed"),
    reason=st.sampled_from(["time-limit", "nan", "crash"]),
)  # fmt: skip
TABLES = st.lists(
    st.lists(GOOD | BAD, min_size=1, max_size=3, unique_by=lambda row: row.row), max_size=4
).map(lambda draws: [replace(row, index=2 * number) for number, draw in enumerate(draws) for row in draw])


@given(rows=TABLES)
def test_a_table_comes_back_as_it_was(rows: list[Row]) -> None:
    data = b"".join(row.line() for row in rows)
    assert read_table(data) == rows
    assert b"".join(row.line() for row in read_table(data)) == data


@given(rows=TABLES.filter(bool), data=st.data())
def test_a_changed_byte_is_an_error_or_another_value(rows: list[Row], data: st.DataObject) -> None:
    whole = b"".join(row.line() for row in rows)
    place = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != whole[place]))
    changed = whole[:place] + bytes([byte]) + whole[place + 1 :]
    try:
        read = read_table(changed)
    except EvidenceError:
        return
    assert b"".join(row.line() for row in read) == changed


OK = Row(0, "", {"x": 1.0}, "ok", None, {"q": 2.0})
FAILED = Row(1, "", {"x": 1.0}, "failed", "nan")


@pytest.mark.parametrize(
    "changes",
    [
        {"index": -1}, {"index": 1.5}, {"index": True}, {"index": "0"}, {"row": None}, {"state": "good"},
        {"state": "failed"}, {"reason": "nan"}, {"quantities": {}}, {"quantities": {"q": "2"}},
        {"quantities": {"q": None}}, {"quantities": {"q": True}}, {"places": {"q": 3}}, {"factors": []},
        {"fields": {}}, {"more": 1}, {"checks": None},
    ],
)  # fmt: skip
def test_a_line_that_is_none_is_named(changes: dict[str, object]) -> None:
    document = {**json.loads(OK.line()), **changes}
    line = json.dumps(document, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    with pytest.raises(EvidenceError, match="line 1"):
        read_table(line)


def test_lines_out_of_order_twice_or_cut_are_refused() -> None:
    with pytest.raises(EvidenceError, match="line 2: is out of order"):
        read_table(FAILED.line() + OK.line())
    with pytest.raises(EvidenceError, match="line 2: is out of order"):
        read_table(OK.line() + OK.line())
    with pytest.raises(EvidenceError, match="line 2: is cut off"):
        read_table(OK.line() + FAILED.line()[:-1])
    assert read_table(b"") == []
