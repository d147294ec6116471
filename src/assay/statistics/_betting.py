"""Betting against the claim that too much (or too little) of a law fails: the wealth of rung 0b.

STATISTICS: algorithm A1. For every run a point x is drawn from a density g that was chosen from past
runs only, the solver is run, and two wealths are multiplied by one factor each. With the density
ratio r(x) = g/f, a control value c(x) in [0, 1] and C = E_F[c]::

    Z = C + (Y - c(x)) / r(x)        E_g[Z | past] = P(Y = 1) wherever g > 0
    K_S <- K_S (1 + bet_S (p0 - Z_S))      null p >= p0, Y counts every state that is not within
    K_R <- K_R (1 + bet_R (Z_R - p0))      null p <= p0, Y counts beyond only: open is no failure

Where g = 0 the outcome is conceded: Y = 1 for S, Y = 0 for R, which only moves Z_S up and Z_R down.
Bets are bounded so that no factor can be negative anywhere in the envelope. Under its null each wealth
is then a non-negative supermartingale with mean at most 1, whatever the response and the surrogate
are, and by Ville's inequality it ever reaches 1/a with probability at most a. Looking, stopping and
extending are therefore free.

Replay
------
A verifier needs a row a run and these lines of pure Python; an interval stands as [lower, upper], a
number is an interval of equal ends, p0 is the allowed fraction::

    K_S = K_R = 1.0
    for row in rows:                                   # in the order of `index`
        r_lo, r_hi = ends(row["density_ratio"]);  C_lo, C_hi = ends(row["C"]);  c = row["c"]
        def factors(Y_S, Y_R):
            d = Y_S - c;  Z = C_hi + d / (r_lo if d > 0 else r_hi)
            f_S = 1 + bet_S * (p0 - Z) - 1e-12 * (1 + bet_S * (p0 + abs(Z)))
            d = Y_R - c;  Z = C_lo + d / (r_hi if d > 0 else r_lo)
            f_R = 1 + bet_R * (Z - p0) - 1e-12 * (1 + bet_R * (p0 + abs(Z)))
            return f_S, f_R
        worst_S, worst_R = factors(1, 0)               # both must be >= -1e-9, whatever came out
        f_S, f_R = factors(row["state"] != "within", row["state"] == "beyond")
        K_S *= max(0.0, f_S);  K_R *= max(0.0, f_R)    # must equal the recorded wealths to 1e-9 relative
    # SHOWN as soon as K_S >= 1/level, REFUTED as soon as K_R >= 1/level, whichever came first

References
----------
Ville, "Étude critique de la notion de collectif" (1939); Waudby-Smith & Ramdas, "Estimating means of
bounded random variables by betting", JRSS-B 86 (2024); Shekhar, Xu, Lipton, Liang, Ramdas,
"Risk-limiting financial audits via weighted sampling without replacement", UAI (2023).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.statistics._error_budget import inside
from assay.statistics._special import FloatArray

Ends = tuple[float, float]
"""Lower and upper end of what is known of a constant; equal where it is known exactly."""

_ROUNDING = 1e-12
"""Share of its terms by which a factor is lowered: more than floating point can have raised it."""
_NEGATIVE = -1e-9
"""A factor below this is no rounding but a bet above its bound."""
_SAME = 1e-9
STATES = ("within", "open", "beyond")


@dataclass(frozen=True)
class Bet:
    """What is fixed for a batch before its first run is drawn: where to run, and how much to stake.

    Everything is a step function of the surrogate's predicted probability of failing: bin k is
    ``edges[k] <= c < edges[k + 1]`` with edge 0 at 0 and the last bin closed at 1, so that a bound
    over the bins is a bound over the whole envelope.
    """

    edges: tuple[float, ...]
    """K - 1 inner edges, increasing, inside (0, 1)."""
    density: tuple[float, ...]
    """K values u >= 0: g/f = u / E_F[u]; 0 where the outcome is conceded."""
    control: tuple[float, ...]
    """K control values in [0, 1]."""
    norm: Ends
    """E_F[u]."""
    C: Ends
    """E_F[control], conceded bins counted 0 at the lower and 1 at the upper end."""
    shown: float
    refuted: float
    goal: str
    """Which wealth the bet is meant to raise: ``shown`` or ``refuted``."""
    growth: float
    """Believed mean logarithmic growth of that wealth a run; 0 where nothing can be gained."""
    expected_runs: float
    """Believed number of runs until that wealth decides; infinite without growth."""


@dataclass(frozen=True)
class BettingRow:
    """One run of rung 0b, enough to replay its wealth (see the module)."""

    index: int
    x: tuple[float, ...]
    density_ratio: Ends
    c: float
    C: Ends
    bet_shown: float
    bet_refuted: float
    state: str
    wealth_shown: float
    wealth_refuted: float

    def as_record(self) -> dict[str, Any]:
        """Return the row as plain JSON: a number where both ends of an interval are equal."""
        return {
            "index": self.index,
            "x": list(self.x),
            "density_ratio": _plain(self.density_ratio),
            "c": self.c,
            "C": _plain(self.C),
            "bet_shown": self.bet_shown,
            "bet_refuted": self.bet_refuted,
            "state": self.state,
            "wealth_shown": self.wealth_shown,
            "wealth_refuted": self.wealth_refuted,
        }


def bins_of(edges: Sequence[float], predicted: npt.ArrayLike) -> npt.NDArray[np.intp]:
    """Return the bin of each predicted probability, 0 to K - 1.

    Raises
    ------
    InputError
        If a prediction is not a number in [0, 1].
    """
    c = np.asarray(predicted, dtype=np.float64)
    if not bool(np.all((c >= 0.0) & (c <= 1.0))):
        raise InputError(
            "a predicted probability of failing is not a number in [0, 1]; clip the surrogate's output"
        )
    return np.asarray(np.searchsorted(np.asarray(edges), c, side="right"), dtype=np.intp)


def pick(bet: Bet, pool: npt.ArrayLike, u: npt.ArrayLike) -> npt.NDArray[np.intp]:
    """Draw from a frozen pool of equal weights, with replacement, by the bet's density.

    Parameters
    ----------
    bet
        Fixed before the draw.
    pool
        Predicted probability of failing at each point of the pool.
    u
        Independent uniform numbers, one a draw; any shape.

    Returns
    -------
    NDArray of int
        Index into the pool, in the shape of `u`.

    Raises
    ------
    InputError
        If the bet concedes the whole pool.
    """
    total = np.cumsum(np.asarray(bet.density)[bins_of(bet.edges, pool)])
    if not total[-1] > 0.0:
        raise InputError("the bet concedes every point of the pool; there is nothing to draw")
    drawn = np.searchsorted(total, np.asarray(u, dtype=np.float64) * total[-1], side="right")
    # u x total may round up to the total itself; step back to the last point that can be drawn.
    last = np.searchsorted(total, total[-1], side="left")
    return np.asarray(np.minimum(drawn, last), dtype=np.intp)


def accepts(bet: Bet, candidates: npt.ArrayLike, u: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Say which independent draws of the law are kept, so that those kept follow the bet's density.

    Rejection needs no normalising constant: the draws are exact even where E_F[u] is only bounded.

    Parameters
    ----------
    bet
        Fixed before the draws.
    candidates
        Predicted probability of failing at each draw of the law, in the order drawn.
    u
        Independent uniform numbers, one a draw.
    """
    density = np.asarray(bet.density)
    kept = np.asarray(u, dtype=np.float64) * density.max() < density[bins_of(bet.edges, candidates)]
    return np.asarray(kept, dtype=np.bool_)


def settle(
    bet: Bet,
    *,
    index: int,
    x: Iterable[float],
    predicted: float,
    state: str,
    wealth_shown: float,
    wealth_refuted: float,
    allowed: float,
) -> BettingRow:
    """Return the row of one run: both wealths after it.

    Parameters
    ----------
    bet
        The bet under which the point was drawn.
    index, x
        Number of the run and its factors.
    predicted
        The surrogate's predicted probability of failing at x, from the surrogate of the bet.
    state
        ``within``, ``beyond`` or ``open``; a failed run is open.
    wealth_shown, wealth_refuted
        Wealths before the run; 1 before the first.
    allowed
        Violating fraction that is allowed, p0 = 1 - coverage.

    Raises
    ------
    InputError
        If the state is unknown, or the point lies where the bet never draws.
    """
    inside("allowed fraction", allowed)
    _known(state)
    k = int(bins_of(bet.edges, predicted))
    density = bet.density[k]
    if not density > 0.0:
        raise InputError(
            f"run {index} has predicted probability {predicted!r}, which the bet concedes and never "
            "draws; settle it with the bet and the surrogate under which it was drawn"
        )
    ratio = (density / bet.norm[1], density / bet.norm[0])
    f_shown, f_refuted = _factors(
        ratio, bet.control[k], bet.C, bet.shown, bet.refuted, allowed, state != "within", state == "beyond"
    )
    return BettingRow(
        index=index,
        x=tuple(float(value) for value in x),
        density_ratio=ratio,
        c=bet.control[k],
        C=bet.C,
        bet_shown=bet.shown,
        bet_refuted=bet.refuted,
        state=state,
        wealth_shown=wealth_shown * max(0.0, f_shown),
        wealth_refuted=wealth_refuted * max(0.0, f_refuted),
    )


def factor_table(bet: Bet, allowed: float) -> FloatArray:
    """Return all factors that a run of this bet can bring, shape (K, 3, 2), as `settle` computes them.

    Axes: bin; state within, open, beyond; wealth of SHOWN, of REFUTED. NaN where g = 0. With it a
    simulation is a table look-up.
    """
    table = np.full((len(bet.density), 3, 2), np.nan)
    for k, (density, control) in enumerate(zip(bet.density, bet.control, strict=True)):
        if density > 0.0:
            ratio = (density / bet.norm[1], density / bet.norm[0])
            for j, state in enumerate(STATES):
                both = _factors(
                    ratio, control, bet.C, bet.shown, bet.refuted, allowed,
                    state != "within", state == "beyond",
                )  # fmt: skip
                table[k, j] = [max(0.0, factor) for factor in both]
    return table


def betting_verdict(
    wealths: Iterable[tuple[float, float]], level: float, refuting: float | None = None
) -> str | None:
    """Return ``shown`` or ``refuted``, whichever wealth first reached the reciprocal of its level, else None.

    Parameters
    ----------
    wealths
        Pairs (K_S, K_R) after each run, in order; what follows the decision does not undo it.
    level
        Level of the test that shows, from `betting_level`.
    refuting
        Level of the test that refutes; None: the same. See `union_level`.
    """
    inside("error level", level)
    at = level if refuting is None else refuting
    inside("error level of refuting", at)
    for shown, refuted in wealths:
        if shown * level >= 1.0:
            return "shown"
        if refuted * at >= 1.0:
            return "refuted"
    return None


def replay(records: Sequence[Mapping[str, Any]], allowed: float) -> list[tuple[float, float]]:
    """Recompute the wealths from recorded rows and check every bet, as a verifier has to.

    Parameters
    ----------
    records
        Rows as `BettingRow.as_record` gives them, in the order of their index.
    allowed
        Violating fraction that is allowed.

    Returns
    -------
    list of (float, float)
        K_S and K_R after each run.

    Raises
    ------
    InputError
        If a row is malformed or out of order, a bet is above its bound, or a wealth differs.
    """
    inside("allowed fraction", allowed)
    path: list[tuple[float, float]] = []
    shown = refuted = 1.0
    last = -1
    for row in records:
        where = f"row {row['index']}"
        ratio, C = _ends(row["density_ratio"]), _ends(row["C"])
        c, bet_shown, bet_refuted = row["c"], row["bet_shown"], row["bet_refuted"]
        _known(row["state"])
        if not last < row["index"]:
            raise InputError(f"{where} stands behind row {last}; write the rows in the order drawn")
        bets_fit = 0.0 <= bet_shown < math.inf and 0.0 <= bet_refuted < math.inf
        if not (ratio[0] > 0.0 and 0.0 <= c <= 1.0 and bets_fit):
            raise InputError(f"{where}: density ratio, control value or bet out of range")
        if min(_factors(ratio, c, C, bet_shown, bet_refuted, allowed, True, False)) < _NEGATIVE:
            raise InputError(f"{where}: a bet is above its bound; the wealth could become negative")
        f_shown, f_refuted = _factors(
            ratio, c, C, bet_shown, bet_refuted, allowed, row["state"] != "within", row["state"] == "beyond"
        )
        shown, refuted = shown * max(0.0, f_shown), refuted * max(0.0, f_refuted)
        recorded = (row["wealth_shown"], row["wealth_refuted"])
        for found, written in zip((shown, refuted), recorded, strict=True):
            if not math.isclose(found, written, rel_tol=_SAME, abs_tol=0.0):
                raise InputError(f"{where}: recorded wealth {written!r}, recomputed {found!r}")
        last = row["index"]
        path.append((shown, refuted))
    return path


def _factors(
    ratio: Ends,
    control: float,
    C: Ends,
    bet_shown: float,
    bet_refuted: float,
    allowed: float,
    fails: bool,
    beyond: bool,
) -> tuple[float, float]:
    """Return both factors with the ends of ratio and C that go against the one who claims."""
    d = fails - control
    Z = C[1] + d / (ratio[0] if d > 0.0 else ratio[1])
    shown = 1.0 + bet_shown * (allowed - Z) - _ROUNDING * (1.0 + bet_shown * (allowed + abs(Z)))
    d = beyond - control
    Z = C[0] + d / (ratio[1] if d > 0.0 else ratio[0])
    refuted = 1.0 + bet_refuted * (Z - allowed) - _ROUNDING * (1.0 + bet_refuted * (allowed + abs(Z)))
    return shown, refuted


def _known(state: object) -> None:
    if state not in STATES:
        raise InputError(f"run state {state!r} is unknown; write one of {', '.join(STATES)}")


def _ends(value: Any) -> Ends:
    """Read a number or a pair; not a number, or ends in the wrong order, are refused."""
    low, high = value if isinstance(value, (list, tuple)) else (value, value)
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise InputError(f"interval {value!r} has no lower and upper end; write a number or [lower, upper]")
    return float(low), float(high)


def _plain(ends: Ends) -> float | list[float]:
    return ends[0] if ends[0] == ends[1] else list(ends)
