"""The reviewed sentences that a dossier may assert: each one atomic, every place of it a fact or a name.

A change here is reviewed like code, because these are the words a dossier claims with. A relation that a
sentence states is listed beside it; the gate and the verifier check it before and after rounding.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from assay.document.model import Template
from assay.evidence.records import canonical, digest

PLACE = re.compile(r"\{([a-z_]+)\}")

_Operator = Literal["<", "<=", "=", ">=", ">"]


def _template(text: str, *relations: tuple[str, _Operator, str]) -> Template:
    return Template(text=text, relations=relations)


TEMPLATES: Mapping[str, Template] = MappingProxyType(
    {
        "verdict": _template("{requirement} is {verdict} for configuration {configuration}."),
        "verdict-given": _template(
            "{requirement} is {verdict} for configuration {configuration}, given: {assumption}."
        ),
        "given": _template("Given: {assumption}."),
        "reason": _template("Reason: {reason}."),
        "closes-by": _template("What would show it: {action}."),
        "corners": _template("Corners that the solver ran: {corners}."),
        "price": _template("Estimated price in solver runs: {runs}; in time on one core: {minutes}."),
        "statement": _template("{claim}"),
        "fraction": _template(
            "With {confidence} confidence, at least {fraction} of the population of configuration "
            "{configuration} satisfies criterion {criterion}."
        ),
        "count": _template("Not within the limit: {not_within} of {draws} draws."),
        "bound-holds": _template(
            "The upper confidence limit of the violating fraction is {bound}; {allowed} is allowed.",
            ("bound", "<=", "allowed"),
        ),
        "bound-exceeds": _template(
            "The upper confidence limit of the violating fraction is {bound}, above the allowed {allowed}.",
            ("bound", ">", "allowed"),
        ),
        "violation-proved": _template(
            "The lower confidence limit of the violating fraction is {bound}, above the allowed {allowed}.",
            ("bound", ">", "allowed"),
        ),
        "betting-count": _template("Not within the limit: {not_within} of {runs} runs."),
        "wealth-shown": _template(
            "The wealth of the bets that the claim holds reached {wealth}; {needed} shows it.",
            ("wealth", ">=", "needed"),
        ),
        "wealth-refuted": _template(
            "The wealth of the bets that the claim fails reached {wealth}; {needed} refutes it.",
            ("wealth", ">=", "needed"),
        ),
        "wealth-short-of-shown": _template(
            "The wealth of the bets that the claim holds reached {wealth}, below the {needed} that shows it.",
            ("wealth", "<", "needed"),
        ),
        "wealth-short-of-refuted": _template(
            "The wealth of the bets that the claim fails reached {wealth}, below the {needed} that refutes "
            "it.",
            ("wealth", "<", "needed"),
        ),
        "wealth-decided": _template("The run that decided has the index {index}."),
        "betting-level": _template(
            "The bets are tested at level {level}; the rest of the error level {error} pays for the bounds "
            "of their constants.",
            ("level", "<", "error"),
        ),
        "refuting-level": _template(
            "A single case beyond refutes the requirement, so that each case is refuted at the error level "
            "{refuting} only, its equal share of {error}.",
            ("refuting", "<", "error"),
        ),
        "betting-attained": _template("The error level attained is {attained}."),
        "signs-placed": _template("Runs placed where one within the limit proves much: {placed}."),
        "signs-drawn": _template("Runs drawn at random where the law was undecided: {drawn}."),
        "signs-enough": _template(
            "At most {reach} of the law is undecided or conceded; {allowed} may violate.",
            ("reach", "<=", "allowed"),
        ),
        "signs-undecided": _template("At most {reach} of the law is undecided or conceded."),
        "signs-conceded": _template("At most {conceded} of the law is conceded."),
        "signs-wealth": _template(
            "The wealth of the draws reached {wealth}; {needed} shows the claim.", ("wealth", ">=", "needed")
        ),
        "signs-wealth-short": _template(
            "The wealth of the draws reached {wealth}, below the {needed} that shows the claim.",
            ("wealth", "<", "needed"),
        ),
        "signs-level": _template(
            "The draws are tested at level {level}; the rest of the error level {error} pays for the bounds "
            "of what is undecided and conceded.",
            ("level", "<", "error"),
        ),
        "bounded-count": _template(
            "Not within the limit: {not_within} of {draws} draws of what the declared bound leaves undecided."
        ),
        "bounded-checks-only": _template(
            "Not within the limit: {not_within} of {draws} draws of the law that were run to check the "
            "declared bound."
        ),
        "bounded-checks": _template(
            "Runs held against the declared bound: {checks}; runs that contradict it: {violations}."
        ),
        "bounded-spent": _template(
            "Of the error level {error} the bounds of these masses take {spent}.", ("spent", "<", "error")
        ),
        "stated-count": _template(
            "By the word of the AI model alone, {not_within} of {draws} draws of the law count as not within "
            "the limit."
        ),
        "stated-width": _template("The harm of each draw was widened by {width}."),
        "stated-checks": _template(
            "{checks} runs that the AI model had not seen were held against that width; at least {required} "
            "are needed."
        ),
        "stated-violations": _template("{violations} of these runs lie outside it."),
        "stated-bound": _template(
            "As the AI model states it, the violating fraction is at most {bound}; {allowed} is allowed.",
            ("bound", "<=", "allowed"),
        ),
        "stated-exceeds": _template(
            "As the AI model states it, the violating fraction may be up to {bound}, above the allowed "
            "{allowed}.",
            ("bound", ">", "allowed"),
        ),
        "stated-accepted": _template("The statement of the AI model is accepted by the role {role}."),
        "stated-open": _template("The statement of the AI model waits for the role {role} to accept it."),
        "capacity-suffices": _template(
            "The charged demand is {demand} and the capacity is {capacity}.", ("demand", "<=", "capacity")
        ),
        "capacity-exceeded": _template(
            "The charged demand of {demand} exceeds the capacity of {capacity}.", ("demand", ">", "capacity")
        ),
        "margin": _template("The margin is {margin} in mode {mode} at {place}."),
        "margin-mode": _template("The margin is {margin} in mode {mode}."),
        "run-beyond": _template(
            "Run {index} of {record} is beyond the limit: {charged} against {limit}.",
            ("charged", ">", "limit"),
        ),
        "run-below": _template(
            "Run {index} of {record} is beyond the limit: {charged} against {limit}.",
            ("charged", "<", "limit"),
        ),
        "numerical-charge": _template("Every run is charged {error} of its value for numerical error."),
        "model-allowance": _template(
            "Every run is charged with a model-form allowance factor of {factor}, declared by {approver}."
        ),
        "model-none": _template("The model form of study {study} is not assessed."),
        "basis-value": _template(
            "The basis value of {column} is {value}, computed from {count} specimens by the method {method}."
        ),
        "basis-credited": _template("The basis value is creditable under the rule {rule}."),
        "basis-not-credited": _template("The basis value is not creditable: {reason}."),
        "runs": _template("Solver runs used by study {study}: {solves}."),
        "runs-failed": _template("Failed runs, each counted as open: {failed}."),
        "ai-earned": _template("The credit that the AI model earned is: {credit}."),
        "attempts": _template("Attempts on file for {requirement}: {attempts}."),
        "document-on-file": _template(
            "{requirement} is answered by the document {file}, whose content was not judged."
        ),
        "listwise-confidence": _template(
            "Shown rows that rest on draws: {rows}; the Holm-adjusted confidence of the list is {confidence}."
        ),
        "listwise-bets": _template(
            "Shown rows that rest on draws: {rows}; by e-values adjusted for picking them, the confidence of "
            "the list is {confidence}."
        ),
        "all-hold": _template(
            "No correction is due for the whole: if a requirement does not hold, all are shown only if that "
            "very row is shown falsely, which happens no more often than its level, also where rows share "
            "runs."
        ),
        "whole-confidence": _template("All rows are shown: the whole is at a confidence of {confidence}."),
        "one-violated": _template(
            "At least one of {claims} claims does not hold, at a confidence of {confidence}."
        ),
        "one-proved-wrong": _template("At least one claim does not hold: a solver run proves it."),
        "listwise": _template(
            "Each row is at its own confidence. If all rows are shown, the whole is at the lowest of them; "
            "for a list of some rows see its Holm-adjusted confidence."
        ),
    }
)


def places(text: str) -> tuple[str, ...]:
    """Return the names of the places of a template, in order of appearance."""
    return tuple(PLACE.findall(text))


def fill(text: str, arguments: Mapping[str, str]) -> str:
    """Return the template with every place filled; raises KeyError for a missing argument."""
    return PLACE.sub(lambda match: arguments[match.group(1)], text)


def registry_digest(templates: Mapping[str, Template] = TEMPLATES) -> str:
    """Return the digest that says which reviewed sentences a dossier was written with."""
    return digest(canonical({name: template.model_dump(mode="json") for name, template in templates.items()}))
