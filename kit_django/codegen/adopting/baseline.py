"""Whether a database has what migrations would make: before they are recorded as applied."""

from __future__ import annotations

from collections.abc import Sequence, Set

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.adopting.adoption import scratch_like
from kit_django.codegen.adopting.running import Step, run
from kit_django.codegen.verifying.judging import Picture, of_things, things


def missing(
    connection: BaseDatabaseWrapper,
    earlier: Sequence[Step],
    steps: Sequence[Step],
    others: Set[tuple[str | None, str]],
) -> list[str]:
    """What the connection's database has otherwise than the steps would have made it, line by line.

    ``earlier`` are the migrations that have run before; ``others`` are the tables that are made
    elsewhere. Raises SyncError without a scratch database, and what a step raises.
    """
    there = Picture.of(connection, with_dump=False)
    with scratch_like(connection, others):
        for step in earlier:
            run(connection, step)
        before = things(Picture.of(connection, with_dump=False))
        for step in steps:
            run(connection, step)
        made = Picture.of(connection, with_dump=False)
    wanted = things(made)
    touched = {name for name in {*wanted, *before} if wanted.get(name) != before.get(name)}
    return list(of_things(made, there, touched))
