"""Can the basis values that a limit names be computed from the data? Said at the limit, with its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from assay.errors import InputError
from assay.programme.expressions import Expression, ExpressionError, basis_calls
from assay.programme.model import Dataset
from assay.statistics import BasisMethod, BasisValue, basis_by, selected_basis


def batch_labels(dataset: Dataset, column: str) -> Sequence[str] | None:
    """Return the batch of every value of a column; None where its data set names no group for it."""
    group = dataset.columns[column].group
    return None if group is None else dataset.labels.get(group)


def method_basis(
    dataset: Dataset, column: str, coverage: float, confidence: float, method: str
) -> BasisValue:
    """Return a column's basis value by a method, or by the procedure for ``auto``.

    Raises
    ------
    InputError
        If the data are not for this method; says the data set, the column and what to write instead.
    """
    values, labels = dataset.columns[column].values, batch_labels(dataset, column)
    try:
        if method == "auto":
            return selected_basis(values, coverage, confidence, labels)
        return basis_by(cast("BasisMethod", method), values, coverage, confidence, labels)
    except InputError as error:
        raise InputError(f"basis value of {dataset.name}.{column} by {method}: {error}") from error


def check_basis_calls(limit: Expression, datasets: Mapping[str, Dataset]) -> None:
    """Refuse a basis value with a method that its data are not for.

    Raises
    ------
    ExpressionError
        Where the method needs to know batches and the column has no group, or the values are too few,
        tied, or not positive for it.
    """
    for name, column, coverage, confidence, method in basis_calls(limit):
        if method == "normal":
            continue  # its errors are those of the value itself, as before there were other methods
        dataset = datasets[name]
        if method == "anova" and batch_labels(dataset, column) is None:
            raise ExpressionError(
                f"basis by anova of {name}.{column}, whose batches are not known",
                f'write group = "batch" under [columns.{column}] of data/{name}.toml, with a column of words',
            )
        try:
            method_basis(dataset, column, coverage, confidence, method)
        except InputError as error:
            raise ExpressionError(str(error), "take another method, or add specimens") from error
