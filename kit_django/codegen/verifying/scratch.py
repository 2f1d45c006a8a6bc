"""An empty database beside a connection's own, for a while."""

from __future__ import annotations

import secrets
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any, NoReturn

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import SyncError
from kit_django.schema.dialects import dialect_of


@contextmanager
def empty_database(
    connection: BaseDatabaseWrapper, purpose: str, settings_of_new: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Point the connection to a new database for a while, made as Django's test runner makes one.

    Its name is drawn for this run alone: a test database that somebody keeps is not touched, nor that
    of another host, which may have a process of the same number. ``purpose`` is for the message of
    the SyncError that is raised where it cannot be made; ``settings_of_new`` are Django's settings of
    a test database, such as its CHARSET.
    """
    settings: dict[str, Any] = connection.settings_dict
    name, kept = settings["NAME"], dict(settings["TEST"])
    with TemporaryDirectory() as folder:
        scratch = f"kit_verify_{secrets.token_hex(8)}"
        is_file = dialect_of(connection).lives_in_a_file
        new_name = str(Path(folder) / scratch) if is_file else scratch
        settings["TEST"].update({"NAME": new_name, **(settings_of_new or {})})
        try:
            _create_database(connection, purpose)
            try:
                with _sigterm_raises():
                    yield
            finally:
                connection.creation.destroy_test_db(name, verbosity=0)
        finally:
            settings["TEST"].update(kept)


@contextmanager
def _sigterm_raises() -> Iterator[None]:
    """Within, SIGTERM is an interruption, as Ctrl-C is: it would end the process at once, and leave the
    database behind."""
    is_ours = threading.current_thread() is threading.main_thread()
    if not is_ours or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _interrupt(number: int, _: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt(f"it was interrupted by {signal.Signals(number).name}")


def _create_database(connection: BaseDatabaseWrapper, purpose: str) -> None:
    settings: dict[str, Any] = connection.settings_dict
    creation: Any = connection.creation
    said = StringIO()  # Django prints why, and exits
    try:
        with redirect_stderr(said):
            made = creation._create_test_db(verbosity=0, autoclobber=True)
    except (DatabaseError, SystemExit) as error:
        reason = " ".join(said.getvalue().split()) or str(error)
        right = dialect_of(connection).right_to_make_databases
        raise SyncError(
            f"No empty database can be made beside {settings['NAME']!r} {purpose}. Nothing was "
            f"changed; the database's user needs the right to make one: {right}. {reason}"
        ) from error
    connection.close()
    settings["NAME"] = made
