"""A model of a smooth response with a hole in its training runs, and runs that it never saw."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pytest

from assay.statistics import uniforms
from assay.surrogates import Input, Model, Training, train

SEED = "sha256:" + hashlib.sha256(b"qualification").hexdigest()
OTHER = "sha256:" + hashlib.sha256(b"held out").hexdigest()
INPUTS = (
    Input(name="thickness", unit="mm", low=2.0, high=6.0),
    Input(name="load", unit="kN", low=-1.0, high=1.0),
)
HOLE = (5.0, 0.5)
"""Centre of the region without training runs."""


def response(x: np.ndarray) -> np.ndarray:
    return 100.0 * (1.5 + x[:, 1]) ** 2 / x[:, 0] ** 2


def points(seed: str, n: int) -> np.ndarray:
    return np.array([2.0, -1.0]) + np.array([4.0, 2.0]) * uniforms(2, seed, 0, n)


@dataclass(frozen=True)
class Case:
    training: Training
    model: Model
    x: np.ndarray
    y: np.ndarray


@pytest.fixture(scope="session")
def case() -> Case:
    x = points(SEED, 90)
    away = (np.abs((x - HOLE) / [4.0, 2.0]) > 0.22).any(axis=1)
    training = train("stress", "MPa", INPUTS, x[away], response(x[away]), seed=SEED)
    assert training.model is not None
    unseen = points(OTHER, 200)
    return Case(training, training.model, unseen, response(unseen))


@pytest.fixture(scope="session")
def refused() -> Training:
    x = points(SEED, 20)
    training = train("stress", "MPa", INPUTS, x, np.random.default_rng(3).normal(size=20), seed=SEED)
    assert training.model is None
    return training
