from __future__ import annotations

from typing import Any

import pytest

from assay.errors import InputError
from assay.programme import Column, Dataset, Source, batch_labels, method_basis

CRITERIA, ORIGIN = "criteria.toml", "data/cast.toml"


def dataset(values: list[float], labels: list[str] | None = None) -> Dataset:
    column = Column("strength", "MPa", tuple(values), None, "batch" if labels else None)
    words = {"batch": tuple(labels)} if labels else {}
    return Dataset("cast", "sha256:" + "1" * 64, "", "", {"strength": column}, words, Source("d", None))


def test_batches_come_from_the_group_of_the_column() -> None:
    assert batch_labels(dataset([1.0, 2.0]), "strength") is None
    assert batch_labels(dataset([1.0, 2.0], ["x", "y"]), "strength") == ("x", "y")


def test_a_value_by_name_and_by_the_procedure() -> None:
    values = [10.0, 10.2, 10.4, 9.9, 10.1, 20.0, 20.3, 20.1, 20.2, 19.8]
    found = method_basis(dataset(values, ["x"] * 5 + ["y"] * 5), "strength", 0.9, 0.95, "auto")
    assert found.method == "anova"
    assert method_basis(dataset(values), "strength", 0.9, 0.95, "lognormal").method == "lognormal"
    with pytest.raises(InputError, match=r"basis value of cast.strength by nonparametric: 10 values"):
        method_basis(dataset(values), "strength", 0.9, 0.95, "nonparametric")


@pytest.mark.parametrize(
    ("method", "found", "instead"),
    [
        (
            "anova",
            "anova of cast.strength, whose batches are not known",
            "[columns.strength] of data/cast.toml",
        ),
        ("weibul", "unknown basis method 'weibul'", "'weibull'"),
        ("hanson-koopmans", "60 values are enough", "another method"),
    ],
)
def test_a_method_that_the_data_are_not_for_is_refused_at_its_line(
    tiny: Any, method: str, found: str, instead: str
) -> None:
    text = (tiny.root / CRITERIA).read_text()
    line = next(text for text in text.splitlines() if text.startswith("at_most"))
    new = f"at_most = \"basis('cast', 'strength', 0.90, 0.95, '{method}')\""
    tiny.edit(CRITERIA, line, new)
    problem = next(p for p in tiny.problems() if p.line == tiny.line(CRITERIA, new))
    assert (problem.file, found in problem.found, instead in problem.instead) == (CRITERIA, True, True)


def test_a_method_that_the_data_are_for_is_read(tiny: Any) -> None:
    text = (tiny.root / CRITERIA).read_text()
    line = next(text for text in text.splitlines() if text.startswith("at_most"))
    tiny.edit(CRITERIA, line, "at_most = \"basis('cast', 'strength', 0.90, 0.95, 'lognormal')\"")
    limits = [limit for criterion in tiny.load().criteria.values() for limit in criterion.limit_texts]
    assert any("lognormal" in limit for limit in limits)
