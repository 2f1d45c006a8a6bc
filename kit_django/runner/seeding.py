"""Filling a database with rows by functions of the project's own: ``KIT["SEEDERS"]``."""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.module_loading import import_string

from kit_django.conf import get_settings
from kit_django.exceptions import ConfigurationError, SeedingFailed, UsageError
from kit_django.runner.events import Report, SeederFinished, SeederStarted
from kit_django.runner.files import display_path
from kit_django.runner.loading import line_of
from kit_django.runner.words import words

_DEFERRED = inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction


@dataclass(frozen=True, slots=True)
class Seeder:
    """``path`` is what the settings say, ``file`` where it is written; ``call`` fills the database."""

    path: str
    file: Path
    call: Callable[[], Any]


def seeders(connection: BaseDatabaseWrapper, names: Sequence[str] = ()) -> tuple[Seeder, ...]:
    """Those of the settings, or of these the ones that are named, by their ends at least.

    Raises ConfigurationError where there are none, or one cannot be called; UsageError for a name.
    """
    paths = get_settings().seeders
    if not paths:
        raise ConfigurationError(
            'There is nothing to seed with. Name functions in settings.KIT["SEEDERS"], as in '
            '["blog.seeders.posts"].'
        )
    wanted = [_named(name, paths) for name in names] or paths
    return tuple(_seeder(path, connection.alias) for path in wanted)


def run(found: Iterable[Seeder], connection: BaseDatabaseWrapper, report: Report) -> None:
    """Call them, each in a transaction of its own. Raises SeedingFailed for the first that fails."""
    for seeder in found:
        report(SeederStarted(seeder.path))
        started = time.perf_counter()
        try:
            with transaction.atomic(using=connection.alias):
                seeder.call()
        except (Exception, SystemExit) as error:
            raise SeedingFailed(
                f"Seeder {seeder.path} failed in {_place(seeder, error)}: {words(error)}. Its transaction was rolled "
                f"back; what the seeders before it made is there. Mend it, then run db_seed "
                f"{seeder.path.rpartition('.')[2]}."
            ) from error
        report(SeederFinished(seeder.path, round((time.perf_counter() - started) * 1000)))


def _named(name: str, paths: Sequence[str]) -> str:
    fitting = [path for path in paths if path == name] or [
        path for path in paths if f".{path}".endswith(f".{name}")
    ]
    if len(fitting) != 1:
        which = f"fits {', '.join(fitting)}" if fitting else "fits none of them"
        raise UsageError(
            f'Seeder {name!r} {which}. settings.KIT["SEEDERS"] has: {", ".join(paths)}.'
        )
    return fitting[0]


def _seeder(path: str, alias: str) -> Seeder:
    try:
        function = import_string(path)
        signature = inspect.signature(function)
        options = {"using": alias} if "using" in signature.parameters else {}
        signature.bind(**options)
        file = Path(inspect.getfile(inspect.unwrap(function)))
    except (Exception, SystemExit) as error:
        raise _bad(path, f"cannot be imported and called: {words(error)}") from error
    if any(is_deferred(function) for is_deferred in _DEFERRED):
        raise _bad(path, "is async or yields, so that a call of it would run nothing")
    if alias != DEFAULT_DB_ALIAS and not options:
        raise _bad(path, f"takes no `using`, which would tell it to fill {alias!r}")
    return Seeder(path, file, functools.partial(function, **options))


def _place(seeder: Seeder, error: BaseException) -> str:
    line = line_of(seeder.file, error)
    return display_path(seeder.file) + (f", line {line}" if line else "")


def _bad(path: str, what: str) -> ConfigurationError:
    return ConfigurationError(f'settings.KIT["SEEDERS"]: {path} {what}. Nothing was seeded.')
