"""The page docs/guide/how-often-wrong.md and its figures, from a result and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

from benchmarks.false_compliance import figures

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "guide" / "how-often-wrong.md"
PICTURES = ROOT / "docs" / "pictures"
NAMES = {
    "fixed": "Assay, fixed plan (rung 0a)",
    "sequential": "Assay, e-process (rung 0b)",
    "residual": "Assay, declared residual bound (rung 1)",
    "monotone": "Assay, declared monotone (rung 2)",
    "coarse": "Assay, coarse mesh with declared bound",
    "auto": "Assay, `auto`",
    "wilks": "Wilks, zero failures",
    "gp-mean": "Gaussian process, mean",
    "gp-2-sigma": "Gaussian process, mean + 2 σ",
    "normal-factor": "normal tolerance factor",
    "conformal": "split conformal, marginal",
    "ppi": "prediction-powered, central limit",
    "ak-mcs": "AK-MCS",
    "form": "OpenTURNS, FORM",
    "subset": "OpenTURNS, subset simulation",
    "mapie": "MAPIE, split conformal",
    "smt-ego": "SMT, EGO",
    "corner": "Assay, worst corner (monotone)",
    "vertices": "Assay, vertices (convex)",
}
ORDER = tuple(NAMES)
OWN = ("fixed", "sequential", "residual", "monotone", "coarse", "auto")


def write(result: dict[str, Any]) -> None:
    """Write page and figures."""
    PAGE.write_text(page(result), encoding="utf-8")
    for name, drawing in pictures(result).items():
        (PICTURES / name).write_bytes(drawing)


def pictures(result: dict[str, Any]) -> dict[str, bytes]:
    """Return the figures by file name."""
    made = {}
    rates = [
        figures.Rate(_plain(name), allowed, rate["rate"], rate["low"], rate["high"], name in OWN)
        for name, allowed, rate in near_the_limit(result)
    ]
    if rates:
        made["how-often-wrong.svg"] = figures.rates(rates, limit=0.05)
    lines = power_lines(result, 0.01, 1000)
    if lines:
        made["how-often-shown.svg"] = figures.power(lines)
    return made


def page(result: dict[str, Any]) -> str:
    """Return the page's text."""
    parts = [
        _head(result),
        _wrong(result),
        _validity(result),
        _power(result),
        _refuted(result),
        _false(result),
    ]
    parts += [_boxes(result), _again(result)]
    return "\n".join(wrapped(part) for part in parts if part)


def wrapped(text: str) -> str:
    """Return text with its paragraphs filled to 118 columns; tables, headings and pictures stay."""
    blocks = text.strip("\n").split("\n\n")
    filled = [
        block if block.lstrip().startswith(("|", "#", "<!", "![")) else fill(" ".join(block.split()), 118)
        for block in blocks
    ]
    return "\n\n".join(filled) + "\n"


def _head(result: dict[str, Any]) -> str:
    families = result["families"]
    return f"""# How often is a verdict wrong?

<!-- Written by `make bench-showing` from benchmarks/results/false_compliance.json. -->

A *false SHOWN* is a verdict SHOWN or SHOWN GIVEN on a product that does not comply. This page counts them,
for Assay and for what people use today, on {len(families)} families of responses, among them adversaries: a
failing box at a random place, failing points like dust, jumps, heavy tails, noise, and declarations that
are false. Each problem is a frozen pool of {result["pool"]} points on which the violating fraction is an
exact rational number p; p0 is what the requirement allows. Every test is made at 95 %, so at most 5 % of
non-compliant programmes may be shown. Intervals are exact, two-sided, 95 %.

Measured {result["date"]}, seed {result["seed"]},
on {result["machine"]["cores"]} cores.
"""


def _pooled(rows: Iterable[dict[str, Any]], field: str) -> dict[tuple[str, float], list[int]]:
    counts: dict[tuple[str, float], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        name, allowed = row["key"][0], row["key"][1]
        counts[name, allowed][0] += row[field]["events"]
        counts[name, allowed][1] += row[field]["trials"]
    return counts


def near_the_limit(result: dict[str, Any]) -> list[tuple[str, float, dict[str, Any]]]:
    """Return method, allowed rate and rate of false SHOWN at p/p0 1.02 to 1.25, all budgets together.

    Families whose declaration is false are left out where a method rests on it: they have their own table.
    """
    from benchmarks.false_compliance.report import rate

    false_families = {family["name"] for family in result["families"] if family["group"] == "misdeclared"}
    found = []
    for part in ("procedures", "peers", "libraries"):
        rows = [
            row for row in result.get(part, {}).get("by_family", [])
            if row["key"][0] in {"fixed", "sequential"} or row["key"][2] not in false_families
        ]  # fmt: skip
        for (name, allowed), (events, trials) in _pooled(rows, "false_shown_boundary").items():
            if trials:
                found.append((name, allowed, rate(events, trials)))
    return sorted(found, key=lambda item: (ORDER.index(item[0]), -item[1]))


def _wrong(result: dict[str, Any]) -> str:
    found = near_the_limit(result)
    if not found:
        return ""
    rows = [(_name(name), percent(allowed), told(rate), str(rate["trials"])) for name, allowed, rate in found]
    told_gate = ""
    if "procedures" in result:
        gate = result["procedures"]["gate"]
        told_gate = (
            f"\n\nThe gate: no pool of a method and an allowed rate has an exact lower limit above 5 %, with "
            f"{percent(0.01)} of error for all {gate['cells']} pools together. It "
            f"{'holds' if gate['holds'] else '**fails**'}.\n"
        )
    return f"""## Near the limit

Products that do not comply by a little: p/p0 from 1.02 to 1.25, all budgets together. Whole procedures,
surrogates refitted as runs come in.

![Rate of false SHOWN by method](../pictures/how-often-wrong.svg)

{table(("method", "allowed", "false SHOWN, %", "programmes"), rows)}{told_gate}"""


def _validity(result: dict[str, Any]) -> str:
    found = result.get("validity")
    if not found:
        return ""
    worst: dict[tuple[str, str], dict[str, Any]] = {}
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in found["rows"]:
        verdict, method = row["cell"].split(" · ")[:2]
        key = (verdict, method)
        worst[key] = max(worst.get(key, row), row, key=lambda item: item["rate"])
        counts[key][0] += 1
        counts[key][1] += row["trials"]
    rows = []
    for (verdict, method), row in worst.items():
        cells, replications = counts[verdict, method]
        family, allowed = row["cell"].split(" · ")[2:4]
        where = f"{family.replace('_', ' ')}, allowed {percent(float(allowed))}"
        name = f"false {verdict}"
        rows.append((name, _spelled(method), str(cells), f"{replications:,}", f"{told(row)} ({where})"))
    plans = ", ".join(f"{percent(row['exact'], 2)} ({row['draws']} draws)" for row in found["exact"])
    return f"""## Exactly at the limit

Where the truth is exactly the allowed rate, or one point of the pool above it, errors are most frequent.
Fixed plans by rational arithmetic, false SHOWN at p = p0: {plans}. By replication, surrogates frozen, and
for the e-process deliberately bad ones as well, believed without a check:

{table(("error", "rung", "cells", "replications", "worst cell, %"), rows)}

The gate: no cell's exact lower limit is above 5 %, with 1 % of error for all {found["cells"]} cells together.
It {"holds" if found["holds"] else "**fails**"}.
"""


def power_lines(
    result: dict[str, Any], allowed: float, budget: int
) -> list[tuple[str, list[tuple[float, float]]]]:
    """Return the share of compliant products shown by p/p0, a line a method."""
    lines = []
    for row in result.get("procedures", {}).get("by_budget", []):
        name, rate, size = row["key"]
        if (rate, size) == (allowed, budget) and name in {
            "fixed",
            "sequential",
            "residual",
            "monotone",
            "auto",
        }:
            points = [(item["ratio"], item["right"]["rate"]) for item in row["by_ratio"] if item["complies"]]
            lines.append((_plain(name), points))
    return lines


def _power(result: dict[str, Any]) -> str:
    rows = []
    for row in result.get("procedures", {}).get("by_budget", []):
        name, allowed, budget = row["key"]
        cells = [item for item in row["by_ratio"] if item["complies"]]
        rows.append(
            (_name(name), percent(allowed), f"{budget:,}", *(
                f"{percent(item['right']['rate'], 0)} ({item['validation_mean']:.0f})" for item in cells
            ))
        )  # fmt: skip
    if not rows:
        return ""
    rows.sort(key=lambda row: (row[0], row[1], int(row[2].replace(",", ""))))
    head = ("method", "allowed", "budget", "p = 0", "p0/10", "p0/4", "p0/2", "0.8 p0")
    picture = ""
    if power_lines(result, 0.01, 1000):
        picture = "\n![Share of compliant products shown](../pictures/how-often-shown.svg)\n"
    return f"""## How often is a compliant product shown?

Share SHOWN or SHOWN GIVEN, with the mean number of validation runs in brackets, all families together. The
budget holds training runs too.
{picture}
{table(head, rows)}
"""


def _refuted(result: dict[str, Any]) -> str:
    rows = []
    for row in result.get("procedures", {}).get("by_group", []):
        name, allowed, budget, group = row["key"]
        if name not in {"fixed", "sequential"} or group == "misdeclared":
            continue
        cells = [item for item in row["by_ratio"] if not item["complies"] and item["ratio"] > 1.1]
        rows.append(
            (_name(name), percent(allowed), f"{budget:,}", group, *(
                f"{percent(item['right']['rate'], 0)} ({_runs(item['runs_for_80'])})" for item in cells
            ))
        )  # fmt: skip
    if not rows:
        return ""
    head = ("method", "allowed", "budget", "families", "1.25 p0", "1.5 p0", "2 p0", "4 p0")
    return f"""## How often is a bad product refuted?

Share REFUTED, in brackets the runs (training included) within which 80 % are; – where fewer are refuted.
Smooth families are those where a surrogate has skill, hard ones those where it has little or none.

{table(head, rows)}
"""


def _runs(count: float | None) -> str:
    return "–" if count is None else f"{count:.0f}"


def _false(result: dict[str, Any]) -> str:
    rows = [
        (
            row["family"].replace("_", " "), _name(row["method"]),
            percent(row["allowed"]) if row["allowed"] else "none",
            told(row["caught"]), told(row["false_shown"]),
        )
        for row in result.get("misdeclared", [])
    ]  # fmt: skip
    if not rows:
        return ""
    return f"""## What does a false declaration cost?

SHOWN GIVEN rests on a declaration. Here the declaration is false, and the product does not comply. *Caught*
is the share of programmes in which a run contradicted it, which ends it.

{table(("family", "method", "allowed", "caught, %", "false SHOWN GIVEN, %"), rows)}
"""


def _boxes(result: dict[str, Any]) -> str:
    rows = []
    for row in result.get("everywhere", []):
        name, family = row["key"]
        good = [item for item in row["by_ratio"] if item["complies"]]
        events, trials = (sum(item["right"][part] for item in good) for part in ("events", "trials"))
        rows.append(
            (_name(name), family.replace("_", " "), told(row["false_shown"]),
             f"{events} of {trials}" if trials else "–",
             f"{sum(i['runs_mean'] for i in row['by_ratio']) / len(row['by_ratio']):.0f}")
        )  # fmt: skip
    if not rows:
        return ""
    return f"""## Everywhere in a box

Limits from 10 % of the range below the true maximum to 20 % above it.

{table(("method", "family", "false SHOWN, %", "compliant ones shown", "runs"), rows)}
"""


def _again(result: dict[str, Any]) -> str:
    missing = "; ".join(f"{name} needs {module}" for name, module in result["missing_peers"].items())
    settings = result["settings"]
    finished = ", ".join(
        f"{part} {settings['finished'][part]:,} of {settings['planned'][part]:,}"
        for part in settings["finished"]
    )
    return f"""## Measure it again

`make bench-showing` runs all of it; stop it and start it again at will. Cells of this result: {finished},
with {settings.get("programmes", 0)} programmes a family for whole procedures; all of it makes 200.
{f"Not measured: {missing}." if missing else ""}
`python -m benchmarks.false_compliance --families my_module` takes your own families: a module with a tuple
`FAMILIES` of `benchmarks.false_compliance.problems.Family`, its folder on `PYTHONPATH`.

What is simple here and is not in the product: the surrogate is a light Gaussian process, without choice of
its form; laws are the pool itself, so no error is spent on normalising constants; and all error goes to one
attempt.
"""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def percent(value: float, decimals: int | None = None) -> str:
    """Return a rate as per cent."""
    if decimals is None:
        return f"{100 * value:g} %"
    return f"{100 * value:.{decimals}f} %"


def told(rate: dict[str, Any]) -> str:
    """Return a rate in per cent with its interval."""
    if not rate["trials"]:
        return "–"
    return f"{100 * rate['rate']:.1f} ({100 * rate['low']:.1f}–{100 * rate['high']:.1f})"


def _name(method: str) -> str:
    return NAMES[method]


def _plain(method: str) -> str:
    return NAMES[method].replace("`", "")


def _spelled(method: str) -> str:
    rung, _, kind = method.partition(":")
    return NAMES[rung] + (f", {kind} surrogate" if kind else "")
