"""The one law that claims of a fraction are about: what varies in a configuration, and how."""

from __future__ import annotations

from collections.abc import Container

from assay.programme._structure import correlation_matrix
from assay.programme.model import Configuration, Study
from assay.statistics import Law

Matrix = tuple[tuple[float, ...], ...]


def joint_law(
    study: Study, configuration: Configuration, fixed: Container[str]
) -> tuple[tuple[str, ...], tuple[Law, ...], Matrix | None]:
    """Return the factors that vary with a law, their laws, and their correlation.

    Parameters
    ----------
    fixed
        Factors that something else sets: a case's row, a polytope's corner.

    Returns
    -------
    tuple
        Names in the study's order; laws in the same order; correlation of the Gaussian copula,
        shape (n, n), or None where all are independent. A factor that varies without a law is not
        among them: `load` lets no claim of a fraction depend on it.
    """
    factors = configuration.factors[study.name]
    drawn = [(f.name, f.law) for f in factors.values() if f.law is not None and f.name not in fixed]
    names = tuple(name for name, _ in drawn)
    pairs = tuple(pair for pair in study.correlation if pair[0] in names and pair[1] in names)
    matrix = correlation_matrix(names, pairs) if pairs else None
    return names, tuple(law for _, law in drawn), matrix
