from __future__ import annotations

import dataclasses

import pytest

from assay.programme import PackFactor, model, pack_model


def test_the_model_shows_the_classes_of_a_pack() -> None:
    for name in ("Pack", "PackFactor", "Clause", "BasisRule", "Objective"):
        assert getattr(model, name) is getattr(pack_model, name)


def test_a_factor_cannot_change_under_its_tag() -> None:
    factor = PackFactor("F", 1.5, "always", source_checked=True)
    with pytest.raises(dataclasses.FrozenInstanceError):
        factor.value = 1.0  # type: ignore[misc]
