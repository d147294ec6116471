from __future__ import annotations

import pytest

from assay.campaign import Row
from assay.pipeline.levelling import merge, standing


def row(index, value, key=""):
    return Row(index, key, {}, "ok", None, {"q": value})


def test_every_draw_stands_on_its_finest_run():
    tables = {
        3: [row(i, 3.0) for i in range(4)],
        2: [row(1, 2.0), row(2, 2.0)],
        1: [row(2, 1.0), row(3, 1.0)],
    }
    assert standing(tables) == {0: 3, 1: 2}
    rows, of = merge(tables)
    assert of == {0: 3, 1: 2}
    assert [(r.index, r.quantities["q"]) for r in rows] == [(0, 3.0), (1, 2.0), (2, 1.0), (3, 1.0)]


@pytest.mark.parametrize("order", [(3, 1), (1, 3)])
def test_the_order_of_tables_does_not_matter(order):
    known = {
        3: [row(0, 3.0, "a"), row(0, 3.5, "b"), row(1, 3.0, "a")],
        1: [row(0, 1.0, "a"), row(0, 1.5, "b")],
    }
    rows, _ = merge({level: known[level] for level in order})
    assert [(r.index, r.row, r.quantities["q"]) for r in rows] == [
        (0, "a", 1.0),
        (0, "b", 1.5),
        (1, "a", 3.0),
    ]
