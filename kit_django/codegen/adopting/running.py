"""Running what is not a file yet: parts one by one, and whole migrations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.db import Error, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.adopting.parts import Lines
from kit_django.codegen.source.imports import Imports, render_imports
from kit_django.exceptions import KitError
from kit_django.operations.schema import Schema, open_schema
from kit_django.schema.dialects import dialect_of

Step = Callable[[Schema], None]
FAILURES = (KitError, Error, ValueError)
"""What a migration that is run may fail with."""


def step_of(lines: Lines, imports: Imports) -> Step:
    """What the lines of an ``up()`` do."""
    namespace: dict[str, Any] = {}
    exec(render_imports(imports.needed, 88) if imports.needed else "", namespace)  # noqa: S102
    code = compile("\n".join(lines) or "pass", "<migration>", "exec", dont_inherit=True)

    def step(schema: Schema) -> None:
        exec(code, {**namespace, "schema": schema})  # noqa: S102

    return step


def steps_of(source: str) -> tuple[Step, Step]:
    """The ``up()`` and the ``down()`` of a migration."""
    namespace: dict[str, Any] = {"__name__": "kit_django_written"}
    exec(compile(source, "<migration>", "exec", dont_inherit=True), namespace)  # noqa: S102
    own = (each for each in namespace.values() if isinstance(each, type))
    made = next(each for each in own if each.__module__ == "kit_django_written")()
    return made.up, made.down


def run(connection: BaseDatabaseWrapper, step: Step, *, atomic: bool = True) -> None:
    """Do it, in a transaction where the database has those for its schema."""
    in_one = atomic and connection.features.can_rollback_ddl
    transacted = transaction.atomic(connection.alias) if in_one else nullcontext()
    with _keys_off(connection), transacted, open_schema(connection) as schema:
        step(schema)


@contextmanager
def _keys_off(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """As a table cannot be rebuilt otherwise, where that is what a change comes to."""
    if not dialect_of(connection).rebuilds_tables:
        yield
        return
    connection.disable_constraint_checking()
    try:
        yield
    finally:
        connection.enable_constraint_checking()
