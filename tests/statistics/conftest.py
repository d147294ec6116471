"""What the statistical tests share: the gate for a simulated error rate, and the published data."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

DATA = Path(__file__).parent / "data"


def _seed(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _too_many(events: int, programmes: int, promised: float) -> bool:
    from scipy.stats import binom

    return bool(binom.sf(events - 1, programmes, promised) < 1e-3)


@pytest.fixture
def seed() -> Callable[[str], str]:
    """Return the digest of a name, as a seed."""
    return _seed


@pytest.fixture
def too_many() -> Callable[[int, int, float], bool]:
    """Return the one-sided gate: would so many errors have probability < 1e-3 at the promised rate?"""
    return _too_many


@pytest.fixture(scope="session")
def published() -> dict[str, Any]:
    """Return the check values of cmstatr."""
    return tomllib.loads((Path(__file__).parents[1] / "oracles" / "basis_values.toml").read_text())


@pytest.fixture(scope="session")
def die_cast_mpa() -> npt.NDArray[np.float64]:
    """Return the tensile strength of Shewhart's 60 die-cast specimens in MPa."""
    psi = np.loadtxt(DATA / "shewhart_1931_die_cast_aluminium.csv", delimiter=",", skiprows=2, usecols=1)
    return np.asarray(psi * 6.894757e-3)
