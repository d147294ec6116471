from __future__ import annotations

import pytest

from assay.cli.explain import _wealth, complete
from assay.showing.records import ClaimPart, ShowingPayload, Wealth


@pytest.mark.parametrize("name", ["BEAM-4", "BEAM-4.a"])
def test_from_the_clause_to_the_deciding_run(tiny_done, name):
    ended = tiny_done("explain", name)
    assert ended.code == 0
    text = " ".join(ended.out.replace("│", " ").split())
    for word in (
        "BEAM-4 · nominal: SHOWN",
        "BEAM-4 · thin: REFUTED",
        "source RULE 1(a): Stress stays below strength.",
        "0 of 59 draws not within",
        "RULE 7",
        "violating fraction <= 0.04951 at error level 0.05; 0.05 allowed",
        "deciding run",
        "numerical error",
        "model form",
        "[not checked] joint law",
    ):
        assert word in text, word
    assert max(map(len, ended.out.splitlines())) <= 80


def test_a_waterfall_adds_up(tiny_done):
    document = tiny_done.within("explain", "BEAM-4", "--configuration", "nominal", "--json").json
    assert document["schema"] == "assay.explain/1"
    (row,) = document["rows"]
    (showing,) = row["showings"]
    for part in showing["showing"]["parts"]:
        steps = {step["kind"]: step["value"] for step in part["waterfall"]}
        added = sum(
            s["value"] for s in part["waterfall"] if s["kind"] in {"run", "numerical", "model", "factor"}
        )
        assert steps["total"] == pytest.approx(added, rel=1e-12)
        assert steps["margin"] == pytest.approx(steps["capacity"] / steps["total"] - 1.0, rel=1e-9)
    assert showing["record"] in tiny_done.records("showing")


def part(decided_at, verdict):
    """A part of a showing that was decided run by run, or is not decided yet."""
    return ClaimPart(
        case=None, level=None, rows=("",), limits=(3.0,), demand_factors=(), demand_factor=1.0, draws=112,
        not_within=1, beyond=0, allowed=0.05, error=0.05, bound=None, lower_bound=None, attained=0.0465,
        verdict=verdict, reason="shown", deciding=None, waterfall=(), margin=None,
        wealth=Wealth(
            shown=21.9789,
            refuted=0.99999,
            needed=1 / 0.049,
            needed_to_refute=1 / 0.049,
            decided_at=decided_at,
            stopped_shown=21.9789,
            stopped_refuted=0.5,
        ),
    )  # fmt: skip


def test_wealth_is_told_where_runs_decide_one_by_one():
    holds = "wealth of the bets that it holds 21.97, that it fails 0.9999; 20.408 decides"
    assert _wealth(part(109, "SHOWN")) == [holds, "decided at run 109, counted from 0, of 112"]
    undecided = _wealth(part(None, "NOT SHOWN"))
    assert undecided[0] == holds
    assert undecided[1].startswith("undecided after 112 runs; going on is the same attempt")
    assert _wealth(part(None, "SHOWN").model_copy(update={"wealth": None})) == []


def test_given_and_price(tiny_done):
    assert (
        "GIVEN reaction convex in nx, ny; mass (16 checks, 0 violations)"
        in tiny_done.within("explain", "BEAM-7").out
    )
    assert "price of the plan: 1196 runs" in tiny_done.within("explain", "BEAM-5").out


@pytest.mark.parametrize("name", ["BEAM-1", "BEAM-8", "BEAM-9"])
def test_rows_without_criteria(tiny_done, name):
    ended = tiny_done.within("explain", name)
    assert ended.code == 0
    assert f"{name} · nominal" in ended.out


def test_unknown(tiny_done):
    ended = tiny_done.within("explain", "BEAM-99")
    assert ended.code == 2
    assert "no requirement or criterion is called 'BEAM-99'" in ended.err


def test_before_anything_ran(tiny_unrun):
    assert "its runs are not complete" in " ".join(tiny_unrun.within("explain", "BEAM-4").out.split())


def test_every_rung_has_its_statement_its_cost_and_the_price_of_going_on(tiny_done):
    ended = tiny_done.within("explain", "BEAM-6", "--configuration", "nominal")
    text = " ".join(ended.out.replace("│", " ").split())
    for word in (
        "plans of BEAM-6.a, as the model sees them: less than 1e-06 % believed to violate",
        "rung 0a, fixed, in force",
        "complete: it took 236 runs; its draws serve other criteria too",
        "rung 0b, sequential",
        "rung 1, residual, if declared",
        "needs [residual.frequency] absolute",
        "rung 3, model: not credited, no verdict rests on it",
        "draws not within: mean 0.0 %, mean and 2 deviations 0.0 %; 5 % allowed",
        "most is saved by declaring",
    ):
        assert word in text, word
    assert "going on" not in text
    assert max(map(len, ended.out.splitlines())) <= 80


def test_a_plan_is_complete_but_where_bets_are_undecided(sequential_done):
    for name in ("SEQ-1", "SEQ-2", "SEQ-3"):
        assert "complete: it took" in sequential_done.within("explain", name).out, name
    (row,) = sequential_done.within("explain", "SEQ-1", "--json").json["rows"]
    payload = ShowingPayload.model_validate(row["showings"][0]["showing"])
    assert complete(payload)
    (part,) = payload.parts
    undecided = part.model_copy(update={"wealth": part.wealth.model_copy(update={"decided_at": None})})
    assert not complete(payload.model_copy(update={"parts": (undecided,)}))
    assert not complete(payload.model_copy(update={"parts": ()}))
    assert not complete(payload.model_copy(update={"method": None}))


def test_what_runs_prove_under_signs_is_told(dominance_done):
    text = " ".join(dominance_done.within("explain", "DOM-1").out.replace("│", " ").split())
    assert "1 placed where one within proves much, 0 drawn from what is undecided" in text
    assert "at most 0.4745 % of the law undecided or conceded" in text
    assert "0 of 1 runs not within" in text
    assert "run with the least room: run 0" in text
    assert "complete: it took 1 run" in text


def test_the_run_that_teaches_most_is_where_the_model_is_least_sure(sequential_done):
    document = sequential_done.within("explain", "SEQ-1", "--json").json
    (plan,) = document["rows"][0]["plans"]
    assert plan["plan"] == "sequential"
    assert plan["runs made"] > 59
    assert 0.3 < plan["next_run"]["failing"] < 0.7
    assert "a training run teaches most at" in sequential_done.within("explain", "SEQ-1").out
