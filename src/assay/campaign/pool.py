"""Worker processes of our own: one run at a time each, a time limit, and no way to take us down.

Every worker has its own pipe. A worker that dies, by a segmentation fault, by ``os._exit(0)`` or by
the system's want of memory, therefore fails exactly the run that it had, at once and for certain;
in a pool with one pipe for all, a worker killed while it holds the pipe's lock stops the others.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from multiprocessing.reduction import ForkingPickler
from queue import Empty, SimpleQueue
from typing import Any, ParamSpec, TypeVar

from assay.errors import StoppedError

P = ParamSpec("P")
T = TypeVar("T")

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "BLIS_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "NGS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
}
"""Environment of a worker: two threads never add in the same order twice, nor does a random hash."""

START_SECONDS = 120.0
"""A worker that is not ready by then never will be; also the limit for loading a solver."""

_START_ATTEMPTS = 3


class WorkerDiedError(Exception):
    """The process ended in the middle of a run."""

    def __init__(self, exit_code: int | None) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code
        """Negative: the number of the signal that ended it."""

    def __str__(self) -> str:
        if self.exit_code is not None and self.exit_code < 0:
            return f"the worker process was ended by signal {-self.exit_code}"
        return f"the worker process ended with status {self.exit_code}"


@dataclass(frozen=True)
class _Call:
    future: Future[Any]
    message: bytes
    """Function and arguments, pickled by the caller's thread so that its mistakes are its own."""
    time_limit: float | None
    prepare: bytes | None
    """A call to be made once in each worker before, outside the time limit."""


class WorkerPool(Executor):
    """An executor whose runs may crash, hang or be stopped.

    Processes are started one by one as they are needed, kept for the next block, and started again
    where one died. After `stop` or `shutdown` the pool may be used again.

    Parameters
    ----------
    workers
        Most processes at a time.
    time_limit
        Seconds that a run may take, unless `schedule` is told otherwise; None is for ever.
    """

    def __init__(self, workers: int, time_limit: float | None = None) -> None:
        if workers < 1:
            raise ValueError("a pool has at least one worker")
        self.workers = workers
        self.time_limit = time_limit
        self._crew = _Crew()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a function in a worker within the pool's time limit."""
        return self._enqueue(_pickled(fn, args, kwargs), self.time_limit, None)

    def schedule(
        self,
        fn: Callable[..., T],
        args: tuple[Any, ...],
        *,
        time_limit: float | None = None,
        prepare: tuple[Callable[..., object], tuple[Any, ...]] | None = None,
    ) -> Future[T]:
        """Run a function in a worker within a time limit of its own.

        Parameters
        ----------
        fn, args
            The call; both are pickled.
        time_limit
            Seconds; None is the pool's.
        prepare
            A call made once in each worker before its first run that names it, outside of the time
            limit (loading a solver); its errors are left to the run to repeat.

        Returns
        -------
        Future
            Raises `TimeoutError` past the limit, `WorkerDiedError` if the process ended,
            `StoppedError` if the pool was stopped or no worker can be started.
        """
        warm = None if prepare is None else _pickled(prepare[0], prepare[1], {})
        limit = self.time_limit if time_limit is None else time_limit
        return self._enqueue(_pickled(fn, args, {}), limit, warm)

    def stop(self) -> None:
        """Kill the workers at once; what they had and what waits fails with `StoppedError`."""
        crew, self._crew = self._crew, _Crew()
        crew.stop()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers after what was submitted, or without it."""
        crew, self._crew = self._crew, _Crew()
        crew.finish(cancel=cancel_futures, wait=wait)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.shutdown()
        else:
            self.stop()

    def _enqueue(self, message: bytes, limit: float | None, prepare: bytes | None) -> Future[Any]:
        future: Future[Any] = Future()
        self._crew.add(_Call(future, message, limit, prepare), self.workers)
        return future


@dataclass
class _Crew:
    """The threads that look after one worker process each, and the calls that wait for them."""

    calls: SimpleQueue[_Call | None] = field(default_factory=SimpleQueue)
    idle: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    stopping: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)
    workers: list[_Worker] = field(default_factory=list)

    def add(self, call: _Call, most: int) -> None:
        self.calls.put(call)
        if not self.idle.acquire(blocking=False) and len(self.threads) < most:
            thread = threading.Thread(target=self._serve, name="assay-worker", daemon=True)
            self.threads.append(thread)
            thread.start()

    def stop(self) -> None:
        self.stopping.set()
        for worker in list(self.workers):
            worker.kill()
        self.finish(cancel=True, wait=True)

    def finish(self, *, cancel: bool, wait: bool) -> None:
        if cancel:
            with suppress(Empty):
                while True:
                    call = self.calls.get_nowait()
                    if call is not None:
                        call.future.cancel()
        for _ in self.threads:
            self.calls.put(None)
        if wait:
            for thread in self.threads:
                thread.join()

    def _serve(self) -> None:
        """Take calls until None comes, in one process for as long as that lives."""
        worker: _Worker | None = None
        if hasattr(signal, "pthread_sigmask"):
            # inherited by the processes that we start, until they ignore Ctrl-C: it is the main thread's
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            while (call := self.calls.get()) is not None:
                if call.future.set_running_or_notify_cancel():
                    worker = self._run(worker, call)
                self.idle.release()
        finally:
            if worker is not None:
                self._dismiss(worker)

    def _run(self, worker: _Worker | None, call: _Call) -> _Worker | None:
        """Run one call and return the worker if it lives on."""
        try:
            if worker is not None and not worker.alive:
                self._dismiss(worker)  # ended while it had nothing to do: no run is to blame
                worker = None
            if worker is None:
                worker = self._start()
            call.future.set_result(worker.run(call))
            return worker
        except _AnsweredError as error:
            call.future.set_exception(error.answer)
            return worker
        except Exception as error:  # noqa: BLE001 (whatever it is, it is this call's and the thread lives on)
            if worker is not None:
                self._dismiss(worker, at_once=True)
            stopped = StoppedError("interrupted") if self.stopping.is_set() else error
            call.future.set_exception(stopped)
            return None

    def _start(self) -> _Worker:
        """Return a worker that has said that it is ready."""
        for attempt in range(_START_ATTEMPTS):
            if self.stopping.is_set():
                break
            worker = _Worker()
            self.workers.append(worker)
            if self.stopping.is_set():  # asked again, for `stop` may have looked just before
                worker.kill()
            try:
                worker.receive(START_SECONDS)
                return worker
            except (WorkerDiedError, TimeoutError) as error:
                self._dismiss(worker, at_once=True)
                if attempt == _START_ATTEMPTS - 1:
                    raise StoppedError(
                        f"no worker process can be started ({error}); a script that starts runs needs "
                        'the guard `if __name__ == "__main__":`'
                    ) from error
        raise StoppedError("interrupted")

    def _dismiss(self, worker: _Worker, *, at_once: bool = False) -> None:
        if at_once:
            worker.kill()
        worker.close()
        self.workers.remove(worker)


class _Worker:
    """One spawned process and our end of its pipe."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process: SpawnProcess = context.Process(
            target=_work, args=(theirs,), name="assay-worker", daemon=True
        )
        self._prepared: set[bytes] = set()
        self._ending = threading.Lock()
        self._closed = False
        try:
            with _environment(ONE_THREAD):
                self._process.start()
        finally:
            theirs.close()

    @property
    def alive(self) -> bool:
        """Return whether the process has not ended."""
        return self._process.is_alive()

    def run(self, call: _Call) -> Any:
        """Make one call and return its answer; raises as `receive` does."""
        if call.prepare is not None and call.prepare not in self._prepared:
            self._send(call.prepare)
            with suppress(_AnsweredError):
                self.receive(START_SECONDS)
            self._prepared.add(call.prepare)
        self._send(call.message)
        return self.receive(call.time_limit)

    def _send(self, message: bytes) -> None:
        try:
            self._pipe.send_bytes(message)
        except OSError as error:
            self._process.join(1.0)
            raise WorkerDiedError(self._process.exitcode) from error

    def receive(self, limit: float | None) -> Any:
        """Return the answer, or raise what the worker raised, its death, or the end of its time."""
        ready = wait([self._pipe, self._process.sentinel], limit)
        if not ready:
            raise TimeoutError(f"the run took longer than {limit} s")
        try:
            # dead or not, an answer that it still wrote counts; without one this raises EOFError
            good, answer = self._pipe.recv()
        except (EOFError, OSError) as error:
            self._process.join(1.0)
            raise WorkerDiedError(self._process.exitcode) from error
        if not good:
            raise _AnsweredError(answer)
        return answer

    def kill(self) -> None:
        """End the process and what it started; may be called by any thread at any time."""
        with self._ending:
            if not self._closed:
                self._kill()

    def close(self) -> None:
        """Let an idle process end by itself, and make sure that it has."""
        self._pipe.close()
        self._process.join(2.0)
        with self._ending:
            if self._process.exitcode is None:
                self._kill()
                self._process.join()
            self._process.close()
            self._closed = True

    def _kill(self) -> None:
        pid = self._process.pid
        if pid is not None and self._process.exitcode is None and hasattr(os, "killpg"):
            with suppress(OSError):
                if os.getpgid(pid) == pid:
                    os.killpg(pid, signal.SIGKILL)
        self._process.kill()


class _AnsweredError(Exception):
    """The function raised; the worker lives on."""

    def __init__(self, answer: BaseException) -> None:
        super().__init__(str(answer))
        self.answer = answer


_environment_lock = threading.Lock()


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Give a process that is started within another environment: libraries read it as they load."""
    with _environment_lock:
        before = {name: os.environ.get(name) for name in values}
        os.environ.update(values)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def _pickled(fn: Callable[..., object], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bytes:
    return bytes(ForkingPickler.dumps((fn, args, dict(kwargs))))


def _work(pipe: Connection) -> None:
    """Answer calls until the pipe is closed: the life of a worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    if hasattr(os, "setsid"):
        os.setsid()  # our own group: what a solver started dies with us, and Ctrl-C reaches the parent only
    # standard output is the command's answer; whatever a solver prints goes to the other channel
    os.dup2(sys.stderr.fileno() if sys.stderr is not None else 2, 1)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    pipe.send((True, None))
    while True:
        try:
            message = pipe.recv_bytes()
        except (EOFError, OSError):
            return
        pipe.send_bytes(_answer(message))


def _answer(message: bytes) -> bytes:
    try:
        fn, args, kwargs = ForkingPickler.loads(message)
        return bytes(ForkingPickler.dumps((True, fn(*args, **kwargs))))
    except BaseException as error:  # noqa: BLE001 (SystemExit of a solver must not end the worker)
        try:
            data = bytes(ForkingPickler.dumps((False, error)))
            ForkingPickler.loads(data)  # an exception may be written and yet not be read
            return data
        except Exception:  # noqa: BLE001
            told = RuntimeError(f"{type(error).__name__}: {error}")
            return bytes(ForkingPickler.dumps((False, told)))


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    wait([parent.sentinel])
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)
