"""`assay predict`: ask the AI model, with its bound, or learn why it abstains."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import typer

from assay.cli.folder import programme_folder
from assay.cli.options import JSON

if TYPE_CHECKING:
    from assay.programme import Study

NUMBER = re.compile(r"(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?P<unit>\s*[^\d\s].*)?\s*")
STUDY = typer.Argument(..., metavar="STUDY", help="Name of a study.")
AT = typer.Option(
    None, "--at", metavar="FACTOR=VALUE", help="Repeatable, e.g. thickness=5mm; others nominal."
)


def predict(
    context: typer.Context, study: str = STUDY, at: list[str] | None = AT, as_json: bool = JSON
) -> None:
    """Predict every quantity of a study at a point. A prediction shows nothing: only runs do."""
    from assay.cli.output import print_json, say
    from assay.cli.session import opened
    from assay.errors import InputError
    from assay.pipeline.asking import ask

    folder = programme_folder(context.obj)
    with opened(folder) as found:
        if study not in found.programme.studies:
            raise InputError(
                f"no study is called {study!r}; write one of {', '.join(found.programme.studies)}"
            )
        chosen = found.programme.studies[study]
        answers = ask(found.looking(), found.programme, chosen, point_of(chosen, at or []))
    if as_json:
        print_json({"schema": "assay.predict/1", "study": study, "answers": [a.document() for a in answers]})
        return
    for answer in answers:
        say(answer.line())


def point_of(study: Study, words: list[str]) -> dict[str, float]:
    """Return the nominal point with the values given as ``factor=5mm`` or ``factor=5``.

    Raises
    ------
    InputError
        If a word is not of that form, or names an unknown factor or a unit of another dimension.
    """
    from assay.errors import InputError
    from assay.units import convert

    point = {name: factor.value for name, factor in study.factors.items()}
    for word in words:
        name, _, text = word.partition("=")
        if name not in study.factors:
            raise InputError(f"no factor is called {name!r}; write one of {', '.join(study.factors)}")
        found = NUMBER.fullmatch(text)
        if found is None:
            raise InputError(f"{word!r}: {text!r} is not a number with a unit; write {name}=5mm")
        value, unit = float(found["number"]), (found["unit"] or "").strip()
        point[name] = convert(value, unit, study.factors[name].unit) if unit else value
    return point
