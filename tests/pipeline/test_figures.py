from __future__ import annotations

import numpy as np
import pytest

from assay.campaign.fields import write_field
from assay.document.compose import FigureRequest, dossier_record, figure_requests
from assay.evidence import open_store
from assay.pipeline.dossier import gather
from assay.pipeline.figures import draw, scalar
from assay.pipeline.tool import TOOL
from assay.solvers import Field


@pytest.fixture(scope="module")
def requests(store, walked):
    inputs = gather(store, walked, "nominal")
    return figure_requests(inputs, dossier_record(inputs, tool=TOOL))


def test_every_picture_of_the_programme_is_drawn(store, requests):
    assert {request.kind for request in requests} >= {"waterfall"}
    for request in requests:
        data = draw(store, request)
        assert b"<svg" in data
        assert draw(store, request) == data, "made from facts: the same bytes"


def test_wealth_is_drawn_from_its_path():
    from assay.dossier.wealth_chart import wealth_chart

    told = {"needed": 20.0, "needed_text": "20.00", "decided_at": 1}
    runs = {"shown": [2.0, 30.0], "refuted": [0.9, 0.8], "states": ["within", "open"]}
    request = FigureRequest(name="wealth-1", kind="wealth", data={**runs, **told})
    assert draw(None, request) == wealth_chart(*runs.values(), **told)


def square():
    points = np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
    cells = np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int64)
    return points, cells


def make_field(values):
    points, cells = square()
    return Field(points, cells, values, "node", "MPa", "mm")


def test_one_component_is_drawn():
    one = make_field(np.array([[1.0], [2.0], [3.0], [4.0]]))
    assert scalar(one).tolist() == [1.0, 2.0, 3.0, 4.0]


def test_a_field_is_drawn_from_its_blob(tmp_path):
    with open_store(tmp_path) as store:
        blob = store.put_blob(write_field(make_field(np.array([[1.0], [2.0], [3.0], [4.0]]))))
        data = {"field": blob, "unit": "MPa", "title": "stress", "maximum_text": "4 MPa"}
        data |= {"place": [0.0, 1.0, 0.0]}
        request = FigureRequest(name="f", kind="field", data=data)
        picture = draw(store, request)
    assert b"<svg" in picture
