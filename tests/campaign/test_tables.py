"""Run tables and fields are their bytes: what comes back is what was written, or an error."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.campaign import Row, read_table
from assay.campaign.tables import read_line
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


ANY_NUMBER = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from((0.0, -0.0, 1.0, 1e-5, 1.5e-6, 1e-7, 2.5e-9, 1e16, 1e20, 1e21, 1e22, 2.0**53, 1e-100)),
    st.integers(-(2**60), 2**60).map(float),
)
ANY_NAME = st.text(max_size=4) | st.sampled_from(("e-07", "x.0,", "e+", "é", "\U0001f600", "\uffff", "\x7f"))


@given(
    st.dictionaries(ANY_NAME, ANY_NUMBER, max_size=3),
    st.dictionaries(ANY_NAME, ANY_NUMBER, min_size=1, max_size=3),
    st.dictionaries(ANY_NAME, st.lists(ANY_NUMBER, max_size=3).map(tuple), max_size=2),
)
def test_every_row_is_read_as_it_was_written(factors, quantities, places):
    row = Row(3, "k", factors, "ok", None, quantities, places)
    line = row.line()
    assert read_line(line, 1) == row
    assert read_line(line, 1).line() == line


OTHER = {
    "1.0": "1", "1e-05": "0.00001", "1e-5": "0.00001", "1.5e-07": "1.5e-7", "1e+16": "1e16",
    "1e16": "10000000000000000", "1E-7": "1e-7", "-0": "0", "-0.0": "0", "0.10": "0.1", "1e2": "100",
    "9007199254740993": "9007199254740992", "1e+21 ": "1e+21",
}  # fmt: skip


@pytest.mark.parametrize("written", OTHER)
def test_a_number_written_otherwise_is_not_canonical(written):
    whole = Row(3, "k", {"x": 0.5}, "ok", None, {"q": 0.25}, {"q": (0.25,)})
    for place in (b'{"q":0.25}', b'{"x":0.5}', b"[0.25]"):
        line = whole.line()
        number = b"0.5" if b"x" in place else b"0.25"
        with pytest.raises(EvidenceError, match="canonical"):
            read_line(line.replace(place, place.replace(number, written.encode()), 1), 1)


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        (b'"places":{}', b'"places":{"q":{}}'),
        (b'"places":{}', b'"places":{"q":""}'),
        (b'"places":{}', b'"fields":{},"places":{}'),
        (b'"places":{}', b'"fields":[],"places":{}'),
        (b'"places":{}', b'"fields":[["q","d"]],"places":{}'),
        (b'"places":{}', b'"more":1,"places":{}'),
        (b'"index":3,', b'"index":3,"index":3,'),
        (b'"row":"k"', b'"row":"\\u006b"'),
        (b'"index":3', b'"index": 3'),
    ],
)
def test_a_line_of_another_form_is_refused(there, instead):
    line = Row(3, "k", {"x": 0.5}, "ok", None, {"q": 0.25}).line()
    assert there in line
    with pytest.raises(EvidenceError):
        read_line(line.replace(there, instead, 1), 1)
