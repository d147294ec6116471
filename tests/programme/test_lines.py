from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.programme._lines import Path, index, line_of

TEXT = '''\
# a comment with [brackets] = and "quotes"
title = "x"   # line 2
"quoted key" = 'it''s'
a.b.c = 1

[table]  # line 6
text = """
[not.a.table]
key = 1
"""
after = { x = 1, y = { z = [1, 2] } }   # line 11
list = [
  1,      # line 13
  { k = 2 },
  "]",    # line 15
]
escaped = "a \\" b # no comment"
[[element]]   # line 18
id = 1
[element.sub]   # line 20
v = 1
[[element]]
id = 2
  [element.sub]
  v = 2
[[element.deep]]
w = 1
[[element.deep]]
w = 2
raw = \'\'\'
one
\'\'\'\'
last = 1
'''.replace("'it''s'", "'its'")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("quoted key",), 3),
        (("a", "b", "c"), 4),
        (("a",), 4),
        (("table",), 6),
        (("table", "text"), 7),
        (("table", "after"), 11),
        (("table", "after", "y", "z", 1), 11),
        (("table", "list"), 12),
        (("table", "list", 0), 13),
        (("table", "list", 1, "k"), 14),
        (("table", "list", 2), 15),
        (("table", "escaped"), 17),
        (("element", 0), 18),
        (("element", 0, "sub", "v"), 21),
        (("element", 1, "id"), 23),
        (("element", 1, "sub"), 24),
        (("element", 1, "deep", 0, "w"), 27),
        (("element", 1, "deep", 1, "w"), 29),
        (("element", 1, "deep", 1, "raw"), 30),
        (("element", 1, "deep", 1, "last"), 33),
    ],
)
def test_lines(path: Path, line: int) -> None:
    tomllib.loads(TEXT)
    assert index(TEXT)[path] == line


def test_the_nearest_thing_around_it() -> None:
    lines = index(TEXT)
    assert line_of(lines, ("table", "missing", "deeper")) == 6
    assert line_of(lines, ("nowhere",)) is None
    assert line_of(lines, ()) is None


KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=6)
SCALARS = st.one_of(st.integers(-99, 99), st.booleans(), KEYS)
TREES = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS,
        lambda i: st.one_of(st.lists(i, max_size=3), st.dictionaries(KEYS, i, max_size=3)),
        max_leaves=8,
    ),
    max_size=5,
)


@given(TREES)
def test_every_key_of_a_valid_text_has_a_line_on_which_it_stands(tree: dict[str, Any]) -> None:
    import tomlkit

    text = tomlkit.dumps(tree)
    lines, rows = index(text), text.split("\n")

    def visit(value: Any, path: Path) -> None:
        if path:
            assert path in lines
            name = path[-1]
            if isinstance(name, str) and name.isascii() and name.isalnum():
                assert name in rows[lines[path] - 1]
        items = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        for key, inner in items:
            visit(inner, (*path, key))

    visit(tomllib.loads(text), ())
