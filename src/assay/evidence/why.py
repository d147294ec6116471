"""From what a record was made: its inputs, theirs, and so on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assay.evidence.records import Record


@dataclass(frozen=True)
class Why:
    """One record in the tree of what another was made from."""

    role: str
    """The name under which the record above uses this one; empty at the root."""
    id: str
    record: Record | None
    """None where the store does not have it."""
    inputs: tuple[Why, ...]
    """What it was made from; empty below the depth asked for and where `seen`."""
    seen: bool
    """Whether it stands, with its inputs, further up or to the left already."""


def tree(root: str, depth: int, get: Callable[[str], Record | None]) -> Why:
    """Return the tree of inputs below the record `root`, `depth` levels deep.

    A record that serves several others is opened once, so the tree is never larger than the number
    of uses.
    """
    opened: set[str] = set()

    def node(role: str, record_id: str, levels: int) -> Why:
        record = get(record_id)
        seen = record_id in opened
        if record is None or seen or levels == 0:
            return Why(role, record_id, record, (), seen)
        opened.add(record_id)
        inputs = tuple(node(name, record.inputs[name], levels - 1) for name in sorted(record.inputs))
        return Why(role, record_id, record, inputs, seen=False)

    return node("", root, depth)
