"""The fixed plan keeps its promised error rate on responses built to break it.

Truth is exact: the violating fraction is p0 itself, the worst case of the claim. The gate is a
one-sided binomial test of the count of false verdicts; the last test proves that it can fail.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from assay.statistics import Law, draw, fixed_plan_refuted, fixed_plan_shown, wilks_size

Seed = Callable[[str], str]
Gate = Callable[[int, int, float], bool]
Floats = npt.NDArray[np.float64]
Response = Callable[[Floats, Floats], npt.NDArray[np.bool_]]

DIMENSION = 3
UNIT = [Law.of("uniform", low=0.0, high=1.0)] * DIMENSION
CELLS = 10_000


def dust(x: Floats, place: Floats) -> npt.NDArray[np.bool_]:
    """Beyond on random cells of the first factor, their mass exactly 5 % (500 of 10 000)."""
    order = np.argsort(np.modf(np.arange(1, CELLS + 1) * (1e4 * place[0] + 0.6180339887))[0])
    beyond = np.zeros(CELLS, dtype=bool)
    beyond[order[: CELLS // 20]] = True
    return np.asarray(beyond[(x[:, 0] * CELLS).astype(int)])


def spike(x: Floats, place: Floats) -> npt.NDArray[np.bool_]:
    """Beyond in one box at a random place, volume exactly 5 %."""
    side = 0.05 ** (1 / DIMENSION)
    return np.asarray(np.all(np.abs(x - (side / 2 + place * (1 - side))) <= side / 2, axis=1))


def edge(x: Floats, place: Floats) -> npt.NDArray[np.bool_]:
    """Smooth response: beyond on the upper 5 % of a factor."""
    return np.asarray(x[:, 1] > 0.95)


def beyond_table(response: Response, seed: str, programmes: int, draws: int) -> npt.NDArray[np.bool_]:
    """Shape (programmes, draws): which draws are beyond; each programme has its own response."""
    places = draw(UNIT, None, seed, 0, programmes)
    x = draw(UNIT, None, seed, programmes, programmes * draws).reshape(programmes, draws, DIMENSION)
    return np.array([response(rows, place) for rows, place in zip(x, places, strict=True)])


def check_error_rates(response: Response, seed: str, programmes: int, allow: int, too_many: Gate) -> None:
    n = wilks_size(0.95, 0.05, allow)
    counts = beyond_table(response, seed, programmes, n).sum(axis=1)
    verdict = {int(k): fixed_plan_shown(int(k), n, 0.05, 0.05) for k in np.unique(counts)}
    refuted = {int(k): fixed_plan_refuted(int(k), n, 0.05, 0.05) for k in np.unique(counts)}
    assert not too_many(sum(verdict[int(k)] for k in counts), programmes, 0.05)
    assert not too_many(sum(refuted[int(k)] for k in counts), programmes, 0.05)
    assert abs(counts.mean() / n - 0.05) < 5 * np.sqrt(0.05 * 0.95 / (n * programmes)), "the truth is 5 %"


@pytest.mark.parametrize("response", [dust, spike, edge])
def test_false_verdicts_stay_within_the_level(response: Response, seed: Seed, too_many: Gate) -> None:
    check_error_rates(response, seed(f"short {response.__name__}"), 1000, 0, too_many)


@pytest.mark.long
@pytest.mark.parametrize("allow", [0, 1, 2])
@pytest.mark.parametrize("response", [dust, spike, edge])
def test_false_verdicts_stay_within_the_level_over_many_programmes(
    response: Response, allow: int, seed: Seed, too_many: Gate
) -> None:
    check_error_rates(response, seed(f"long {response.__name__} {allow}"), 20_000, allow, too_many)


def test_a_compliant_response_is_shown(seed: Seed) -> None:
    """Power: nothing beyond is always shown, 1 % beyond in about 0.99**59 = 55 % of programmes."""
    table = beyond_table(lambda x, _place: x[:, 1] > 0.99, seed("power"), 400, 59)
    shown = np.mean([fixed_plan_shown(int(k), 59, 0.05, 0.05) for k in table.sum(axis=1)])
    assert 0.45 < shown < 0.66
    assert fixed_plan_shown(0, 59, 0.05, 0.05)


def test_peeking_at_a_fixed_plan_inflates_its_error(seed: Seed, too_many: Gate) -> None:
    """STATISTICS.md section 3b: 14.8 % instead of 5 %. It also proves that the gate can fail."""
    programmes, longest = 1000, 300
    running = np.cumsum(beyond_table(dust, seed("peeking"), programmes, longest), axis=1)
    most = [-1] * longest  # largest count beyond that would be shown after n draws
    for n in range(1, longest + 1):
        most[n - 1] = most[n - 2] if n > 1 else -1
        while fixed_plan_shown(most[n - 1] + 1, n, 0.05, 0.05):
            most[n - 1] += 1
    falsely = int(np.sum(np.any(running <= np.array(most), axis=1)))
    assert too_many(falsely, programmes, 0.05)
    assert falsely / programmes == pytest.approx(0.148, abs=0.045)
