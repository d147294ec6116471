"""Ctrl-C and SIGTERM as a question to be asked between two steps, never in the middle of one."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self

from assay.errors import StoppedError


class Interrupts:
    """Hold back the two signals inside a ``with``; a second one acts as it did outside.

    Outside of the main thread, where signals never arrive, it does nothing.
    """

    def __init__(self) -> None:
        self._before: dict[int, Any] = {}
        self._name: str | None = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._remember)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()

    def check(self) -> None:
        """Return if no signal has come.

        Raises
        ------
        StoppedError
            Naming the signal.
        """
        if self._name is not None:
            raise StoppedError(f"interrupted ({self._name}): what was run is kept, run again to go on")

    def _remember(self, number: int, _: FrameType | None) -> None:
        self._name = "Ctrl-C" if number == signal.SIGINT else signal.Signals(number).name
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
        self._before = {}
