"""Progress is told in numbers, and to a second terminal too."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor

from assay.campaign import Block, BlockProgress, run_block, unfinished_blocks
from assay.evidence import Store, open_store

Make = Callable[..., Block]


def test_progress_foretells_the_end(make_block: Make, store: Store, threads: Callable[[], Executor]) -> None:
    seen: list[BlockProgress] = []
    run_block(store, make_block(4, ways={2: 3}), executor_factory=threads, progress=seen.append)
    assert [state.done for state in seen] == [0, 1, 2, 3, 4]
    assert seen[0].remaining_seconds is None
    assert seen[-1].remaining_seconds == 0.0
    assert seen[-1].failed == 1
    half = BlockProgress("s", "nominal", done=5, total=10, failed=0, seconds_per_run=4.0, workers=2)
    assert half.remaining_seconds == 10.0


def test_a_second_terminal_sees_how_far_a_block_is(
    make_block: Make, store: Store, threads: Callable[[], Executor]
) -> None:
    block = make_block(3)
    seen = []

    def look(_: BlockProgress) -> None:
        with open_store(store.folder.parent) as other:
            seen.extend(
                (found.subject, found.purpose, found.done, found.total) for found in unfinished_blocks(other)
            )

    run_block(store, block, executor_factory=threads, progress=look)
    assert seen == [(block.subject, "validation", done, 3) for done in range(4)]
    assert unfinished_blocks(store) == []
