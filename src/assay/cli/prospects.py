"""How is what each plan would take told? A table for `assay plan`, a branch for `assay explain`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.tree import Tree

    from assay.pipeline import Prospect
    from assay.showing.choice_records import ModelStatement, PlanOption


def prospect_table(configuration: str, prospects: Sequence[Prospect]) -> Any:
    """Return what each plan of each fraction would take, for a terminal of 80 columns."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=f"what each plan would take, as the model sees it: configuration {configuration}",
        box=box.SIMPLE_HEAD,
        title_justify="left",
    )
    table.add_column("criterion", overflow="fold")
    table.add_column("plan")
    for heading in ("runs", "90 %", "SHOWN", "min"):
        table.add_column(heading, justify="right", no_wrap=True)
    for prospect in prospects:
        name = prospect.weighed.criterion
        for option in prospect.weighed.options:
            numbers = (f"{math.ceil(option.expected)}", f"{option.ninetieth}", chance(option.assurance))
            table.add_row(name, Text(_named(prospect, option)), *numbers, minutes(option.minutes))
            name = ""
    return table


def _named(prospect: Prospect, option: PlanOption) -> str:
    if option.plan == prospect.kind:
        return f"{option.plan}, in force"
    return f"{option.plan}, if declared" if option.needs else option.plan


def savings(prospects: Iterable[Prospect]) -> list[str]:
    """Return, for each declaration that would save solver runs, what it saves and where, the most first."""
    found: dict[str, list[Prospect]] = {}
    for prospect in prospects:
        if prospect.weighed.saves is not None:
            found.setdefault(prospect.weighed.saves.needs, []).append(prospect)
    told = []
    for needs, own in found.items():
        runs = [prospect.weighed.saves.runs for prospect in own if prospect.weighed.saves is not None]
        names = ", ".join(prospect.weighed.criterion for prospect in own)
        told.append((max(runs), f"declaring {needs}: about {max(runs)} runs less for {names}"))
    return [line for _, line in sorted(told, key=lambda item: -item[0])]


def chance(share: float) -> str:
    """Return a believed probability in per cent, rounded down: it speaks for a plan."""
    return f"{math.floor(100.0 * share)} %"


def minutes(value: float) -> str:
    """Return minutes, rounded up to a tenth where they are few."""
    return f"{math.ceil(10.0 * value) / 10.0:.1f}" if value < 10.0 else f"{math.ceil(value)}"


def model_told(said: ModelStatement) -> str:
    """Return what the model itself says of the violating fraction, each share rounded up."""
    shares = [f"mean {_up(said.mean)}", f"mean and 2 deviations {_up(said.two_sd)}"]
    if said.conformal is not None:
        shares.append(f"conformal {_up(said.conformal)}")
    where = f" in case {said.case}" if said.case is not None else ""
    listed = ", ".join(shares)
    return f"of {said.draws} draws not within{where}: {listed}; {100.0 * said.allowed:.6g} % allowed"


def _up(share: float) -> str:
    return f"{math.ceil(1000.0 * share - 1e-9) / 10.0:.1f} %"


def _share(fraction: float) -> str:
    return "less than 1e-06 %" if fraction < 1e-8 else f"{100.0 * fraction:.3g} %"


def runs_told(count: int) -> str:
    """Return a number of runs in words."""
    return f"{count} run" if count == 1 else f"{count} runs"


def price_told(option: PlanOption, made: int) -> str:
    """Return what a plan costs beyond the runs that it has made, and its chance."""
    left, most = max(0, math.ceil(option.expected) - made), max(0, option.ninetieth - made)
    shown = f"SHOWN with {chance(option.assurance)}"
    if max(left, most) == 0:
        return f"no run more; {shown}" if made else f"no run; {shown}"
    price = option.minutes * left / option.expected if option.expected > 0.0 else 0.0
    cost = f"{minutes(price)} min on one core"
    if left == most:
        return f"{runs_told(left)}, {cost}; {shown}"
    return f"about {runs_told(left)}, {cost}; at most {runs_told(most)} in 9 of 10 cases; {shown}"


def prospect_branch(tree: Tree, prospect: Prospect, *, complete: bool) -> None:
    """Add to a tree every plan with its statement, its cost so far and the price of going on.

    Parameters
    ----------
    complete
        Whether the plan in force has been carried out to its end.
    """
    from rich.markup import escape

    weighed = prospect.weighed
    believed = "" if weighed.believed is None else f": {_share(weighed.believed)} believed to violate"
    branch = tree.add(f"plans of {weighed.criterion}, as the model sees them{believed}")
    for option in weighed.options:
        inside = option.plan == prospect.kind
        told = branch.add(f"rung {option.rung}, {_named(prospect, option)}")
        told.add(escape(option.statement))
        if option.needs:
            told.add(escape(f"needs {option.needs}"))
        if inside:
            shared = "; its draws serve other criteria too" if "fixed" in option.plan else ""
            if complete:
                told.add(f"complete: it took {runs_told(prospect.made)}{shared}")
                continue
            told.add(f"{runs_told(prospect.made)} so far{shared}")
        going = "going on" if inside and prospect.made else "price"
        told.add(f"{going}: {price_told(option, prospect.made if inside else 0)}")
    if weighed.model is not None:
        credit = "not credited, no verdict rests on it"
        if prospect.kind == "model":
            credit = "in force; credited is only what it states on draws of its own, once accepted"
        own = branch.add(f"rung 3, model: {credit}")
        own.add(escape(model_told(weighed.model)))
    if weighed.saves is not None:
        saved = f"declaring {weighed.saves.needs}: about {weighed.saves.runs} runs less"
        branch.add(escape(f"most is saved by {saved}"))
    if weighed.next_run is not None:
        place = ", ".join(f"{name} {value:.5g}" for name, value in weighed.next_run.factors.items())
        doubt = f"not within with {100.0 * weighed.next_run.failing:.0f} %"
        branch.add(escape(f"a training run teaches most at {place}: {doubt}, as the model sees it"))
