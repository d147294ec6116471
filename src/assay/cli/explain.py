"""`assay explain`: walk from a requirement to the runs that decide it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import typer

from assay.cli.folder import configurations, programme_folder
from assay.cli.options import CONFIGURATION, JSON

if TYPE_CHECKING:
    from rich.tree import Tree

    from assay.compliance import MatrixRow
    from assay.pipeline import Walked
    from assay.programme import Programme, Requirement
    from assay.showing.records import ClaimPart, ShowingPayload

REQUIREMENT = typer.Argument(..., metavar="REQ", help="Requirement or criterion id.")


def explain(
    context: typer.Context,
    requirement: str = REQUIREMENT,
    configuration: list[str] | None = CONFIGURATION,
    as_json: bool = JSON,
) -> None:
    """Show clause, claim, plan, charges, waterfall, assumptions, records and what would close it."""
    from assay.cli.output import console, print_json
    from assay.cli.session import opened
    from assay.errors import InputError
    from assay.pipeline import walk

    folder = programme_folder(context.obj)
    with opened(folder) as found:
        programme = found.programme
        criterion = programme.criteria.get(requirement)
        name = criterion.requirement if criterion else requirement
        if name not in programme.requirements:
            raise InputError(
                f"no requirement or criterion is called {requirement!r}; `assay status` lists them"
            )
        names = configurations(programme, configuration)
        walked = walk(found.looking(), programme, names)
        if as_json:
            print_json({"schema": "assay.explain/1", "rows": [_document(walked, c, name) for c in names]})
            return
        out = console()
        for where in names:
            row = next(row for row in walked.rows[where] if row.requirement == name)
            out.print(_tree(walked, programme.requirements[name], where, row))


def _payloads(
    walked: Walked, configuration: str, requirement: str
) -> list[tuple[str | None, ShowingPayload]]:
    states = walked.showings[configuration]
    return [
        (state.record, state.payload)
        for state in states.values()
        if state.payload is not None and state.payload.requirement == requirement
    ]


def _document(walked: Walked, configuration: str, requirement: str) -> dict[str, object]:
    row = next(row for row in walked.rows[configuration] if row.requirement == requirement)
    showings = [
        {"record": record, "showing": payload.model_dump(mode="json")}
        for record, payload in _payloads(walked, configuration, requirement)
    ]
    from assay.pipeline import prospect_document, prospects

    plans = [prospect_document(p) for p in prospects(walked, configuration) if p.requirement == requirement]
    told = {"configuration": configuration, "row": row.model_dump(mode="json"), "showings": showings}
    return {**told, "plans": plans}


def _tree(walked: Walked, requirement: Requirement, configuration: str, row: MatrixRow) -> Tree:
    from rich.markup import escape
    from rich.tree import Tree

    from assay.cli.output import STYLES
    from assay.cli.prospects import prospect_branch
    from assay.pipeline import prospects
    from assay.showing import sentence

    style = STYLES[row.verdict]
    tree = Tree(
        f"{requirement.id} · {configuration}: [{style}]{row.verdict}[/] {escape(sentence(row.reason))}"
    )
    tree.add(escape(requirement.text))
    for source in requirement.sources:
        tree.add(escape(f"source {source}{_paraphrase(walked.programme, source)}"))
    if row.closes_by:
        tree.add(escape(f"closes by: {row.closes_by}"))
    known = _payloads(walked, configuration, requirement.id)
    for record, payload in known:
        _showing(tree, record, payload)
    done = {payload.criterion for _, payload in known if complete(payload)}
    for prospect in prospects(walked, configuration):
        if prospect.requirement == requirement.id:
            prospect_branch(tree, prospect, complete=prospect.weighed.criterion in done)
    return tree


def complete(payload: ShowingPayload) -> bool:
    """Return whether the plan of a showing has been carried out: going on is open to undecided bets only."""
    undecided = any(part.wealth is not None and part.wealth.decided_at is None for part in payload.parts)
    return payload.method is not None and bool(payload.parts) and not undecided


def _paraphrase(programme: Programme, source: str) -> str:
    for pack in programme.packs.values():
        if source in pack.clauses:
            clause = pack.clauses[source]
            checked = "" if clause.source_checked else " (not held against the official text)"
            return f": {clause.paraphrase}{checked}"
    return ""


def _showing(tree: Tree, record: str | None, payload: ShowingPayload) -> None:
    from rich.markup import escape

    from assay.cli.output import STYLES
    from assay.cli.prospects import minutes, runs_told

    short = f"  {record[7:19]}" if record else ""
    style = STYLES[payload.verdict]
    branch = tree.add(f"{payload.criterion}: [{style}]{payload.verdict}[/]{short}")
    branch.add(escape(payload.claim_text))
    if payload.rung:
        branch.add(f"rung {payload.rung}, method {payload.method}, credit to the AI: {payload.credit}")
    for given in payload.given:
        branch.add(escape(f"GIVEN {given}"))
    if payload.price:
        branch.add(
            f"price of the plan: {runs_told(payload.price.runs)}, {minutes(payload.price.minutes)} min "
            "on one core"
        )
    for part in payload.parts:
        _part(branch, payload, part)
    for finding in payload.findings:
        which = f"guided run {finding.index} {finding.row}".rstrip()
        branch.add(escape(f"{which} beyond: {finding.quantity:.6g} {payload.unit}".rstrip()))
    rests = branch.add("rests on")
    for assumption in payload.assumptions:
        rests.add(escape(f"[{assumption.check}] {assumption.text}"))


def _wealth(part: ClaimPart) -> list[str]:
    """Return what bets on the claim have come to, where its plan decides run by run."""
    from assay.cli.output import rounded_down

    wealth = part.wealth
    if wealth is None:
        return []
    holds, fails = rounded_down(wealth.shown), rounded_down(wealth.refuted)
    needed = f"{wealth.needed:.5g} decides"
    if wealth.needed_to_refute > wealth.needed:
        needed = f"{wealth.needed:.5g} shows, {wealth.needed_to_refute:.5g} refutes"
    told = f"wealth of the bets that it holds {holds}, that it fails {fails}; {needed}"
    if wealth.decided_at is not None:
        return [told, f"decided at run {wealth.decided_at}, counted from 0, of {part.draws}"]
    return [told, f"undecided after {part.draws} runs; going on is the same attempt and costs no error"]


def _stated(payload: ShowingPayload, part: ClaimPart) -> list[str]:
    """Return what the AI model states by itself, and how that fared, where the claim is to rest on it."""
    said = part.stated
    if said is None:
        return []
    width = "" if said.width is None else f" with a width of {said.width:.4g} {payload.unit}".rstrip()
    held = (
        f"{said.checks} checks by runs that it had not seen ({said.required} are needed), "
        f"{said.violations} violations"
    )
    who = f"{'accepted' if said.accepted else 'to be accepted'} by the role {said.role}"
    return [f"the AI model states {said.not_within} of {said.draws} draws not within{width}", held, who]


def _signs(part: ClaimPart) -> list[str]:
    """Return what runs prove under declared signs, where the claim rests on them."""
    said = part.dominance
    if said is None:
        return []
    told = [f"{said.placed} placed where one within proves much, {said.drawn} drawn from what is undecided"]
    if said.reach is not None and said.conceded is not None:
        shares = (f"{math.ceil(1e6 * share - 1e-9) / 1e4:.4g} %" for share in (said.reach, said.conceded))
        reach, conceded = shares
        told.append(f"at most {reach} of the law undecided or conceded, at most {conceded} conceded")
    return told


def _part(branch: Tree, payload: ShowingPayload, part: ClaimPart) -> None:
    from rich.markup import escape

    from assay.cli.output import percent_down, rounded_up

    name = part.case or "all draws"
    signs, placed = _signs(part), part.wealth is not None or part.dominance is not None
    what = "runs" if placed else "draws"
    counted = f"{part.not_within} of {part.draws} {what} not within"
    if part.stated is not None:
        counted = "no solver run decides"
    told = branch.add(escape(f"{name}: {part.verdict}, {counted}"))
    for line in (*_wealth(part), *signs, *_stated(payload, part)):
        told.add(escape(line))
    if part.bound is not None and part.allowed is not None and part.error is not None:
        by = "as it states: " if part.stated is not None else ""
        told.add(
            f"{by}violating fraction <= {rounded_up(part.bound)} at error level {part.error:.4g}; "
            f"{part.allowed:.4g} allowed"
        )
    unit = "" if payload.unit == "1" else payload.unit
    for step in part.waterfall:
        value = percent_down(step.value) if step.kind == "margin" else f"{step.value:+.6g} {unit}"
        told.add(escape(f"{step.label:<18} {value}".rstrip()))
    if part.deciding:
        place = f" at {tuple(round(x, 3) for x in part.deciding.place)}" if part.deciding.place else ""
        decides = not placed and part.residual is None
        which = "deciding run: draw" if decides else "run with the least room: run"
        told.add(escape(f"{which} {part.deciding.index} {part.deciding.row}".rstrip() + place))
