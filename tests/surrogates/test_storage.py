from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import EvidenceError, InputError
from assay.evidence.records import canonical, digest
from assay.surrogates import from_bytes, to_bytes
from assay.surrogates.gaussian_process import GaussianProcess
from assay.surrogates.protocol import training_data
from assay.surrogates.records import Input

SOURCE = Path(__file__).resolve().parents[2] / "src"
INPUTS = [Input(name="dicke λ", unit="mm", low=-1.0, high=1.0), Input(name="b", unit="1", low=0.0, high=5.0)]
X = np.random.Generator(np.random.Philox(1)).uniform(0, 1, (9, 2))
MODEL = GaussianProcess(
    training_data("q", "MPa", INPUTS, X, X[:, 0] + 0.1, np.arange(9) // 2),
    "log",
    "norm",
    1.5,
    (1.0, 2.0, 0.3),
    1e-4,
)
FILE = to_bytes(MODEL)


def forged(**changes: object) -> bytes:
    """Return the file with another header and a digest that fits it."""
    line, arrays = FILE.split(b"\n", 1)
    header = {**json.loads(line), **changes}
    del header["digest"]
    return canonical({**header, "digest": digest(canonical(header) + b"\n" + arrays)}) + b"\n" + arrays


def test_round_trip_is_the_same_bytes_and_predictions() -> None:
    read = from_bytes(FILE)
    assert to_bytes(read) == FILE
    assert read.family == "gaussian-process"
    assert read.hyperparameters() == MODEL.hyperparameters()
    for own, again in zip(MODEL.predict(X), read.predict(X), strict=True):
        np.testing.assert_array_equal(own, again)
    assert forged() == FILE


def test_round_trip_of_a_trained_model(branin_model, problems) -> None:
    x, _ = problems["branin"].unseen(20)
    np.testing.assert_array_equal(from_bytes(to_bytes(branin_model)).predict(x), branin_model.predict(x))


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_one_changed_byte_anywhere_is_refused(place: int, flip: int) -> None:
    spoilt = bytearray(FILE)
    spoilt[place] ^= flip
    with pytest.raises(EvidenceError):
        from_bytes(bytes(spoilt))


@given(st.integers(0, len(FILE) - 1), st.binary(max_size=40))
def test_truncated_and_inserted_bytes_are_refused(place: int, more: bytes) -> None:
    with pytest.raises(EvidenceError):
        from_bytes(FILE[:place])
    spoilt = FILE[:place] + more + FILE[place:]
    if spoilt != FILE:
        with pytest.raises(EvidenceError):
            from_bytes(spoilt)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(EvidenceError):
        from_bytes(content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
FIELDS = ["schema", "family", "quantity", "unit", "inputs", "rows", "settings", "extra"]


@given(st.sampled_from(FIELDS), JSON)
def test_a_header_of_a_stranger_is_refused_or_opens(name: str, value: object) -> None:
    try:
        content = forged(**{name: value})
    except EvidenceError:
        return
    try:
        model = from_bytes(content)
    except (EvidenceError, InputError):
        return
    assert name in {"quantity", "unit", "family"}
    assert model.data.y.size == 9


@given(
    st.fixed_dictionaries(
        {
            "transform": st.sampled_from(["identity", "log"]),
            "feature": st.sampled_from(["none", "norm"]),
            "amplitude": st.floats(1e-300, 1e300),
            "lengths": st.lists(st.floats(1e-300, 1e300), min_size=1, max_size=4),
            "noise": st.floats(1e-300, 1e300),
        }
    ),
    st.floats(-1e308, 1e308),
    st.floats(-1e308, 1e308),
)
def test_numbers_of_a_stranger_open_to_finite_predictions_or_not_at_all(settings, low, high) -> None:
    inputs = [{"name": "a", "unit": "1", "low": low, "high": high}, INPUTS[1].model_dump()]
    try:
        model = from_bytes(forged(settings=settings, inputs=inputs))
    except EvidenceError:
        return
    with np.errstate(all="ignore"):
        assert np.isfinite(model.predict(X)).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema": "assay.model/2"}, "schema"),
        ({"rows": 8}, "bytes of arrays"),
        ({"rows": True}, "rows"),
        ({"inputs": []}, "inputs"),
        ({"inputs": [{"name": "a", "unit": "1", "low": 1.0, "high": 0.0}] * 2}, "training data"),
        ({"settings": {}}, "settings"),
    ],
)
def test_says_what_is_wrong(changes: dict, message: str) -> None:
    with pytest.raises(EvidenceError, match=message):
        from_bytes(forged(**changes))


def test_a_family_that_is_not_installed_is_named() -> None:
    with pytest.raises(InputError, match="'oracle'"):
        from_bytes(forged(family="oracle"))


def test_not_a_number_in_the_arrays_is_refused() -> None:
    line, arrays = FILE.split(b"\n", 1)
    header = json.loads(line)
    del header["digest"]
    for place in (0, 9 * 2 * 8, 9 * 3 * 8):
        spoilt = arrays[:place] + np.array([np.nan]).tobytes() + arrays[place + 8 :]
        content = canonical({**header, "digest": digest(canonical(header) + b"\n" + spoilt)}) + b"\n" + spoilt
        with pytest.raises(EvidenceError):
            from_bytes(content)


def test_predicting_loads_no_library_that_fits(tmp_path) -> None:
    (tmp_path / "model").write_bytes(FILE)
    code = (
        "import sys, numpy as np; from assay.surrogates import from_bytes\n"
        f"m = from_bytes(open({str(tmp_path / 'model')!r}, 'rb').read()); m.predict(np.zeros((3, 2)))\n"
        "loaded = {n.split('.')[0] for n in sys.modules}\n"
        "print(sorted(loaded & {'sklearn', 'scipy', 'torch', 'pint', 'joblib'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONPATH": str(SOURCE)}
    )
    assert done.stdout.strip() == "[]", done.stderr
