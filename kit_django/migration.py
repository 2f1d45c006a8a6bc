"""Migration, the class that users subclass."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from kit_django.operations.schema import Schema


class Migration:
    """One step in a schema's life, as in Laravel and Kit.

    ``up()`` makes the change. ``down()`` undoes it, and may be left out: then it is derived from
    ``up()``, as in Rails, by recording the operations and applying their inverses in reverse.
    """

    atomic: ClassVar[bool] = True
    """Run in one transaction, where the database has transactions for DDL."""

    database: ClassVar[str] = "default"
    """The alias of the database that the migration is for."""

    dependencies: ClassVar[list[tuple[str, str]]] = []
    """Django migrations that must have run before this one: ``("auth", "0001_initial")``."""

    run_before: ClassVar[list[tuple[str, str]]] = []
    """Django migrations that need this one: ``("reviews", "0001_initial")``."""

    baseline: ClassVar[bool] = False
    """``make_migration --from-database`` wrote it: ``migrate_baseline`` records it, without running
    it, where the database has what it makes."""

    retires: ClassVar[list[str]] = []
    """Apps whose Django migrations this one stands in for: once ``migrate_baseline`` records it, Django's
    history has no more of them."""

    statement_lock_timeout: ClassVar[float | None] = None
    """Seconds that a statement may wait for locks; 0 is no bound, None what the settings say."""

    statement_timeout: ClassVar[float | None] = None
    """Seconds that a statement may take; likewise."""

    def up(self, schema: Schema) -> None:
        raise NotImplementedError

    def down(self, schema: Schema) -> None:
        raise NotImplementedError

    def should_run(self, connection: BaseDatabaseWrapper) -> bool:
        """False leaves the migration pending for now, as Laravel's ``shouldRun()``."""
        return True
