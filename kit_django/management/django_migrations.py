"""Django's migrations while they run: each shares a transaction with its record, and one that fails is
told of by its name, with what is left of it.

Django writes the record behind the migration's transaction where statements were put off to its end, as
those of indexes and foreign keys are. Who is killed between the two can go neither on nor back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from kit_django.runner.databases import database_of
from kit_django.runner.databases.causes import ADVICE
from kit_django.runner.standing import renew_quietly
from kit_django.runner.words import words


class DjangoMigrations:
    """``applied`` are the names of those that are done. ``transaction`` begins that of one of them; it is
    None where they share one, or are left to Django."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.transaction: Callable[[], AbstractContextManager[None]] | None = None
        self.applied: list[str] = []
        self._under_way: Any = None
        self._is_back = False
        self._stack = ExitStack()

    def begin(self, migration: Any, *, is_back: bool) -> None:
        if self.transaction and self._is_whole(migration):
            self._stack.enter_context(self.transaction())
        self._under_way, self._is_back = migration, is_back

    def end(self, migration: Any) -> None:
        self._stack.close()
        self._under_way = None
        self.applied.append(str(migration))

    @contextmanager
    def undone_on_error(self) -> Iterator[None]:
        """What raises within has the transaction rolled back that is open then."""
        with self._stack:
            yield

    def _is_whole(self, migration: Any) -> bool:
        """Whether all of it comes, or nothing."""
        return bool(self.connection.features.can_rollback_ddl and migration.atomic)

    def told(self, error: BaseException) -> str:
        """What is to be said where one of them has failed; empty where none had begun."""
        migration = self._under_way
        if migration is None:
            return ""
        what = "The rollback of Django's migration" if self._is_back else "Django's migration"
        said = f"{what} {migration} failed: {words(error)}."
        return f"{said} {self._left(migration, error)}".rstrip()

    def _left(self, migration: Any, error: BaseException) -> str:
        if not self._is_whole(migration):
            return self._half_done(migration)
        if self.transaction is None:
            return ""
        stands = self._is_recorded(migration)
        if stands is None:
            return (
                "Whether anything of it is left cannot be told: the database does not answer. See "
                "showmigrations once it does."
            )
        if stands is not self._is_back:
            return "It took effect all the same: what failed came with or after its commit."
        return f"Nothing of it is left. {self._advice(migration, error)}"

    def _is_recorded(self, migration: Any) -> bool | None:
        """None where that cannot be told."""
        for _ in range(2):
            try:
                found = MigrationRecorder(self.connection).applied_migrations()
            except Error:
                renew_quietly(self.connection)
                continue
            return (migration.app_label, migration.name) in found
        return None

    def _half_done(self, migration: Any) -> str:
        app, name = migration.app_label, migration.name
        why = (
            "It runs in no transaction"
            if self.connection.features.can_rollback_ddl
            else "This database commits each statement"
        )
        if self._is_back:
            return (
                f"{why}, so part of it may be gone. Compare `sqlmigrate {app} {name} --backwards` with the "
                f"database. Bring back by hand what is gone, and run the command again; or finish it by "
                f"hand, and say so with the same command and --fake."
            )
        return (
            f"{why}, so part of it may be there, from this run or from an earlier one that was killed "
            f"within it. Compare `sqlmigrate {app} {name}` with the database. Undo by hand what is there, "
            f"and run migrate again; or finish it by hand, and say so with `migrate {app} {name} --fake`."
        )

    def _advice(self, migration: Any, error: BaseException) -> str:
        if isinstance(error, KeyboardInterrupt):
            return "Run migrate again."
        if cause := database_of(self.connection).cause_of(error):
            return ADVICE[cause].format(command="migrate")
        if self._is_back:
            return "Mend it, then run migrate again."
        return (
            f"Mend it, then run migrate again; where the database has all of it already, "
            f"`migrate {migration.app_label} {migration.name} --fake` records it."
        )
