"""What do several claims say together: all of them, a list acted on one by one, or at least one violated?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from assay.compliance.records import Listwise, Violated, Whole
from assay.showing.records import ClaimPart, ShowingPayload, Verdict
from assay.statistics import (
    ALL_HOLD,
    all_hold,
    allowed_fraction,
    any_violated,
    average_e,
    e_holm,
    e_to_p,
    fixed_plan_attained,
    list_confidence,
)

_SHOWN = frozenset({"SHOWN", "SHOWN GIVEN"})


def whole(verdicts: Sequence[Verdict], showings: Sequence[ShowingPayload]) -> Whole:
    """Return the confidence that the product complies as a whole, if every row is shown.

    Parameters
    ----------
    verdicts
        Of every row.
    showings
        Payloads behind the rows.

    Returns
    -------
    Whole
        The lowest confidence of the claims that were put to draws (`assay.statistics.all_hold`); None where
        a row is not shown, or where no claim rests on draws.
    """
    levels = [_claimed(payload) for payload in showings if _attaining(payload)]
    every = bool(verdicts) and all(verdict in _SHOWN for verdict in verdicts)
    return Whole(
        shown=every, confidence=1.0 - all_hold(levels) if every and levels else None, reason=ALL_HOLD
    )


def listwise(showings: Sequence[ShowingPayload]) -> Listwise:
    """Return the confidence that every shown row of the list holds.

    Where every claim was put to bets (rung 0b), by e-values: the wealth at which each stopped, adjusted by
    closed testing with the arithmetic mean (Vovk & Wang 2021). Elsewhere by attained levels (Holm 1979); that
    of an e-process is one over its largest wealth (Ville), so that fixed, restricted and sequential plans
    stand in one list. Plans may share draws and depend in any way. Which of the two it is follows from the
    kinds of plan, fixed before any run that decides, never from what came out.

    Every claim that was put to draws counts, shown or not: picking the shown ones is what is paid for.
    A row that was tested at a smaller level than its confidence allows, in a later attempt or with a
    share of the error spent elsewhere, counts with its attained level raised in proportion.
    """
    tested = [payload for payload in showings if _attaining(payload)]
    shown = [payload.verdict in _SHOWN for payload in tested]
    if tested and all(part.wealth is not None for payload in tested for part in _attaining(payload)):
        return Listwise(rows=sum(shown), confidence=_by_bets(tested, shown), method="e-holm")
    levels = [max(_raised(payload, part) for part in _attaining(payload)) for payload in tested]
    confidence = list_confidence(levels, shown)
    sure = None if confidence is None else _sure(1.0 - confidence)
    return Listwise(rows=sum(shown), confidence=sure, method="holm")


def violated(showings: Sequence[ShowingPayload]) -> Violated:
    """Return the confidence that at least one of the claims does not hold.

    A run that proves a claim wrong needs no confidence. Else, where every claim that draws can refute was put
    to bets, the mean of their wealths against compliance is an e-value (Vovk & Wang 2021); elsewhere the
    smallest level at which one is refuted is multiplied by the number of claims (Bonferroni).
    """
    if any(p.verdict == "REFUTED" and p.reason != "refuted-by-draws" for p in showings):
        return Violated(claims=len(showings), confidence=None, method="run", concluded=True)
    tested = [payload for payload in showings if _refuting(payload)]
    if not tested:
        return Violated(claims=0, confidence=None, method=None, concluded=False)
    parts = [(payload, part) for payload in tested for part in _refuting(payload)]
    method: Literal["average", "bonferroni"]
    if all(part.wealth is not None for _, part in parts):
        constants = sum(_constants_refuted(part) / _share(payload, part) for payload, part in parts)
        method, level = "average", e_to_p(average_e([_mean_against(p) for p in tested])) + constants
    else:
        method, level = "bonferroni", any_violated([_refuted_at(payload) for payload in tested])
    sure = _sure(level)
    asked = max(1.0 - (part.error or 0.0) for _, part in parts)
    return Violated(claims=len(tested), confidence=sure, method=method, concluded=sure >= asked)


def _by_bets(tested: Sequence[ShowingPayload], shown: Sequence[bool]) -> float | None:
    """Return the confidence of the shown rows by e-values; what bounds of constants took is added up."""
    if not any(shown):
        return None
    values = [min(_stopped(payload, part) for part in _attaining(payload)) for payload in tested]
    adjusted = [value for value, ok in zip(e_holm(values), shown, strict=True) if ok]
    constants = sum(
        max(_constants_shown(part) / _share(payload, part) for part in _attaining(payload))
        for payload in tested
    )
    return _sure(e_to_p(min(adjusted)) + constants)


def _attaining(payload: ShowingPayload) -> tuple[ClaimPart, ...]:
    return tuple(part for part in payload.parts if part.attained is not None)


def _refuting(payload: ShowingPayload) -> tuple[ClaimPart, ...]:
    return tuple(part for part in payload.parts if part.refuting_error is not None)


def _claimed(payload: ShowingPayload) -> float:
    """Return the error level of a claim on a fraction, 1 - its confidence."""
    content = payload.holds if payload.holds.get("kind") == "fraction" else payload.holds["others"]
    return allowed_fraction(content["confidence"])


def _share(payload: ShowingPayload, part: ClaimPart) -> float:
    """Return the level a part was tested at over that of its claim; at most 1."""
    claimed = _claimed(payload)
    return min(1.0, (part.error or claimed) / claimed)


def _raised(payload: ShowingPayload, part: ClaimPart) -> float:
    """Return a part's attained level times the error of its claim over the level it was tested at."""
    return min(1.0, (part.attained or 0.0) / _share(payload, part))


def _stopped(payload: ShowingPayload, part: ClaimPart) -> float:
    """Return a part's e-value of showing: the wealth it stopped with, lowered by its share of the error."""
    return part.wealth.stopped_shown * _share(payload, part) if part.wealth is not None else 0.0


def _mean_against(payload: ShowingPayload) -> float:
    """Return a claim's e-value of refuting: the mean over its parts, of which each has to hold."""
    parts = [(part, part.wealth) for part in _refuting(payload) if part.wealth is not None]
    return average_e([wealth.stopped_refuted * _share(payload, part) for part, wealth in parts])


def _constants_shown(part: ClaimPart) -> float:
    """Return what bounding the normalising constants took of the level that shows."""
    return max(0.0, part.error - 1.0 / part.wealth.needed) if part.wealth and part.error else 0.0


def _constants_refuted(part: ClaimPart) -> float:
    """Return what it took of the level that refutes, which is smaller where a claim has several cases."""
    wealth, error = part.wealth, part.refuting_error
    return max(0.0, error - 1.0 / wealth.needed_to_refute) if wealth and error else 0.0


def _refuted_at(payload: ShowingPayload) -> float:
    """Return the attained level of refuting a claim: one case refutes it, so that cases count."""
    levels = [_refuted_part(part) / _share(payload, part) for part in _refuting(payload)]
    return any_violated([min(1.0, level) for level in levels])


def _refuted_part(part: ClaimPart) -> float:
    """Return P(at least so many draws beyond), from the side on which nothing cancels; of bets 1/wealth."""
    if part.wealth is not None:
        return min(1.0, e_to_p(part.wealth.refuted) + _constants_refuted(part))
    allowed = part.allowed if part.allowed is not None else 1.0
    return fixed_plan_attained(part.draws - part.beyond, part.draws, 1.0 - allowed) if part.beyond else 1.0


def _sure(level: float) -> float:
    """Return 1 - level, never quite 1: draws prove nothing for certain, however small the level is."""
    return min(1.0 - min(1.0, level), math.nextafter(1.0, 0.0))
