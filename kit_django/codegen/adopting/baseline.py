"""Whether a database has what migrations would make: before they are recorded as applied."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import NamedTuple

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.adopting.adoption import scratch_like
from kit_django.codegen.adopting.running import Step, run
from kit_django.codegen.verifying.judging import Picture, of_things, things
from kit_django.exceptions import DatabasesDiffer, KitError


class Work(NamedTuple):
    """What a migration of that name does."""

    name: str
    step: Step
    atomic: bool


def missing(
    connection: BaseDatabaseWrapper,
    earlier: Iterable[Work],
    wanted: Iterable[Work],
    others: Set[tuple[str | None, str]],
) -> list[str]:
    """What the connection's database has otherwise than the wanted migrations would have made it,
    line by line.

    ``earlier`` are the migrations that have run before; ``others`` are the tables that are made
    elsewhere. Raises SyncError without a scratch database, DatabasesDiffer where a migration does not
    run there.
    """
    there = Picture.of(connection, with_dump=False)
    with scratch_like(connection, others):
        _run_all(connection, earlier)
        before = things(Picture.of(connection, with_dump=False))
        _run_all(connection, wanted)
        made = Picture.of(connection, with_dump=False)
    after = things(made)
    touched = {name for name in {*after, *before} if after.get(name) != before.get(name)}
    return list(of_things(made, there, touched))


def _run_all(connection: BaseDatabaseWrapper, works: Iterable[Work]) -> None:
    for work in works:
        try:
            run(connection, work.step, atomic=work.atomic)
        except (Exception, SystemExit) as error:
            raise DatabasesDiffer(
                f"{work.name} was run in a scratch database, behind the migrations that are on record, "
                f"to see what it makes, and failed: {_said(error)}."
            ) from error


def _said(error: BaseException) -> str:
    text = " ".join(str(error).split()).rstrip(".")
    return text if isinstance(error, KitError | Error) else f"{type(error).__name__}: {text}"
