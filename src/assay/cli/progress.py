"""What does the user see while runs are under way? A line a stage, with the time that is left."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from assay.campaign import BlockProgress
    from assay.pipeline import Needed

PLAIN_SECONDS = 10.0
"""Without a terminal, a line at most this often."""


class Reporter:
    """Shows progress on stderr: a bar on a terminal, plain lines elsewhere."""

    def __init__(self, *, quiet: bool = False) -> None:
        from rich.console import Console

        self._console = Console(stderr=True, highlight=False)
        self._quiet = quiet
        self._bar: Any = None
        self._task: Any = None
        self._subject = ""
        self._last = 0.0

    def __enter__(self) -> Self:
        if self._console.is_terminal and not self._quiet:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(bar_width=20),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn("{task.fields[left]}"),
                console=self._console,
            )
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def say(self, text: str) -> None:
        """Announce a stage that computes without runs."""
        if not self._quiet:
            self._console.print(f"  {text}", style="dim")

    def block(self, needed: Needed, progress: BlockProgress) -> None:
        """Show where a block of runs stands."""
        if self._quiet:
            return
        remaining = progress.remaining_seconds
        left = "" if remaining is None else f"about {_duration(remaining)} left"
        if progress.failed:
            left += f", {progress.failed} failed"
        if self._bar is not None:
            self._show(needed, progress, left)
            return
        now = time.monotonic()
        fresh = needed.subject != self._subject
        if fresh or progress.done == progress.total or now - self._last > PLAIN_SECONDS:
            self._subject, self._last = needed.subject, now
            self._console.print(
                f"  {needed.stage:<14} {needed.subject}: {progress.done}/{progress.total} runs"
                + (f", {left}" if left and progress.done < progress.total else "")
            )

    def _show(self, needed: Needed, progress: BlockProgress, left: str) -> None:
        if needed.subject != self._subject:
            self._subject = needed.subject
            text = f"{needed.stage} {needed.subject}"
            self._task = self._bar.add_task(text[:44], total=progress.total, left="")
        self._bar.update(self._task, completed=progress.done, left=left)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
