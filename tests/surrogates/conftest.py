"""Published problems with a closed form, and models of them trained once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from assay.statistics import sobol, uniforms
from assay.surrogates import Input, Model, Training, train

SEED = "sha256:" + hashlib.sha256(b"tests").hexdigest()


@dataclass(frozen=True)
class Problem:
    """A function of d inputs over a box."""

    name: str
    inputs: tuple[Input, ...]
    function: Callable[..., np.ndarray]

    def at(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        low = np.array([item.low for item in self.inputs])
        high = np.array([item.high for item in self.inputs])
        x = low + (high - low) * u
        return x, self.function(*x.T)

    def training(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        return self.at(sobol(len(self.inputs), n, SEED))

    def unseen(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        return self.at(uniforms(len(self.inputs), SEED, 0, n))

    def train(self, n: int) -> Training:
        x, y = self.training(n)
        return train("response", "1", self.inputs, x, y, seed=SEED)


def _inputs(**ranges: tuple[float, float]) -> tuple[Input, ...]:
    return tuple(Input(name=name, unit="1", low=low, high=high) for name, (low, high) in ranges.items())


def branin(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Dixon & Szegö (1978)."""
    return (b - 5.1 / (4 * np.pi**2) * a**2 + 5 / np.pi * a - 6) ** 2 + 10 * (
        (1 - 1 / (8 * np.pi)) * np.cos(a) + 1
    )


def borehole(rw, r, tu, hu, tl, hl, length, kw):
    """Morris, Mitchell, Ylvisaker (1993)."""
    ratio = np.log(r / rw)
    return 2 * np.pi * tu * (hu - hl) / (ratio * (1 + 2 * length * tu / (ratio * rw**2 * kw) + tu / tl))


def wing(s, w, a, sweep, q, taper, t, n, wd, wp):
    """Forrester, Sóbester, Keane (2008)."""
    cosine = np.cos(np.deg2rad(sweep))
    first = 0.036 * s**0.758 * w**0.0035 * (a / cosine**2) ** 0.6 * q**0.006 * taper**0.04
    return first * (100 * t / cosine) ** -0.3 * (n * wd) ** 0.49 + s * wp


def bracket_stress(thickness, radius, mass, offset, nx, ny, nz):
    """A made-up maximum stress: a seminorm of the load factors with a kink at zero load."""
    a = mass * (40 * nx + offset * nz) / thickness**2
    b, c = mass * 12 * ny / thickness**2, mass * 3 * nz / thickness**2
    return np.sqrt(a * a + b * b + c * c + 0.3 * a * b) * (1 + 1.5 / np.sqrt(radius))


BRANIN = Problem("branin", _inputs(a=(-5.0, 10.0), b=(0.0, 15.0)), branin)
BOREHOLE = Problem(
    "borehole",
    _inputs(
        rw=(0.05, 0.15),
        r=(100.0, 50000.0),
        tu=(63070.0, 115600.0),
        hu=(990.0, 1110.0),
        tl=(63.1, 116.0),
        hl=(700.0, 820.0),
        length=(1120.0, 1680.0),
        kw=(9855.0, 12045.0),
    ),
    borehole,
)
WING = Problem(
    "wing",
    _inputs(
        s=(150.0, 200.0),
        w=(220.0, 300.0),
        a=(6.0, 10.0),
        sweep=(-10.0, 10.0),
        q=(16.0, 45.0),
        taper=(0.5, 1.0),
        t=(0.08, 0.18),
        n=(2.5, 6.0),
        wd=(1700.0, 2500.0),
        wp=(0.025, 0.08),
    ),
    wing,
)
STRESS = Problem(
    "stress",
    _inputs(
        thickness=(3.0, 8.0),
        radius=(2.0, 8.0),
        mass=(1.0, 5.0),
        offset=(10.0, 40.0),
        nx=(-9.0, 9.0),
        ny=(-9.0, 9.0),
        nz=(-9.0, 9.0),
    ),
    bracket_stress,
)


@pytest.fixture(scope="session")
def problems() -> dict[str, Problem]:
    return {problem.name: problem for problem in (BRANIN, BOREHOLE, WING, STRESS)}


@pytest.fixture(scope="session")
def seed() -> str:
    return SEED


@pytest.fixture(scope="session")
def trained(problems: dict[str, Problem]) -> Callable[[str, int], Training]:
    """Train a problem on n runs, once in a session."""
    known: dict[tuple[str, int], Training] = {}

    def get(name: str, n: int) -> Training:
        if (name, n) not in known:
            known[name, n] = problems[name].train(n)
        return known[name, n]

    return get


@pytest.fixture(scope="session")
def branin_model(trained: Callable[[str, int], Training]) -> Model:
    model = trained("branin", 40).model
    assert model is not None
    return model
