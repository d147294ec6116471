"""How does a configuration look to the models? Their centres at a few draws of the law, each asked once.

Looking ahead costs no solver run and about a second, whatever the number of criteria: a model is asked
for its centre alone, at the same draws for every criterion of a study, and its error on runs that it
had not seen stands for its deviation. Nothing here decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.evidence import Store
from assay.pipeline.believing import FloatArray, law_points, probability, ranges_of
from assay.pipeline.blocks import seed_of
from assay.pipeline.study_stages import StudyEvidence, open_model
from assay.programme import Configuration, Pack, Programme
from assay.showing import Claim, Limit, Part, RowSpec
from assay.showing.parts import limit_of
from assay.showing.records import Charge
from assay.statistics import Belief
from assay.surrogates import Model

MOST_POINTS, FEWEST_POINTS = 4_096, 256
_MOST_WORK = 1e7
"""Products of a point and a training row that one configuration of a study may take in all."""
_MOST_LOCAL, _NEAR = 512, 32
"""Most training rows of a model whose error is looked up about the law, and draws at which it is."""


@dataclass
class Outlook:
    """Draws of one configuration as the models see them; each model is asked once a row."""

    store: Store
    programme: Programme
    configuration: Configuration
    claims: Sequence[Claim]
    studies: Mapping[str, StudyEvidence]
    _counts: dict[str, int] = field(default_factory=dict)
    _models: dict[tuple[str, str], Model | None] = field(default_factory=dict)
    _points: dict[str, FloatArray] = field(default_factory=dict)
    _centres: dict[tuple[str, str, str], FloatArray] = field(default_factory=dict)
    _errors: dict[tuple[str, str, str], float] = field(default_factory=dict)
    _left_out: dict[tuple[str, str], tuple[FloatArray, float]] = field(default_factory=dict)

    def model(self, study: str, quantity: str) -> Model | None:
        """Return an accepted model, opened once."""
        if (study, quantity) not in self._models:
            record = self.studies[study].models.get(quantity)
            self._models[study, quantity] = open_model(self.store, record)
        return self._models[study, quantity]

    def error(self, study: str, quantity: str, row: RowSpec) -> float:
        """Return the error of an accepted model about the draws of a row, in the quantity's unit.

        The cross-validated error, which is over the whole range, scaled by the deviation that the model
        states here over those that it states of its training runs, each left out; as it is for large models.
        """
        key = (study, quantity, row.key)
        if key not in self._errors:
            record = self.studies[study].models.get(quantity)
            scores = record.payload["scores"] if record is not None else []
            error = max([float(score["rmse"]) for score in scores[-1:]], default=0.0)
            model, known = self.model(study, quantity), self.left_out(study, quantity)
            if model is not None and known is not None and known[1] > 0.0:
                here = np.clip(self.placed(study, row)[:_NEAR], *self.ranges(study))
                error *= float(np.sqrt(np.mean(model.predict(here)[1] ** 2))) / known[1]
            self._errors[key] = error
        return self._errors[key]

    def left_out(self, study: str, quantity: str) -> tuple[FloatArray, float] | None:
        """Return sizes of the errors on training runs, each left out, shape (n,), and the stated deviation.

        None without a model, and for a large one: leaving out costs the cube of its rows.
        """
        key, model = (study, quantity), self.model(study, quantity)
        if model is None or model.data.y.size > _MOST_LOCAL:
            return None
        if key not in self._left_out:
            mean, deviation = model.left_out()
            self._left_out[key] = np.abs(mean - model.data.y), float(np.sqrt(np.mean(deviation**2)))
        return self._left_out[key]

    def count(self, study: str) -> int:
        """Return at how many draws the models of a study are asked: a power of two, by their rows."""
        if study not in self._counts:
            mine = [c for c in self.claims if c.study.name == study and c.content is not None]
            asked = {(c.criterion.quantity, row.key) for c in mine for row in c.rows}
            records = [self.studies[study].models.get(quantity) for quantity, _ in asked]
            rows = sum(int(record.payload["rows"]) for record in records if record is not None)
            count = FEWEST_POINTS
            while 2 * count <= min(MOST_POINTS, _MOST_WORK / max(1, rows)):
                count *= 2
            self._counts[study] = count
        return self._counts[study]

    def points(self, study: str) -> FloatArray:
        """Return draws of the law, shape (m, d)."""
        if study not in self._points:
            seed, known = seed_of("outlook", study, self.configuration.name), self.studies[study].study
            self._points[study] = law_points(known, self.configuration, seed, 0, self.count(study))
        return self._points[study]

    def centre(self, study: str, quantity: str, row: RowSpec) -> FloatArray:
        """Return the model's centre at the draws with a row's factors, shape (m,)."""
        key = (study, quantity, row.key)
        if key not in self._centres:
            model = self.model(study, quantity)
            if model is None:
                raise InputError(f"there is no accepted model of {quantity} to plan with")
            inside = np.clip(self.placed(study, row), *self.ranges(study))
            self._centres[key] = model.centre(inside)
        return self._centres[key]

    def placed(self, study: str, row: RowSpec) -> FloatArray:
        """Return the draws with a row's factors, shape (m, d)."""
        x, order = self.points(study).copy(), list(self.studies[study].study.factors)
        for name, value in row.values.items():
            x[:, order.index(name)] = value
        return x

    def outside(self, study: str, row: RowSpec) -> npt.NDArray[np.bool_]:
        """Say which draws lie outside the factors' ranges, where nothing is ever run, shape (m,)."""
        x, (low, high) = self.placed(study, row), self.ranges(study)
        beyond: npt.NDArray[np.bool_] = np.any((x < low) | (x > high), axis=1)
        return beyond

    def ranges(self, study: str) -> tuple[FloatArray, FloatArray]:
        """Return the lower and the upper ends of the factors' ranges, shape (d,) each."""
        return ranges_of(self.studies[study].study)


@dataclass(frozen=True)
class View:
    """The worst part of a claim as the model sees it."""

    claim: Claim
    part: Part
    limit: Limit
    failing: FloatArray
    """Believed probability of not being within, of the worst row at each draw, shape (m,)."""
    worst: FloatArray
    """Which row of the part is the worst, shape (m,)."""
    belief: Belief
    fraction: float
    """Believed violating fraction."""


def view(
    outlook: Outlook, claim: Claim, limits: Sequence[float], charge: Charge, packs: Mapping[str, Pack]
) -> View:
    """Return the part of a claim that the model believes to violate most."""
    found = []
    for part in claim.parts:
        limit = limit_of(claim, part, limits, charge, packs)
        low, middle, high, worst = _asked(outlook, claim, part, limit)
        belief = believed_fraction(float(middle.mean()), (float(low.mean()), float(high.mean())), middle.size)
        found.append(View(claim, part, limit, middle, worst, belief, float(middle.mean())))
    return max(found, key=lambda item: item.fraction)


def believed_fraction(mean: float, ends: tuple[float, float], points: int) -> Belief:
    """Return a Beta belief from a model's mean fraction at `points` draws.

    Parameters
    ----------
    mean
        Believed violating fraction.
    ends
        The same, had the model been off by its error everywhere, to either side; half their distance
        stands for a standard deviation.
    points
        Draws that the mean is over: the belief is never surer than so many runs would make it.
    """
    deviation = (max(ends) - min(ends)) / 2.0
    total = float(points)
    if deviation > 1e-12:
        total = min(total, max(1.0, mean * (1.0 - mean) / deviation**2 - 1.0))
    return Belief.beta(mean * total + 0.5, (1.0 - mean) * total + 0.5)


def _asked(
    outlook: Outlook, claim: Claim, part: Part, limit: Limit
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return the believed probability of failing, at its lowest, middle and highest, and the worst row."""
    study, quantity = claim.study.name, claim.criterion.quantity
    lows, middles, highs = [], [], []
    for row in part.rows:
        error = outlook.error(study, quantity, row)
        centre, outside = outlook.centre(study, quantity, row), outlook.outside(study, row)
        three = [
            np.where(outside, 1.0, probability(centre + shift, np.full(centre.shape, error), limit))
            for shift in (-error, 0.0, error)
        ]
        lows.append(np.minimum(three[0], three[2]))
        middles.append(three[1])
        highs.append(np.maximum(three[0], three[2]))
    worst = np.argmax(middles, axis=0).astype(np.float64)
    return np.max(lows, axis=0), np.max(middles, axis=0), np.max(highs, axis=0), worst
