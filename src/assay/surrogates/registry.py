"""Which families of models there are: built in, or installed under the entry point `assay.surrogates`."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points

from assay.errors import InputError
from assay.surrogates.protocol import Family

GROUP = "assay.surrogates"
BUILT_IN = {"gaussian-process": "assay.surrogates.gaussian_process:FAMILY"}
AUTO = "gaussian-process"
"""What ``family = "auto"`` means; a tuner will choose here."""


def families() -> tuple[str, ...]:
    """Return the names that `family` knows, sorted, with ``auto`` first."""
    return ("auto", *sorted({*BUILT_IN, *entry_points(group=GROUP).names}))


def family(name: str) -> Family:
    """Return the family called `name`; built-in names cannot be taken by a plug-in.

    Raises
    ------
    InputError
        If there is none of that name, or a plug-in does not load.
    """
    wanted = AUTO if name == "auto" else name
    if wanted in BUILT_IN:
        module, attribute = BUILT_IN[wanted].split(":")
        built_in: Family = getattr(import_module(module), attribute)
        return built_in
    found = tuple(entry_points(group=GROUP, name=wanted))
    if not found:
        raise InputError(f"no surrogate family {name!r}; write one of {', '.join(families())}")
    try:
        plugged: Family = found[0].load()
    except Exception as error:  # a plug-in may fail in any way; the reader needs one sentence
        raise InputError(f"surrogate family {name!r} ({found[0].value}) does not load: {error}") from error
    return plugged


def library_version(name: str) -> str:
    """Return the library and version behind a family, as a recipe wants it."""
    return family(name).library_version()
