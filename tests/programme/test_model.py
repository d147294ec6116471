from __future__ import annotations

import dataclasses

import pytest

from assay.programme import Declaration, Source, model


def test_a_declaration_names_its_factors_in_order() -> None:
    declaration = Declaration("q", "convex_in", (("b", "a"), ("c",)), "why", Source("f", 1))
    assert declaration.factors == ("b", "a", "c")


@pytest.mark.parametrize(
    "kind", [k for k in vars(model).values() if isinstance(k, type) and dataclasses.is_dataclass(k)]
)
def test_everything_is_frozen(kind: type) -> None:
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
