"""Ctrl-C and SIGTERM, heard while a statement runs; and who keeps a statement waiting.

Python hears a signal between two of its own steps only, and a driver that waits for its server takes
none. So a second thread is woken by the signal, and has the database cancel the statement; what is
raised then is raised behind the statement, and the connection can be used to put things right.
"""

from __future__ import annotations

import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from kit_django.runner.databases.base import Database
from kit_django.runner.databases.sessions import Bounds

SIGNALS = (signal.SIGINT, signal.SIGTERM)
TICK = 0.25
PATIENCE = 1.0
"""Seconds that a statement runs before somebody looks who keeps it waiting; fewer where it waits for
less than twice as long."""


class Interrupted(KeyboardInterrupt):
    """A signal; its text is what happened."""


class Lookout:
    """Over the statements of one connection."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.signal = ""
        self.blocker = ""
        """Who kept a statement waiting, of those that took long."""
        self.patience = PATIENCE
        self._began_at: float | None = None
        self._has_raised = False

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if self._began_at is not None:  # the history's own, within
            return execute(sql, params, many, context)
        self._raise_if_told()
        self._began_at = time.monotonic()
        try:
            return execute(sql, params, many, context)
        finally:
            self._began_at = None
            self._raise_if_told()

    def expect(self, bounds: Bounds) -> None:
        """The next statements end by themselves once they have waited for so long."""
        self.blocker = ""
        waits = [each for each in (bounds.lock, bounds.statement) if each]
        self.patience = min([PATIENCE, *(each / 2 for each in waits)])

    def hear(self, number: int, frame: FrameType | None) -> None:
        """The handler: behind a statement that is under way, else at once. The first one counts."""
        self.signal = self.signal or signal.Signals(number).name
        if self._began_at is None:
            self._raise_if_told()

    def _raise_if_told(self) -> None:
        if self.signal and not self._has_raised:
            self._has_raised = True
            raise Interrupted(f"it was interrupted by {self.signal}")

    def watch(self, wakened: socket.socket, has_ended: threading.Event) -> None:
        """In its own thread."""
        is_told = False
        while not has_ended.is_set():
            if select.select([wakened], [], [], min(TICK, self.patience / 2))[0]:
                numbers = wakened.recv(64)
                is_told |= any(number in SIGNALS for number in numbers)
            began_at = self._began_at
            if began_at is None:
                continue
            with suppress(Exception):
                if is_told and not self._has_raised:
                    self.database.cancel()
                elif not self.blocker and time.monotonic() - began_at > self.patience:
                    self.blocker = self.database.blocker()


@contextmanager
def interruptible(database: Database) -> Iterator[Lookout]:
    """Within, the connection's statements can be cancelled, where the process leaves signals to us."""
    lookout = Lookout(database)
    with database.connection.execute_wrapper(lookout), _handled(lookout):
        yield lookout


@contextmanager
def _handled(lookout: Lookout) -> Iterator[None]:
    usual: tuple[Any, Any] = (signal.default_int_handler, signal.SIG_DFL)
    is_ours = threading.current_thread() is threading.main_thread()
    if not is_ours or tuple(map(signal.getsignal, SIGNALS)) != usual:
        yield
        return
    reading, writing = socket.socketpair()
    writing.setblocking(False)
    has_ended = threading.Event()
    thread = threading.Thread(target=lookout.watch, args=(reading, has_ended), daemon=True)
    before = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    for number in SIGNALS:
        signal.signal(number, lookout.hear)
    thread.start()
    try:
        yield
    finally:
        for number, handler in zip(SIGNALS, usual, strict=True):
            signal.signal(number, handler)
        signal.set_wakeup_fd(before)
        has_ended.set()
        writing.send(b"\0")
        thread.join()
        reading.close()
        writing.close()
