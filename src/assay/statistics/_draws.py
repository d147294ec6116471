"""Draws: independent pseudo-random ones for a bound, scrambled Sobol points for training.

Draw i depends on the seed, the laws and i alone, so that a block can be extended and its prefix
is shared by every plan that reads it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.statistics._error_budget import whole
from assay.statistics._laws import Law, quantile
from assay.statistics._special import FloatArray, normal_cdf, normal_quantile

_SMALLEST = 2.0**-54
_LARGEST = 1.0 - 2.0**-53
_PER_STEP = 4
"""64-bit words that Philox4x64 makes from one counter value."""
_SINGULAR = 1e-10
"""Smallest pivot (conditional variance) with which a correlation is positive definite."""


def draw(
    laws: Sequence[Law],
    correlation: npt.ArrayLike | None,
    seed_digest: str,
    start: int,
    count: int,
) -> FloatArray:
    """Return independent draws of the joint law.

    Parameters
    ----------
    laws
        One a factor, d of them.
    correlation
        Correlation of the Gaussian copula, shape (d, d): of the normal scores, which for normal
        factors are the factors and for others is close to their rank correlation. None: independent.
    seed_digest
        64 hexadecimal digits, with or without ``sha256:``; the 128 low bits are the key.
    start, count
        Draws `start` to `start` + `count` - 1, counted from 0.

    Returns
    -------
    FloatArray
        Shape (count, d), a column a factor in its unit.

    Raises
    ------
    ValueError
        If `correlation` is not a positive definite correlation matrix.
    InputError
        If the digest or a count is malformed.

    References
    ----------
    Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011): Philox.
    """
    u = uniforms(len(laws), seed_digest, start, count)
    if correlation is not None:
        u = _correlated(u, _cholesky(correlation, len(laws)))
    columns = [quantile(law, u[:, j]) for j, law in enumerate(laws)]
    return np.column_stack(columns)


def uniforms(dimension: int, seed_digest: str, start: int, count: int) -> FloatArray:
    """Return independent uniform numbers of the open interval (0, 1), shape (count, dimension).

    Row i takes its own `ceil(dimension / 4)` counter values of one Philox4x64-10 stream.

    Raises
    ------
    InputError
        If the digest or a count is malformed.
    """
    whole("dimension", dimension, least=1)
    whole("start", start, least=0)
    whole("count", count, least=0)
    steps = -(-dimension // _PER_STEP)
    stream = np.random.Philox(key=_key(seed_digest), counter=start * steps)
    # Raw words are promised not to change between versions of numpy; Generator's are not.
    words = np.asarray(stream.random_raw(count * steps * _PER_STEP), dtype=np.uint64)
    u = (words >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return _open(u.reshape(count, steps * _PER_STEP)[:, :dimension])


def sobol(dimension: int, count: int, seed_digest: str) -> FloatArray:
    """Return the first `count` points of a scrambled Sobol sequence, for training only.

    Parameters
    ----------
    dimension
        Number of columns.
    count
        Number of points; a longer sequence of the same seed starts with the same points.
    seed_digest
        64 hexadecimal digits, with or without ``sha256:``.

    Returns
    -------
    FloatArray
        Shape (count, dimension), inside (0, 1). Never a basis of a bound: the points depend on
        each other.

    Raises
    ------
    InputError
        If the digest or a count is malformed.

    References
    ----------
    Sobol' (1967); Owen, "Scrambling Sobol' and Niederreiter-Xing points", J. Complexity 14 (1998).
    """
    whole("dimension", dimension, least=1)
    whole("count", count, least=0)
    from scipy.stats import qmc  # 2 seconds: only where training points are made

    scramble = np.random.Generator(np.random.Philox(np.random.SeedSequence(_key(seed_digest))))
    sequence = qmc.Sobol(dimension, scramble=True, rng=scramble)
    power = max(count - 1, 0).bit_length()
    return _open(np.asarray(sequence.random_base2(power), dtype=np.float64)[:count])


def _key(seed_digest: str) -> int:
    digits = seed_digest.removeprefix("sha256:")
    if len(digits) != 64 or any(digit not in "0123456789abcdef" for digit in digits):
        raise InputError(f"seed {seed_digest!r} is no sha256 digest; write 64 hexadecimal digits")
    return int(digits[-32:], 16)


def _open(u: FloatArray) -> FloatArray:
    return np.clip(u, _SMALLEST, _LARGEST)


def _correlated(u: FloatArray, factor: FloatArray) -> FloatArray:
    """Return uniforms of the Gaussian copula, summed column by column in a fixed order.

    A matrix product would sum in an order that depends on the machine's BLAS.
    """
    scores = normal_quantile(u)
    mixed = np.zeros_like(scores)
    for row in range(factor.shape[0]):
        for column in range(row + 1):
            mixed[:, row] += factor[row, column] * scores[:, column]
    return _open(normal_cdf(mixed))


def _cholesky(correlation: npt.ArrayLike, dimension: int) -> FloatArray:
    """Return the lower triangular factor of a checked correlation matrix (no LAPACK, as above)."""
    matrix = np.asarray(correlation, dtype=np.float64)
    if matrix.shape != (dimension, dimension):
        raise ValueError(f"correlation has shape {matrix.shape}; write {dimension} rows and columns")
    if not (np.all(np.isfinite(matrix)) and np.all(np.diag(matrix) == 1.0) and np.all(matrix == matrix.T)):
        raise ValueError("correlation is not symmetric with ones on its diagonal; write each pair once")
    lower = np.zeros_like(matrix)
    for i in range(dimension):
        for j in range(i):
            inner = math.fsum(lower[i, k] * lower[j, k] for k in range(j))
            lower[i, j] = (matrix[i, j] - inner) / lower[j, j]
        pivot = 1.0 - math.fsum(lower[i, k] ** 2 for k in range(i))
        if pivot <= _SINGULAR:
            raise ValueError(
                "correlation is not positive definite: the pairs contradict each other or make "
                f"factor number {i + 1} a combination of the ones before; weaken one of its pairs"
            )
        lower[i, i] = math.sqrt(pivot)
    return lower
