"""What people use today, on the same programmes: each says SHOWN or NOT SHOWN (or REFUTED) by its own rule.

Budget: all runs that a method may make. None of these rules is ours; each is the textbook's or the paper's.
"""

from __future__ import annotations

import math

import numpy as np
from benchmarks.false_compliance import matern
from benchmarks.false_compliance.programmes import ERROR, Outcome, Programme, Verdict
from scipy.special import ndtri

from assay.statistics import tolerance_factor, wilks_size

AK_START = 20
AK_STOP = 2.0


def wilks(programme: Programme) -> Outcome:
    """Zero-failure plan of the smallest size (Wilks 1941); NOT SHOWN if the budget has fewer runs."""
    size = wilks_size(1 - programme.allowed, ERROR)
    programme.validate()
    if size > programme.budget:
        return programme.outcome("NOT SHOWN")
    q = programme.run(programme.draw(size))
    return programme.outcome("SHOWN" if (q <= programme.limit).all() else "NOT SHOWN")


def normal_factor(programme: Programme) -> Outcome:
    """One-sided tolerance limit of a normal sample: mean + k sd at most the limit (Owen 1963)."""
    programme.validate()
    q = programme.run(programme.draw(programme.budget))
    factor = tolerance_factor(programme.budget, 1 - programme.allowed, 1 - ERROR)
    return programme.outcome(_said(float(q.mean()) + factor * float(q.std(ddof=1)) <= programme.limit))


def gp_mean(programme: Programme) -> Outcome:
    """All runs train; the fraction of the law whose predicted mean is beyond is at most the allowed."""
    model, _, _ = trained(programme, programme.budget)
    mean, _ = model.standardised(programme.x)
    return programme.outcome(_said((mean > model.level(programme.limit)).mean() <= programme.allowed))


def gp_two_sigma(programme: Programme) -> Outcome:
    """As the mean, with two standard deviations charged."""
    model, _, _ = trained(programme, programme.budget)
    mean, sd = model.standardised(programme.x)
    beyond = mean + 2 * sd > model.level(programme.limit)
    return programme.outcome(_said(beyond.mean() <= programme.allowed))


def conformal(programme: Programme) -> Outcome:
    """Split conformal, marginal: half trains, half gives the quantile of q - s that is charged everywhere.

    Lei, G'Sell, Rinaldo, Tibshirani, Wasserman (2018). The charge has coverage 1 - allowed on average; the
    rule says SHOWN if the charged prediction is beyond on at most `allowed` of the law.
    """
    half = programme.budget // 2
    model, _, _ = trained(programme, half)
    programme.validate()
    index = programme.draw(programme.budget - half)
    residual = np.sort(programme.run(index) - model.predict(programme.x[index]))
    rank = math.ceil((residual.size + 1) * (1 - programme.allowed))
    charge = float(residual[min(rank, residual.size) - 1])
    beyond = model.predict(programme.x) + charge > programme.limit
    return programme.outcome(_said(beyond.mean() <= programme.allowed))


def prediction_powered(programme: Programme) -> Outcome:
    """Prediction-powered inference by the central limit theorem (Angelopoulos et al. 2023).

    Half trains, half corrects: estimate of p = mean of 1{s > L} + mean of (1{q > L} - 1{s > L}), plus 1.645
    standard errors.
    """
    half = programme.budget // 2
    model, _, _ = trained(programme, half)
    programme.validate()
    predicted = (model.predict(programme.x) > programme.limit).astype(float)
    index = programme.draw(programme.budget - half)
    correction = (programme.run(index) > programme.limit) - predicted[index]
    error = float(correction.std(ddof=1)) / math.sqrt(index.size)
    upper = predicted.mean() + correction.mean() - float(ndtri(ERROR)) * error
    return programme.outcome(_said(upper <= programme.allowed))


def ak_mcs(programme: Programme) -> Outcome:
    """AK-MCS (Echard, Gayton, Lemaire 2011): learning function U, until the least U is at least 2."""
    scale = programme.x.std(axis=0)
    index = list(programme.spread_out(AK_START))
    q = list(programme.run(np.asarray(index)))
    model = None
    while True:
        again = model is None or len(index) % 10 == 0
        model = matern.fit(
            programme.x[index],
            np.asarray(q),
            programme.limit,
            scale=scale,
            start=model,
            steps=20 if again else 0,
        )
        mean, sd = model.standardised(programme.x)
        distance = np.abs(mean - model.level(programme.limit)) / sd
        distance[index] = np.inf
        if not programme.left or distance.min() >= AK_STOP:
            break
        index.append(int(np.argmin(distance)))
        q.append(float(programme.run(np.asarray(index[-1:]))[0]))
    beyond = mean > model.level(programme.limit)
    return programme.outcome(_said(beyond.mean() <= programme.allowed))


def trained(programme: Programme, runs: int) -> tuple[matern.Matern, np.ndarray, np.ndarray]:
    """Return a process trained on `runs` runs spread over the pool, the rows and their values."""
    index = programme.spread_out(runs)
    q = programme.run(index)
    scale = programme.x.std(axis=0)
    return matern.fit(programme.x[index], q, programme.limit, scale=scale), index, q


def _said(shown: bool | np.bool_) -> Verdict:
    return "SHOWN" if shown else "NOT SHOWN"
