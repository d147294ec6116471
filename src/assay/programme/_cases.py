"""Tables that criteria name: cases that must hold one by one, and corners of a polytope."""

from __future__ import annotations

from collections.abc import Mapping

from assay import units
from assay.programme import _tables
from assay.programme._files import Folder
from assay.programme._problems import nearest
from assay.programme._tables import Heading, Table
from assay.programme.expressions import repeated_tags
from assay.programme.model import Case, Factor, Pack, Source, Study

_WORDS = ("case", "level", "factors")


def cases(folder: Folder, file: str, study: Study, packs: Mapping[str, Pack]) -> tuple[Case, ...]:
    """Read a table of cases for a study; empty, with problems noted, if it is not one.

    Columns: ``case``, ``level``, ``factors`` (tags separated by spaces; pack tags that hold a space are
    separated by ``;``), and one column a fixed factor, ``name [unit]``.
    """
    table = _tables.table(folder, file)
    if table is None or not table.require(_WORDS[:2]):
        return ()
    columns = _columns(table, study, _WORDS)
    if columns is None:
        return ()
    found: dict[str, Case] = {}
    known = {tag for pack in packs.values() for tag in pack.factors}
    levels = {level: tags for pack in packs.values() for level, tags in pack.levels.items()}
    words = {word: table.column(word) for word in _WORDS}
    for position, row in enumerate(table.rows):
        name, level = words["case"][position], words["level"][position]
        tags = split_tags(words["factors"][position], known)
        if not name or not name.isprintable() or len(name) > 100:
            table.refuse(row.line, f"the case {name!r}", "give the case a short name")
        elif name in found:
            table.refuse(row.line, f"the case {name!r} stands twice", "give each case its own name")
        _check_tags(table, row.line, level, tags, known, levels)
        values = {factor: values[position] for factor, values in columns.items()}
        found[name] = Case(name, level, values, tags, Source(file, row.line))
    if not table.rows:
        table.refuse(1, "no rows", "write one case a row")
    return tuple(found.values())


def vertices(
    folder: Folder, file: str, study: Study, factors: tuple[str, ...]
) -> tuple[Mapping[str, float], ...]:
    """Read the corners of a polytope over `factors`, one a row; empty if the table is not one."""
    table = _tables.table(folder, file)
    columns = None if table is None else _columns(table, study, ())
    if table is None or columns is None:
        return ()
    for name in factors:
        if name not in columns:
            table.refuse(1, f"the column {name!r} is missing", f"add {name} [{study.factors[name].unit}]")
            return ()
    for name in columns:
        if name not in factors:
            table.refuse(1, f"the column {name!r} is not in over", "remove it, or name it in over")
            return ()
    if not table.rows:
        table.refuse(1, "no rows", "write one corner a row")
    return tuple({name: columns[name][i] for name in factors} for i in range(len(table.rows)))


def split_tags(cell: str, known: set[str]) -> tuple[str, ...]:
    """Split tags at ``;``, else at spaces where a known tag (which may hold one) ends."""
    if ";" in cell:
        return tuple(tag.strip() for tag in cell.split(";") if tag.strip())
    words = cell.split()
    tags: list[str] = []
    start = 0
    while start < len(words):
        ends = range(min(len(words), start + 6), start, -1)
        end = next((e for e in ends if " ".join(words[start:e]) in known), start + 1)
        tags.append(" ".join(words[start:end]))
        start = end
    return tuple(tags)


def _columns(table: Table, study: Study, words: tuple[str, ...]) -> Mapping[str, tuple[float, ...]] | None:
    columns: dict[str, tuple[float, ...]] = {}
    good = True
    for heading in table.headings:
        if heading.name in words:
            continue
        factor = study.factors.get(heading.name)
        if factor is None:
            instead = nearest(heading.name, [*words, *study.factors])
            table.refuse(1, f"study {study.name} has no factor {heading.name!r}", instead)
            good = False
            continue
        values = _values(table, heading, factor)
        if values is None:
            good = False
        else:
            columns[heading.name] = values
    return columns if good else None


def _values(table: Table, heading: Heading, factor: Factor) -> tuple[float, ...] | None:
    unit = heading.unit
    if unit is None or not units.same_dimension(unit, factor.unit):
        found = f"{factor.name} is in {unit or '1'}, in the study in {factor.unit or '1'}"
        if unit is None:
            found = f"the column {factor.name!r} has no unit"
        table.refuse(1, found, f"write {factor.name} [{factor.unit or '1'}]")
        return None
    numbers = table.numbers(heading.name)
    if numbers is None:
        return None
    values = tuple(units.convert(number, unit, factor.unit) for number in numbers)
    low, high = factor.range
    for row, value in zip(table.rows, values, strict=True):
        if not low <= value <= high:
            found = f"{factor.name} = {value:g} is outside its range [{low:g}, {high:g}] {factor.unit}"
            table.refuse(row.line, found, "write a value inside the range, or widen the range of the study")
    return values


def _check_tags(
    table: Table,
    line: int,
    level: str,
    tags: tuple[str, ...],
    known: set[str],
    levels: Mapping[str, tuple[str, ...]],
) -> None:
    for tag in tags:
        if tag not in known:
            table.refuse(line, f"unknown factor {tag!r}", nearest(tag, known, "name the pack that has it"))
    for tag in repeated_tags(tags):
        table.refuse(line, f"the factor {tag!r} is applied twice", "name it once")
    if levels and level not in levels:
        table.refuse(line, f"unknown level {level!r}", nearest(level, levels))
        return
    for tag in levels.get(level, ()):
        if tag not in tags:
            table.refuse(line, f"the level {level!r} without the factor {tag!r}", f"add {tag!r} to factors")
    for tag in forbidden(level, levels):
        if tag in tags:
            table.refuse(line, f"the level {level!r} with the factor {tag!r}", f"remove {tag!r} from factors")


def forbidden(level: str, levels: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the tags that other levels need and this one does not: it may not have them."""
    needed = levels.get(level, ())
    return tuple(dict.fromkeys(t for tags in levels.values() for t in tags if t not in needed))
