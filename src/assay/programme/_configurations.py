"""Configurations: design factors frozen at value and tolerance, ``configurations/NAME.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assay.programme._documents import Place, Shape, Text, Word, toml
from assay.programme._files import Folder
from assay.programme._laws import Written, settled
from assay.programme._problems import nearest
from assay.programme._studies import stems
from assay.programme.model import Configuration, Dataset, Factor, Identity, Study

_KEYS = ("title", "identity", "factors", "geometry")


class _Identity(Shape):
    part: Word
    drawing: Text = ""
    issue: Text = ""
    serials: Text = ""
    parent: Text = ""


class _Factor(Shape):
    value: float
    tolerance: list[float] | None = None
    law: dict[str, Any] | None = None


class _Geometry(Shape):
    files: list[Word]


def configuration_files(folder: Folder) -> Mapping[str, str]:
    """Return configuration name to file, also of configurations that turn out to be wrong."""
    return stems(folder, "configurations")


def configurations(
    folder: Folder,
    studies: Mapping[str, Study],
    broken: bool,
    datasets: Mapping[str, Dataset],
    notices: list[str],
) -> Mapping[str, Configuration]:
    """Read every configuration.

    Parameters
    ----------
    broken
        Whether a study could not be read: then a factor that no study has may be one of its own.
    """
    found: dict[str, Configuration] = {}
    for name, file in configuration_files(folder).items():
        document = toml(folder, file)
        if document is not None:
            found[name] = _configuration(folder, name, document, studies, broken, datasets, notices)
    return found


def _configuration(
    folder: Folder,
    name: str,
    document: Place,
    studies: Mapping[str, Study],
    broken: bool,
    datasets: Mapping[str, Dataset],
    notices: list[str],
) -> Configuration:
    for key, place in document.table(name).items():
        if key not in _KEYS:
            place.refuse(f"unknown key {key!r}", nearest(key, _KEYS))
    title = document.at("title")
    if title.value is not None and not (isinstance(title.value, str) and title.value.isprintable()):
        title.refuse("a title that is no text", "write text in quotes")
    written = _written(document, studies, broken)
    factors = {
        study.name: _settled(study, document, written, datasets, notices) for study in studies.values()
    }
    return Configuration(
        name=name,
        title=title.value if isinstance(title.value, str) else name,
        identity=_identity(document.at("identity")),
        factors=factors,
        geometry=_geometry(document.at("geometry"), folder),
        source=document.source if document.line else document.at("factors").source,
    )


def _written(document: Place, studies: Mapping[str, Study], broken: bool) -> dict[str, _Factor | None]:
    """Read ``[factors]``; None where a value is written but wrong."""
    known = {name: f for study in studies.values() for name, f in study.factors.items()}
    designs = [name for name, factor in known.items() if factor.kind == "design"]
    found: dict[str, _Factor | None] = {}
    for name, place in document.at("factors").table("factors").items():
        shape = place.shape(_Factor, f"factors.{name}")
        found[name] = shape
        factor = known.get(name)
        if factor is None:
            if not broken:
                place.refuse(f"no study has the factor {name!r}", nearest(name, designs))
            continue
        if factor.kind != "design":
            instead = f"write it in the study, under [factors.{name}]"
            place.refuse(f"{name} is {factor.kind}, not design", instead)
            found[name] = None
        units = {s.factors[name].unit for s in studies.values() if name in s.factors}
        if len(units) > 1:
            place.refuse(f"studies give {name} in {' and in '.join(sorted(units))}", "use one unit in all")
    return found


def _settled(
    study: Study,
    document: Place,
    written: Mapping[str, _Factor | None],
    datasets: Mapping[str, Dataset],
    notices: list[str],
) -> Mapping[str, Factor]:
    factors: dict[str, Factor] = {}
    for name, factor in study.factors.items():
        factors[name] = factor
        if factor.kind != "design":
            continue
        if name not in written:
            document.at("factors").refuse(
                f"the design factor {name} of study {study.name} is left out",
                f"add {name} = {{ value = ... }} under [factors]",
            )
        shape = written.get(name)
        if shape is not None:
            place = document.at("factors", name)
            given = Written(shape.value, shape.tolerance, shape.law)
            factors[name] = settled(factor, given, place, datasets, notices) or factor
    return factors


def _identity(place: Place) -> Identity | None:
    shape = None if place.value is None else place.shape(_Identity, "identity")
    if shape is None:
        return None
    return Identity(shape.part, shape.drawing, shape.issue, shape.serials, shape.parent)


def _geometry(place: Place, folder: Folder) -> Mapping[str, str]:
    shape = None if place.value is None else place.shape(_Geometry, "geometry")
    digests: dict[str, str] = {}
    for position, file in enumerate(shape.files if shape is not None else ()):
        refusal = folder.refusal(file)
        if refusal is not None or not folder.exists(file):
            found = f"the file {file} {refusal or 'is missing'}"
            place.at("files", position).refuse(found, "name a file of the programme folder")
            continue
        content = folder.digest(file)
        if content is not None:
            digests[file] = content
    return digests
